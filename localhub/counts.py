"""What is counted about a Space, and the switches for answers that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass


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
    """How often things happened to a Space."""

    commits: int = 0
    builds: int = 0
    restarts: int = 0
    requests: int = 0
