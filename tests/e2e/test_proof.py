"""Whose revision serves, and how soon that is known, on a Hub that really runs it."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localhub.testing import RunningHub
from tests.real.program import Checkout


@pytest.fixture
def checkout(hub: RunningHub, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Checkout]:
    name = re.sub(r"\W+|_", "-", request.node.name)[:60].strip("-")
    made = Checkout(folder=tmp_path / "checkout", hub=hub, space=f"{hub.owner}/{name}")
    made.backend(version=1)
    yield made
    hub.clear_faults()
    for quirk in ("omit_revision", "omit_events", "omit_descriptions", "keep_old"):
        hub.quirk(**{quirk: False})


def marker_at(url: str) -> str:
    with urllib.request.urlopen(f"{url}/api/health", timeout=10) as answer:
        return str(answer.headers["x-hf-space-deploy"])


def now_serving(checkout: Checkout) -> dict[str, Any]:
    return checkout.hub.stats(checkout.space)


def test_a_hub_that_names_no_revision_is_proved_by_the_apps_own_answers(checkout: Checkout) -> None:
    checkout.hub.quirk(omit_revision=True)
    first = checkout.run()
    assert (first.code, first.outputs["status"]) == (0, "healthy"), first.log
    assert "answers name the bundle" in first.log
    old = marker_at(first.outputs["space-url"])
    again = checkout.run()
    assert (again.code, again.outputs["status"]) == (0, "unchanged"), again.log
    checkout.backend(version=2)
    second = checkout.run()
    assert (second.code, second.outputs["status"]) == (0, "healthy"), second.log
    assert marker_at(second.outputs["space-url"]) not in ("", old)
    assert now_serving(checkout)["commits"] == 2


def test_a_hub_that_goes_on_with_the_old_revision_is_made_to_build_once_more(
    checkout: Checkout,
) -> None:
    first = checkout.run()
    old = marker_at(first.outputs["space-url"])
    checkout.hub.quirk(keep_old=True)
    checkout.backend(version=2)
    run = checkout.run(health_timeout="60")
    assert (run.code, run.outputs["status"]) == (0, "healthy"), run.log
    assert "built once more" in run.log
    assert marker_at(run.outputs["space-url"]) != old
    assert now_serving(checkout)["restarts"] == 1


@pytest.mark.parametrize("events", [True, False], ids=["told", "asked"])
def test_readiness_is_noticed_within_a_second(checkout: Checkout, events: bool) -> None:
    checkout.hub.quirk(omit_events=not events)
    process = checkout.start(health_successes="1")
    while process.poll() is None and not ready(checkout):
        time.sleep(0.02)
    since = time.monotonic()
    run = checkout.finish(process)
    assert run.code == 0, run.log
    assert time.monotonic() - since < 2.0, "a second to notice, and what the end of a run takes"


def ready(checkout: Checkout) -> bool:
    try:
        return bool(now_serving(checkout)["stage"] == "RUNNING")
    except OSError:  # it doesn't exist at first
        return False


def test_a_hub_without_descriptions_gets_each_secret_once_a_run(checkout: Checkout) -> None:
    checkout.hub.quirk(omit_descriptions=True)
    checkout.environment = {"GREETING": "a greeting that nobody knows"}
    checkout.run(secrets="GREETING")
    checkout.hub.forget_requests()
    run = checkout.run(secrets="GREETING")
    assert (run.code, run.outputs["status"]) == (0, "healthy"), run.log
    sent = [each for each in checkout.hub.requests() if each["path"].endswith("/secrets")]
    assert [each["method"] for each in sent].count("POST") == 1
    assert "`GREETING`" in run.log


def test_the_event_stream_is_asked_for_once_and_its_absence_is_no_matter(
    checkout: Checkout,
) -> None:
    checkout.hub.fault(path="/events", status=500, times=100)
    checkout.hub.forget_requests()
    assert checkout.run().code == 0
    assert [each["path"] for each in checkout.hub.requests()].count(
        f"/api/spaces/{checkout.space}/events"
    ) == 1
