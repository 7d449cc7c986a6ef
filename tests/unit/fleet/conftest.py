"""What the tests of fleets share."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from deployer.errors import Refused
from deployer.fleet import Fleet
from deployer.fleet.reading import read_fleet

Read = Callable[[str], Fleet]
Problems = Callable[[str], list[str]]


@pytest.fixture
def read() -> Read:
    """The fleet of a file's text."""
    return lambda text: read_fleet(textwrap.dedent(text).encode(), "spaces.yml")


@pytest.fixture
def problems(read: Read) -> Problems:
    """What is wrong with a file's text."""

    def of(text: str) -> list[str]:
        with pytest.raises(Refused) as refused:
            read(text)
        return [str(each) for each in refused.value.problems]

    return of
