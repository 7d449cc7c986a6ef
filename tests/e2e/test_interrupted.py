"""A run that the runner stops says so, leaves nothing lying about, and the next one goes on."""

from __future__ import annotations

import contextlib
import signal
import time
import urllib.error
from pathlib import Path

import pytest

from localhub.testing import RunningHub
from tests.real.program import Checkout


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_ends_at_once_and_the_next_one_makes_no_second_commit(
    hub: RunningHub, tmp_path: Path, asked: signal.Signals
) -> None:
    space = f"{hub.owner}/stopped-{asked.name.lower()}"
    checkout = Checkout(folder=tmp_path / "checkout", hub=hub, space=space)
    checkout.backend(version=1)
    process = checkout.start(health_successes="900")
    wait_for_commit(hub, space)
    process.send_signal(asked)
    stopped = checkout.finish(process, seconds=10)
    assert stopped.code == 130
    assert stopped.log.rstrip().endswith("it goes on from what is there.")
    assert stopped.outputs["status"] == "failed"
    assert stopped.summary
    assert checkout.left_behind() == []
    again = checkout.run()
    assert (again.code, again.outputs["status"]) == (0, "unchanged")
    assert hub.stats(space)["commits"] == 1


def wait_for_commit(hub: RunningHub, space: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(urllib.error.HTTPError):  # it doesn't exist at first
            if hub.stats(space)["commits"] == 1:
                return
        time.sleep(0.05)
    raise AssertionError("no commit came")
