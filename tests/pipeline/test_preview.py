"""A pull request's own Space: made once, marked, brought up to date, and told of."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from deployer import preview_mark
from deployer.errors import Exit, HubRefused, RepositoryRefused
from deployer.model import Configuration, FrontendState, Space, SpaceId, Status
from deployer.report import Report
from tests.fakes.hub import FakeConfig, FakeDirectory, FakeHub, FakeSpace
from tests.fakes.pulls import FakePulls
from tests.pipeline.scene import CANARIES, CLIENT_PATH, MAIN, NOT_BUILT, SPACE, V2_SICK, Scene

PREVIEW = SpaceId(owner=SPACE.owner, name="rag-pr-7")
TODAY = date(2026, 11, 22)
KEY = "preview tester/rag"
CORS = """
import os
from fastapi.middleware.cors import CORSMiddleware

app.add_middleware(CORSMiddleware, allow_origins=os.environ["ALLOWED_ORIGINS"].split(","))
"""


@pytest.fixture
def pull(scene: Scene) -> Scene:
    """Pull request 7, just opened, of a repository whose Space is ``SPACE``."""
    scene.context = replace(
        scene.context,
        event="pull_request",
        action="opened",
        pull=7,
        branch=None,
        sha="c" * 40,
        head_sha="b" * 40,
        head_branch="`](https://evil.example) @everyone",
        base="main",
    )
    scene.fakes.pulls.foreign.add(7)
    return scene


class OneHidden(FakeConfig):
    """The settings of Spaces, but for those of the production."""

    def read(self, space: SpaceId) -> Configuration:
        if space == SPACE:
            raise HubRefused("The token may not see them.", status=403)
        return FakeConfig.read(self, space)


class UnknownPulls(FakePulls):
    """Pull requests that nobody may ask about."""

    def is_open(self, number: int) -> bool:
        hint = "Give the job `permissions: pull-requests: read`."
        raise RepositoryRefused(f"No look at #{number}.", hint=hint)


class Watched(FakeDirectory):
    """Remembers the names of the variables that a Space was created with."""

    def __init__(self, hub: FakeHub) -> None:
        FakeDirectory.__init__(self, hub)
        self.sent: set[str] = set()

    def create(self, space: SpaceId, **given: Any) -> Space:
        self.sent |= {write.name for write in given["variables"]}
        return FakeDirectory.create(self, space, **given)


def run(scene: Scene, **inputs: str) -> Report:
    return scene.run(mode="preview", **inputs)


def push(scene: Scene, text: str = "# more\n") -> None:
    main = scene.root / "backend/app/main.py"
    main.write_text(main.read_text() + text)


def space_of(scene: Scene) -> FakeSpace:
    return scene.fakes.hub.made[str(PREVIEW)]


def mark_of(scene: Scene) -> dict[str, Any]:
    value, _ = space_of(scene).variables[preview_mark.NAME]
    mark: dict[str, Any] = json.loads(value)
    return mark


def comment_of(scene: Scene) -> str:
    return scene.fakes.comments.texts[7, KEY]


def writes(scene: Scene) -> int:
    return scene.fakes.hub.calls.count("create") + space_of(scene).counters.writes


def refused(report: Report, code: Exit) -> str:
    assert (report.status, report.exit) == (Status.FAILED, code), report.problems
    return " ".join(str(problem) for problem in report.problems)


# --- the Space -----------------------------------------------------------------------------------


def test_a_pull_request_gets_a_space_that_is_marked_from_its_creation_on(pull: Scene) -> None:
    spaces = Watched(pull.fakes.hub)
    pull.fakes = replace(pull.fakes, world=replace(pull.fakes.world, spaces=spaces))
    report = run(pull, secrets="GEMINI_API_KEY", variables="COLLECTION=try")
    assert (report.status, report.exit) == (Status.HEALTHY, Exit.DONE), report.problems
    assert {preview_mark.NAME, "COLLECTION"} <= spaces.sent
    expires = (TODAY + timedelta(days=14)).isoformat()
    assert mark_of(pull) == {"repository": "tester/rag", "pull_request": 7, "expires": expires}
    assert pull.outputs["space-url"] == space_of(pull).host
    assert b"(PR 7)" in space_of(pull).files["README.md"]
    assert str(SPACE) not in pull.fakes.hub.made


def test_a_second_push_reuses_it_and_renews_its_days(pull: Scene) -> None:
    run(pull)
    pull.fakes.clock.day += timedelta(days=2)
    push(pull)
    report = run(pull, preview_days="10")
    assert (report.status, report.changed) == (Status.HEALTHY, True)
    assert pull.fakes.hub.calls.count("create") == 1
    assert space_of(pull).counters.commits == 2
    assert mark_of(pull)["expires"] == (TODAY + timedelta(days=12)).isoformat()


@pytest.mark.parametrize("days", [0, 6])
def test_a_second_run_with_nothing_changed_changes_nothing(pull: Scene, days: int) -> None:
    run(pull, secrets="GEMINI_API_KEY")
    before, told = writes(pull), comment_of(pull)
    pull.fakes.clock.day += timedelta(days=days)
    report = run(pull, secrets="GEMINI_API_KEY")
    assert (report.status, report.changed) == (Status.UNCHANGED, False)
    assert (writes(pull), comment_of(pull)) == (before, told)
    assert pull.fakes.comments.writes == ["written"]
    assert len(pull.fakes.deployments.made) == 1


def test_a_run_in_the_second_half_of_its_days_renews_them(pull: Scene) -> None:
    run(pull)
    pull.fakes.clock.day += timedelta(days=8)
    assert run(pull).exit is Exit.DONE
    assert mark_of(pull)["expires"] == (TODAY + timedelta(days=22)).isoformat()


def test_the_mark_is_never_pruned(pull: Scene) -> None:
    run(pull, variables="OLD=1")
    push(pull)
    run(pull, prune="true")
    assert set(space_of(pull).variables) == {preview_mark.NAME}


@pytest.mark.parametrize(
    "mark",
    [
        None,
        "not json",
        '["tester/rag", 7]',
        '{"repository":"tester/rag","pull_request":8,"expires":"2026-12-01"}',
        '{"repository":"else/where","pull_request":7,"expires":"2026-12-01"}',
        '{"repository":"tester/rag","pull_request":7,"expires":"soon"}',
        '{"repository":"tester/rag","pull_request":true,"expires":"2026-12-01"}',
    ],
)
def test_a_space_of_that_name_without_our_mark_is_never_touched(
    pull: Scene, mark: str | None
) -> None:
    space = pull.fakes.hub.a_space(PREVIEW, {"app.py": b"mine"})
    if mark is not None:
        space.variables[preview_mark.NAME] = (mark, "set by hf-space-deploy")
    told = refused(run(pull, secrets="GEMINI_API_KEY"), Exit.HUB)
    assert "tester/rag-pr-7" in told
    assert "left alone" in told
    assert (space.counters.writes, space.counters.commits) == (0, 0)
    assert "left alone" in comment_of(pull)


def test_a_space_that_somebody_makes_at_the_same_moment_is_not_touched(pull: Scene) -> None:
    pull.fakes.hub.creates_bare = True
    assert "Somebody else made" in refused(run(pull, secrets="GEMINI_API_KEY"), Exit.HUB)
    assert (space_of(pull).counters.writes, space_of(pull).counters.commits) == (0, 0)


def test_the_repository_s_name_in_another_case_is_the_same(pull: Scene) -> None:
    run(pull)
    pull.context = replace(pull.context, repository="Tester/RAG")
    push(pull)
    assert run(pull).exit is Exit.DONE


def test_the_frontend_s_source_is_left_alone_and_its_preview_is_let_in(pull: Scene) -> None:
    before = (pull.root / CLIENT_PATH).read_bytes(), pull.repo.head("main")
    push(pull, CORS)
    report = run(pull, frontend="frontend", frontend_url="https://rag-git-x.vercel.app")
    assert report.exit is Exit.DONE, report.problems
    assert ((pull.root / CLIENT_PATH).read_bytes(), pull.repo.head("main")) == before
    assert (report.frontend.state, report.frontend.diff) == (FrontendState.NONE, "")
    assert "rag-git-x.vercel.app" in str(space_of(pull).variables["ALLOWED_ORIGINS"])
    assert "`https://rag-git-x.vercel.app`" in comment_of(pull)


def test_what_was_healthy_comes_back_and_the_comment_says_what_is_wrong(pull: Scene) -> None:
    run(pull)
    pull.fakes.hub.next.append(V2_SICK)
    push(pull)
    report = run(pull)
    assert (report.status, report.exit) == (Status.ROLLED_BACK, Exit.HEALTH)
    assert "❌" in comment_of(pull)
    assert "qdrant" in comment_of(pull)
    assert "put back" in comment_of(pull)
    assert pull.context.run_url in comment_of(pull)


def test_a_hub_that_limits_how_many_spaces_are_made_in_a_day_is_asked_once(pull: Scene) -> None:
    words = "You have been rate limited; you can retry this action in about 21 hours."
    pull.fakes.hub.fail("create", 429, message=words)
    assert "21 hours" in refused(run(pull), Exit.HUB)
    assert pull.fakes.hub.calls.count("create") == 1
    assert "21 hours" in comment_of(pull)


# --- what makes a preview impossible -------------------------------------------------------------

IMPOSSIBLE: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "a fork's pull request": ({"from_fork": True}, ("fork", "`mode: rehearse`")),
    "dependabot": ({"actor": "dependabot[bot]"}, ("Dependabot", "`mode: rehearse`")),
    "pull_request_target": ({"event": "pull_request_target"}, ("secrets", "`pull_request`")),
    "pull_request_target of a fork": (
        {"event": "pull_request_target", "from_fork": True},
        ("fork's code", "`mode: rehearse`"),
    ),
    "a push": ({"event": "push", "pull": None}, ("`push`", "`on: pull_request`")),
    "no event at all": ({"event": "", "pull": None}, ("mode: deploy", "`space`")),
    "a label on a closed pull request": (
        {"action": "labeled", "closed": True},
        ("closed", "`mode: cleanup`"),
    ),
    "a closed pull request": ({"action": "closed"}, ("closed", "`mode: cleanup`")),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_runs_that_can_have_no_preview_are_told_what_to_do(pull: Scene, case: str) -> None:
    changed, words = IMPOSSIBLE[case]
    pull.context = replace(pull.context, **changed)
    told = refused(run(pull, secrets="GEMINI_API_KEY"), Exit.CONFIGURATION)
    assert all(word in told for word in words), told
    assert pull.fakes.hub.made == {}
    assert pull.fakes.comments.writes == []


def test_a_stale_run_of_a_pull_request_that_was_closed_since_makes_no_space(pull: Scene) -> None:
    pull.fakes.pulls.foreign.clear()
    pull.fakes.pulls.over.add(7)
    assert "closed" in refused(run(pull), Exit.CONFIGURATION)
    assert pull.fakes.hub.made == {}


def test_without_a_stored_token_it_says_that_oidc_will_not_do(pull: Scene) -> None:
    told = refused(run(pull, token=""), Exit.CONFIGURATION)
    assert "hf-token" in told
    assert "neither create nor delete" in told
    pull.fakes = replace(pull.fakes, world=replace(pull.fakes.world, trusted_publisher=True))
    assert "delete the previews" in refused(run(pull), Exit.HUB)
    assert pull.fakes.hub.made == {}


def test_a_name_that_gets_too_long_is_a_configuration_problem(pull: Scene) -> None:
    told = refused(run(pull, space=f"tester/{'r' * 92}"), Exit.CONFIGURATION)
    assert "96" in told


# --- the production's own stores -----------------------------------------------------------------


def on_production(scene: Scene, **inputs: str) -> None:
    context, scene.context = scene.context, replace(scene.context, event="push", pull=None)
    assert scene.run(frontend="none", **inputs).exit is Exit.DONE
    scene.context = context


def warnings(report: Report) -> list[str]:
    return [str(notice) for notice in report.notices if notice.warning]


def test_a_preview_that_would_use_the_production_s_database_is_warned_about(pull: Scene) -> None:
    on_production(pull, secrets="DATABASE_URL\nGEMINI_API_KEY")
    report = run(pull, secrets="DATABASE_URL\nGEMINI_API_KEY")
    assert report.exit is Exit.DONE
    (told,) = [each for each in warnings(report) if "production" in each]
    assert "`DATABASE_URL`" in told
    assert "tester/rag:" in told
    assert "DATABASE_URL" in comment_of(pull)
    assert pull.environment["DATABASE_URL"] not in pull.everything_shown() + comment_of(pull)


def test_a_database_of_the_preview_s_own_is_no_reason_to_warn(pull: Scene) -> None:
    on_production(pull, secrets="DATABASE_URL")
    pull.environment["DATABASE_URL"] += "&application_name=preview"
    assert not [each for each in warnings(run(pull, secrets="DATABASE_URL")) if "produc" in each]


def test_a_production_that_may_not_be_looked_at_is_said_and_no_reason_to_stop(pull: Scene) -> None:
    on_production(pull, secrets="DATABASE_URL")
    world = replace(pull.fakes.world, space_config=OneHidden(pull.fakes.hub))
    pull.fakes = replace(pull.fakes, world=world)
    report = run(pull, secrets="DATABASE_URL")
    assert report.exit is Exit.DONE, report.problems
    assert any("could not be seen" in str(notice) for notice in report.notices)


# --- what GitHub is told -------------------------------------------------------------------------


def test_one_comment_says_where_it_is_and_until_when(pull: Scene) -> None:
    run(pull)
    push(pull)
    pull.context = replace(pull.context, head_sha="d" * 40)
    run(pull)
    assert list(pull.fakes.comments.texts) == [(7, KEY)]
    assert pull.fakes.comments.writes == ["written", "changed"]
    text = comment_of(pull)
    assert space_of(pull).host in text
    assert space_of(pull).head[:10] in text
    assert "d" * 10 in text
    assert "2026-12-06" in text
    assert "API docs" in text


def test_what_is_put_back_is_the_earlier_day_too(pull: Scene) -> None:
    run(pull)
    pull.fakes.hub.next.append(V2_SICK)
    pull.fakes.clock.day += timedelta(days=2)
    push(pull)
    assert run(pull).status is Status.ROLLED_BACK
    assert mark_of(pull)["expires"] == "2026-12-06"
    assert "2026-12-06" in comment_of(pull)


def test_the_comment_holds_neither_secrets_nor_what_a_branch_is_called(pull: Scene) -> None:
    pull.fakes.hub.next.append(
        replace(NOT_BUILT, error=f"died of {pull.environment['PLAIN_SECRET']} @octocat #1")
    )
    run(pull, secrets="PLAIN_SECRET")
    text = comment_of(pull)
    assert "❌" in text
    assert pull.environment["PLAIN_SECRET"] not in text
    assert "evil.example" not in text
    assert "@octocat" not in text
    assert "#1" not in text


def test_a_secret_that_the_hub_says_is_not_in_the_comment(pull: Scene) -> None:
    secret = pull.environment["PLAIN_SECRET"]
    pull.fakes.hub.fail("create", 403, message=f"The Hub refused {secret}.")
    refused(run(pull, secrets="PLAIN_SECRET"), Exit.HUB)
    assert "The Hub refused" in comment_of(pull)
    assert "tr0ub4dor" not in comment_of(pull)


def test_a_key_in_an_address_is_not_in_the_comment(pull: Scene) -> None:
    key = CANARIES["GEMINI_API_KEY"]
    run(pull, health_path=f"/api/health?key={key}")
    assert "/api/health" in comment_of(pull)
    assert key not in comment_of(pull)


def test_a_deployment_is_recorded_for_the_pull_request_s_commit(pull: Scene) -> None:
    run(pull)
    pull.fakes.hub.next.append(NOT_BUILT)
    push(pull)
    run(pull)
    first, second = pull.fakes.deployments.made
    assert (first.revision, first.environment, first.transient) == ("b" * 40, "preview", True)
    assert (first.states, first.url) == (["in_progress", "success"], space_of(pull).host)
    assert second.states == ["in_progress", "failure"]


def test_a_preview_that_is_stopped_is_not_left_under_way(pull: Scene) -> None:
    def stopped(*_: object, **__: object) -> Space:
        raise KeyboardInterrupt

    pull.fakes.hub.spaces.create = stopped  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        run(pull)
    (made,) = pull.fakes.deployments.made
    assert made.states == ["in_progress", "failure"]


def test_what_github_refuses_is_a_warning_that_names_the_permission(pull: Scene) -> None:
    pull.fakes.comments.allowed = pull.fakes.deployments.allowed = False
    report = run(pull)
    assert report.exit is Exit.DONE
    told = " ".join(warnings(report))
    assert "pull-requests: write" in told
    assert "deployments: write" in told


def test_where_the_server_is_not_github_nothing_is_told(pull: Scene) -> None:
    world = replace(pull.fakes.world, comments=None, deployments=None, pulls=None)
    pull.fakes = replace(pull.fakes, world=world)
    assert run(pull).exit is Exit.DONE


def test_whether_the_pull_request_is_open_may_stay_unknown(pull: Scene) -> None:
    world = replace(pull.fakes.world, pulls=UnknownPulls())
    pull.fakes = replace(pull.fakes, world=world)
    assert run(pull).exit is Exit.DONE


def test_a_backend_that_can_not_be_packed_is_said_in_the_comment(pull: Scene) -> None:
    (pull.root / "backend/app/main.py").write_text(MAIN + "def broken(:\n")
    assert run(pull).exit in (Exit.CONFIGURATION, Exit.BUNDLE)
    assert "❌" in comment_of(pull)
    assert "main.py" in comment_of(pull)


def test_without_a_space_nothing_is_said_of_its_end(pull: Scene) -> None:
    pull.fakes.hub.fail("create", 429, message="You have been rate limited.", times=99)
    refused(run(pull), Exit.HUB)
    assert "rate limited" in comment_of(pull)
    assert "deleted" not in comment_of(pull)


def close_and_clean_up(scene: Scene) -> None:
    scene.fakes.pulls.foreign.clear()
    scene.fakes.pulls.over.add(7)
    scene.fakes.hub.made.pop(str(PREVIEW))


def test_a_close_during_the_run_is_said_and_left_to_stand(pull: Scene) -> None:
    run(pull)
    push(pull)
    pull.fakes.hub.later(1, lambda: close_and_clean_up(pull))
    told = refused(run(pull), Exit.HUB)
    assert "was closed during this run" in told
    assert "token" not in told
    assert "Deleted: its pull request is closed" in comment_of(pull)
    assert [each.states[-1] for each in pull.fakes.deployments.made] == ["inactive", "inactive"]


def test_a_space_that_somebody_deletes_during_the_run_is_told_as_it_is(pull: Scene) -> None:
    run(pull)
    push(pull)
    pull.fakes.hub.later(1, lambda: pull.fakes.hub.made.pop(str(PREVIEW)) and None)
    assert "was closed" not in refused(run(pull), Exit.HUB)
    assert "❌" in comment_of(pull)
