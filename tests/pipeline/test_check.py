"""``mode: check``: what is deployed is proved without changing anything, and an issue says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from deployer.errors import Exit
from deployer.model import Answer, Status
from deployer.report import Report
from tests.fakes.hub import Behaviour, says
from tests.fakes.world import make_world
from tests.pipeline.scene import CANARIES, NOT_BUILT, SICK, SPACE, V2_SICK, Scene

ORIGIN = "https://chat.example"


def checked(scene: Scene, **inputs: str) -> Report:
    """A check without a token, as everybody may run it."""
    scene.fakes.hub.token = "nobody:read"
    return scene.again(mode="check", **inputs)


def is_sick(scene: Scene) -> None:
    """Whatever serves is not healthy from now on."""
    for tree in scene.fakes.hub.known:
        scene.fakes.hub.known[tree] = V2_SICK


def is_well(scene: Scene) -> None:
    for tree in scene.fakes.hub.known:
        scene.fakes.hub.known[tree] = Behaviour()


# --- what it proves ----------------------------------------------------------------------------


def test_a_public_space_is_proved_healthy_without_a_token(deployed: Scene) -> None:
    report = checked(deployed, hf_token="")
    assert (report.status, report.exit) == (Status.HEALTHY, Exit.DONE), report.problems
    assert deployed.outputs["status"] == "healthy"
    assert deployed.outputs["revision"] == deployed.space.head
    assert deployed.outputs["health-url"].endswith("/api/health")
    assert deployed.space.counters.writes == 0


@pytest.mark.parametrize("visibility", ["public", "protected", "private"])
def test_only_a_private_spaces_app_is_shown_the_token(deployed: Scene, visibility: str) -> None:
    deployed.space.visibility = visibility
    probe = deployed.fakes.probe
    probe.asked.clear()
    deployed.again(mode="check", frontend_url=ORIGIN)
    shown = {token is not None for url, _, token in probe.asked if url.endswith("/api/health")}
    assert shown == {visibility == "private"}


def test_neither_a_backend_nor_a_frontend_is_needed(scene: Scene, tmp_path: Path) -> None:
    scene.run(health_path="/live")
    empty = make_world(tmp_path / "empty")
    scene.fakes = replace(scene.fakes, world=replace(scene.fakes.world, files=empty.world.files))
    scene.fakes.hub.token = "nobody:read"
    report = scene.run(mode="check", token="")
    assert report.exit is Exit.DONE, report.problems
    assert report.urls.health.endswith("/live")
    assert scene.run(mode="check", token="", health_path="/docs").urls.health.endswith("/docs")


def test_a_sleeping_space_is_woken_by_visits_alone(deployed: Scene) -> None:
    deployed.space.stage, deployed.space.serving = "SLEEPING", None
    report = checked(deployed)
    assert report.exit is Exit.DONE, report.problems
    assert "restart" not in deployed.fakes.hub.calls
    assert deployed.space.counters.writes == 0


def test_one_that_sleeps_on_is_visited_until_the_time_is_over_and_never_restarted(
    deployed: Scene,
) -> None:
    deployed.space.stage, deployed.space.serving = "SLEEPING", None
    for tree in deployed.fakes.hub.known:
        deployed.fakes.hub.known[tree] = Behaviour(ends="SLEEPING")
    report = checked(deployed, health_timeout="300")
    assert (report.status, report.exit) == (Status.FAILED, Exit.BUILD)
    assert deployed.space.counters.writes == 0


@pytest.mark.parametrize("stage", ["PAUSED", "STOPPED"])
def test_a_paused_space_is_explained_and_left_alone(deployed: Scene, stage: str) -> None:
    deployed.space.stage, deployed.space.serving = stage, None
    report = checked(deployed)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert stage in report.problems[0].message
    assert "/settings" in report.problems[0].hint
    assert deployed.space.counters.writes == 0


@pytest.mark.parametrize(("sick", "code"), [(V2_SICK, Exit.HEALTH), (NOT_BUILT, Exit.BUILD)])
def test_what_is_not_healthy_is_red_and_not_put_back(
    deployed: Scene, sick: Behaviour, code: Exit
) -> None:
    deployed.change_code()
    deployed.fakes.hub.next.append(sick)
    deployed.again(rollback="false")
    head = deployed.space.head
    report = checked(deployed)
    assert (report.status, report.exit) == (Status.FAILED, code)
    assert deployed.space.head == head
    assert deployed.space.counters.writes == 0


def test_a_private_space_needs_a_token_that_may_see_it(deployed: Scene) -> None:
    deployed.space.visibility = "private"
    assert deployed.again(mode="check").exit is Exit.DONE
    report = checked(deployed, hf_token="")
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert "`hf-token`" in report.problems[0].hint


def test_files_that_may_not_be_read_leave_the_usual_path(deployed: Scene) -> None:
    deployed.fakes.hub.fail("read", 401, times=9)
    report = checked(deployed)
    assert report.exit is Exit.DONE, report.problems
    assert any("may not be read" in notice.message for notice in report.notices)


def test_a_deploy_that_begins_meanwhile_is_what_is_checked(deployed: Scene) -> None:
    is_sick(deployed)
    files = {**deployed.space.files, "new.py": b"x = 1\n"}
    hub = deployed.fakes.hub
    hub.later(20.0, lambda: (hub.next.append(Behaviour()), hub.push(deployed.space, files)))  # type: ignore[arg-type, return-value]
    report = checked(deployed)
    assert report.exit is Exit.DONE, report.problems
    assert report.revision == deployed.space.head


def test_another_bundles_app_that_answers_is_red_and_not_restarted(deployed: Scene) -> None:
    first = deployed.space.serving
    deployed.change_code()
    deployed.again()
    deployed.fakes.probe.stale = first
    report = deployed.again(mode="check")  # with a token that might
    assert (report.status, report.exit) == (Status.FAILED, Exit.HEALTH)
    assert deployed.space.counters.writes == 0


# --- what a browser may do ---------------------------------------------------------------------


def test_an_origin_that_is_let_in_is_green(deployed: Scene) -> None:
    deployed.fakes.probe.allowed.add(ORIGIN)
    report = checked(deployed, frontend_url=ORIGIN)
    assert report.exit is Exit.DONE, report.problems


def test_an_origin_that_is_blocked_is_red(deployed: Scene) -> None:
    report = checked(deployed, frontend_url=ORIGIN)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HEALTH)
    assert ORIGIN in report.problems[0].message
    assert deployed.outputs["frontend-status"] == "blocked-by-cors"
    assert "is healthy, and its CORS" in deployed.fakes.journal.summary_text


def test_the_chat_route_is_found_in_what_the_app_says_of_itself(deployed: Scene) -> None:
    described = b'{"paths": {"/v2/chat": {"post": {}}, "/x": {"get": {}}}}'
    host = deployed.space.host
    deployed.fakes.probe.pages[f"{host}/openapi.json"] = Answer(status=200, body=described)
    checked(deployed, frontend_url=ORIGIN)
    assert f"{host}/v2/chat" in [url for url, *_ in deployed.fakes.probe.asked]


# --- the issue ---------------------------------------------------------------------------------


def test_an_issue_is_opened_once_kept_up_to_date_and_closed(deployed: Scene) -> None:
    issues, clock = deployed.fakes.issues, deployed.fakes.clock
    is_sick(deployed)
    checked(deployed, report="issue")
    (issue,) = issues.open.values()
    assert str(SPACE) in issue.title
    assert "qdrant" in issue.body
    assert deployed.context.run_url in issue.body
    assert f"Red since {clock.today().isoformat()}" in issue.body

    first = clock.today().isoformat()
    clock.day = clock.today().replace(year=clock.today().year + 1)
    checked(deployed, report="issue")
    (issue,) = issues.open.values()
    assert f"Red since {first}; seen again on {clock.today().isoformat()}" in issue.body
    assert issues.writes == 2

    is_well(deployed)
    checked(deployed, report="issue")
    ((closed, comment),) = issues.closed
    assert closed.number == issue.number
    assert "Healthy again" in comment
    checked(deployed, report="issue")
    assert issues.writes == 3


def test_without_the_input_no_issue_is_opened(deployed: Scene) -> None:
    is_sick(deployed)
    checked(deployed)
    assert deployed.fakes.issues.writes == 0


def test_a_hub_that_does_not_answer_opens_no_issue_and_closes_none(deployed: Scene) -> None:
    deployed.fakes.hub.fail("find", 503, times=9)
    report = checked(deployed, report="issue")
    assert report.exit is Exit.HUB
    assert deployed.fakes.issues.writes == 0


def test_a_wrong_kind_of_space_is_said_and_a_missing_permission_only_warned_of(
    deployed: Scene,
) -> None:
    deployed.fakes.issues.allowed = False
    is_sick(deployed)
    report = checked(deployed, report="issue")
    assert report.exit is Exit.HEALTH
    assert any("issues: write" in notice.hint for notice in report.notices if notice.warning)


def test_green_stays_green_without_the_permission_or_a_github(deployed: Scene) -> None:
    world = deployed.fakes.world
    deployed.fakes = replace(deployed.fakes, world=replace(world, issues=None))
    report = deployed.run(mode="check", report="issue")
    assert report.exit is Exit.DONE
    assert any("`report: issue`" in notice.message for notice in report.notices)


def test_nothing_that_a_log_or_an_answer_tells_mentions_anybody_or_leaks(deployed: Scene) -> None:
    told = f"@octocat broke #1 with {CANARIES['GEMINI_API_KEY']}"
    for tree in deployed.fakes.hub.known:
        deployed.fakes.hub.known[tree] = Behaviour(
            ends="RUNTIME_ERROR", error=told, run_log=(told,), app=SICK, stops_old=True
        )
    deployed.space.stage, deployed.space.error, deployed.space.serving = "RUNTIME_ERROR", told, None
    checked(deployed, report="issue")
    (issue,) = deployed.fakes.issues.open.values()
    before_the_log = issue.body.partition("### The end")[0]
    assert "@octocat" not in before_the_log
    assert " #1" not in before_the_log
    assert CANARIES["GEMINI_API_KEY"] not in issue.body + issue.title


def test_a_key_in_an_address_does_not_get_into_the_issue(deployed: Scene) -> None:
    is_sick(deployed)
    key = CANARIES["GEMINI_API_KEY"]
    checked(deployed, report="issue", health_path=f"/api/health?key={key}")
    (issue,) = deployed.fakes.issues.open.values()
    assert key not in issue.body


def test_a_health_answer_that_never_comes_is_red(deployed: Scene) -> None:
    for tree in deployed.fakes.hub.known:
        deployed.fakes.hub.known[tree] = Behaviour(app=says("no", 404))
    report = checked(deployed)
    assert report.exit is Exit.HEALTH
