"""What a runtime stage means for the revision that we wait for. Pure.

Stages are an open set: a word that we don't know waits. A stale error of the previous build stands
in the runtime until the new build begins, so an error only counts once the runtime has left the
state it had before the push, or ``GRACE`` seconds after it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from deployer.model import Runtime

FAILED: Final = frozenset({"BUILD_ERROR", "CONFIG_ERROR", "RUNTIME_ERROR", "NO_APP_FILE"})
ASLEEP: Final = frozenset({"SLEEPING", "PAUSED", "STOPPED"})
BUILDING: Final = frozenset({"BUILDING", "RUNNING_BUILDING"})
STARTING: Final = frozenset({"APP_STARTING", "RUNNING_APP_STARTING"})
GRACE: Final = 120.0
# A sleeping Space starts to build by itself after a push; only then is it woken.
WAKE_AFTER: Final = 10.0
# A change of secrets restarts the same revision: RUNNING may still be the container before it.
SETTLE: Final = 20.0


class Step(Enum):
    """What to do next."""

    WAIT = "wait"
    WAKE = "wake"
    FAIL = "fail"
    PROBE = "probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is known so far of a runtime that is being watched for ``target``.

    ``before`` is None when nothing was pushed (an unchanged Space is judged as it stands).
    """

    target: str
    before: Runtime | None
    left: bool = False
    built: bool = False


def observe(watch: Watch, now: Runtime) -> Watch:
    """Remember whether the runtime has left the state it had before the push."""
    before = watch.before
    moved = before is None or (now.stage, now.revision, now.error) != (
        before.stage,
        before.revision,
        before.error,
    )
    built = watch.built or now.stage in BUILDING
    return replace(watch, left=watch.left or moved, built=built)


def next_step(watch: Watch, now: Runtime, elapsed: float) -> Step:
    """What the runtime asks for, ``elapsed`` seconds after the push."""
    if now.stage in FAILED:
        return Step.FAIL if _is_ours(watch, now) or elapsed >= GRACE else Step.WAIT
    if now.stage in ASLEEP:
        due = watch.before is None or elapsed >= WAKE_AFTER
        return Step.WAKE if due else Step.WAIT
    if now.stage == "RUNNING" and _is_target(watch, now) and _reachable(now):
        return Step.WAIT if _restart_pending(watch, elapsed) else Step.PROBE
    return Step.WAIT


def _is_ours(watch: Watch, now: Runtime) -> bool:
    """Whether an error speaks of our revision and not of the one before it."""
    if watch.before is None or now.revision == watch.target:
        return watch.left
    if now.stage == "RUNTIME_ERROR" and now.revision is not None:
        # New secrets restart the old revision, which may crash before ours is even built.
        return watch.left and watch.built
    return watch.left


def _is_target(watch: Watch, now: Runtime) -> bool:
    if now.revision is not None:
        return now.revision == watch.target
    # A Hub that doesn't say which revision runs: RUNNING counts once a change was seen, and the
    # end of a restart that was under way at the push (new secrets) is none of ours.
    restarting = watch.before is not None and watch.before.stage in STARTING
    return watch.left and (watch.built or not restarting)


def _restart_pending(watch: Watch, elapsed: float) -> bool:
    same = watch.before is not None and watch.before.revision == watch.target
    return same and not watch.left and elapsed < SETTLE


def _reachable(now: Runtime) -> bool:
    return not now.domains or "READY" in now.domains.values()
