"""Matrices that GitHub takes, in the order in which a fleet is to go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from deployer.fleet import Entry, Fleet
from deployer.fleet.waves import JOBS, PARALLEL, QUOTA, REQUESTS, chosen, problems_of, waves_of
from deployer.release.pace import PAUSES

ROOT = Path(__file__).parents[3]
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "fleet.yml").read_text())


def fleet_of(count: int, canaries: int = 0) -> Fleet:
    entries = (
        Entry(space=f"acme/s-{number}", line=number, canary=number < canaries)
        for number in range(count)
    )
    return Fleet(path="spaces.yml", entries=tuple(entries))


def test_canaries_stand_in_a_matrix_of_their_own() -> None:
    outputs = waves_of(fleet_of(5, canaries=2).entries).outputs()
    spaces = [row["space"] for row in json.loads(outputs["canary"])["include"]]
    assert spaces == ["acme/s-0", "acme/s-1"]
    (wave,) = json.loads(outputs["waves"])
    assert [row["space"] for row in wave["include"]] == ["acme/s-2", "acme/s-3", "acme/s-4"]
    assert len(json.loads(outputs["matrix"])["include"]) == 5


def test_a_row_says_what_a_job_needs() -> None:
    outputs = waves_of([Entry(space="acme/a", line=1)]).outputs()
    row = {"space": "acme/a", "backend": "backend", "key": "acme--a"}
    assert json.loads(outputs["matrix"]) == {"include": [row]}
    assert outputs["canary"] == ""


def test_no_wave_is_larger_than_a_matrix_may_be() -> None:
    waves = waves_of(fleet_of(2 * JOBS + 3, canaries=2).entries)
    assert [len(wave) for wave in waves.rest] == [JOBS, JOBS, 1]


def test_too_many_canaries_are_refused_at_the_first_that_is_too_much() -> None:
    (problem,) = problems_of(waves_of(fleet_of(JOBS + 5, canaries=JOBS + 5).entries), "spaces.yml")
    assert str(problem.where) == f"spaces.yml:{JOBS}"


def test_matrices_above_the_limit_of_outputs_are_refused() -> None:
    long = "n" * 90
    entries = [Entry(space=f"{long}/{long}-{number}", line=1) for number in range(1024)]
    (problem,) = problems_of(waves_of(entries), "spaces.yml")
    assert "larger than a job's outputs" in problem.message


@pytest.mark.parametrize(
    ("only", "spaces"),
    [
        ((), ["acme/s-0", "acme/s-1", "acme/s-2"]),
        (("ACME/s-1",), ["acme/s-1"]),
        (("acme/s-2", "acme/s-0"), ["acme/s-0", "acme/s-2"]),
        (("*-2",), ["acme/s-2"]),
    ],
)
def test_only_chooses_by_name(only: tuple[str, ...], spaces: list[str]) -> None:
    entries, problems = chosen(fleet_of(3), only)
    assert [each.space for each in entries] == spaces
    assert not problems


def test_a_name_that_fits_nothing_is_refused() -> None:
    _, problems = chosen(fleet_of(3), ("acme/s-1", "acme/t-*"))
    assert [each.message for each in problems] == ["`acme/t-*` fits no Space of the fleet."]


# --- fleet.yml ------------------------------------------------------------------------------------


def test_a_deploy_s_first_five_minutes_stay_below_what_the_default_reckons_with() -> None:
    now, looks = 0.0, 0
    while now < 300:
        now += next(pause for begin, pause in reversed(PAUSES) if now >= begin)
        looks += 1
    assert looks + 40 <= REQUESTS  # what it asks before and after it waits: see docs/decisions/0093
    assert PARALLEL * REQUESTS <= 0.8 * QUOTA


def test_the_workflow_runs_as_many_at_a_time_as_the_hub_takes() -> None:
    inputs = WORKFLOW[True]["workflow_call"]["inputs"]  # YAML reads `on` as a truth
    assert inputs["max-parallel"]["default"] == PARALLEL


def test_the_workflow_has_a_job_for_each_wave_of_the_largest_file() -> None:
    jobs = [name for name in WORKFLOW["jobs"] if name.startswith("wave-")]
    waves = waves_of(fleet_of(1024).entries)
    assert len(jobs) == len(waves.rest)
    for number, name in enumerate(jobs):
        assert f"waves)[{number}]" in WORKFLOW["jobs"][name]["strategy"]["matrix"]
        assert f"waves)[{number}]" in WORKFLOW["jobs"][name]["if"]
        assert "needs.canary.result == 'success'" in WORKFLOW["jobs"][name]["if"]
        assert "canary" in WORKFLOW["jobs"][name]["needs"]
