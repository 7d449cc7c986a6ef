"""Input ``environment``: GitHub is told of the deploy, and a refusal there changes nothing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from deployer.errors import Exit
from deployer.model import Status
from tests.fakes.hub import Behaviour
from tests.pipeline.scene import NOT_BUILT, V2_SICK, Scene


def test_by_default_nothing_is_recorded(scene: Scene) -> None:
    scene.run()
    assert scene.fakes.deployments.made == []


def test_a_deploy_is_under_way_before_the_push_and_then_a_success_with_its_address(
    scene: Scene,
) -> None:
    seen: list[list[str]] = []
    deployments, hub = scene.fakes.deployments, scene.fakes.hub
    create = hub.spaces.create

    def watched(*given: object, **named: object) -> object:
        seen.extend(list(each.states) for each in deployments.made)
        return create(*given, **named)  # type: ignore[arg-type]

    hub.spaces.create = watched  # type: ignore[method-assign, assignment]
    scene.run(environment="production")
    (made,) = deployments.made
    assert seen == [["in_progress"]]
    assert made.states == ["in_progress", "success"]
    assert (made.environment, made.revision, made.transient) == ("production", "a" * 40, False)
    assert made.url == scene.space.host


@pytest.mark.parametrize("sick", [V2_SICK, NOT_BUILT])
def test_a_red_deploy_is_a_failure(deployed: Scene, sick: Behaviour) -> None:
    deployed.change_code()
    deployed.fakes.hub.next.append(sick)
    deployed.again(environment="production")
    (made,) = deployed.fakes.deployments.made
    assert made.states == ["in_progress", "failure"]


def test_a_refused_push_is_a_failure(deployed: Scene) -> None:
    deployed.change_code()
    deployed.fakes.hub.fail("commit", 403)
    assert deployed.again(environment="production").exit is Exit.HUB
    (made,) = deployed.fakes.deployments.made
    assert made.states == ["in_progress", "failure"]


def test_a_deploy_that_is_stopped_is_not_left_under_way(deployed: Scene) -> None:
    deployed.change_code()

    def stopped(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    deployed.fakes.hub.space_repo.commit = stopped  # type: ignore[method-assign, assignment]
    with pytest.raises(KeyboardInterrupt):
        deployed.again(environment="production")
    (made,) = deployed.fakes.deployments.made
    assert made.states == ["in_progress", "failure"]


def test_a_run_that_changes_nothing_records_nothing(deployed: Scene) -> None:
    same = {"secrets": "GEMINI_API_KEY", "variables": "COLLECTION=book"}
    assert deployed.again(environment="production", **same).status is Status.UNCHANGED
    assert deployed.fakes.deployments.made == []


def test_what_is_refused_before_the_push_records_nothing(scene: Scene) -> None:
    assert scene.run(environment="production", secrets="ABSENT").exit is Exit.CONFIGURATION
    assert scene.fakes.deployments.made == []


@pytest.mark.parametrize("event", ["deployment", "deployment_status"])
def test_a_run_that_a_deployment_started_makes_no_further_one(scene: Scene, event: str) -> None:
    scene.context = replace(scene.context, event=event)
    assert scene.run(environment="production").status is Status.HEALTHY
    assert scene.fakes.deployments.made == []


def test_without_the_permission_the_deploy_is_green_and_a_warning_names_it(scene: Scene) -> None:
    scene.fakes.deployments.allowed = False
    report = scene.run(environment="production")
    assert (report.status, report.exit) == (Status.HEALTHY, Exit.DONE)
    hints = [notice.hint for notice in scene.fakes.console.notices]
    assert any("deployments: write" in hint for hint in hints)


def test_a_frontend_that_could_not_be_followed_up_is_no_failed_deployment(scene: Scene) -> None:
    scene.repo.protected.add("main")
    scene.fakes.pulls.allowed = False
    assert scene.run(environment="production").exit is Exit.FRONTEND
    (made,) = scene.fakes.deployments.made
    assert made.states[-1] == "success"
