"""A fleet from its file to its summary: every job a run of the program, on a local Hub."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from localhub.testing import RunningHub, running
from tests.real.fleet import Workflow, workflow

WELL = '{"status": "healthy"}'
SICK = '{"status": "degraded", "services": {"qdrant": {"status": "error 404"}}}'
APP = """\
import os

from fastapi import FastAPI

app = FastAPI(title="Course")


@app.get("/api/health")
def health():
    return {"status": "healthy", "key": bool(os.environ["API_KEY"])}
"""
# It passes by a request that fails once or twice, so the Hub must refuse for good.
REFUSED = {"effect": "answer", "status": 403, "body": '{"error": "Forbidden"}', "times": 10_000}


@pytest.fixture(scope="module")
def hub() -> Iterator[RunningHub]:
    with running("--runner", "stub") as started:
        yield started


Open = Callable[[str], Workflow]


@pytest.fixture
def fleet(hub: RunningHub, tmp_path: Path) -> Iterator[Workflow]:
    folder = tmp_path / "checkout"
    (folder / "backend").mkdir(parents=True)
    (folder / "backend" / "main.py").write_text(APP)
    (folder / "backend" / "requirements.txt").write_text("fastapi==0.165.0\nuvicorn==0.54.0\n")
    with workflow(folder, hub, parallel=4) as made:
        made.secrets = {"API_KEY": "k-7Qx1-fleet-9Zk2"}
        yield made


def write(fleet: Workflow, prefix: str, count: int, *, sick: tuple[int, ...] = ()) -> None:
    """A file of so many Spaces; the first two are canaries, those in ``sick`` are not healthy."""
    numbers = [f"{number:03}" for number in range(count)]
    own = {f"{number:03}": {"variables": {"STUB_ANSWER": SICK}} for number in sick}
    spaces = [
        {"space": f"tester/{prefix}-{n}", "canary": n in numbers[:2], **own.get(n, {})}
        for n in numbers
        if n in own or n in numbers[:2]
    ]
    rest = [n for n in numbers if n not in own and n not in numbers[:2]]
    spaces.append({"space": f"tester/{prefix}-{{each}}", "each": rest})
    document = {
        "defaults": {"secrets": ["API_KEY"], "variables": {"STUB_ANSWER": WELL}},
        "spaces": spaces,
    }
    (fleet.folder / "spaces.yml").write_text(yaml.safe_dump(document, sort_keys=False))


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_broken_spaces_are_named_with_their_cause_and_a_repeat_does_only_those(
    fleet: Workflow, hub: RunningHub, count: int
) -> None:
    prefix = f"of-{count}"
    sick, refused = (3, 7, 8, 11, 19), (5, 13)
    write(fleet, prefix, count, sick=sick)
    for number in refused:
        hub.fault(method="POST", path=f"{prefix}-{number:03}/commit/", **REFUSED)

    began = time.monotonic()
    first = fleet.run()
    print(f"{count} Spaces in {time.monotonic() - began:.0f} s")
    matrix = json.loads(first.plan.outputs["matrix"])["include"]
    assert len({row["space"] for row in matrix}) == count
    assert len(first.jobs) == count
    broken = [f"tester/{prefix}-{number:03}" for number in sorted((*sick, *refused))]
    assert first.failed == broken
    assert first.summary.code == 4
    assert sorted(first.summary.outputs["repeat"].split()) == broken
    assert f"7 of {count} Spaces of `spaces.yml` are left to do" in first.summary.summary
    assert f"| healthy | {count - 7} |" in first.summary.summary
    assert "qdrant" in first.summary.summary
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
    write(fleet, "stopped", 200, sick=(0,))
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
