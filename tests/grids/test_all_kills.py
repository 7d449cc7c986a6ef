"""The whole kill grid, a scenario a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.grids.kills import KillGrid
from tests.grids.scenarios import SCENARIOS
from tests.grids.scene import stage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KillGrid]:
    with stage(tmp_path_factory.mktemp("kills")) as made:
        yield KillGrid(made)


@pytest.mark.parametrize("scenario", [each.name for each in SCENARIOS])
def test_a_run_stopped_at_any_request_is_taken_up_by_the_next(
    grid: KillGrid, scenario: str
) -> None:
    verdicts = [grid.judge(cell) for cell in grid.cells() if cell.scenario == scenario]
    assert [f"{each.cell}: {each.wrong}" for each in verdicts if each.wrong] == []
