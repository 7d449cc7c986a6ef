"""The whole fault grid, a scenario a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.grids.faults import Grid
from tests.grids.scenarios import SCENARIOS
from tests.grids.scene import stage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grid]:
    with stage(tmp_path_factory.mktemp("faults")) as made:
        yield Grid(made)


@pytest.mark.parametrize("scenario", [each.name for each in SCENARIOS])
def test_every_fault_at_every_request_ends_well(grid: Grid, scenario: str) -> None:
    verdicts = [grid.judge(cell) for cell in grid.cells() if cell.scenario == scenario]
    assert [f"{each.cell}: {each.wrong}" for each in verdicts if each.wrong] == []
