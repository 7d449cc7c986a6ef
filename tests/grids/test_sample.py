"""A sample of both grids on each push; ``make grid`` and ``make test-all`` play all of them.

GRID_SEED picks another sample.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from huggingface_hub import HfApi

from tests.grids import judge
from tests.grids.__main__ import GRIDS, chosen
from tests.grids.faults import Cell, Grid
from tests.grids.kills import KillGrid
from tests.grids.scenarios import SCENARIOS
from tests.grids.scene import SECRETS, Stage, stage

SEED = int(os.environ.get("GRID_SEED", "1"))
EACH = {"faults": 2, "kills": 1}  # of every scenario


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("grids")) as made:
        yield made


@pytest.fixture(scope="module")
def faults(played: Stage) -> Grid:
    return Grid(played)


@pytest.fixture(scope="module")
def kills(played: Stage, faults: Grid) -> KillGrid:
    return KillGrid(played, faults.references)


@pytest.mark.parametrize("name", GRIDS)
def test_every_cell_of_a_sample_is_as_it_should_be(
    name: str, faults: Grid, kills: KillGrid
) -> None:
    grid = faults if name == "faults" else kills
    cells = grid.cells()
    of_each = ([cell for cell in cells if cell.scenario == each.name] for each in SCENARIOS)
    sample = [cell for some in of_each for cell in chosen(some, EACH[name], SEED)]
    verdicts = [grid.judge(cell) for cell in sample]
    assert [f"{each.cell}: {each.wrong}" for each in verdicts if each.wrong] == []
    assert sum(each.struck for each in verdicts) >= len(sample) - 2


def test_the_grid_has_every_kind_of_request_and_of_fault(faults: Grid) -> None:
    cells = faults.cells()
    assert len({cell.kind for cell in cells}) == 13
    asked = {re.sub(r"REVISION|SPACE|\?.*| #\d", "", cell.request) for cell in cells}
    for words in ("create", "commit", "secrets", "variables", "runtime", "events", "logs/build"):
        assert [each for each in asked if words in each], words
    for words in ("graphql", "pulls", "git/refs", "git-receive-pack", "rules/branches"):
        assert [each for each in asked if words in each], words


def test_a_run_that_makes_a_second_commit_is_found(played: Stage, faults: Grid) -> None:
    """The judge itself: a fault-free run, and then somebody's commit on top."""
    reference = faults.reference(SCENARIOS[0])
    job = SCENARIOS[0].prepare(played)
    assert list(judge.converges(job, reference.state)) == []
    job.repository.push_by_somebody("frontend/other.js", b"")
    assert "main commits" in " ".join(judge.differences(reference.state, job.state()))


def test_a_revision_that_is_put_back_twice_is_found(played: Stage, faults: Grid) -> None:
    """The judge itself: a red run as it should be, and then a second rollback on top."""
    scenario = next(each for each in SCENARIOS if each.name == "failed build")
    wanted = faults.reference(scenario).state
    job = scenario.prepare(played)
    assert job.run().code == scenario.code
    assert list(judge.goes_back(job, wanted, scenario.code)) == []
    HfApi(played.hub.url, token=played.hub.token).upload_file(
        path_or_fileobj=b"",
        path_in_repo="again.txt",
        repo_id=job.space,
        repo_type="space",
        commit_message="Put it back again",
    )
    assert "put back twice" in " ".join(judge.goes_back(job, wanted, scenario.code))


def test_a_planted_leak_and_a_wrong_end_are_found(played: Stage) -> None:
    job = SCENARIOS[0].prepare(played)
    job.inputs["commit_message"] = "Deployed"
    run = job.run()
    assert judge.leaks(run, job) == []
    played.tape.addresses.append(f"GET /?key={SECRETS['SERVICE_TOKEN']}")
    assert judge.leaks(run, job) != []


def test_a_fault_that_lasts_ends_red_and_says_why(faults: Grid) -> None:
    cell = Cell(
        scenario="first deploy",
        request="hub POST /api/repos/create #1",
        kind="503",
        lasting=True,
    )
    verdict = faults.judge(cell)
    assert (verdict.wrong, verdict.struck, verdict.code) == ((), True, 4)
