"""What a wait waits for."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from deployer.model import Runtime, Secret, Space, SpaceId

# Seconds in which what serves already has to answer well.
STANDS: Final = 60.0


def app_token(space: Space, token: Secret | None) -> Secret | None:
    """The Hub token where the Space's app is asked with it: only a private one isn't reached
    without. The app is the user's code and could keep it."""
    return token if space.visibility == "private" else None


class Target(Struct, frozen=True, kw_only=True):
    """What is waited for. ``before`` is None when nothing was pushed or changed.

    ``marker`` is what the app's answers say of themselves, "" when that isn't known; ``tells``
    when what served before says something else. ``rebuild``: a Space where nothing moves may be
    restarted with a new build. ``restart``: one that sleeps on although it was visited, or is
    paused, may be restarted at all. ``pushed``: new code was sent; ``configured``: settings were.
    ``answered``: so many healthy answers of this very revision came already, just before the wait.
    """

    space: SpaceId
    revision: str
    health_url: str
    before: Runtime | None
    successes: int
    timeout: float
    token: Secret | None = None  # see app_token
    marker: str = ""
    tells: bool = False
    rebuild: bool = True
    restart: bool = True
    pushed: bool = True
    configured: bool = False
    answered: int = 0

    def still(self, revision: str) -> Target:
        """An earlier revision that goes on serving, as it stands."""
        timeout = min(self.timeout, STANDS)
        return replace(
            self, revision=revision, before=None, tells=False, timeout=timeout, answered=0
        )

    def after(self, before: Runtime) -> Target:
        """The same revision once more, after a restart that the runtime has yet to show."""
        return replace(self, before=before, tells=False, rebuild=False, pushed=False, answered=0)
