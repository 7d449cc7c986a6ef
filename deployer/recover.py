"""Puts back what undo.py decided, once, and proves it healthy."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from deployer.act import Release
from deployer.errors import HubRefused
from deployer.model import (
    Healthy,
    NotBuilt,
    Outcome,
    Secret,
    SettingWrite,
    SpaceFile,
    SpaceId,
    Superseded,
)
from deployer.observe_space import SpaceState
from deployer.ports import World
from deployer.release import difference, marker, trailer, watch
from deployer.release.target import Target
from deployer.undo import Undo

# Said of an earlier revision: its files are the newest commit, and the Hub goes on with itself.
STAYED: Final = (
    "put back. The Hub has not built that commit; the revision itself goes on serving, and is "
    "healthy."
)


class Recovery(Struct, frozen=True, kw_only=True):
    """What serves now, in a sentence; ``revision`` is what was put back and proved healthy."""

    serving: str
    revision: str = ""


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
