"""What a person sees of a wait: a line whenever the state changes, and now and then in between."""

from __future__ import annotations

from typing import Final

from deployer.ports import Clock, Console

EVERY: Final = 15.0


class Progress:
    """The lines of one wait, each with the seconds since its start."""

    def __init__(self, clock: Clock, console: Console) -> None:
        self._clock = clock
        self._console = console
        self._start = self._when = clock.now()
        self._said = ""

    def tell(self, state: str) -> None:
        """Say the state, unless it was said less than ``EVERY`` seconds ago."""
        now = self._clock.now()
        if state != self._said or now - self._when >= EVERY:
            self._said, self._when = state, now
            self._console.line(f"{now - self._start:5.0f} s  {state}")
