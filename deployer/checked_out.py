"""Inputs that name a path, where the repository is in a folder of the runner's workspace.

`actions/checkout` with `path: app` puts the repository's `backend/` at `app/backend/`. All paths
are the repository's: in inputs, in annotations on a pull request's diff, in the follow-up commit.
An input that names the folder as well means the same.
"""

from __future__ import annotations

from msgspec.structs import replace

from deployer.settings import Settings


def in_repository(settings: Settings, below: str) -> Settings:
    """The settings with paths relative to the repository, which lies in the folder ``below``."""
    if not below:
        return settings
    frontend = settings.frontend
    return replace(
        settings,
        backend=_inside(settings.backend, below) if settings.backend else settings.backend,
        frontend=tuple(_inside(path, below) for path in frontend) if frontend else frontend,
    )


def _inside(path: str, below: str) -> str:
    if path == below:
        return "."
    return path.removeprefix(f"{below}/")
