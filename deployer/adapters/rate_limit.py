"""What the Hub says of its rate limit, and how far apart requests should be to keep it.

Form (the Hub's rate limits page): ``RateLimit: "api";r=<remaining>;t=<seconds until the reset>``
and ``RateLimit-Policy: "fixed window";"api";q=<quota>;w=<seconds of the window>``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import httpx2

LONGEST: Final = 30.0
# A share of the quota that a wait leaves to whoever else uses the account.
SPARED: Final = 0.2


class RateLimit:
    """The newest word of the Hub; none at first, and none any more once its window is over."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._remaining = 0
        self._quota = 0
        self._until = 0.0

    def read(self, response: httpx2.Response) -> None:
        """Remember what an answer says; one that says nothing changes nothing."""
        limit = response.headers.get("RateLimit", "").replace(" ", "")
        policy = response.headers.get("RateLimit-Policy", "").replace(" ", "")
        told = re.search(r"\br=(\d{1,9});t=(\d{1,6})", limit)
        if told is not None:
            self._remaining, self._until = int(told[1]), self._now() + int(told[2])
            quota = re.search(r"\bq=(\d{1,9})", policy)
            self._quota = int(quota[1]) if quota else 0

    def spacing(self) -> float:
        """Seconds between two requests that spend at most what may be spent until the reset."""
        left = max(0.0, self._until - self._now())
        free = max(1.0, self._remaining - SPARED * self._quota)
        return min(left / free, LONGEST)
