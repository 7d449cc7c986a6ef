"""A run that the runner stops says so, leaves nothing lying about, and the next one goes on."""

from __future__ import annotations

import contextlib
import json
import signal
import time
import urllib.error
from pathlib import Path

import pytest

from localhub.testing import RunningHub
from tests.real.program import HEALTHY, Checkout

SICK = '{"status": "degraded", "services": {"qdrant": {"status": "error", "code": 404}}}'


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_ends_at_once_and_the_next_one_makes_no_second_commit(
    hub: RunningHub, tmp_path: Path, asked: signal.Signals
) -> None:
    space = f"{hub.owner}/stopped-{asked.name.lower()}"
    checkout = Checkout(folder=tmp_path / "checkout", hub=hub, space=space)
    checkout.backend(version=1)
    process = checkout.start(health_successes="900")
    wait_for_commit(hub, space)
    time.sleep(0.5)  # until the answer has arrived, too
    process.send_signal(asked)
    stopped = checkout.finish(process, seconds=10)
    assert stopped.code == 130
    assert "The new commit is on the Space" in stopped.log
    assert stopped.log.rstrip().endswith("it goes on from what is there.")
    assert stopped.outputs["status"] == "failed"
    assert stopped.summary
    assert checkout.left_behind() == []
    again = checkout.run()
    assert (again.code, again.outputs["status"]) == (0, "unchanged")
    assert hub.stats(space)["commits"] == 1


def test_the_signals_that_follow_the_first_do_not_cut_the_end_short(
    hub: RunningHub, tmp_path: Path
) -> None:
    space = f"{hub.owner}/stopped-at-once"
    checkout = Checkout(folder=tmp_path / "checkout", hub=hub, space=space)
    checkout.backend(version=1)
    process = checkout.start(health_successes="900")
    wait_for_commit(hub, space)
    process.send_signal(signal.SIGINT)
    for _ in range(3):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.001)
    stopped = checkout.finish(process, seconds=10)
    assert stopped.code == 130
    assert stopped.log.rstrip().endswith("it goes on from what is there.")
    assert (stopped.outputs["status"], bool(stopped.receipt)) == ("failed", True)
    assert stopped.summary
    assert checkout.left_behind() == []


def test_a_stop_before_anything_is_written_says_so(hub: RunningHub, tmp_path: Path) -> None:
    space = f"{hub.owner}/stopped-early"
    checkout = Checkout(folder=tmp_path / "checkout", hub=hub, space=space)
    checkout.backend(version=1)
    hub.fault(path=f"/api/spaces/{space}", effect="stall", times=100)
    hub.forget_requests()
    process = checkout.start()
    try:
        time.sleep(3.0)
        process.send_signal(signal.SIGINT)
        stopped = checkout.finish(process, seconds=10)
    finally:
        hub.clear_faults()
    assert stopped.code == 130, stopped.log
    assert "No new commit of this run was seen" in stopped.log


@pytest.mark.parametrize(
    ("health", "end"),
    [(HEALTHY, (0, "unchanged", 2)), (SICK, (6, "rolled-back", 3))],
    ids=["healthy", "unhealthy"],
)
def test_after_a_killed_run_the_next_one_comes_to_the_same_end(
    hub: RunningHub, tmp_path: Path, health: str, end: tuple[int, str, int]
) -> None:
    code, status, commits = end
    space = f"{hub.owner}/killed-{code}"
    checkout = Checkout(folder=tmp_path / "checkout", hub=hub, space=space)
    checkout.backend(version=1)
    first = checkout.run()
    checkout.backend(version=2, health=health)
    process = checkout.start(health_successes="900")
    wait_for_commit(hub, space, 2)
    process.kill()
    assert checkout.finish(process, seconds=10).code == -signal.SIGKILL
    again = checkout.run(health_timeout="10")
    assert (again.code, again.outputs["status"]) == (code, status), again.log
    assert hub.stats(space)["commits"] == commits
    serves = json.loads(hub.get(f"{first.outputs['space-url']}/api/version")[1])
    assert serves["version"] == (1 if code else 2)


def wait_for_commit(hub: RunningHub, space: str, number: int = 1) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(urllib.error.HTTPError):  # it doesn't exist at first
            if hub.stats(space)["commits"] == number:
                return
        time.sleep(0.05)
    raise AssertionError("no commit came")
