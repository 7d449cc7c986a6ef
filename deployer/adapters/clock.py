"""Real time."""

from __future__ import annotations

import time


class SystemClock:
    """``ports.Clock``."""

    def now(self) -> float:
        """Seconds on a monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(max(0.0, seconds))
