"""A fleet from its file to its summary: every job a run of the program, every Space a real app.

The apps are of one file each and share their environment.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
import yaml

from localhub.testing import RunningHub
from tests.grids.program import Programs
from tests.real.fleet import Workflow, workers

APP = """\
import os

from fastapi import FastAPI

app = FastAPI(title="Course")
state = os.environ["STATE"]
if state == "crash":
    raise RuntimeError("the collection is missing")


@app.get("/api/health")
def health():
    return {"status": state, "services": {"qdrant": state, "key": bool(os.environ["API_KEY"])}}
"""
# It passes by a request that fails once or twice, so the Hub must refuse for good.
REFUSED = {"effect": "answer", "status": 403, "body": '{"error": "Forbidden"}', "times": 10_000}


@pytest.fixture(scope="module")
def programs(hub: RunningHub) -> Iterator[list[Programs]]:
    with workers(hub, parallel=4) as started:
        yield started


@pytest.fixture
def fleet(hub: RunningHub, programs: list[Programs], tmp_path: Path) -> Workflow:
    folder = tmp_path / "checkout"
    (folder / "backend").mkdir(parents=True)
    (folder / "backend" / "main.py").write_text(APP)
    (folder / "backend" / "requirements.txt").write_text("fastapi==0.165.0\nuvicorn==0.54.0\n")
    secrets = {"API_KEY": "k-7Qx1-fleet-9Zk2"}
    return Workflow(folder=folder, hub=hub, workers=programs, secrets=secrets)


def write(
    fleet: Workflow, prefix: str, count: int, states: Mapping[int, str] = MappingProxyType({})
) -> None:
    """A file of so many Spaces; the first two are canaries, ``states`` says which are not well."""
    numbers = [f"{number:03}" for number in range(count)]
    own = {f"{number:03}": {"variables": {"STATE": state}} for number, state in states.items()}
    spaces = [
        {"space": f"tester/{prefix}-{n}", "canary": n in numbers[:2], **own.get(n, {})}
        for n in numbers
        if n in own or n in numbers[:2]
    ]
    rest = [n for n in numbers if n not in own and n not in numbers[:2]]
    spaces.append({"space": f"tester/{prefix}-{{each}}", "each": rest})
    document = {
        "defaults": {"secrets": ["API_KEY"], "variables": {"STATE": "ok"}},
        "spaces": spaces,
    }
    (fleet.folder / "spaces.yml").write_text(yaml.safe_dump(document, sort_keys=False))


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_broken_spaces_are_named_with_their_cause_and_a_repeat_does_only_those(
    fleet: Workflow, hub: RunningHub, count: int
) -> None:
    prefix = f"of-{count}"
    states = {3: "degraded", 7: "degraded", 8: "crash", 11: "error", 19: "crash"}
    refused = (5, 13)
    write(fleet, prefix, count, states)
    for number in refused:
        hub.fault(method="POST", path=f"{prefix}-{number:03}/commit/", **REFUSED)

    began = time.monotonic()
    first = fleet.run()
    print(f"{count} Spaces in {time.monotonic() - began:.0f} s")
    matrix = json.loads(first.plan.outputs["matrix"])["include"]
    assert len({row["space"] for row in matrix}) == count
    assert len(first.jobs) == count
    broken = [f"tester/{prefix}-{number:03}" for number in sorted((*states, *refused))]
    assert first.failed == broken
    assert first.summary.code == 4
    assert sorted(first.summary.outputs["repeat"].split()) == broken
    assert f"7 of {count} Spaces of `spaces.yml` are left to do" in first.summary.summary
    assert f"| healthy | {count - 7} |" in first.summary.summary
    for cause in ("status is degraded, qdrant is degraded", "the collection is missing", "403"):
        assert cause in first.summary.summary, cause
    assert "gh workflow run all-spaces.yml -f only=" in first.summary.summary

    # Mended in the repository: a new run of those alone. Two are still refused.
    hub.forget_requests()
    write(fleet, prefix, count)
    second = fleet.run(only=first.summary.outputs["repeat"])
    assert sorted(second.jobs) == broken
    assert second.failed == [f"tester/{prefix}-{number:03}" for number in refused]
    touched = {row["space"] for row in hub.requests() if row["space"]}
    assert touched == set(broken)

    # Mended outside: the failed jobs again, in the same run.
    hub.clear_faults()
    third = fleet.run_failed_jobs(second, only=first.summary.outputs["repeat"])
    assert third.summary.code == 0, third.summary.log
    assert third.summary.outputs["repeat"] == ""


def test_a_broken_canary_stops_the_rest(fleet: Workflow, hub: RunningHub) -> None:
    write(fleet, "stopped", 200, {0: "degraded"})
    run = fleet.run()
    assert sorted(run.jobs) == ["tester/stopped-000", "tester/stopped-001"]
    assert run.failed == ["tester/stopped-000"]
    assert (
        "1 of 200 Spaces failed: tester/stopped-000. 198 more were not started." in run.summary.log
    )
    assert "A canary failed, so nothing else was touched" in run.summary.summary
    assert len(run.summary.outputs["repeat"].split()) == 199
    assert run.summary.code == 6


def test_a_second_run_changes_nothing(fleet: Workflow, hub: RunningHub) -> None:
    write(fleet, "twice", 4)
    assert fleet.run().summary.outputs["status"] == "healthy"
    hub.forget_requests()
    again = fleet.run()
    assert again.summary.outputs["status"] == "unchanged"
    assert {row["method"] for row in hub.requests() if row["space"]} <= {"GET", "HEAD"}
