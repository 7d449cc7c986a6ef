"""A token that writes the files of one Space: what it can't do is told, the rest is done."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from deployer.errors import Exit
from deployer.model import Status
from deployer.report import Report
from tests.fakes.hub import digest_of_tree
from tests.pipeline.scene import NOT_BUILT, V2_SICK, Scene


@pytest.fixture
def trusted(deployed: Scene) -> Scene:
    """v1 serves; from now on runs sign in as a Trusted Publisher."""
    world = replace(deployed.fakes.world, trusted_publisher=True)
    deployed.fakes = replace(deployed.fakes, world=world)
    return deployed


def told(report: Report) -> str:
    return "\n".join(str(problem) for problem in report.problems)


def writes(scene: Scene) -> int:
    return scene.space.counters.writes


def test_code_alone_is_deployed(trusted: Scene) -> None:
    trusted.change_code()
    report = trusted.again()
    assert (report.status, report.exit) == (Status.HEALTHY, Exit.DONE), told(report)
    assert writes(trusted) == 1


def test_a_variable_that_has_its_value_is_no_obstacle(trusted: Scene) -> None:
    report = trusted.again(variables="COLLECTION=book")
    assert report.exit is Exit.DONE, told(report)


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"variables": "COLLECTION=other"}, "can't set the variable `COLLECTION`"),
        ({"variables": "COLLECTION=book", "prune": "true"}, "can't delete `GEMINI_API_KEY`"),
        ({"secrets": "PLAIN_SECRET"}, "can't set the secret `PLAIN_SECRET`"),
        ({"hardware": "t4-small"}, "can't change `hardware` to t4-small"),
        ({"sleep_time": "3600"}, "can't change `sleep-time` to 3600"),
    ],
)
def test_what_it_may_not_do_is_told_before_the_first_write(
    trusted: Scene, inputs: dict[str, str], named: str
) -> None:
    trusted.change_code()
    report = trusted.again(**inputs)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert named in told(report)
    assert "or give `hf-token`" in told(report)
    assert writes(trusted) == 0


@pytest.mark.parametrize("mode", ["deploy", "rollback"])
def test_a_paused_space_is_told_before_the_first_write(trusted: Scene, mode: str) -> None:
    trusted.change_code()
    trusted.space.stage, trusted.space.serving = "PAUSED", None
    report = trusted.again(mode=mode)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert "it can't restart it" in told(report)
    assert writes(trusted) == 0


def test_settings_that_it_may_not_look_at_count_as_new(trusted: Scene) -> None:
    trusted.fakes.hub.fail("configuration", 401)
    assert "the variable `COLLECTION`" in told(trusted.again(variables="COLLECTION=book"))


def test_an_origin_that_it_may_not_allow_is_a_warning(trusted: Scene) -> None:
    trusted.fakes.hub.fail("configuration", 401)
    report = trusted.again(frontend_url="https://web.example.com")
    assert report.exit is Exit.DONE, told(report)
    notices = [notice for notice in report.notices if "https://web.example.com" in str(notice)]
    assert any("by hand" in notice.hint for notice in notices)


def test_an_unchanged_space_that_is_not_healthy_is_not_restarted(trusted: Scene) -> None:
    trusted.again()
    tree = digest_of_tree(trusted.space.files)
    trusted.fakes.hub.known[tree] = V2_SICK
    report = trusted.again(health_timeout="60")
    assert report.exit is Exit.HEALTH, told(report)
    assert "restart" not in trusted.fakes.hub.calls


def test_what_does_not_build_is_rolled_back(trusted: Scene) -> None:
    trusted.fakes.hub.next.append(NOT_BUILT)
    trusted.change_code()
    report = trusted.again()
    assert report.status is Status.ROLLED_BACK, told(report)


def test_mode_rollback_needs_no_more_than_files(trusted: Scene) -> None:
    trusted.change_code()
    trusted.again()
    report = trusted.again(mode="rollback")
    assert report.status is Status.ROLLED_BACK, told(report)
