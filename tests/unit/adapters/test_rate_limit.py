"""How far apart requests should be, by the Hub's own word."""

from __future__ import annotations

import httpx2
import pytest

from deployer.adapters.rate_limit import LONGEST, RateLimit
from tests.fakes.clock import FakeClock


def after(*told: dict[str, str], later: float = 0.0) -> float:
    """The spacing after answers with these headers, some seconds later."""
    clock = FakeClock()
    limit = RateLimit(clock.now)
    for headers in told:
        limit.read(httpx2.Response(200, headers=headers))
    clock.sleep(later)
    return limit.spacing()


def says(remaining: int, reset: int, quota: int = 1_000) -> dict[str, str]:
    return {
        "RateLimit": f'"api";r={remaining};t={reset}',
        "RateLimit-Policy": f'"fixed window";"api";q={quota};w=300',
    }


@pytest.mark.parametrize(
    ("headers", "spacing"),
    [
        (says(1_000, 300), 0.375),
        (says(500, 300), 1.0),
        (says(210, 100), 10.0),
        (says(100, 20), 20.0),
        (says(0, 300), LONGEST),
        ({"RateLimit": '"api"; r=10; t=20'}, 2.0),
        ({}, 0.0),
        ({"RateLimit": "soon"}, 0.0),
        ({"RateLimit": '"api";r=-1;t=x'}, 0.0),
    ],
)
def test_what_remains_is_spread_over_the_time_and_a_fifth_is_spared(
    headers: dict[str, str], spacing: float
) -> None:
    assert after(headers) == pytest.approx(spacing)


def test_the_newest_word_counts_and_silence_changes_nothing() -> None:
    assert after(says(0, 10), says(500, 300), {}) == pytest.approx(1.0)


def test_a_window_that_is_over_limits_nothing() -> None:
    assert after(says(0, 20), later=19.0) == pytest.approx(1.0)
    assert after(says(0, 20), later=20.0) == 0.0
