"""What a runtime's stage asks for, moment by moment."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.model import Runtime
from deployer.release.runtime_stage import (
    FAILED,
    GRACE,
    SETTLE,
    STEADY,
    STUCK,
    UNBUILT,
    WAKE_AFTER,
    Step,
    Watch,
    next_step,
    unreachable,
)
from deployer.release.runtime_stage import observe as look

OLD, OURS, THEIRS = "old", "ours", "theirs"
BEFORE = Runtime(stage="RUNNING", revision=OLD)


def step(
    before: Runtime | None,
    *seen: Runtime,
    elapsed: float = 5.0,
    shown_for: float = 0.0,
    **known: Any,
) -> Step:
    """The step after the last of ``seen``, which the runtime shows for so many seconds."""
    watch = Watch(target=OURS, before=before, **known)
    for each in seen:
        watch = look(watch, each, elapsed - shown_for)
    return next_step(watch, seen[-1], elapsed)


def runtime(stage: str, revision: str | None = OLD, error: str = "") -> Runtime:
    return Runtime(stage=stage, revision=revision, error=error)


@pytest.mark.parametrize("stage", sorted(FAILED))
def test_a_stale_error_waits_for_the_grace_is_built_once_more_and_then_counts(stage: str) -> None:
    stale = runtime(stage, None, "old news")
    assert step(stale, stale, elapsed=GRACE - 1) is Step.WAIT
    assert step(stale, stale, elapsed=GRACE) is Step.REBUILD
    assert step(stale, stale, elapsed=2 * GRACE - 1, restarted=GRACE) is Step.WAIT
    assert step(stale, stale, elapsed=2 * GRACE, restarted=GRACE) is Step.FAIL


@pytest.mark.parametrize("stage", sorted(FAILED))
def test_an_error_counts_at_once_when_the_runtime_has_left_its_old_state(stage: str) -> None:
    stale = runtime(stage, None, "old news")
    assert step(stale, runtime("BUILDING", None), runtime(stage, None, "new")) is Step.FAIL


def test_the_same_error_with_another_message_is_a_new_one() -> None:
    seen = (runtime("BUILD_ERROR", None, "a"), runtime("BUILD_ERROR", None, "b"))
    assert step(*seen, shown_for=STEADY) is Step.FAIL


def test_an_error_of_an_unchanged_space_counts_at_once() -> None:
    assert step(None, runtime("BUILD_ERROR"), elapsed=0.0) is Step.FAIL


def test_the_old_revisions_crash_before_ours_is_built_waits() -> None:
    crash = runtime("RUNTIME_ERROR", OLD)
    assert step(BEFORE, runtime("RUNNING_APP_STARTING"), crash) is Step.WAIT
    assert step(BEFORE, runtime("RUNNING_BUILDING"), crash) is Step.FAIL


@pytest.mark.parametrize(
    ("stage", "revision", "expected"),
    [
        ("RUNNING", OURS, Step.PROBE),
        ("RUNNING", OLD, Step.WAIT),
        ("RUNNING", THEIRS, Step.WAIT),
        ("RUNNING_BUILDING", OLD, Step.WAIT),
        ("RUNNING_APP_STARTING", OURS, Step.WAIT),
        ("BUILDING", None, Step.WAIT),
        ("A_STAGE_OF_NEXT_YEAR", OURS, Step.WAIT),
        ("", None, Step.WAIT),
    ],
)
def test_only_running_our_revision_is_probed(
    stage: str, revision: str | None, expected: Step
) -> None:
    assert step(BEFORE, runtime("RUNNING_BUILDING"), runtime(stage, revision)) is expected


@pytest.mark.parametrize("stage", ["SLEEPING", "PAUSED", "STOPPED"])
def test_a_space_at_rest_is_woken_once_the_push_had_time_to_do_so(stage: str) -> None:
    rest = runtime(stage, None)
    assert step(rest, rest, elapsed=WAKE_AFTER - 1) is Step.WAIT
    assert step(rest, rest, elapsed=WAKE_AFTER) is Step.WAKE
    assert step(None, rest, elapsed=0.0) is Step.WAKE


def test_a_changed_secret_restarts_the_same_revision_which_is_given_time_to_show() -> None:
    same = Runtime(stage="RUNNING", revision=OURS)
    assert step(same, same, elapsed=SETTLE - 1) is Step.WAIT
    assert step(same, same, elapsed=SETTLE) is Step.PROBE
    assert step(same, runtime("RUNNING_APP_STARTING", OURS), same, elapsed=1.0) is Step.PROBE


def test_an_unchanged_space_is_probed_at_once() -> None:
    assert step(None, runtime("RUNNING", OURS), elapsed=0.0) is Step.PROBE


@pytest.mark.parametrize(
    ("domains", "expected"),
    [
        ({}, Step.PROBE),
        ({"a": "PENDING", "b": "READY"}, Step.PROBE),
        ({"a": "ready"}, Step.PROBE),
        ({"a": ""}, Step.PROBE),
        ({"a": "PENDING"}, Step.WAIT),
    ],
)
def test_a_domain_that_is_not_ready_waits(domains: dict[str, str], expected: Step) -> None:
    seen = Runtime(stage="RUNNING", revision=OURS, domains=domains)
    assert step(BEFORE, runtime("BUILDING"), seen) is expected


def test_a_domain_that_stays_pending_is_never_asked() -> None:
    seen = Runtime(stage="RUNNING", revision=OURS, domains={"a": "PENDING"})
    assert step(BEFORE, seen, elapsed=900.0, shown_for=890.0) is Step.WAIT
    watch = look(Watch(target=OURS, before=BEFORE), seen, 5.0)
    assert unreachable(watch, seen, 900.0)
    assert not unreachable(watch, Runtime(stage="RUNNING", revision=OURS), 900.0)
    assert not unreachable(watch, Runtime(stage="RUNNING", revision=OLD), 900.0)


@pytest.mark.parametrize("stage", sorted(FAILED))
def test_what_a_space_says_before_it_looks_at_the_commit_counts_once_it_stands(stage: str) -> None:
    assert step(BEFORE, runtime(stage, None), shown_for=STEADY - 1) is Step.WAIT
    assert step(BEFORE, runtime(stage, None), shown_for=STEADY) is Step.FAIL


def test_a_runtime_that_named_its_revision_is_given_time_to_name_it_again() -> None:
    seen = (runtime("BUILDING", None), runtime("RUNNING", None))
    assert step(BEFORE, *seen, elapsed=SETTLE, shown_for=SETTLE - 1) is Step.WAIT
    assert step(BEFORE, *seen, elapsed=SETTLE, shown_for=SETTLE) is Step.PROBE


def test_without_a_revision_running_counts_only_after_a_change_was_seen() -> None:
    silent = runtime("RUNNING", None)
    assert step(silent, silent, elapsed=UNBUILT - 1, shown_for=UNBUILT - 1) is Step.WAIT
    assert step(silent, runtime("RUNNING_BUILDING", None), silent) is Step.PROBE


@pytest.mark.parametrize("tells", [False, True])
def test_without_a_revision_a_build_that_never_shows_is_asked_for_once_more(tells: bool) -> None:
    silent = runtime("RUNNING", None)
    known = {"shown_for": 2 * UNBUILT, "tells": tells}
    assert step(silent, silent, elapsed=UNBUILT, **known) is Step.REBUILD
    assert step(silent, silent, elapsed=2 * UNBUILT, restarted=UNBUILT, **known) is Step.FAIL


def test_without_a_revision_and_new_code_the_restart_may_have_been_missed() -> None:
    silent = runtime("RUNNING", None)
    known = {"pushed": False, "configured": True}
    assert step(silent, silent, elapsed=GRACE - 1, shown_for=GRACE - 1, **known) is Step.WAIT
    assert step(silent, silent, elapsed=GRACE, shown_for=GRACE, **known) is Step.PROBE
    assert step(silent, silent, elapsed=15.0, time=60.0, **known) is Step.PROBE
    assert step(silent, runtime("RUNNING_APP_STARTING", None), silent, **known) is Step.PROBE


def test_without_a_revision_the_restart_for_new_settings_is_not_taken_for_our_build() -> None:
    seen = (runtime("RUNNING_APP_STARTING", None), runtime("RUNNING", None))
    assert step(runtime("RUNNING", None), *seen, configured=True) is Step.WAIT
    assert step(runtime("RUNNING", None), *seen) is Step.PROBE


def test_without_a_revision_the_end_of_a_restart_is_not_taken_for_our_build() -> None:
    restarting = runtime("RUNNING_APP_STARTING", None)
    assert step(restarting, runtime("RUNNING", None)) is Step.WAIT
    assert step(restarting, runtime("RUNNING_BUILDING", None), runtime("RUNNING", None)) is (
        Step.PROBE
    )


# --- what stands still ---------------------------------------------------------------------------


def test_a_build_that_never_shows_is_asked_for_once_more_and_then_explained() -> None:
    assert step(BEFORE, BEFORE, elapsed=UNBUILT - 1, shown_for=UNBUILT - 1) is Step.WAIT
    assert step(BEFORE, BEFORE, elapsed=UNBUILT, shown_for=UNBUILT) is Step.REBUILD
    later = {"elapsed": 2 * UNBUILT, "shown_for": 2 * UNBUILT, "restarted": UNBUILT}
    assert step(BEFORE, BEFORE, **later) is Step.FAIL
    assert step(BEFORE, BEFORE, **{**later, "elapsed": 2 * UNBUILT - 1}) is Step.WAIT


@pytest.mark.parametrize("revision", [OLD, THEIRS])
def test_running_another_revision_after_our_build_is_built_once_more(revision: str) -> None:
    seen = (runtime("RUNNING_BUILDING"), runtime("RUNNING", revision))
    assert step(BEFORE, *seen, elapsed=200, shown_for=STUCK - 1) is Step.WAIT
    assert step(BEFORE, *seen, elapsed=200, shown_for=STUCK) is Step.REBUILD
    assert step(BEFORE, *seen, elapsed=200, shown_for=STUCK, restarted=100.0) is Step.FAIL


def test_an_unchanged_space_that_runs_another_revision_than_its_head_is_a_failure() -> None:
    assert step(None, BEFORE, elapsed=STUCK - 1, shown_for=STUCK - 1) is Step.WAIT
    assert step(None, BEFORE, elapsed=STUCK, shown_for=STUCK) is Step.FAIL


@pytest.mark.parametrize("stage", ["PAUSED", "STOPPED"])
def test_a_space_that_is_at_rest_again_after_its_restart_is_a_failure(stage: str) -> None:
    rest = runtime(stage, None)
    assert step(rest, rest, elapsed=10 + GRACE - 1, restarted=10.0) is Step.WAIT
    assert step(rest, rest, elapsed=10 + GRACE, restarted=10.0) is Step.FAIL
    asleep = runtime("SLEEPING", None)
    assert step(asleep, asleep, elapsed=10 + GRACE, restarted=10.0) is Step.WAKE


def test_where_the_hub_names_no_revision_the_app_is_asked_if_it_can_tell() -> None:
    silent = runtime("RUNNING", None)
    assert step(silent, silent, tells=True) is Step.PEEK
    assert step(silent, silent, tells=True, answered=True) is Step.PROBE
    assert step(silent, runtime("BUILDING", None), tells=True) is Step.WAIT
    assert step(BEFORE, runtime("RUNNING", OLD), tells=True, answered=True) is Step.WAIT


def test_a_short_wait_leaves_time_for_the_second_build() -> None:
    assert step(BEFORE, BEFORE, elapsed=14.0, shown_for=14.0, time=60.0) is Step.WAIT
    assert step(BEFORE, BEFORE, elapsed=15.0, shown_for=15.0, time=60.0) is Step.REBUILD
