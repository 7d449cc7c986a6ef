"""``mode: plan`` on a pull request: one comment, kept up to date; never a reason to be red."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from deployer.errors import Exit
from deployer.model import Status
from tests.pipeline.scene import CANARIES, Scene

SAME = {"secrets": "GEMINI_API_KEY", "variables": "COLLECTION=book", "mode": "plan"}
KEY = (7, "plan tester/rag")


@pytest.fixture
def pull(scene: Scene) -> Scene:
    """A run for pull request 7 of the repository itself."""
    scene.context = replace(
        scene.context, event="pull_request", pull=7, head_sha="b" * 40, branch=None
    )
    return scene


def test_the_plan_is_one_comment_that_each_push_brings_up_to_date(pull: Scene) -> None:
    comments = pull.fakes.comments
    assert pull.run(**SAME).status is Status.PLANNED
    assert "GEMINI_API_KEY" in comments.texts[KEY]
    assert "chatClient.ts" in comments.texts[KEY]
    pull.context = replace(pull.context, head_sha="c" * 40)
    pull.run(**SAME, health_path="/live")
    assert "/live" in comments.texts[KEY]
    assert "c" * 10 in comments.texts[KEY]
    assert comments.writes == ["written", "changed"]
    assert not [canary for canary in CANARIES.values() if canary in comments.texts[KEY]]


def test_a_key_in_an_input_does_not_get_into_the_comment(pull: Scene) -> None:
    key = CANARIES["GEMINI_API_KEY"]
    pull.run(**SAME, health_path=f"/live?key={key}")
    assert "/live" in pull.fakes.comments.texts[KEY]
    assert key not in pull.fakes.comments.texts[KEY]


def test_the_same_plan_again_leaves_the_comment_alone(pull: Scene) -> None:
    for _ in range(2):
        pull.run(**SAME)
    assert pull.fakes.comments.writes == ["written"]


def test_what_a_deploy_would_refuse_is_red_and_in_the_comment(pull: Scene) -> None:
    report = pull.run(mode="plan", secrets="ABSENT")
    assert (report.status, report.exit) == (Status.FAILED, Exit.CONFIGURATION)
    assert "would be refused" in pull.fakes.comments.texts[KEY]
    assert "ABSENT" in pull.fakes.comments.texts[KEY]


@pytest.mark.parametrize("event", ["push", "workflow_dispatch", "schedule"])
def test_elsewhere_there_is_no_comment(pull: Scene, event: str) -> None:
    pull.context = replace(pull.context, event=event, pull=None)
    pull.run(**SAME)
    assert not pull.fakes.comments.texts


@pytest.mark.parametrize("facts", [{"from_fork": True}, {"actor": "dependabot[bot]"}])
def test_for_a_fork_it_is_said_that_only_the_summary_has_it(
    pull: Scene, facts: dict[str, object]
) -> None:
    pull.context = replace(pull.context, **facts)  # type: ignore[arg-type]
    report = pull.run(**SAME)
    assert report.exit is Exit.DONE
    assert not pull.fakes.comments.texts
    assert "may only read" in pull.fakes.journal.summary_text


def test_without_the_permission_the_plan_is_green_and_a_warning_names_it(pull: Scene) -> None:
    pull.fakes.comments.allowed = False
    report = pull.run(**SAME)
    assert (report.status, report.exit) == (Status.PLANNED, Exit.DONE)
    warned = [notice.hint for notice in pull.fakes.console.notices]
    assert any("pull-requests: write" in hint for hint in warned)


def test_one_of_a_fleet_leaves_the_comment_to_the_fleet(pull: Scene) -> None:
    pull.run(**SAME, fleet="spaces.yml")
    assert not pull.fakes.comments.texts
