"""Previews that are over go; what carries no mark of ours stays, whatever it is called."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from deployer import preview_mark
from deployer.errors import Exit, HubRefused
from deployer.model import SpaceId, Status
from deployer.preview_mark import Mark
from deployer.report import Report
from tests.fakes.hub import FakeDirectory, FakeSpace
from tests.pipeline.scene import SPACE, Scene
from tests.pipeline.test_preview import UnknownPulls

TODAY = date(2026, 11, 22)
KEY = "preview tester/rag"
OURS = "set by hf-space-deploy"


@pytest.fixture
def nightly(scene: Scene) -> Scene:
    scene.context = replace(scene.context, event="schedule")
    return scene


@pytest.fixture
def closing(scene: Scene) -> Scene:
    """Pull request 7 was just closed."""
    scene.context = replace(
        scene.context, event="pull_request", action="closed", pull=7, branch=None, head_sha="b" * 40
    )
    return scene


def preview(number: int) -> SpaceId:
    return SpaceId(owner=SPACE.owner, name=f"{SPACE.name}-pr-{number}")


def a_preview(scene: Scene, number: int, *, days: int = 9, **facts: Any) -> FakeSpace:
    """A preview of the scene's repository that has ``days`` left."""
    made = scene.fakes.hub.a_space(preview(number), {"app.py": b""})
    mark = {"repository": "tester/rag", "pull_request": number, **facts}
    value = preview_mark.write(Mark(expires=TODAY + timedelta(days=days), **mark))
    made.variables[preview_mark.NAME] = (value, OURS)
    return made


def run(scene: Scene, **inputs: str) -> Report:
    return scene.run(mode="cleanup", **inputs)


def done(report: Report) -> None:
    assert (report.status, report.exit) == (Status.CLEANED_UP, Exit.DONE), report.problems


def names(scene: Scene) -> set[str]:
    return {space.partition("/")[2] for space in scene.fakes.hub.made}


def test_a_closed_pull_request_s_space_is_deleted_and_no_other(closing: Scene) -> None:
    for number in (7, 8, 77):
        a_preview(closing, number)
    closing.fakes.hub.a_space(SPACE, {"app.py": b""})
    report = run(closing)
    done(report)
    assert names(closing) == {"rag", "rag-pr-8", "rag-pr-77"}
    assert closing.outputs["status"] == "cleaned-up"
    assert (
        "Deleted tester/rag-pr-7: its pull request is closed." in closing.fakes.journal.summary_text
    )


def test_the_comment_is_amended_and_the_deployments_are_ended(closing: Scene) -> None:
    a_preview(closing, 7)
    comments, deployments = closing.fakes.comments, closing.fakes.deployments
    comments.keep(7, key=KEY, body="✅")
    deployed = {
        number: deployments.start(
            revision="b" * 40, environment="preview", transient=True, key=str(preview(number))
        )
        for number in (7, 8)
    }
    done(run(closing))
    assert "Deleted" in comments.texts[7, KEY]
    states = {number: deployments.made[int(name)].states for number, name in deployed.items()}
    assert (states[7][-1], states[8][-1]) == ("inactive", "in_progress")


def test_without_a_preview_there_is_nothing_to_do(closing: Scene) -> None:
    done(run(closing))
    done(run(closing))
    assert closing.fakes.comments.writes == []
    assert "delete" not in closing.fakes.hub.calls


def test_a_space_that_somebody_deleted_is_said_to_be_gone(closing: Scene) -> None:
    closing.fakes.comments.keep(7, key=KEY, body="✅")
    done(run(closing))
    assert "Deleted" in closing.fakes.comments.texts[7, KEY]


FOREIGN: dict[str, dict[str, str]] = {
    "without a mark": {},
    "with settings of ours": {"COLLECTION": "book"},
    "with another repository's mark": {
        preview_mark.NAME: '{"repository":"else/rag","pull_request":7,"expires":"2020-01-01"}'
    },
    "with another pull request's mark": {
        preview_mark.NAME: '{"repository":"tester/rag","pull_request":8,"expires":"2020-01-01"}'
    },
    "with a mark that is none": {preview_mark.NAME: "true"},
}


@pytest.mark.parametrize("event", ["closed", "schedule"])
@pytest.mark.parametrize("case", FOREIGN)
def test_a_space_that_only_has_the_name_survives(scene: Scene, case: str, event: str) -> None:
    pull = {"event": "pull_request", "action": "closed", "pull": 7}
    scene.context = replace(scene.context, **(pull if event == "closed" else {"event": event}))  # type: ignore[arg-type]
    space = scene.fakes.hub.a_space(preview(7), {"app.py": b"mine"})
    space.variables.update({name: (value, OURS) for name, value in FOREIGN[case].items()})
    report = run(scene)
    done(report)
    assert names(scene) == {"rag-pr-7"}
    assert any("left alone" in str(notice) for notice in report.notices)


def test_a_schedule_deletes_what_is_closed_or_expired(nightly: Scene) -> None:
    nightly.fakes.pulls.foreign |= {2, 3, 4}
    nightly.fakes.pulls.over.add(1)
    for number, days in ((1, 9), (2, 9), (3, -1), (4, 0)):
        a_preview(nightly, number, days=days)
    report = run(nightly)
    done(report)
    assert names(nightly) == {"rag-pr-2", "rag-pr-4"}
    told = " ".join(str(notice) for notice in report.notices)
    assert "Deleted tester/rag-pr-1: its pull request is closed" in told
    assert "Deleted tester/rag-pr-3: no push came until 2026-11-21" in told


def test_the_comment_of_an_expired_preview_says_that_a_push_brings_it_back(nightly: Scene) -> None:
    nightly.fakes.pulls.foreign.add(3)
    nightly.fakes.comments.keep(3, key=KEY, body="✅")
    a_preview(nightly, 3, days=-1)
    done(run(nightly))
    assert "next push" in nightly.fakes.comments.texts[3, KEY]


def test_names_that_only_begin_alike_are_not_even_looked_at(nightly: Scene) -> None:
    for name in ("rag-pr-7-mine", "rag-pr-", "rag-pr-x", "rag-pr-007", "ragged-pr-7"):
        space = nightly.fakes.hub.a_space(SpaceId(owner="tester", name=name), {"app.py": b""})
        value = '{"repository":"tester/rag","pull_request":7,"expires":"2020-01-01"}'
        space.variables[preview_mark.NAME] = (value, OURS)
    before = names(nightly)
    done(run(nightly))
    assert names(nightly) == before
    assert "configuration" not in nightly.fakes.hub.calls


def test_where_pull_requests_can_not_be_asked_for_only_the_date_counts(nightly: Scene) -> None:
    a_preview(nightly, 1)
    a_preview(nightly, 2, days=-1)
    world = replace(nightly.fakes.world, pulls=UnknownPulls())
    nightly.fakes = replace(nightly.fakes, world=world)
    report = run(nightly)
    done(report)
    assert names(nightly) == {"rag-pr-1"}
    # Once, not for each preview.
    assert sum("pull-requests: read" in str(notice) for notice in report.notices) == 1


def test_a_refusal_for_one_does_not_keep_the_others(nightly: Scene) -> None:
    class Stubborn(FakeDirectory):
        def delete(self, space: SpaceId) -> None:
            if space == preview(2):
                raise HubRefused(f"The token may not delete {space}.", status=403)
            FakeDirectory.delete(self, space)

    nightly.fakes.pulls.over |= {1, 2, 3}
    for number in (1, 2, 3):
        a_preview(nightly, number)
    world = replace(nightly.fakes.world, spaces=Stubborn(nightly.fakes.hub))
    nightly.fakes = replace(nightly.fakes, world=world)
    report = run(nightly)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert names(nightly) == {"rag-pr-2"}
    assert "rag-pr-2" in " ".join(str(problem) for problem in report.problems)


def test_a_list_that_is_refused_is_said(nightly: Scene) -> None:
    nightly.fakes.hub.fail("named", 403, message="The token may not list them.")
    report = run(nightly)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)


def test_a_fork_s_pull_request_has_no_preview_and_its_end_is_green(closing: Scene) -> None:
    closing.context = replace(closing.context, from_fork=True)
    done(run(closing, token=""))


def test_a_pull_request_that_is_not_closed_keeps_its_preview(closing: Scene) -> None:
    a_preview(closing, 7)
    closing.context = replace(closing.context, action="synchronize")
    report = run(closing)
    assert report.exit is Exit.CONFIGURATION
    assert "types: [closed]" in str(report.problems[0])
    assert names(closing) == {"rag-pr-7"}


def test_a_token_is_needed_and_oidc_will_not_do(nightly: Scene) -> None:
    report = run(nightly, token="")
    assert report.exit is Exit.CONFIGURATION
    assert "neither create nor delete" in str(report.problems[0])


def test_what_github_refuses_is_a_warning(closing: Scene) -> None:
    a_preview(closing, 7)
    closing.fakes.comments.texts[7, KEY] = "✅"
    closing.fakes.comments.allowed = closing.fakes.deployments.allowed = False
    report = run(closing)
    done(report)
    assert "pull-requests: write" in " ".join(str(notice) for notice in report.notices)
