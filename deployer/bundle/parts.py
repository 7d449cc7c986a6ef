"""Everything that was found before the files of a Space are put together."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.bundle.choose import Target
from deployer.bundle.dependencies import Dependencies
from deployer.bundle.dockerfile import OwnImage
from deployer.bundle.ignore import IgnoreRules
from deployer.bundle.layout import Layout
from deployer.bundle.listing import Listing
from deployer.bundle.request import BundleRequest
from deployer.errors import Notice
from deployer.model import Backend


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that was found before the files are put together."""

    request: BundleRequest
    backend: Backend
    target: Target
    closure: tuple[str, ...]
    listing: Listing
    rules: IgnoreRules
    dependencies: Dependencies | None
    image: OwnImage | None
    layout: Layout
    readme: str | None
    cors: bool
    notices: tuple[Notice, ...]
