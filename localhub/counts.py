"""What is counted about a Space, and the switches for answers that nobody knows."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

VISITS: Final = 1_000  # the newest


@dataclass(slots=True, kw_only=True)
class Quirks:
    """Answers that the documentation leaves open, switchable for tests.

    ``keep_old``: a commit is built, and what served before goes on until a factory restart, a fault
    that the Hub is known to have.
    """

    gap_on_restart: bool = False
    stop_on_failure: bool = False
    omit_revision: bool = False
    omit_events: bool = False
    omit_descriptions: bool = False
    keep_old: bool = False


@dataclass(slots=True, kw_only=True)
class Counters:
    """How often things happened to a Space, and when.

    ``starts``: how often another container began to serve; of restarts that overtake each other
    only the last does. ``building``, ``starting``: seconds spent so, by those that came to a good
    end. ``since``: when what serves began to, ``visits``: when somebody came to the app; both
    seconds since the epoch.
    """

    commits: int = 0
    builds: int = 0
    restarts: int = 0
    starts: int = 0
    requests: int = 0
    building: float = 0.0
    starting: float = 0.0
    since: float = 0.0
    visits: deque[float] = field(default_factory=lambda: deque(maxlen=VISITS))
