"""Real time, or real time in a hurry."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

from msgspec import Struct


class SystemClock(Struct, frozen=True, kw_only=True):
    """``ports.Clock``. With ``speed`` 20 a minute passes in 3 seconds, for tests of whole runs."""

    speed: float = 1.0

    def now(self) -> float:
        """Seconds on a monotonic clock."""
        return time.monotonic() * self.speed

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(max(0.0, seconds) / self.speed)

    def today(self) -> date:
        """The day in UTC, at any speed."""
        return datetime.now(UTC).date()
