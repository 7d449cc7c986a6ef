"""Puts back what was healthy after a red release, once, and proves it healthy.

Only an ``Unhealthy`` or ``NotBuilt`` outcome comes here: an outage of the Hub, a rate limit or a
newer commit is no reason to touch the Space again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from deployer.act import Release
from deployer.errors import HubRefused
from deployer.model import (
    ConfigurationChange,
    Health,
    Healthy,
    NotBuilt,
    Outcome,
    Secret,
    SettingWrite,
    SpaceFile,
    SpaceId,
    Superseded,
    Unhealthy,
    Verdict,
)
from deployer.observe_space import SpaceState
from deployer.ports import World
from deployer.release import difference, marker, trailer, watch
from deployer.release.target import Target

UNREACHED: Final = (
    "No answer of the app reached this machine, which says nothing about the revision: the Space "
    "is left as it is. Look at its address, then run the job again."
)


# Said of an earlier revision: its files are the newest commit, and the Hub goes on with itself.
STAYED: Final = (
    "put back. The Hub has not built that commit; the revision itself goes on serving, and is "
    "healthy."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What is taken back: the code, by putting the tree of ``revision`` in place of the newest one
    ("" when it stays), and the ``variables`` of these names. ``lost`` are secrets that nobody can
    put back, since an old value can't be read.
    """

    revision: str = ""
    variables: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def warning(self) -> str:
        """A sentence on what is lost, "" for nothing."""
        names = ", ".join(f"`{name}`" for name in self.lost)
        return (
            f" These secrets stay as this run left them, since old values can't be read: {names}."
            if names
            else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What serves now, in a sentence; ``revision`` is what was put back and proved healthy."""

    serving: str
    revision: str = ""


FIRST: Final = (
    "This was the first deploy: there is no earlier revision to go back to. The Space is left as "
    "it is."
)


def decide(
    outcome: NotBuilt | Unhealthy,
    release: Release,
    state: SpaceState,
    change: ConfigurationChange,
    *,
    wanted: bool,
) -> Undo | str:
    """What to take back, or why nothing is, as a sentence. Pure."""
    if not release.previous:
        return FIRST
    if not wanted:
        return "`rollback` is false: the Space is left as it is."
    if isinstance(outcome, Unhealthy) and not outcome.reached:
        return UNREACHED
    if release.pruned:
        return _pruned(change)
    return (_with_code if release.pushed else _without_code)(outcome, release, state, change)


def _with_code(
    outcome: NotBuilt | Unhealthy, release: Release, state: SpaceState, change: ConfigurationChange
) -> Undo | str:
    """Code was pushed: what is known to have been healthy comes back, else what served before."""
    if state.serving is not None and _failed_alike(outcome, state.serving):
        return "The revision before failed in the same way: putting it back would help nobody."
    if state.serving is None and not state.healthy:
        return "The revision before was not running either, so it was not put back."
    return Undo(
        revision=state.healthy or release.previous,
        variables=tuple(write.name for write in change.variables),
        lost=tuple(write.name for write in change.secrets),
    )


def _pruned(change: ConfigurationChange) -> Undo | str:
    """The code was proved healthy before the pruning, so it stays."""
    undo = Undo(variables=change.prune_variables, lost=change.prune_secrets)
    return undo if undo.variables else f"The code was healthy before the pruning.{undo.warning}"


def _without_code(
    _outcome: NotBuilt | Unhealthy, release: Release, state: SpaceState, change: ConfigurationChange
) -> Undo | str:
    """No code was pushed: the settings are to blame, or a run that was cut short left it so."""
    lost = tuple(write.name for write in change.secrets)
    left_behind = state.ours and state.healthy not in ("", release.revision)
    if change.variables or left_behind:
        return Undo(
            revision=state.healthy if left_behind else "",
            variables=tuple(write.name for write in change.variables),
            lost=lost,
        )
    return f"No new code was pushed, so there is none to take back.{Undo(lost=lost).warning}"


def _failed_alike(outcome: NotBuilt | Unhealthy, before: Verdict) -> bool:
    if before.health is Health.HEALTHY or isinstance(outcome, NotBuilt):
        return False
    return (before.services, before.reason) == (outcome.verdict.services, outcome.verdict.reason)


def put_back(
    undo: Undo, release: Release, state: SpaceState, target: Target, world: World
) -> Target | Recovery:
    """Variables and tree as they were; what is then waited for, or why nothing is."""
    try:
        if undo.revision and not release.pushed and _is_same(undo, state, target.space, world):
            return Recovery(serving=f"{_short(undo)} holds the same files: it would help nobody.")
        before = world.space_runtime.now(target.space)
        _restore_variables(undo, release, state, world)
        target = replace(target, before=before, tells=False, pushed=False)
        if undo.revision:
            return _restore_tree(undo, release, state, target, world)
    except HubRefused as refused:
        return Recovery(serving=f"What was healthy could not be put back: {refused}{undo.warning}")
    return target


def unproved(undo: Undo) -> str:
    """What is known of it until it is proved."""
    return f"{_what(undo)} put back, and not proved healthy yet.{undo.warning}"


def prove(target: Target, undo: Undo, world: World) -> Recovery:
    """What serves now; waited for and probed like a deploy."""
    try:
        return _recovery(_wait(target, undo, world), undo)
    except HubRefused as refused:
        told = f"{_what(undo)} put back, and whether the Space is healthy could not be seen"
        return Recovery(serving=f"{told}: {refused}{undo.warning}")


def _wait(target: Target, undo: Undo, world: World) -> Outcome:
    """What became of it. A Hub that stays at the earlier revision itself serves the same files."""
    outcome = watch.wait(target, world)
    if not isinstance(outcome, NotBuilt) or outcome.stage not in ("RUNNING", "timeout"):
        return outcome
    runtime = world.space_runtime.now(target.space)
    stayed = undo.revision and (runtime.stage, runtime.revision) == ("RUNNING", undo.revision)
    still = watch.wait(target.still(undo.revision), world) if stayed else outcome
    # A newer commit than that revision is our own: it has not taken anything over.
    return still if isinstance(still, Healthy) else outcome


def _is_same(undo: Undo, state: SpaceState, space: SpaceId, world: World) -> bool:
    """Whether the newest tree holds nothing else than the one that would be put back."""

    def content(tree: tuple[SpaceFile, ...]) -> set[tuple[str, str]]:
        return {(file.path, file.blob) for file in tree}

    return content(world.space_repo.tree(space, undo.revision)) == content(state.tree)


def _restore_tree(
    undo: Undo, release: Release, state: SpaceState, target: Target, world: World
) -> Target:
    """One commit with the old tree, guarded by ours; what is then waited for."""
    old = undo.revision[:10]
    before = world.space_runtime.now(target.space)
    expected = marker_of(undo.revision, target.space, world)
    revision = world.space_repo.restore(
        target.space,
        revision=undo.revision,
        parent=release.revision,
        message=f"Put {old} back: {release.revision[:10]} is not healthy",
        description=trailer.write(healthy=state.healthy),
    )
    world.console.line(f"Put {old} back as {revision[:10]}.")
    tells = expected != target.marker
    return replace(
        target, revision=revision, before=before, marker=expected, tells=tells, pushed=True
    )


def marker_of(revision: str, space: SpaceId, world: World) -> str:
    """What the app of an earlier deploy says of itself; "" when that can't be known."""
    try:
        content = world.space_repo.read(space, difference.MANIFEST, revision)
    except HubRefused:
        return ""
    return marker.of_bundle(difference.read_manifest(content).bundle)


def _recovery(outcome: Outcome, undo: Undo) -> Recovery:
    old = _what(undo)
    if isinstance(outcome, Healthy) and outcome.revision == undo.revision:
        return Recovery(revision=outcome.revision, serving=f"{old} {STAYED}{undo.warning}")
    if isinstance(outcome, Healthy):
        return Recovery(
            revision=outcome.revision,
            serving=f"{old} put back, and the Space serves healthy answers.{undo.warning}",
        )
    if isinstance(outcome, Superseded):
        return Recovery(serving=f"{old} put back, and a newer commit has taken over.{undo.warning}")
    return Recovery(serving=f"{old} put back, but the Space is not healthy.{undo.warning}")


def _what(undo: Undo) -> str:
    return f"{_short(undo)} was" if undo.revision else "The variables of before were"


def _short(undo: Undo) -> str:
    return f"The earlier revision, {undo.revision[:10]},"


def _restore_variables(undo: Undo, release: Release, state: SpaceState, world: World) -> None:
    """Variables as they were; they can be read, so they can be put back."""
    for name in undo.variables:
        old = state.stored.variables.get(name)
        if old is None:
            world.space_config.remove(release.space.id, name, public=True)
        else:
            restored = SettingWrite(
                name=old.name, value=Secret(old.value or ""), description=old.description
            )
            world.space_config.send(release.space.id, restored, public=True)
