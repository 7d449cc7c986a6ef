"""Everything that was found before the files of a Space are put together."""

from __future__ import annotations

from msgspec import Struct

from deployer.bundle.layout import Layout
from deployer.bundle.reading import Reading
from deployer.bundle.request import BundleRequest
from deployer.dependencies.manifest import Dependencies
from deployer.errors import Notice, Problem
from deployer.image.places import Place
from deployer.model import Backend


class Parts(Struct, frozen=True, kw_only=True):
    """What the files are made from. ``readme`` is the backend's own, workspace-relative;
    ``places`` are those that the app writes to.
    """

    request: BundleRequest
    reading: Reading
    backend: Backend
    dependencies: Dependencies | None
    layout: Layout
    readme: str | None
    cors: bool
    notices: tuple[Notice, ...]
    places: tuple[Place, ...] = ()


class Findings(Struct, frozen=True, kw_only=True):
    """What a step came to, beside its value."""

    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
