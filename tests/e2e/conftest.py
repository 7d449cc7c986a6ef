"""What the end-to-end tests share: a Hub a file, with its environments kept between runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from localhub.testing import RunningHub, running

ENVIRONMENTS = Path(__file__).resolve().parents[2] / ".cache" / "environments"


@pytest.fixture(scope="module")
def hub() -> Iterator[RunningHub]:
    """A running Hub without Docker."""
    with running("--environments", str(ENVIRONMENTS)) as started:
        yield started
