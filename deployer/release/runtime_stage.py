"""What a runtime stage means for the revision that we wait for. Pure.

Stages are an open set: a word that we don't know waits. A stale error of the previous build stands
in the runtime until the new build begins, so an error only counts once the runtime has left the
state it had before the push, or ``GRACE`` seconds after it. Where the runtime alone proves little,
what it shows has to stand for a while (``Watch.since``); time alone proves no pushed revision. What
stands still where something should move is restarted once, with a new build; then it is a failure.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from deployer.model import Runtime

FAILED: Final = frozenset({"BUILD_ERROR", "CONFIG_ERROR", "RUNTIME_ERROR", "NO_APP_FILE"})
ASLEEP: Final = frozenset({"SLEEPING", "PAUSED", "STOPPED"})
BUILDING: Final = frozenset({"BUILDING", "RUNNING_BUILDING"})
STARTING: Final = frozenset({"APP_STARTING", "RUNNING_APP_STARTING"})
# What a Space may say of itself in passing before it looks at a commit that was just pushed, even
# where it names that commit.
UNREAD: Final = frozenset({"NO_APP_FILE", "CONFIG_ERROR"})
GRACE: Final = 120.0
# A sleeping Space starts to build by itself after a push; only then is it woken.
WAKE_AFTER: Final = 10.0
# A change of secrets restarts the same revision: RUNNING may still be the container before it.
SETTLE: Final = 20.0
STEADY: Final = 10.0
# RUNNING another revision than the head, although ours was built: a fault that the Hub is known
# to have; and the same where no build ever showed.
STUCK: Final = 45.0
UNBUILT: Final = 90.0
# At most this share of the time that a wait has, so that some is left for the build.
SHARE: Final = 0.25


class Step(Enum):
    """What to do next. PEEK: it runs, and only the app's answer can tell whose revision it is.
    REBUILD: restart it with a new build, once.
    """

    WAIT = "wait"
    WAKE = "wake"
    FAIL = "fail"
    PROBE = "probe"
    PEEK = "peek"
    REBUILD = "rebuild"


class Watch(Struct, frozen=True, kw_only=True):
    """What is known so far of a runtime that is being watched for ``target``.

    ``before`` is None when nothing was pushed (an unchanged Space is judged as it stands).
    ``since`` is when, in seconds after the push, the runtime began to show what it shows;
    ``named`` whether it ever said which revision runs. ``tells``: the app's answers tell our
    revision from the one before (marker.py), and ``answered`` that they did. ``restarted`` is when
    we restarted the Space, in seconds after the push; ``time`` how long the wait may take.
    ``pushed``: new code was sent, and not settings alone; ``configured``: settings were.
    """

    target: str
    before: Runtime | None
    pushed: bool = True
    configured: bool = False
    left: bool = False
    built: bool = False
    shown: tuple[str, str | None] | None = None
    since: float = 0.0
    named: bool = False
    tells: bool = False
    answered: bool = False
    restarted: float | None = None
    time: float = 1800.0


def observe(watch: Watch, now: Runtime, elapsed: float) -> Watch:
    """Remember what the runtime shows, since when, and whether it has left its old state."""
    before = watch.before
    moved = before is None or (now.stage, now.revision, now.error) != (
        before.stage,
        before.revision,
        before.error,
    )
    shown = (now.stage, now.revision)
    return replace(
        watch,
        left=watch.left or moved,
        built=watch.built or now.stage in BUILDING,
        shown=shown,
        since=watch.since if shown == watch.shown else elapsed,
        named=watch.named or now.revision is not None or (before or now).revision is not None,
    )


def next_step(watch: Watch, now: Runtime, elapsed: float) -> Step:
    """What the runtime asks for, ``elapsed`` seconds after the push."""
    if now.stage in FAILED:
        return _failed(watch, now, elapsed)
    if now.stage in ASLEEP:
        return _asleep(watch, now, elapsed)
    return _running(watch, now, elapsed) if now.stage == "RUNNING" else Step.WAIT


def _failed(watch: Watch, now: Runtime, elapsed: float) -> Step:
    if _is_ours(watch, now) and not _in_passing(watch, now, elapsed):
        return Step.FAIL
    if _waited(watch, elapsed) < GRACE:
        return Step.WAIT
    never_built = watch.before is not None and not watch.left and watch.restarted is None
    return Step.REBUILD if never_built else Step.FAIL


def _asleep(watch: Watch, now: Runtime, elapsed: float) -> Step:
    """Woken, once the push had time to do so; one that is paused all the same has a reason."""
    if now.stage != "SLEEPING" and watch.restarted is not None:
        return Step.FAIL if _waited(watch, elapsed) >= GRACE else Step.WAIT
    due = watch.before is None or elapsed >= WAKE_AFTER
    return Step.WAKE if due else Step.WAIT


def _running(watch: Watch, now: Runtime, elapsed: float) -> Step:
    if _is_target(watch, now, elapsed):
        ready = _reachable(now) and not _restart_pending(watch, elapsed)
        return Step.PROBE if ready else Step.WAIT
    moves = min(_waited(watch, elapsed), elapsed - watch.since) < patience(watch)
    if moves or (now.revision is None and not watch.pushed):
        return Step.PEEK if now.revision is None and watch.tells else Step.WAIT
    again = watch.before is None or watch.restarted is not None
    return Step.FAIL if again else Step.REBUILD


def unreachable(watch: Watch, now: Runtime, elapsed: float) -> bool:
    """Whether our revision runs and the Hub says that none of its domains is ready."""
    return now.stage == "RUNNING" and _is_target(watch, now, elapsed) and not _reachable(now)


def patience(watch: Watch) -> float:
    """Seconds for which something may stand still that should move."""
    most = STUCK if watch.built or watch.before is None else UNBUILT
    return min(most, watch.time * SHARE)


def _waited(watch: Watch, elapsed: float) -> float:
    """Seconds since the push, or since we restarted the Space."""
    return elapsed - (watch.restarted or 0.0)


def _in_passing(watch: Watch, now: Runtime, elapsed: float) -> bool:
    """Whether the error may only be that of a commit that the Space hasn't looked at yet."""
    if watch.before is None or watch.built:
        return False
    unread = now.stage in UNREAD or now.revision != watch.target
    return unread and elapsed - watch.since < min(STEADY, watch.time * SHARE)


def _is_ours(watch: Watch, now: Runtime) -> bool:
    """Whether an error speaks of our revision and not of the one before it."""
    if watch.before is None or now.revision == watch.target:
        return watch.left
    if now.stage == "RUNTIME_ERROR" and now.revision is not None:
        # New secrets restart the old revision, which may crash before ours is even built.
        return watch.left and watch.built
    return watch.left


def _is_target(watch: Watch, now: Runtime, elapsed: float) -> bool:
    if now.revision is not None:
        return now.revision == watch.target
    if watch.answered:
        return True
    if watch.named and elapsed - watch.since < SETTLE:
        return watch.before is None  # it told before, and will tell again
    # A Hub that doesn't say which revision runs: RUNNING counts once a change was seen, and the
    # end of a restart for new settings is none of ours. Where no code was pushed, no other code
    # can run, and the restart may have been missed.
    if not watch.pushed:
        return watch.left or elapsed >= min(GRACE, watch.time * SHARE)
    before = watch.before
    restarting = watch.configured or (before is not None and before.stage in STARTING)
    return watch.left and (watch.built or not restarting)


def _restart_pending(watch: Watch, elapsed: float) -> bool:
    same = watch.before is not None and watch.before.revision == watch.target
    return same and not watch.left and elapsed < SETTLE


def _reachable(now: Runtime) -> bool:
    """Whether a domain leads to the app; a state that isn't told keeps nobody waiting."""
    states = {state.upper() for state in now.domains.values()}
    return not states or not states.isdisjoint({"READY", ""})
