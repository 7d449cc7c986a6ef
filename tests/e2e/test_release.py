"""The promise, kept by the real program on a Hub that really runs the Space."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from localhub.testing import RunningHub
from tests.real.program import Checkout

DEGRADED = '{"status": "degraded", "services": {"qdrant": {"status": "error", "code": 404}}}'
CANARY = "cn-7Qx1-the-canary-of-this-test-9Zk2"


@pytest.fixture
def checkout(hub: RunningHub, tmp_path: Path, request: pytest.FixtureRequest) -> Checkout:
    name = request.node.name.replace("_", "-")[:60].strip("-")
    made = Checkout(folder=tmp_path / "checkout", hub=hub, space=f"{hub.owner}/{name}")
    made.backend(version=1)
    return made


def version_at(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/api/version", timeout=10) as answer:
        return dict(json.load(answer))


def test_a_deploy_is_one_commit_and_one_build_and_a_second_one_is_nothing(
    checkout: Checkout,
) -> None:
    checkout.environment = {"GREETING": CANARY}
    first = checkout.run(secrets="GREETING", variables="LOG_LEVEL=INFO")
    assert (first.code, first.outputs["status"], first.outputs["changed"]) == (0, "healthy", "true")
    assert version_at(first.outputs["space-url"]) == {"version": 1, "greeting": CANARY}
    second = checkout.run(secrets="GREETING", variables="LOG_LEVEL=INFO")
    assert (second.code, second.outputs["status"]) == (0, "unchanged"), second.log
    assert second.outputs["revision"] == first.outputs["revision"]
    stats = checkout.hub.stats(checkout.space)
    assert (stats["commits"], stats["builds"], stats["restarts"]) == (1, 1, 0)
    assert CANARY not in first.text + second.text
    assert checkout.left_behind() == []


def test_an_unhealthy_revision_fails_with_the_service_and_the_first_one_serves_again(
    checkout: Checkout,
) -> None:
    first = checkout.run()
    url = first.outputs["space-url"]
    checkout.backend(version=2, health=DEGRADED)
    process = checkout.start(health_timeout="20")
    seen = served_during_build(checkout, process, url)
    red = checkout.finish(process)
    assert (red.code, red.outputs["status"]) == (6, "rolled-back")
    assert "qdrant" in red.log
    assert "cloud.qdrant.io" in red.log
    assert "::error" in red.log
    assert "qdrant" in red.summary
    assert version_at(url)["version"] == 1
    assert 1 in seen, "the first revision answered while the second was built"
    assert red.outputs["revision"] not in ("", first.outputs["revision"])
    assert checkout.hub.stats(checkout.space)["commits"] == 3


def served_during_build(checkout: Checkout, process: subprocess.Popen[str], url: str) -> set[int]:
    """The versions that answered before the second build was up."""
    seen = set()
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        stats = checkout.hub.stats(checkout.space)
        if stats["commits"] == 2 and stats["stage"] == "RUNNING":
            break
        seen.add(version_at(url)["version"])
    return seen


def test_a_revision_that_does_not_build_fails_with_the_logs_end_in_the_summary(
    checkout: Checkout,
) -> None:
    first = checkout.run()
    checkout.backend(version=2, requirements="no-such-package-4711==1.0\n")
    red = checkout.run()
    assert (red.code, red.outputs["status"]) == (5, "rolled-back")
    assert "no-such-package-4711" in red.summary
    assert "BUILD_ERROR" in red.log
    assert version_at(first.outputs["space-url"])["version"] == 1


def test_a_first_deploy_that_is_unhealthy_leaves_the_space_as_it_is(checkout: Checkout) -> None:
    checkout.backend(version=1, health=DEGRADED)
    red = checkout.run(health_timeout="15")
    assert (red.code, red.outputs["status"]) == (6, "failed")
    assert "no earlier revision" in red.summary
    assert checkout.hub.stats(checkout.space)["commits"] == 1


def test_a_changed_secret_and_changed_code_cost_one_build_and_at_most_one_restart(
    checkout: Checkout,
) -> None:
    checkout.environment = {"GREETING": "the first of two greetings"}
    checkout.run(secrets="GREETING")
    before = checkout.hub.stats(checkout.space)
    checkout.backend(version=2)
    checkout.environment = {"GREETING": CANARY}
    run = checkout.run(secrets="GREETING")
    after = checkout.hub.stats(checkout.space)
    assert version_at(run.outputs["space-url"]) == {"version": 2, "greeting": CANARY}
    assert after["builds"] - before["builds"] == 1
    assert after["restarts"] - before["restarts"] <= 1


def test_a_changed_secret_alone_is_waited_for(checkout: Checkout) -> None:
    checkout.environment = {"GREETING": "the first of two greetings"}
    checkout.run(secrets="GREETING")
    checkout.environment = {"GREETING": CANARY}
    run = checkout.run(secrets="GREETING")
    assert (run.code, run.outputs["status"], run.outputs["changed"]) == (0, "healthy", "false")
    assert version_at(run.outputs["space-url"])["greeting"] == CANARY
    assert checkout.hub.stats(checkout.space)["commits"] == 1


def test_a_plan_needs_no_token_and_writes_nothing(checkout: Checkout) -> None:
    run = checkout.run(mode="plan", hf_token="")
    assert (run.code, run.outputs["status"]) == (0, "planned")
    assert "main:app" in run.summary
    assert "/api/health" in run.summary
    assert not [each for each in checkout.hub.requests() if checkout.space in each["path"]]


def test_a_rollback_needs_no_checkout_and_is_proved(checkout: Checkout, tmp_path: Path) -> None:
    first = checkout.run()
    checkout.backend(version=2)
    checkout.run()
    elsewhere = Checkout(folder=tmp_path / "empty", hub=checkout.hub, space=checkout.space)
    elsewhere.folder.mkdir()
    back = elsewhere.run(mode="rollback")
    assert (back.code, back.outputs["status"], back.outputs["changed"]) == (
        0,
        "rolled-back",
        "true",
    ), back.log
    assert version_at(first.outputs["space-url"])["version"] == 1
    again = elsewhere.run(mode="rollback", revision=first.outputs["revision"][:12])
    assert (again.code, again.outputs["changed"]) == (0, "false"), again.log
    assert checkout.hub.stats(checkout.space)["commits"] == 3


def test_of_two_deploys_at_once_one_wins_whole_and_the_other_says_so(
    checkout: Checkout, tmp_path: Path
) -> None:
    first = checkout.run(variables="GREETING=from the first")
    other = Checkout(folder=tmp_path / "other" / "checkout", hub=checkout.hub, space=checkout.space)
    other.folder.parent.mkdir()
    checkout.backend(version=2)
    other.backend(version=3)
    one = checkout.start(variables="GREETING=two")
    two = other.start(variables="GREETING=three")
    ends = [checkout.finish(one), other.finish(two)]
    codes = sorted(end.code for end in ends)
    assert codes in ([0, 4], [0, 0]), [end.log for end in ends]
    serves = version_at(first.outputs["space-url"])
    assert serves in ({"version": 2, "greeting": "two"}, {"version": 3, "greeting": "three"})
    lost = [end for end in ends if end.code]
    assert all("::error" in end.log and "rolled-back" not in str(end.outputs) for end in lost)
