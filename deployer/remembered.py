"""What a Space's own files remember of the deploy that made them: its bundle, its health path."""

from __future__ import annotations

import re
from typing import Final

from deployer.errors import HubRefused
from deployer.model import Space
from deployer.ports import World
from deployer.release import difference
from deployer.release.difference import Manifest

NO_HEALTH_PATH: Final = "/api/health"
_HEALTHCHECK: Final = re.compile(
    rb"""\bcurl\b[^\n]{0,200}?http://localhost:\d{1,5}(/[!-~]{0,200}?)(?=[\s"'\\]|$)"""
)
HIDDEN: Final = frozenset({401, 403})


def manifest_of(space: Space, revision: str, world: World) -> Manifest:
    """What the deploy of a revision wrote down; an empty one where nothing is. ``HubRefused``."""
    return difference.read_manifest(world.space_repo.read(space.id, difference.MANIFEST, revision))


def health_path(manifest: Manifest, space: Space, revision: str, world: World) -> str:
    """The path that was probed when a revision was deployed, as far as its files tell."""
    if manifest.health_path:
        return manifest.health_path
    dockerfile = world.space_repo.read(space.id, "Dockerfile", revision) or b""
    check = _HEALTHCHECK.search(dockerfile)
    return check[1].decode() if check else NO_HEALTH_PATH


def readable(space: Space, revision: str, world: World) -> tuple[Manifest, str] | None:
    """Manifest and health path; None where the files are not for this token's eyes."""
    try:
        manifest = manifest_of(space, revision, world)
        return manifest, health_path(manifest, space, revision, world)
    except HubRefused as refused:
        if refused.status not in HIDDEN:
            raise
        return None
