"""The wait: success is proved for our revision, every failure has its own end, nothing hangs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from deployer.errors import HubRefused
from deployer.model import (
    Answer,
    Healthy,
    NotBuilt,
    Outcome,
    Runtime,
    Secret,
    SpaceId,
    Superseded,
    Unhealthy,
)
from deployer.release import answers, marker, watch
from deployer.release.health import judge
from deployer.release.target import Target
from tests.fakes.hub import Behaviour, FakeSpace, says
from tests.fakes.world import FakeWorld, make_world

SPACE = SpaceId(owner="tester", name="app")
HEALTH = "/api/health"
DOWN = '{"status": "degraded", "services": {"qdrant": {"status": "error", "detail": "404"}}}'
V1, V2 = {"app.py": b"v1"}, {"app.py": b"v2"}
SICK = Behaviour(app=says(DOWN, 503))


class Scene(Struct):
    """A Space that serves v1, healthy, and to which v2 is pushed."""

    fakes: FakeWorld
    space: FakeSpace
    before: Runtime | None = None

    def push(self, behaviour: Behaviour) -> Scene:
        self.before = self.fakes.hub.space_runtime.now(SPACE)
        self.fakes.hub.next.append(behaviour)
        self.fakes.hub.commit(self.space, {**self.space.files, **V2}, "Deploy")
        return self

    def target(self, *, timeout: float = 1800.0, successes: int = 2) -> Target:
        return Target(
            space=SPACE,
            revision=self.space.head,
            health_url=self.space.host + HEALTH,
            before=self.before,
            successes=successes,
            timeout=timeout,
        )

    def wait(self, **settings: float) -> Outcome:
        return watch.wait(self.target(**settings), self.fakes.world)  # type: ignore[arg-type]

    @property
    def now(self) -> float:
        return self.fakes.clock.now()

    @property
    def answered_by(self) -> list[str | None]:
        return [revision for _, revision, _ in self.fakes.probe.asked]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    fakes = make_world(tmp_path)
    return Scene(fakes=fakes, space=fakes.hub.a_space(SPACE, V1))


def from_second(seconds: float, before: Answer, after: Answer) -> Callable[[float], Answer]:
    return lambda passed: after if passed >= seconds else before


OK, BAD, BUSY = says("{}")(0), says(DOWN)(0), says("", 503)(0)


@pytest.mark.parametrize("successes", [1, 2, 5])
def test_success_needs_that_many_healthy_answers_of_our_revision(
    scene: Scene, successes: int
) -> None:
    outcome = scene.push(Behaviour()).wait(successes=successes)
    assert outcome == Healthy(revision=scene.space.head, answers=successes)
    assert scene.answered_by == [scene.space.head] * successes


def test_the_old_revisions_healthy_answers_never_count(scene: Scene) -> None:
    outcome = scene.push(replace(SICK, lag=60.0)).wait()
    assert isinstance(outcome, Unhealthy)
    assert set(scene.answered_by) == {scene.space.head}


def test_readiness_is_noticed_within_a_few_seconds(scene: Scene) -> None:
    scene.push(Behaviour(lag=0.5, stages=(("BUILDING", 3.0),)))
    assert isinstance(scene.wait(), Healthy)
    assert scene.now < 6.0


@pytest.mark.parametrize("stage", ["BUILD_ERROR", "CONFIG_ERROR", "RUNTIME_ERROR", "NO_APP_FILE"])
def test_an_error_of_our_build_ends_the_wait_at_once(scene: Scene, stage: str) -> None:
    outcome = scene.push(Behaviour(ends=stage, error="it broke")).wait()
    assert isinstance(outcome, NotBuilt)
    assert (outcome.stage, outcome.error) == (stage, "it broke")
    assert scene.now < 40.0


def test_a_stale_error_does_not_end_the_wait_for_a_slow_queue(scene: Scene) -> None:
    scene.space.stage, scene.space.error, scene.space.serving = "BUILD_ERROR", "old", None
    assert isinstance(scene.push(Behaviour(lag=100.0)).wait(), Healthy)


def test_an_error_that_never_goes_away_is_built_once_more_and_ends_the_wait(scene: Scene) -> None:
    scene.space.stage, scene.space.error, scene.space.serving = "BUILD_ERROR", "old", None
    outcome = scene.push(Behaviour(lag=5_000.0)).wait()
    assert isinstance(outcome, NotBuilt)
    assert (scene.space.counters.restarts, scene.space.counters.builds) == (1, 2)
    assert 240.0 <= scene.now < 255.0


def test_the_end_of_the_log_comes_with_the_failure_even_when_it_is_late(scene: Scene) -> None:
    crash = Behaviour(
        stages=(("BUILDING", 5.0),),
        ends="RUNTIME_ERROR",
        build_log=("Successfully installed fastapi",),
        run_log=("ModuleNotFoundError: No module named 'qdrant_client'",),
        log_lag=1.5,
    )
    outcome = scene.push(crash).wait()
    assert isinstance(outcome, NotBuilt)
    assert outcome.log == crash.run_log
    assert "qdrant_client" in outcome.causes[0].title
    assert "| Successfully installed fastapi" in scene.fakes.console.lines


def test_unhealthy_for_two_minutes_ends_with_the_service_and_its_cause(scene: Scene) -> None:
    outcome = scene.push(SICK).wait()
    assert isinstance(outcome, Unhealthy)
    assert outcome.verdict.services == ("qdrant",)
    assert "suspended" in outcome.causes[0].title
    assert 120.0 <= scene.now - 26.0 < 135.0


def test_a_service_that_comes_up_late_is_waited_for(scene: Scene) -> None:
    assert isinstance(scene.push(Behaviour(app=from_second(110, BAD, OK))).wait(), Healthy)


def test_not_yet_lasts_until_the_timeout(scene: Scene) -> None:
    outcome = scene.push(Behaviour(app=lambda _seconds: BUSY)).wait(timeout=600.0)
    assert isinstance(outcome, Unhealthy)
    assert 600.0 <= scene.now < 620.0


def test_not_yet_that_becomes_healthy_before_the_timeout_is_healthy(scene: Scene) -> None:
    late = Behaviour(app=from_second(500, BUSY, OK))
    assert isinstance(scene.push(late).wait(timeout=600.0), Healthy)


def test_a_flapping_service_is_neither_healthy_nor_judged_before_the_timeout(scene: Scene) -> None:
    flaps = Behaviour(app=lambda passed: OK if int(passed) % 3 == 0 else BAD)
    outcome = scene.push(flaps).wait(timeout=400.0)
    assert isinstance(outcome, Unhealthy)
    assert outcome.verdict.reason == judge(BAD).reason
    assert scene.now >= 400.0


def test_healthy_answers_that_come_too_late_are_told_as_that(scene: Scene) -> None:
    outcome = scene.push(Behaviour()).wait(timeout=60.0, successes=1_000)
    assert isinstance(outcome, Unhealthy)
    assert outcome.verdict.reason == answers.TOO_LATE


def test_a_build_that_never_ends_is_a_timeout(scene: Scene) -> None:
    outcome = scene.push(Behaviour(stages=(("BUILDING", 9_999.0),))).wait(timeout=300.0)
    assert isinstance(outcome, NotBuilt)
    assert (outcome.stage, "300 s" in outcome.error) == ("timeout", True)


def test_an_unknown_stage_waits(scene: Scene) -> None:
    new = Behaviour(stages=(("A_STAGE_OF_NEXT_YEAR", 50.0), ("BUILDING", 5.0)))
    assert isinstance(scene.push(new).wait(), Healthy)


# --- somebody else pushes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "when"),
    [
        (Behaviour(), 3.0),
        (SICK, 60.0),
        (Behaviour(stages=(("BUILDING", 9_999.0),)), 30.0),
        (Behaviour(ends="BUILD_ERROR"), 10.0),
    ],
    ids=["while ours builds", "while ours is unhealthy", "while ours hangs", "before ours fails"],
)
@pytest.mark.parametrize(
    ("theirs", "soon"),
    [
        (Behaviour(), True),
        (Behaviour(ends="BUILD_ERROR"), True),
        (Behaviour(lag=5_000.0), False),
    ],
    ids=["theirs runs", "theirs fails", "theirs waits in a queue"],
)
def test_a_newer_commit_ends_the_wait_without_a_verdict_on_ours(
    scene: Scene, ours: Behaviour, when: float, theirs: Behaviour, soon: bool
) -> None:
    target, hub = scene.push(ours).target(timeout=900.0), scene.fakes.hub

    def push() -> None:
        hub.next.append(theirs)
        hub.push(scene.space, {"app.py": b"theirs"})

    hub.later(when, push)
    outcome = watch.wait(target, scene.fakes.world)
    assert outcome == Superseded(revision=target.revision, by=scene.space.head)
    assert scene.space.counters.restarts == 0
    assert not soon or scene.now < when + 40.0


# --- a Hub that stumbles -------------------------------------------------------------------------


@pytest.mark.parametrize("status", [0, 408, 429, 500, 502, 503])
def test_reads_that_fail_for_a_while_change_nothing(scene: Scene, status: int) -> None:
    scene.push(Behaviour())
    scene.fakes.hub.fail("now", status, times=20)
    assert isinstance(scene.wait(), Healthy)


def test_a_head_that_can_not_be_read_changes_nothing(scene: Scene) -> None:
    scene.push(Behaviour(ends="BUILD_ERROR"))
    scene.fakes.hub.fail("head", 502)
    assert isinstance(scene.wait(), NotBuilt)


def test_a_hub_that_is_silent_for_five_minutes_ends_the_wait(scene: Scene) -> None:
    scene.push(Behaviour())
    scene.fakes.hub.fail("now", 0, times=10_000)
    with pytest.raises(HubRefused):
        scene.wait()
    assert 300.0 < scene.now < 330.0


def test_a_hub_that_is_silent_when_the_time_is_over_is_blamed_and_not_the_build(
    scene: Scene,
) -> None:
    scene.push(Behaviour(stages=(("BUILDING", 10_000.0),)))
    scene.fakes.hub.later(30, lambda: scene.fakes.hub.fail("now", 0, times=10_000))
    with pytest.raises(HubRefused):
        scene.wait(timeout=60.0)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_ends_the_wait_at_once(scene: Scene, status: int) -> None:
    scene.push(Behaviour())
    scene.fakes.hub.fail("now", status)
    with pytest.raises(HubRefused):
        scene.wait()
    assert scene.now < 2.0


# --- at rest -------------------------------------------------------------------------------------


def test_a_sleeping_space_is_woken_by_a_visit_and_not_restarted(scene: Scene) -> None:
    scene.space.stage, scene.space.serving = "SLEEPING", None
    assert isinstance(scene.wait(), Healthy)
    assert scene.space.counters.restarts == 0


@pytest.mark.parametrize("stage", ["PAUSED", "STOPPED"])
def test_a_paused_space_is_restarted_once(scene: Scene, stage: str) -> None:
    scene.space.stage, scene.space.serving = stage, None
    assert isinstance(scene.wait(), Healthy)
    assert scene.space.counters.restarts == 1


def test_a_space_that_stays_paused_is_not_restarted_again_and_again(scene: Scene) -> None:
    scene.space.stage, scene.space.serving = "PAUSED", None
    scene.fakes.hub.after_restart.append(Behaviour(stages=(), ends="PAUSED"))
    assert isinstance(scene.wait(timeout=300.0), NotBuilt)
    assert scene.space.counters.restarts == 1


def test_a_space_that_may_not_be_restarted_for_its_quota_says_so(scene: Scene) -> None:
    scene.push(Behaviour(stages=(), ends="PAUSED"))
    scene.fakes.hub.fail("restart", 403, message="The account's quota is used up.")
    with pytest.raises(HubRefused, match="quota"):
        scene.wait()


# --- what the wait costs and shows ---------------------------------------------------------------


def test_half_an_hour_of_waiting_stays_far_below_the_rate_limit(scene: Scene) -> None:
    scene.push(Behaviour(stages=(("BUILDING", 9_999.0),))).wait()
    # A free account may ask 1,000 times in 5 minutes; other jobs share that.
    assert scene.fakes.hub.calls.count("now") < 500


@pytest.mark.parametrize("behaviour", [SICK, Behaviour(stages=(("BUILDING", 900.0),))])
def test_there_is_progress_every_fifteen_seconds_and_no_flood(
    scene: Scene, behaviour: Behaviour
) -> None:
    scene.push(behaviour).wait()
    shown = [line for line in scene.fakes.console.lines if " s  " in line]
    times = [float(line.split(" s  ")[0]) for line in shown]
    assert max(later - earlier for earlier, later in pairwise(times)) <= 21.0
    assert len(shown) < scene.now / 15.0 + 12


def test_the_token_goes_along_only_where_the_target_carries_it(scene: Scene) -> None:
    scene.push(Behaviour()).wait()
    assert {token for _, _, token in scene.fakes.probe.asked} == {None}
    private = replace(scene.target(), token=Secret("tester:write"))
    scene.space.visibility = "private"
    assert isinstance(watch.wait(private, scene.fakes.world), Healthy)


def test_answers_do_not_count_when_the_revision_was_replaced_meanwhile(scene: Scene) -> None:
    """The runtime is read once more after the last healthy answer."""
    swift = Behaviour(lag=0.0, stages=())

    def replaced(_seconds: float) -> Answer:
        if len(scene.fakes.probe.asked) == 2:
            scene.fakes.hub.next.append(swift)
            scene.fakes.hub.push(scene.space, {"app.py": b"v3"})
        return OK

    target = scene.push(Behaviour(app=replaced)).target()
    outcome = watch.wait(target, scene.fakes.world)
    assert outcome == Superseded(revision=target.revision, by=scene.space.head)


def test_the_app_s_log_of_our_own_probes_is_left_out(scene: Scene) -> None:
    told = 'INFO: 10.0.0.1:5 - "GET /api/health HTTP/1.1" 503'
    sick = replace(SICK, run_log=("qdrant: connection refused", told))
    outcome = scene.push(sick).wait()
    assert isinstance(outcome, Unhealthy)
    assert outcome.log == ("qdrant: connection refused",)


# --- whose revision it is ------------------------------------------------------------------------

OLD_MARK, MARK = "0" * 32, "1" * 32


def with_marker(mark: str) -> dict[str, bytes]:
    return {"Dockerfile": f"ENV UVICORN_HEADERS=x-hf-space-deploy:{mark}\n".encode()}


@pytest.fixture
def marked(scene: Scene) -> Scene:
    """v1's app tells whose it is, and so does v2's."""
    scene.fakes.hub.push(scene.space, {**V1, **with_marker(OLD_MARK)})
    scene.fakes.clock.sleep(60.0)
    return scene


def push_marked(scene: Scene, behaviour: Behaviour) -> Target:
    before = scene.fakes.hub.space_runtime.now(SPACE)
    scene.fakes.hub.next.append(behaviour)
    scene.fakes.hub.commit(scene.space, {**V2, **with_marker(MARK)}, "Deploy")
    scene.before = before
    return replace(scene.target(), marker=MARK, tells=True)


def test_where_the_hub_names_no_revision_the_apps_answers_prove_it(marked: Scene) -> None:
    marked.fakes.hub.hides_revision = True
    target = push_marked(marked, Behaviour(lag=60.0, stages=()))
    outcome = watch.wait(target, marked.fakes.world)
    assert isinstance(outcome, Healthy)
    assert outcome.proof == marker.BY_ANSWERS
    assert marked.answered_by[-2:] == [target.revision] * 2
    assert marked.now - 60.0 < 65.0


def test_where_neither_names_the_revision_a_change_has_to_do(scene: Scene) -> None:
    scene.fakes.hub.hides_revision = True
    outcome = scene.push(Behaviour(lag=0.0, stages=(("BUILDING", 20.0),))).wait()
    assert isinstance(outcome, Healthy)
    assert outcome.proof == marker.BY_CHANGE


def test_where_neither_names_the_revision_time_alone_never_does(scene: Scene) -> None:
    scene.fakes.hub.hides_revision = True
    scene.fakes.hub.next.append(Behaviour(lag=9_999.0))
    outcome = scene.push(Behaviour(lag=9_999.0)).wait()
    assert isinstance(outcome, NotBuilt)
    assert scene.space.counters.restarts == 1
    assert scene.answered_by == []


def test_where_neither_names_the_revision_a_newer_commit_is_not_taken_for_ours(
    scene: Scene,
) -> None:
    hub = scene.fakes.hub
    hub.hides_revision = True
    scene.push(Behaviour(lag=0.0))
    target = scene.target()
    hub.next.append(Behaviour(lag=0.0))  # nothing shows that another build takes over
    hub.later(5.0, lambda: hub.commit(scene.space, {"app.py": b"theirs"}, "Theirs"))
    outcome = watch.wait(target, scene.fakes.world)
    assert outcome == Superseded(revision=target.revision, by=scene.space.head)


def test_where_nothing_was_pushed_no_restart_is_claimed(scene: Scene) -> None:
    scene.fakes.hub.hides_revision = True
    outcome = scene.wait()
    assert isinstance(outcome, Healthy)
    assert outcome.proof == marker.UNTOLD


def test_a_domain_that_never_gets_ready_is_blamed_and_not_the_code(scene: Scene) -> None:
    scene.fakes.hub.domain_stage = "PENDING"
    outcome = scene.push(Behaviour()).wait(timeout=200.0)
    assert isinstance(outcome, Unhealthy)
    assert not outcome.reached
    assert "domain" in outcome.verdict.reason


def test_the_old_apps_answers_never_count_even_when_the_hub_says_ours_runs(marked: Scene) -> None:
    target = push_marked(marked, Behaviour())
    probe = marked.fakes.probe
    probe.stale = marked.space.commits[-2].revision
    marked.fakes.hub.later(70.0, lambda: setattr(probe, "stale", None))
    assert isinstance(watch.wait(target, marked.fakes.world), Healthy)
    assert marked.now - 60.0 > 70.0
    assert marked.space.counters.restarts == 0


def test_an_old_app_that_goes_on_answering_is_restarted_once(marked: Scene) -> None:
    target = push_marked(marked, Behaviour())
    marked.fakes.probe.stale = marked.space.commits[-2].revision
    outcome = watch.wait(replace(target, timeout=600.0), marked.fakes.world)
    assert isinstance(outcome, Unhealthy)
    assert outcome.verdict.reason == answers.FOREIGN
    assert marked.space.counters.restarts == 1


# --- what stands still ---------------------------------------------------------------------------


def test_a_build_that_never_starts_is_asked_for_once_more(scene: Scene) -> None:
    scene.push(Behaviour(lag=9_999.0))
    scene.fakes.hub.next.append(Behaviour())
    assert isinstance(scene.wait(), Healthy)
    assert scene.space.counters.restarts == 1
    assert 90.0 < scene.now < 140.0


def test_running_the_old_revision_after_our_build_is_built_once_more(scene: Scene) -> None:
    scene.push(Behaviour(sticks=True))
    scene.fakes.hub.next.append(Behaviour())
    assert isinstance(scene.wait(), Healthy)
    assert scene.space.counters.restarts == 1


def test_running_the_old_revision_for_good_is_explained(scene: Scene) -> None:
    outcome = scene.push(Behaviour(sticks=True)).wait()
    assert isinstance(outcome, NotBuilt)
    assert "another revision" in outcome.causes[0].title
    assert scene.space.counters.restarts == 1
    assert scene.now < 250.0


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_restart_a_stuck_space_only_says_so(scene: Scene, status: int) -> None:
    scene.push(Behaviour(sticks=True))
    scene.fakes.hub.fail("restart", status)
    assert isinstance(scene.wait(), NotBuilt)
    assert "could not be restarted" in scene.fakes.console.text


# --- when it looks -------------------------------------------------------------------------------


def test_a_hub_that_tells_of_changes_is_looked_at_when_it_does_and_seldom_else(
    scene: Scene,
) -> None:
    scene.fakes.hub.tells_events = True
    scene.push(Behaviour(stages=(("BUILDING", 900.0), ("APP_STARTING", 7.3))))
    assert isinstance(scene.wait(), Healthy)
    assert 908.3 <= scene.now < 908.3 + 2.0, "one second of it is between the two probes"
    assert scene.fakes.hub.calls.count("now") < 200


@pytest.mark.parametrize("spacing", [8.0, 30.0])
def test_the_hubs_rate_limit_sets_the_pace(scene: Scene, spacing: float) -> None:
    scene.fakes.hub.spacing, scene.fakes.hub.tells_events = spacing, True
    scene.push(Behaviour(stages=(("BUILDING", 290.0),))).wait()
    assert scene.fakes.hub.calls.count("now") <= 300.0 / spacing + 3


def test_every_stream_is_closed_at_the_end(scene: Scene) -> None:
    opened: list[Any] = []
    runtime = scene.fakes.hub.space_runtime
    follow = runtime.follow
    scene.fakes.hub.space_runtime.follow = lambda *asked: (  # type: ignore[method-assign]
        opened.append(follow(*asked)) or opened[-1]  # type: ignore[func-returns-value]
    )
    scene.push(Behaviour()).wait()
    assert {tail.closed for tail in opened} == {True}
    assert len(opened) == 3
