"""A whole deploy over a Hub, a probe, a clock and a repository in memory; the bundle is real."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from deployer.errors import Exit
from deployer.model import Answer, Health, Status, Unhealthy
from deployer.report import Report
from tests.fakes.hub import Behaviour, says
from tests.fakes.repo import FakeRepo
from tests.pipeline.scene import (
    CANARIES,
    CLIENT,
    CLIENT_PATH,
    MAIN,
    NOT_BUILT,
    SICK,
    SPACE,
    V1,
    V2_SICK,
    Scene,
)

SAME = {"secrets": "GEMINI_API_KEY", "variables": "COLLECTION=book"}


# --- green ---------------------------------------------------------------------------------------


def test_a_first_deploy_creates_the_space_with_its_secrets_and_makes_one_commit(
    deployed: Scene,
) -> None:
    space, calls = deployed.space, deployed.fakes.hub.calls
    assert set(space.secrets) == {"GEMINI_API_KEY"}
    assert space.variables["COLLECTION"][0] == "book"
    assert (space.counters.commits, space.counters.builds, space.counters.restarts) == (1, 1, 0)
    assert calls.count("send") == 0
    assert {"app/main.py", "Dockerfile", "README.md", "requirements.txt"} <= set(space.files)


def test_settings_that_the_creation_left_out_are_sent_before_the_code(scene: Scene) -> None:
    scene.fakes.hub.creates_bare = True
    assert scene.run(**SAME).exit is Exit.DONE
    assert (set(scene.space.secrets), set(scene.space.variables)) == (
        {"GEMINI_API_KEY"},
        {"COLLECTION"},
    )
    assert scene.again(**SAME).status is Status.UNCHANGED


def test_a_token_that_may_not_look_at_settings_may_still_create_them(scene: Scene) -> None:
    scene.fakes.hub.fail("configuration", 403)
    assert scene.run(**SAME).exit is Exit.DONE
    assert set(scene.space.secrets) == {"GEMINI_API_KEY"}


def test_a_first_deploy_writes_every_output(deployed: Scene) -> None:
    host = deployed.space.host
    assert dict(deployed.outputs) == {
        "status": "healthy",
        "space-url": host,
        "docs-url": f"{host}/docs",
        "health-url": f"{host}/api/health",
        "space-page": f"https://hub.test/spaces/{SPACE}",
        "revision": deployed.space.head,
        "changed": "true",
        "frontend-commit": deployed.repo.head("main"),
        "receipt": "/receipt/0.json",
    }


def test_the_client_is_rewritten_in_one_commit_after_health(deployed: Scene) -> None:
    newest = deployed.repo.log()[0]
    assert deployed.space.host.encode() in newest.files[CLIENT_PATH]
    assert len(deployed.repo.log()) == 2


def test_a_second_run_with_nothing_changed_writes_nothing(deployed: Scene) -> None:
    report = deployed.again(**SAME)
    assert (report.status, report.exit) == (Status.UNCHANGED, Exit.DONE)
    assert deployed.space.counters.writes == 0
    assert deployed.fakes.hub.calls.count("now") == 2
    assert len(deployed.repo.log()) == 2
    assert {token for _, _, token in deployed.fakes.probe.asked} == {None}
    assert (deployed.outputs["changed"], deployed.outputs["revision"]) == (
        "false",
        deployed.space.head,
    )


def test_a_change_of_code_is_one_commit_and_no_restart(deployed: Scene) -> None:
    before = deployed.space.head
    deployed.change_code()
    report = deployed.again(**SAME)
    assert report.status is Status.HEALTHY
    assert deployed.space.counters.writes == 1
    assert deployed.space.counters.restarts == 0
    assert (report.previous_revision, report.revision) == (before, deployed.space.head)


@pytest.mark.parametrize(("collection", "key"), [("other", ""), ("book", "X")])
def test_a_change_of_configuration_alone_is_waited_for_and_makes_no_commit(
    deployed: Scene, collection: str, key: str
) -> None:
    deployed.environment["GEMINI_API_KEY"] += key
    report = deployed.again(**{**SAME, "variables": f"COLLECTION={collection}"})
    assert (report.status, report.changed) == (Status.HEALTHY, False)
    assert deployed.space.counters.commits == 1
    assert deployed.space.counters.writes == 1


@pytest.mark.parametrize(
    ("key", "inputs"),
    [("X", SAME), ("", {"variables": "COLLECTION=book", "prune": "true"})],
    ids=["a new value", "pruning"],
)
def test_a_restart_that_the_hub_begins_late_is_waited_for_too(
    deployed: Scene, key: str, inputs: dict[str, str]
) -> None:
    """Until then the old container answers, which knows nothing of the new value."""
    hub, space = deployed.fakes.hub, deployed.space

    def healthy_until_it_restarts(seconds: float) -> Answer:
        return says("{}")(seconds) if space.rollout else SICK(seconds)

    hub.restart = partial(hub.restart, lag=8.0)  # type: ignore[method-assign]
    hub.after_restart.append(Behaviour(app=healthy_until_it_restarts))
    deployed.environment["GEMINI_API_KEY"] += key
    report = deployed.again(**inputs)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HEALTH)


def test_a_file_that_left_the_backend_leaves_the_space_and_a_foreign_one_stays(
    deployed: Scene,
) -> None:
    (deployed.root / "backend/app/extra.py").write_text("")
    deployed.again(**SAME)
    hub = deployed.fakes.hub
    hub.record(deployed.space, {**deployed.space.files, "by-hand.txt": b"mine"}, "By hand")
    (deployed.root / "backend/app/extra.py").unlink()
    report = deployed.again(**SAME)
    assert "app/extra.py" not in deployed.space.files
    assert "by-hand.txt" in deployed.space.files
    assert report.files.kept == ("by-hand.txt",)


@pytest.mark.parametrize(("times", "code"), [(2, Exit.DONE), (9, Exit.HUB)])
def test_a_list_of_our_files_that_comes_garbled_removes_nothing_by_mistake_and_keeps_nothing(
    deployed: Scene, times: int, code: Exit
) -> None:
    (deployed.root / "backend/app/extra.py").write_text("")
    deployed.again(**SAME)
    (deployed.root / "backend/app/extra.py").unlink()
    repo, left = deployed.fakes.hub.space_repo, iter(range(times))
    read = repo.read

    def garbled(space: Any, path: str, revision: str) -> bytes | None:
        return read(space, path, revision) if next(left, None) is None else b"<html>"

    repo.read = garbled  # type: ignore[method-assign]
    assert deployed.again(**SAME).exit is code
    assert ("app/extra.py" in deployed.space.files) == (code is Exit.HUB)


def test_an_unchanged_space_that_is_not_healthy_is_restarted_once(deployed: Scene) -> None:
    hub, tree = deployed.fakes.hub, next(iter(deployed.fakes.hub.known))
    hub.known[tree] = Behaviour(app=SICK)
    hub.after_restart.append(V1)
    report = deployed.again(**SAME)
    assert (report.status, report.exit) == (Status.HEALTHY, Exit.DONE)
    assert deployed.space.counters.restarts == 1


def test_a_sleeping_space_with_nothing_to_deploy_is_only_woken(deployed: Scene) -> None:
    deployed.space.stage, deployed.space.serving = "SLEEPING", None
    assert deployed.again(**SAME).status is Status.UNCHANGED
    assert deployed.space.counters.writes == 0


def test_names_no_longer_given_are_pruned_after_health_and_only_ours(deployed: Scene) -> None:
    deployed.space.secrets["BY_HAND"] = ("x", "")
    deployed.again(variables="COLLECTION=book", prune="true")
    assert set(deployed.space.secrets) == {"BY_HAND"}


def test_a_restart_that_pruning_causes_is_proved_healthy_too(deployed: Scene) -> None:
    deployed.fakes.hub.after_restart.append(V2_SICK)
    report = deployed.again(variables="COLLECTION=book", prune="true")
    assert report.exit is Exit.HEALTH
    assert report.status is not Status.HEALTHY
    assert isinstance(report.outcome, Unhealthy)


def test_variables_whose_pruning_breaks_it_come_back_and_the_code_stays(deployed: Scene) -> None:
    deployed.fakes.hub.after_restart.extend([V2_SICK, V1])
    before = deployed.space.variables["COLLECTION"]
    report = deployed.again(secrets="GEMINI_API_KEY", prune="true")
    assert (report.status, report.exit) == (Status.ROLLED_BACK, Exit.HEALTH)
    assert deployed.space.variables == {"COLLECTION": before}
    assert deployed.space.counters.commits == 2, "the README names other settings; none goes back"


def test_secrets_whose_pruning_breaks_it_are_named_and_the_code_stays(deployed: Scene) -> None:
    deployed.change_code()
    deployed.fakes.hub.next.append(V1)
    deployed.fakes.hub.after_restart.append(V2_SICK)
    report = deployed.again(variables="COLLECTION=book", prune="true")
    assert (report.status, report.exit) == (Status.FAILED, Exit.HEALTH)
    assert "`GEMINI_API_KEY`" in report.serving
    assert deployed.space.counters.commits == 2


def test_a_commit_says_where_it_came_from(deployed: Scene) -> None:
    newest = deployed.space.commits[-1]
    assert newest.message == f"Deploy tester/rag@{'a' * 12}"
    assert f"Source: https://github.com/tester/rag/commit/{'a' * 40}" in newest.description
    assert "Run: https://github.com/tester/rag/actions/runs/1" in newest.description


@pytest.mark.parametrize(("private", "visibility"), [(True, "protected"), (False, "public")])
def test_a_private_repository_makes_a_space_whose_source_is_hidden(
    scene: Scene, private: bool, visibility: str
) -> None:
    scene.context = replace(scene.context, repository_private=private)
    scene.run()
    assert scene.space.visibility == visibility


@pytest.mark.parametrize("url", ["", "https://web.example.com"])
def test_a_private_space_to_be_made_for_a_frontend_is_refused_once(scene: Scene, url: str) -> None:
    report = scene.run(visibility="private", frontend_url=url)
    (problem,) = report.problems
    assert str(problem).startswith("input `visibility`: ")
    assert "`visibility: protected`" in problem.hint
    assert scene.fakes.hub.spaces.find(SPACE) is None


def test_a_space_that_is_private_is_refused_for_a_frontend_by_its_settings(
    deployed: Scene,
) -> None:
    deployed.space.visibility = "private"
    (problem,) = deployed.run(frontend="frontend").problems
    assert "Make it public or protected in its settings" in problem.hint


CORS = """import os
from fastapi.middleware.cors import CORSMiddleware

app.add_middleware(CORSMiddleware, allow_origins=os.getenv("ALLOWED_ORIGINS", "").split(","))
"""


def test_the_frontends_origin_reaches_the_backends_cors_code(scene: Scene) -> None:
    (scene.root / "backend/app/main.py").write_text(MAIN + CORS)
    scene.run(frontend_url="https://web.example.com")
    assert scene.space.variables["ALLOWED_ORIGINS"][0] == "https://web.example.com"


def test_a_hub_that_hides_the_revision_is_believed_once_a_change_was_seen(scene: Scene) -> None:
    scene.fakes.hub.hides_revision = True
    assert scene.run().status is Status.HEALTHY
    assert release(scene, V1).status is Status.HEALTHY


def test_hardware_and_sleep_time_are_asked_for_only_where_they_differ(deployed: Scene) -> None:
    wanted = {**SAME, "hardware": "cpu-upgrade", "sleep_time": "3600"}
    deployed.again(**wanted)
    assert (deployed.space.hardware, deployed.space.sleep_time) == ("cpu-upgrade", 3600)
    deployed.again(**wanted)
    assert deployed.space.counters.writes == 0


def test_sleeping_never_is_not_asked_for_twice(deployed: Scene) -> None:
    deployed.space.sleep_time = None
    deployed.again(**SAME, sleep_time="-1")
    assert deployed.space.counters.writes == 0


# --- red -----------------------------------------------------------------------------------------


def release(scene: Scene, behaviour: Behaviour, **inputs: str) -> Report:
    scene.change_code()
    scene.fakes.hub.next.append(behaviour)
    return scene.again(**SAME, **inputs)


@pytest.mark.parametrize(("v2", "code"), [(V2_SICK, Exit.HEALTH), (NOT_BUILT, Exit.BUILD)])
def test_a_red_release_is_put_back_in_one_commit_and_proved(
    deployed: Scene, v2: Behaviour, code: Exit
) -> None:
    before = dict(deployed.space.files)
    first = deployed.space.head
    report = release(deployed, v2)
    assert (report.status, report.exit) == (Status.ROLLED_BACK, code)
    assert deployed.space.files == before
    assert deployed.space.counters.commits == 3
    assert deployed.space.serving == deployed.space.head == report.revision
    assert first[:10] in report.serving
    assert deployed.outputs["status"] == "rolled-back"
    assert len(deployed.repo.log()) == 3, "the client is left alone"


def test_the_failing_service_and_its_cause_are_in_the_annotation(deployed: Scene) -> None:
    release(deployed, V2_SICK)
    [problem] = deployed.fakes.console.problems
    assert "qdrant" in problem.message
    assert "cloud.qdrant.io" in problem.hint


def test_a_build_error_brings_the_hubs_words_and_the_end_of_the_log(deployed: Scene) -> None:
    log = ("Collecting qdrant", "ERROR: No matching distribution found for qdrant==99")
    release(deployed, replace(NOT_BUILT, build_log=log))
    assert "exit code: 1" in deployed.fakes.console.problems[0].message
    assert "qdrant==99" in deployed.fakes.console.problems[0].hint
    assert log[1] in deployed.fakes.journal.summary_text


@pytest.mark.parametrize(("v1", "code"), [(V2_SICK, Exit.HEALTH), (NOT_BUILT, Exit.BUILD)])
def test_a_first_deploy_that_fails_is_left_as_it_is(
    scene: Scene, v1: Behaviour, code: Exit
) -> None:
    scene.fakes.hub.next.append(v1)
    report = scene.run()
    assert (report.status, report.exit) == (Status.FAILED, code)
    assert scene.space.counters.commits == 1
    assert "first deploy" in report.serving
    assert len(scene.repo.log()) == 1


def test_rollback_false_leaves_the_space_as_it_is(deployed: Scene) -> None:
    report = release(deployed, V2_SICK, rollback="false")
    assert (report.status, report.exit) == (Status.FAILED, Exit.HEALTH)
    assert deployed.space.counters.commits == 2
    assert "`rollback` is false" in report.serving
    assert report.revision == deployed.space.serving == deployed.space.head


def test_what_failed_in_the_same_way_before_is_not_put_back(deployed: Scene) -> None:
    tree = next(iter(deployed.fakes.hub.known))
    deployed.fakes.hub.known[tree] = V2_SICK
    report = release(deployed, V2_SICK)
    assert (report.status, deployed.space.counters.commits) == (Status.FAILED, 2)
    assert "same way" in report.serving


def test_one_failed_look_at_the_serving_revision_does_not_cost_the_rollback(
    deployed: Scene,
) -> None:
    tree = next(iter(deployed.fakes.hub.known))
    answers = iter([Answer(status=0, error="no answer (ConnectTimeout)")])
    ok = says("{}")(0)
    deployed.fakes.hub.known[tree] = Behaviour(app=lambda _seconds: next(answers, ok))
    assert release(deployed, V2_SICK).status is Status.ROLLED_BACK


def test_a_revision_that_is_put_back_and_stays_unhealthy_is_no_rollback(deployed: Scene) -> None:
    deployed.fakes.hub.next.append(V2_SICK)
    deployed.change_code()
    deployed.fakes.hub.next.append(V2_SICK)
    report = deployed.again(**SAME)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HEALTH)
    assert "is not healthy" in report.serving
    assert deployed.space.counters.commits == 3, "once, and not for ever"


def test_a_sleeping_revision_is_put_back_too(deployed: Scene) -> None:
    deployed.space.stage, deployed.space.serving = "SLEEPING", None
    assert release(deployed, V2_SICK).status is Status.ROLLED_BACK


def test_what_serves_behind_a_failed_build_is_what_comes_back(deployed: Scene) -> None:
    first, files = deployed.space.head, dict(deployed.space.files)
    release(deployed, NOT_BUILT, rollback="false")
    assert (deployed.space.stage, deployed.space.serving) == ("BUILD_ERROR", first)
    deployed.change_code("# third\n")
    deployed.fakes.hub.next.append(V2_SICK)
    report = deployed.again(**SAME)
    assert report.status is Status.ROLLED_BACK
    assert deployed.space.files == files


def test_an_overwritten_variable_comes_back_and_a_secret_that_can_not_is_named(
    deployed: Scene,
) -> None:
    deployed.change_code()
    deployed.fakes.hub.next.append(V2_SICK)
    deployed.environment["GEMINI_API_KEY"] += "X"
    report = deployed.again(secrets="GEMINI_API_KEY", variables="COLLECTION=bad\nNEW=1")
    assert report.status is Status.ROLLED_BACK
    assert {name: value for name, (value, _) in deployed.space.variables.items()} == {
        "COLLECTION": "book"
    }
    assert "`GEMINI_API_KEY`" in report.serving


def test_variables_that_make_it_unhealthy_come_back_without_a_commit(deployed: Scene) -> None:
    deployed.fakes.hub.after_restart.extend([V2_SICK, V1])
    report = deployed.again(secrets="GEMINI_API_KEY", variables="COLLECTION=bad")
    assert (report.status, report.exit) == (Status.ROLLED_BACK, Exit.HEALTH)
    assert deployed.space.variables["COLLECTION"][0] == "book"
    assert deployed.space.counters.commits == 1


def test_secrets_that_make_it_unhealthy_are_named_since_nobody_can_put_them_back(
    deployed: Scene,
) -> None:
    deployed.environment["GEMINI_API_KEY"] += "X"
    deployed.fakes.hub.after_restart.append(V2_SICK)
    report = deployed.again(**SAME)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HEALTH)
    assert "`GEMINI_API_KEY`" in report.serving


def test_a_newer_commit_ends_the_run_without_a_rollback(deployed: Scene) -> None:
    hub = deployed.fakes.hub
    deployed.change_code()
    hub.next.append(V2_SICK)
    hub.later(50.0, lambda: str(hub.push(deployed.space, {"app.py": b"theirs"})))
    report = deployed.again(**SAME)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert deployed.space.files == {"app.py": b"theirs"}
    assert "newer commit" in report.problems[0].message


@pytest.mark.parametrize("status", [0, 429, 503])
def test_an_outage_of_the_hub_while_it_builds_is_no_reason_for_a_rollback(
    deployed: Scene, status: int
) -> None:
    deployed.fakes.hub.later(8.0, lambda: deployed.fakes.hub.fail("now", status, times=100_000))
    report = release(deployed, V1)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert deployed.space.counters.commits == 2
    assert f"before {deployed.space.head[:10]} was proved healthy" in report.serving


def test_an_old_revision_that_the_hub_stays_at_is_said_to_serve(deployed: Scene) -> None:
    first = deployed.space.head
    deployed.fakes.hub.next.extend([Behaviour(sticks=True)] * 2)
    report = release(deployed, Behaviour(sticks=True))
    assert (report.status, report.exit) == (Status.ROLLED_BACK, Exit.BUILD), report.serving
    assert report.revision == deployed.space.serving == first
    assert "goes on serving" in report.serving
    assert deployed.space.counters.commits == 3


@pytest.mark.parametrize(
    "answer", [Answer(status=0, error="no answer (ConnectTimeout)"), Answer(status=429)]
)
def test_an_app_that_could_not_be_reached_is_no_reason_for_a_rollback(
    deployed: Scene, answer: Answer
) -> None:
    report = release(deployed, Behaviour(app=lambda _seconds: answer))
    assert (report.status, report.exit) == (Status.FAILED, Exit.HEALTH)
    assert "No answer of the app" in report.serving
    assert deployed.space.counters.commits == 2


def test_one_answer_of_the_app_is_enough_to_judge_it(deployed: Scene) -> None:
    lost, busy = Answer(status=0, error="no answer"), says("{}", 503)(0)
    app = Behaviour(app=lambda passed: busy if passed < 3 else lost)
    assert release(deployed, app).status is Status.ROLLED_BACK


def test_an_outage_after_the_old_tree_is_back_is_told_as_that(deployed: Scene) -> None:
    restore, hub = deployed.fakes.hub.space_repo.restore, deployed.fakes.hub

    def and_then_silence(*asked: Any, **given: Any) -> str:
        hub.later(10.0, lambda: hub.fail("now", 503, times=100_000))
        return restore(*asked, **given)

    hub.space_repo.restore = and_then_silence  # type: ignore[method-assign]
    report = release(deployed, V2_SICK)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HEALTH)
    assert "was put back, and whether the Space is healthy could not be seen" in report.serving


def test_somebodys_commit_in_between_is_never_rolled_over(deployed: Scene) -> None:
    now, hub = deployed.fakes.hub.space_runtime.now, deployed.fakes.hub

    def late(space: Any) -> Any:
        if deployed.fakes.clock.now() > 150.0 and deployed.space.counters.commits == 2:
            hub.push(deployed.space, {"app.py": b"theirs"})
        return now(space)

    deployed.change_code()
    hub.next.append(V2_SICK)
    hub.space_runtime.now = late  # type: ignore[method-assign]
    report = deployed.again(**SAME)
    assert report.exit in (Exit.HUB, Exit.HEALTH)
    assert deployed.space.files == {"app.py": b"theirs"}


def test_a_commit_that_the_hub_refuses_leaves_the_space_alone(deployed: Scene) -> None:
    deployed.fakes.hub.fail("commit", 412)
    report = release(deployed, V1)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert deployed.outputs["status"] == "failed"
    assert deployed.outputs["space-url"] == deployed.space.host


# --- the follow-up -------------------------------------------------------------------------------


def test_a_commit_of_somebody_else_in_between_is_kept(scene: Scene) -> None:
    races = iter(["README.md", CLIENT_PATH])

    def race(repo: FakeRepo) -> None:
        if path := next(races, None):
            text = f"// {path}\n{CLIENT}" if path == CLIENT_PATH else "# Mine\n"
            repo.push_by_somebody(path, text.encode())

    scene.repo.before_commit = race
    report = scene.run()
    assert report.exit is Exit.DONE
    files = scene.repo.log()[0].files
    assert files["README.md"] == b"# Mine\n"
    assert files[CLIENT_PATH].startswith(f"// {CLIENT_PATH}\n".encode())
    assert scene.space.host.encode() in files[CLIENT_PATH]


def test_a_refused_follow_up_is_exit_7_and_the_space_stays_healthy(scene: Scene) -> None:
    scene.repo.protected.add("main")
    scene.fakes.pulls.allowed = False
    report = scene.run()
    assert (report.status, report.exit) == (Status.HEALTHY, Exit.FRONTEND)
    assert scene.outputs["status"] == "healthy"
    assert scene.outputs["revision"] == scene.space.head


def test_a_follow_up_that_is_still_due_is_made_by_the_next_run(scene: Scene) -> None:
    scene.repo.protected.add("main")
    scene.fakes.pulls.allowed = False
    scene.run()
    scene.repo.protected.clear()
    report = scene.again()
    assert (report.status, report.exit) == (Status.UNCHANGED, Exit.DONE)
    assert report.frontend.commit == scene.repo.head("main")
    assert scene.space.counters.writes == 0


def test_a_token_that_may_not_push_is_refused_before_anything_is_written(scene: Scene) -> None:
    scene.repo.writable = False
    report = scene.run()
    assert report.exit is Exit.CONFIGURATION
    assert scene.fakes.hub.made == {}


def test_on_a_tag_the_change_is_shown_and_not_pushed(scene: Scene) -> None:
    scene.context = replace(scene.context, branch=None)
    report = scene.run()
    assert (report.status, report.exit) == (Status.HEALTHY, Exit.DONE)
    assert len(scene.repo.log()) == 1
    assert scene.space.host in report.frontend.diff


def test_without_a_repository_the_change_is_shown_and_not_pushed(scene: Scene) -> None:
    scene.fakes = replace(scene.fakes, world=replace(scene.fakes.world, repo=None))
    report = scene.run()
    assert (report.status, report.exit) == (Status.HEALTHY, Exit.DONE)
    assert any("not pushed" in notice.message for notice in report.notices)


def test_frontend_commit_none_rewrites_the_working_tree_only(scene: Scene) -> None:
    scene.run(frontend_commit="none")
    assert scene.space.host in (scene.root / CLIENT_PATH).read_text()
    assert len(scene.repo.log()) == 1


def test_frontend_none_leaves_the_client_alone(scene: Scene) -> None:
    scene.run(frontend="none")
    assert (scene.root / CLIENT_PATH).read_text() == CLIENT
    assert len(scene.repo.log()) == 1


# --- plan, and what is refused -------------------------------------------------------------------


def test_a_plan_needs_no_token_and_writes_nothing(scene: Scene) -> None:
    report = scene.run(token="", mode="plan")
    assert (report.status, report.exit) == (Status.PLANNED, Exit.DONE)
    assert (scene.fakes.hub.calls, scene.fakes.probe.asked) == ([], [])
    assert "app/main.py" in scene.fakes.console.text
    assert (scene.root / CLIENT_PATH).read_text() == CLIENT


@pytest.mark.parametrize("token", ["tester:write", "tester:read"])
def test_a_plan_with_a_token_shows_the_difference_and_writes_nothing(
    deployed: Scene, token: str
) -> None:
    deployed.change_code()
    deployed.fakes.hub.token = token
    report = deployed.again(token=token, mode="plan", **SAME)
    assert (report.status, report.files.changed) == (
        Status.PLANNED,
        (".hf-space-deploy.json", "Dockerfile", "app/main.py"),
    )
    assert deployed.space.counters.writes == 0


@pytest.mark.parametrize(("fork", "status"), [(True, Status.PLANNED), (False, Status.FAILED)])
def test_a_plan_without_secrets_is_only_fine_where_github_hands_out_none(
    scene: Scene, fork: bool, status: Status
) -> None:
    scene.context = replace(scene.context, event="pull_request", from_fork=fork)
    assert scene.run(token="", mode="plan", secrets="ABSENT").status is status


REFUSED: tuple[tuple[str, dict[str, str], Callable[[Scene], object], Exit, str], ...] = (
    ("no token", {"token": ""}, lambda s: None, Exit.CONFIGURATION, "token"),
    ("a read token", {"token": "tester:read"}, lambda s: None, Exit.HUB, "create"),
    ("create is false", {"create": "false"}, lambda s: None, Exit.HUB, "does not exist"),
    ("a missing secret", {"secrets": "ABSENT"}, lambda s: None, Exit.CONFIGURATION, "ABSENT"),
    (
        "a token that may not write there",
        {},
        lambda s: (s.fakes.hub.a_space(SPACE), s.fakes.hub.fail("may_write", 403)),
        Exit.HUB,
        "said no",
    ),
    (
        "a value with a space at its end",
        {"secrets": "QDRANT_URL"},
        lambda s: s.environment.update(QDRANT_URL="https://q.example.com "),
        Exit.CONFIGURATION,
        "QDRANT_URL",
    ),
    (
        "a secret that is a variable already",
        {"secrets": "GEMINI_API_KEY"},
        lambda s: s.fakes.hub.a_space(SPACE, variables={"GEMINI_API_KEY": ("x", "")}),
        Exit.CONFIGURATION,
        "GEMINI_API_KEY",
    ),
    (
        "a Space without an address",
        {},
        lambda s: (s.fakes.hub.a_space(SPACE), setattr(s.fakes.hub, "hides_host", True)),
        Exit.HUB,
        "address",
    ),
    (
        "another SDK",
        {},
        lambda s: s.fakes.hub.a_space(SPACE, sdk="gradio"),
        Exit.HUB,
        "gradio",
    ),
    (
        "private with a frontend",
        {"visibility": "private", "frontend_url": "https://a.vercel.app"},
        lambda s: None,
        Exit.CONFIGURATION,
        "private",
    ),
    (
        "an existing private Space and a client",
        {},
        lambda s: s.fakes.hub.a_space(SPACE, visibility="private"),
        Exit.CONFIGURATION,
        "private",
    ),
    (
        "a pull request",
        {},
        lambda s: setattr(s, "context", replace(s.context, event="pull_request")),
        Exit.CONFIGURATION,
        "pull_request",
    ),
    (
        "no manifest",
        {},
        lambda s: (s.root / "backend/requirements.txt").unlink(),
        Exit.BUNDLE,
        "requirements",
    ),
    (
        "a free account",
        {},
        lambda s: s.fakes.hub.poor.add("tester"),
        Exit.HUB,
        "paid plan",
    ),
)


@pytest.mark.parametrize(
    ("inputs", "arrange", "code", "named"),
    [row[1:] for row in REFUSED],
    ids=[r[0] for r in REFUSED],
)
def test_a_deploy_is_refused_before_anything_is_written(
    scene: Scene,
    inputs: dict[str, str],
    arrange: Callable[[Scene], object],
    code: Exit,
    named: str,
) -> None:
    arrange(scene)
    token = inputs.get("token", "tester:write")
    scene.fakes.hub.token = token or "nobody:read"
    report = scene.run(**inputs)
    assert (report.status, report.exit) == (Status.FAILED, code)
    assert any(named in str(problem) for problem in scene.fakes.console.problems)
    assert [space for space in scene.fakes.hub.made.values() if space.counters.writes] == []
    assert ("create" in scene.fakes.hub.calls) is (named == "paid plan")
    assert scene.outputs["status"] == "failed"
    assert scene.fakes.journal.summary_text


def test_every_problem_is_said_at_once_and_the_lowest_code_wins(scene: Scene) -> None:
    (scene.root / "backend/requirements.txt").unlink()
    scene.fakes.hub.a_space(SPACE, sdk="gradio")
    report = scene.run(secrets="ABSENT\nOTHER_ABSENT")
    codes = [problem.exit for problem in report.problems]
    assert report.exit is Exit.CONFIGURATION
    assert {Exit.CONFIGURATION, Exit.BUNDLE, Exit.HUB} == set(codes)
    assert codes.count(Exit.CONFIGURATION) == 2


def test_a_private_space_is_probed_with_the_token_and_others_are_not(scene: Scene) -> None:
    scene.run(frontend="none", visibility="private")
    assert {token.reveal() for _, _, token in scene.fakes.probe.asked if token} == {"tester:write"}
    assert None not in {token for _, _, token in scene.fakes.probe.asked}


# --- nothing leaks -------------------------------------------------------------------------------

LEAKY = says(
    json.dumps(
        {
            "status": "degraded",
            "detail": CANARIES["PLAIN_SECRET"],
            "services": {"db": {"status": "error", "dsn": CANARIES["DATABASE_URL"]}},
        }
    )
)


@pytest.mark.parametrize(
    "behaviour",
    [
        V1,
        Behaviour(app=LEAKY, run_log=tuple(CANARIES.values())),
        replace(NOT_BUILT, error="; ".join(CANARIES.values()), build_log=tuple(CANARIES.values())),
    ],
    ids=["green", "unhealthy", "not built"],
)
def test_no_secret_is_shown_anywhere_even_when_the_app_prints_it(
    scene: Scene, behaviour: Behaviour
) -> None:
    scene.fakes.hub.next.append(behaviour)
    report = scene.run(secrets="\n".join(CANARIES))
    shown = scene.everything_shown()
    assert set(scene.space.secrets) == set(CANARIES), report.problems
    for part in (*CANARIES.values(), "pa55canary", "tr0ub4dor"):
        assert part not in shown


def test_the_outcome_keeps_the_verdict_without_the_body(scene: Scene) -> None:
    scene.fakes.hub.next.append(Behaviour(app=LEAKY))
    outcome = scene.run(secrets="\n".join(CANARIES)).outcome
    assert isinstance(outcome, Unhealthy)
    assert outcome.verdict.health is Health.UNHEALTHY
    assert outcome.verdict.services == ("db",)
