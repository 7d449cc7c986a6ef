"""How long to wait until the next look at the Space: soon after news, else ever more seldom.

A Hub that tells of changes by itself (its event stream) is looked at when it does, one that doesn't
is asked. The app's own first words are news, too. No look comes sooner than the Hub's rate limit
allows.
"""

from __future__ import annotations

from typing import Final

from deployer.model import SpaceId
from deployer.ports import World
from deployer.release.logs import Logs

# Seconds since the push, and the pause from then on. In any 5 minutes under a tenth of what the
# Hub's rate limits page allows an account without a plan, which its other jobs share: 1,000.
PAUSES: Final = ((0.0, 0.5), (5.0, 1.0), (20.0, 2.0), (60.0, 4.0), (120.0, 8.0))
# A Hub that tells by itself is still asked now and then: a stream can end without a word.
TOLD: Final = 8.0
LISTEN_EVERY: Final = 0.1
# Since the last look: when the Hub tells of a change, and when a log has new lines, which a build
# may write all the time.
SOON: Final = 0.1
LEAST: Final = 0.5
# So many pauses are cut short for each of the two; a Space with more news than that chatters.
NEWSWORTHY: Final = {SOON: 20, LEAST: 10}


class Pace:
    """The pauses of one wait. ``close`` ends the event stream."""

    def __init__(self, space: SpaceId, logs: Logs, world: World) -> None:
        self._world = world
        self._logs = logs
        self._events = world.space_runtime.follow(space, "events")
        self._told = False
        self._left = dict(NEWSWORTHY)

    def rest(self, elapsed: float, left: float) -> None:
        """Wait until it's time for the next look, ``elapsed`` seconds after the push; at most for
        the ``left`` ones."""
        clock = self._world.clock
        start, spacing = clock.now(), self._world.space_runtime.spacing()
        until = start + min(max(self._pause(elapsed), spacing), left)
        while clock.now() < until:
            clock.sleep(min(LISTEN_EVERY, until - clock.now()))
            pause = self._news()
            early = start + max(pause or 0.0, spacing)
            if pause is not None and early < until and self._left[pause]:
                self._left[pause] -= 1
                until = early

    def close(self) -> None:
        """Stop listening."""
        self._events.close()

    def _pause(self, elapsed: float) -> float:
        pause = next(pause for begin, pause in reversed(PAUSES) if elapsed >= begin)
        return max(pause, TOLD) if self._told and elapsed >= TOLD else pause

    def _news(self) -> float | None:
        """The pause that what was just heard asks for, None for silence."""
        told, said = bool(self._events.lines()), self._logs.show()
        self._told = self._told or told
        return SOON if told else LEAST if said else None
