"""What the workflow's author says about the bundle, checked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from deployer.bundle.front_matter import COLORS, SHORT
from deployer.dependencies.python_version import VERSION
from deployer.errors import Exit, Problem, Where
from deployer.model import SpaceId

HEALTH_PATH = re.compile(r"/[^\s\"'<>\\`#]*")


class BundleRequest(Struct, frozen=True, kw_only=True):
    """The inputs that shape the bundle; None where something is to be found.

    ``folder`` is workspace-relative; ``folder_given`` is false for the default, which may not
    exist. ``ignore`` holds gitignore lines. ``secrets`` and ``variables`` are names only.
    """

    space: SpaceId
    folder: str = "backend"
    folder_given: bool = False
    app: str | None = None
    python_version: str | None = None
    health_path: str | None = None
    ignore: tuple[str, ...] = ()
    title: str | None = None
    emoji: str | None = None
    color_from: str | None = None
    color_to: str | None = None
    short_description: str | None = None
    secrets: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    frontend_urls: tuple[str, ...] = ()

    @property
    def front_matter(self) -> dict[str, str]:
        """The front matter keys that inputs set."""
        given = {
            "title": self.title,
            "emoji": self.emoji,
            "colorFrom": self.color_from,
            "colorTo": self.color_to,
            "short_description": self.short_description,
        }
        return {key: value for key, value in given.items() if value}


def check_request(request: BundleRequest) -> Iterator[Problem]:
    """Inputs that can't be right whatever the backend holds."""
    for name, color in (("color-from", request.color_from), ("color-to", request.color_to)):
        if color and color not in COLORS:
            yield _wrong(name, f"`{color}` is no colour of the Hub.", f"Use {', '.join(COLORS)}.")
    if request.emoji and request.emoji.isascii():
        yield _wrong("emoji", f"`{request.emoji}` is no emoji.", "Write one, for example 🤖.")
    description = request.short_description or ""
    if len(description) > SHORT:
        length = f"It has {len(description)} characters; the Hub takes at most {SHORT}."
        yield _wrong("short-description", length, "Shorten it.")
    if request.python_version and not VERSION.fullmatch(request.python_version):
        wrong = f"`{request.python_version}` is no Python version."
        yield _wrong("python-version", wrong, "Write it like `3.11`.")
    if request.health_path is not None and not HEALTH_PATH.fullmatch(request.health_path):
        wrong = f"`{request.health_path}` is no path."
        yield _wrong("health-path", wrong, "Write it like `/api/health`.")


def _wrong(name: str, message: str, hint: str) -> Problem:
    return Problem(exit=Exit.CONFIGURATION, message=message, hint=hint, where=Where(input=name))
