"""After a run that was cut short, and beside another run: the next one comes to the same end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from deployer.errors import Exit, HubRefused
from deployer.model import Healthy, Runtime, Status
from deployer.release import trailer
from deployer.report import Report
from tests.fakes.hub import Behaviour
from tests.pipeline.scene import NOT_BUILT, V1, V2_SICK, Scene

SAME = {"secrets": "GEMINI_API_KEY", "variables": "COLLECTION=book"}
STOPS = replace(NOT_BUILT, stops_old=True)


class Killed(BaseException):
    """What SIGKILL is to a fake: nothing after it happens."""


def killed_while_waiting(scene: Scene, v2: Behaviour) -> None:
    """A run that pushed v2 and was gone before it knew what became of it."""
    scene.change_code()
    scene.fakes.hub.next.append(v2)
    runtime = scene.fakes.hub.space_runtime
    now, calls = runtime.now, iter(range(2))

    def dies(space: Any) -> Runtime:
        if next(calls, None) is None:
            raise Killed
        return now(space)

    runtime.now = dies  # type: ignore[method-assign]
    with pytest.raises(Killed):
        scene.again(**SAME)
    runtime.now = now  # type: ignore[method-assign]
    assert scene.space.counters.commits == 2


@pytest.mark.parametrize("pause", [0.0, 600.0], ids=["at once", "later"])
def test_a_healthy_revision_that_was_left_is_proved_without_another_commit(
    deployed: Scene, pause: float
) -> None:
    killed_while_waiting(deployed, V1)
    deployed.fakes.clock.sleep(pause)
    assert deployed.again(**SAME).exit is Exit.DONE
    assert deployed.space.counters.commits == 2
    assert deployed.space.serving == deployed.space.head


@pytest.mark.parametrize(
    ("v2", "code"),
    [(V2_SICK, Exit.HEALTH), (NOT_BUILT, Exit.BUILD), (STOPS, Exit.BUILD)],
    ids=["unhealthy", "not built", "not built, and nothing serves"],
)
@pytest.mark.parametrize("pause", [0.0, 600.0], ids=["at once", "later"])
def test_a_red_revision_that_was_left_is_put_back_by_the_next_run(
    deployed: Scene, v2: Behaviour, code: Exit, pause: float
) -> None:
    v1 = dict(deployed.space.files)
    killed_while_waiting(deployed, v2)
    deployed.fakes.clock.sleep(pause)
    report = deployed.again(**SAME)
    assert (report.status, report.exit) == (Status.ROLLED_BACK, code), report.serving
    assert deployed.space.files == v1
    assert deployed.space.serving == deployed.space.head == report.revision
    assert deployed.space.counters.commits == 3


def test_a_run_that_was_killed_after_its_variables_came_back_is_finished_too(
    deployed: Scene,
) -> None:
    v1, hub = dict(deployed.space.files), deployed.fakes.hub
    restore = hub.space_repo.restore

    def dies(*_asked: Any, **_given: Any) -> str:
        raise Killed

    hub.space_repo.restore = dies  # type: ignore[method-assign]
    deployed.change_code()
    hub.next.append(V2_SICK)
    bad = {**SAME, "variables": "COLLECTION=bad"}
    with pytest.raises(Killed):
        deployed.again(**bad)
    hub.space_repo.restore = restore  # type: ignore[method-assign]
    assert deployed.space.variables["COLLECTION"][0] == "book"
    report = deployed.again(**bad)
    assert (report.status, report.exit) == (Status.ROLLED_BACK, Exit.HEALTH), report.serving
    assert deployed.space.files == v1
    assert deployed.space.variables["COLLECTION"][0] == "book"
    assert deployed.space.counters.commits == 3


def test_new_code_after_a_red_revision_that_was_left_can_still_go_back(deployed: Scene) -> None:
    v1 = dict(deployed.space.files)
    killed_while_waiting(deployed, STOPS)
    deployed.fakes.clock.sleep(600.0)
    deployed.change_code("# third\n")
    deployed.fakes.hub.next.append(NOT_BUILT)
    report = deployed.again(**SAME)
    assert (report.status, report.exit) == (Status.ROLLED_BACK, Exit.BUILD)
    assert deployed.space.files == v1


def test_a_build_that_was_left_broken_is_tried_once_more_before_it_is_taken_back(
    deployed: Scene,
) -> None:
    killed_while_waiting(deployed, NOT_BUILT)
    deployed.fakes.clock.sleep(600.0)
    deployed.fakes.hub.next.append(V1)
    report = deployed.again(**SAME)
    assert (report.exit, report.restarted) == (Exit.DONE, True)
    assert (deployed.space.counters.builds, deployed.space.counters.commits) == (3, 2)


def test_a_first_deploy_that_was_left_red_has_nothing_to_go_back_to(scene: Scene) -> None:
    scene.fakes.hub.next.append(V2_SICK)
    scene.run(rollback="false")
    report = scene.again()
    assert (report.status, report.exit) == (Status.FAILED, Exit.HEALTH)
    assert scene.space.counters.commits == 1


@pytest.mark.parametrize(("theirs", "code"), [(V2_SICK, Exit.HEALTH), (NOT_BUILT, Exit.BUILD)])
def test_a_commit_by_hand_is_never_taken_back(
    deployed: Scene, theirs: Behaviour, code: Exit
) -> None:
    release(deployed, V1)
    files = {**deployed.space.files, "by-hand.txt": b"mine"}
    deployed.fakes.hub.next.append(theirs)
    deployed.fakes.hub.push(deployed.space, files)
    deployed.fakes.clock.sleep(600.0)
    report = deployed.again(**SAME)
    assert (report.status, report.exit) == (Status.FAILED, code)
    assert deployed.space.files == files


def test_a_healthy_revision_with_the_same_files_is_not_committed_again(deployed: Scene) -> None:
    hub, space = deployed.fakes.hub, deployed.space
    first = space.head
    hub.record(space, dict(space.files), "Again", trailer.write(healthy=first))
    hub.known = dict.fromkeys(hub.known, V2_SICK)
    hub.rebuild(space)
    deployed.fakes.clock.sleep(600.0)
    report = deployed.again(**SAME)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HEALTH)
    assert "same files" in report.serving
    assert space.counters.commits == 1


# --- what a commit remembers ---------------------------------------------------------------------


def remembered(scene: Scene) -> str:
    return trailer.last_healthy(scene.fakes.hub.space_repo.history(scene.space.id))


def release(scene: Scene, behaviour: Behaviour, **inputs: str) -> Report:
    scene.change_code(f"# {len(scene.space.commits)}\n")
    scene.fakes.hub.next.append(behaviour)
    return scene.again(**SAME, **inputs)


def test_each_commit_remembers_what_was_healthy_before_it(deployed: Scene) -> None:
    assert remembered(deployed) == ""
    first = deployed.space.head
    release(deployed, V2_SICK, rollback="false")
    assert remembered(deployed) == first
    release(deployed, NOT_BUILT, rollback="false")
    assert remembered(deployed) == first, "what failed is not remembered as healthy"
    deployed.fakes.clock.sleep(60.0)
    release(deployed, V1)
    release(deployed, V1)
    assert remembered(deployed) == deployed.space.commits[-2].revision


@pytest.mark.parametrize(("status", "code"), [(404, Exit.DONE), (503, Exit.HUB)])
def test_a_hub_without_a_list_of_commits_remembers_nothing_and_takes_the_deploy(
    deployed: Scene, status: int, code: Exit
) -> None:
    release(deployed, replace(NOT_BUILT, stops_old=True), rollback="false")
    deployed.fakes.hub.fail("history", status, times=9)
    assert release(deployed, V1).exit is code


# --- two runs at once ----------------------------------------------------------------------------


def test_nothing_is_set_on_a_space_that_another_run_has_changed(deployed: Scene) -> None:
    find = deployed.fakes.hub.spaces.find

    def found(space: Any) -> Any:
        seen = find(space)
        deployed.fakes.hub.push(deployed.space, {"app.py": b"theirs"})
        return seen

    deployed.fakes.hub.spaces.find = found  # type: ignore[method-assign]
    report = deployed.again(**{**SAME, "variables": "COLLECTION=late"})
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert deployed.space.variables["COLLECTION"][0] == "book"
    assert "later commit stands" in report.problems[0].hint


def overwrites(scene: Scene) -> Callable[..., None]:
    """Another run, which sets its own settings before our commit and then loses the race."""
    config, send = scene.fakes.hub.space_config, scene.fakes.hub.space_repo.commit

    def commit(*asked: Any, **given: Any) -> str:
        space = scene.space
        space.variables["COLLECTION"] = ("theirs", "set by hf-space-deploy")
        space.secrets["GEMINI_API_KEY"] = (
            "theirs",
            f"set by hf-space-deploy, fingerprint {'0' * 16}",
        )
        return send(*asked, **given)

    scene.fakes.hub.space_repo.commit = commit  # type: ignore[method-assign]
    return config.send


def test_the_run_whose_commit_stands_has_its_own_settings_too(deployed: Scene) -> None:
    overwrites(deployed)
    deployed.change_code()
    assert deployed.again(**SAME).status is Status.HEALTHY
    assert deployed.space.variables["COLLECTION"][0] == "book"
    assert deployed.space.secrets["GEMINI_API_KEY"][0] == deployed.environment["GEMINI_API_KEY"]


def test_the_run_that_loses_says_what_it_had_sent(deployed: Scene) -> None:
    deployed.change_code()
    deployed.fakes.hub.fail("commit", 412)
    report = deployed.again(**{**SAME, "variables": "COLLECTION=late"})
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert "`COLLECTION`" in report.problems[0].message


def test_settings_that_can_not_be_looked_at_again_stop_nothing(deployed: Scene) -> None:
    deployed.change_code()
    read, calls = deployed.fakes.hub.space_config.read, iter(range(1))

    def once(space: Any) -> Any:
        if next(calls, None) is None:
            raise HubRefused("no", status=403)
        return read(space)

    deployed.fakes.hub.space_config.read = once  # type: ignore[method-assign]
    assert deployed.again(**SAME).status is Status.HEALTHY


# --- Hubs that keep less -------------------------------------------------------------------------


def test_a_hub_without_descriptions_gets_secrets_once_a_run_and_no_more(deployed: Scene) -> None:
    deployed.fakes.hub.keeps_descriptions = False
    deployed.change_code()
    report = deployed.again(**SAME)
    assert report.status is Status.HEALTHY
    assert deployed.fakes.hub.calls.count("send") == 1
    assert any("`GEMINI_API_KEY`" in str(notice) for notice in report.notices)


def test_a_red_release_whose_hub_names_no_revision_is_put_back_and_proved_by_the_answers(
    deployed: Scene,
) -> None:
    hub, clock = deployed.fakes.hub, deployed.fakes.clock
    hub.hides_revision = True
    hub.known = dict.fromkeys(hub.known, Behaviour(lag=30.0, stages=()))
    start = clock.now()
    deployed.change_code()
    hub.next.append(V2_SICK)
    report = deployed.again(**SAME)
    assert (report.status, report.exit) == (Status.ROLLED_BACK, Exit.HEALTH)
    assert deployed.space.serving == deployed.space.head
    assert clock.now() - start < 30 + 120 + 30 + 10, "no need to wait until a change is missed"


def test_how_the_revision_was_proved_is_said_where_the_hub_does_not(scene: Scene) -> None:
    scene.fakes.hub.hides_revision = True
    report = scene.run()
    assert any("answers name the bundle" in notice.message for notice in report.notices)
    assert "answers name the bundle" in scene.fakes.journal.summary_text


def test_what_answered_when_it_was_looked_at_is_asked_once_more_and_without_a_pause(
    deployed: Scene,
) -> None:
    before, start = len(deployed.fakes.probe.asked), deployed.fakes.clock.now()
    report = deployed.again(**SAME)
    assert report.status is Status.UNCHANGED
    assert isinstance(report.outcome, Healthy)
    assert report.outcome.answers == 2
    assert len(deployed.fakes.probe.asked) - before == 2
    assert deployed.fakes.clock.now() - start < 1.0


def test_more_answers_that_are_asked_for_come_a_second_apart(deployed: Scene) -> None:
    before, start = len(deployed.fakes.probe.asked), deployed.fakes.clock.now()
    report = deployed.again(**SAME, health_successes="4")
    assert report.status is Status.UNCHANGED
    assert len(deployed.fakes.probe.asked) - before == 4
    assert deployed.fakes.clock.now() - start >= 2.0
