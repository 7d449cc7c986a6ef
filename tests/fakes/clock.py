"""Port ``Clock`` without waiting: time passes only where somebody sleeps."""

from __future__ import annotations

from datetime import date


class FakeClock:
    """Seconds from 0. ``limit`` turns an endless wait into a failed test."""

    def __init__(self, limit: float = 100_000.0) -> None:
        self.time = 0.0
        self.limit = limit
        self.sleeps: list[float] = []
        self.day = date(2026, 11, 22)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0, "a sleep of negative length"
        self.sleeps.append(seconds)
        self.time += seconds
        assert self.time < self.limit, f"still waiting after {self.time:.0f} s"

    def today(self) -> date:
        return self.day
