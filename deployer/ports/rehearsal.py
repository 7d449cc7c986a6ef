"""A bundle that this machine builds and runs in the Hub's place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from deployer.model import Built, BundleFile, Entry, Means


class RunningApp(Protocol):
    """An app that this machine runs in the Hub's place."""

    @property
    def url(self) -> str:
        """Where it is reached, if it listens where the Hub would look for it."""

    def lines(self) -> tuple[str, ...]:
        """What it said since the last call."""

    def ended(self) -> int | None:
        """Its exit code as a shell gives it, None while it runs."""


class Rehearsal(Protocol):
    """A bundle built and run on this machine. Raises ``Refused`` for one that it can't follow."""

    @property
    def means(self) -> Means:
        """What stands in for the Hub."""

    def build(
        self,
        files: Sequence[BundleFile],
        *,
        port: int,
        entries: Sequence[Entry],
        seconds: float,
        say: Callable[[str], None],
    ) -> Built:
        """Build it in at most ``seconds``; ``say`` gets each line of the log as it comes."""

    def start(self, entries: Sequence[Entry]) -> RunningApp:
        """Start what was built, with these and no other variables beside the image's own."""

    def close(self) -> None:
        """Stop and remove everything, whatever state it is in."""


class Rehearsals(Protocol):
    """Where rehearsals come from."""

    def begin(self) -> Rehearsal:
        """Docker where an engine answers, else a virtual environment. Raises ``Refused``."""
