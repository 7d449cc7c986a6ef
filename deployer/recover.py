"""Puts the last healthy revision back after a red release, once, and proves it healthy.

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
    Superseded,
    Unhealthy,
    Verdict,
)
from deployer.observe_space import SpaceState
from deployer.ports import World
from deployer.release import watch
from deployer.release.watch import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What serves now, in a sentence; ``revision`` is what was put back and proved healthy."""

    serving: str
    revision: str = ""


# It served before it went to sleep; what it is worth is proved once it is back.
AT_REST: Final = frozenset({"SLEEPING"})


def why_not(
    outcome: NotBuilt | Unhealthy,
    release: Release,
    state: SpaceState,
    configuration: ConfigurationChange,
    *,
    wanted: bool,
) -> str:
    """Why nothing is put back, as a sentence; "" when it should be. Pure."""
    if not release.previous or state.space is None:
        return (
            "This was the first deploy: there is no earlier revision to go back to. The Space "
            "is left as it is."
        )
    if not wanted:
        return "`rollback` is false: the Space is left as it is."
    if not release.pushed and not configuration.variables:
        return f"No new code was pushed, so there is none to take back.{_unreadable(configuration)}"
    if state.serving is None and state.space.runtime.stage not in AT_REST:
        return "The revision before was not running either, so it was not put back."
    if state.serving is not None and _failed_alike(outcome, state.serving):
        return "The revision before failed in the same way: putting it back would help nobody."
    return ""


def _failed_alike(outcome: NotBuilt | Unhealthy, before: Verdict) -> bool:
    if before.health is Health.HEALTHY or isinstance(outcome, NotBuilt):
        return False
    return (before.services, before.reason) == (outcome.verdict.services, outcome.verdict.reason)


def put_back(
    release: Release,
    state: SpaceState,
    configuration: ConfigurationChange,
    target: Target,
    world: World,
) -> Recovery:
    """Variables and tree as they were; waited for and probed like a deploy."""
    lost = _unreadable(configuration)
    try:
        before = world.space_runtime.now(target.space)
        _restore_variables(release, state, configuration, world)
        revision = release.revision
        if release.pushed:
            before = world.space_runtime.now(target.space)
            revision = _restore_tree(release, target, world)
        outcome = watch.wait(replace(target, revision=revision, before=before), world)
    except HubRefused as refused:
        return Recovery(serving=f"The revision before could not be put back: {refused}{lost}")
    return _recovery(outcome, release, lost)


def _restore_tree(release: Release, target: Target, world: World) -> str:
    """One commit with the old tree, guarded by ours."""
    old = release.previous[:10]
    revision = world.space_repo.restore(
        target.space,
        revision=release.previous,
        parent=release.revision,
        message=f"Put {old} back: {release.revision[:10]} is not healthy",
    )
    world.console.line(f"Put {old} back as {revision[:10]}.")
    return revision


def _recovery(outcome: Outcome, release: Release, lost: str) -> Recovery:
    old = f"The revision before, {release.previous[:10]}, was"
    if not release.pushed:
        old = "The variables of before were"
    if isinstance(outcome, Healthy):
        return Recovery(
            revision=outcome.revision,
            serving=f"{old} put back, and the Space serves healthy answers.{lost}",
        )
    if isinstance(outcome, Superseded):
        return Recovery(serving=f"{old} put back, and a newer commit has taken over.{lost}")
    return Recovery(serving=f"{old} put back, but the Space is not healthy.{lost}")


def _restore_variables(
    release: Release, state: SpaceState, sent: ConfigurationChange, world: World
) -> None:
    """Variables as they were; they can be read, so they can be put back."""
    for write in sent.variables:
        old = state.stored.variables.get(write.name)
        if old is None:
            world.space_config.remove(release.space.id, write.name, public=True)
        else:
            restored = SettingWrite(
                name=old.name, value=Secret(old.value or ""), description=old.description
            )
            world.space_config.send(release.space.id, restored, public=True)


def _unreadable(sent: ConfigurationChange) -> str:
    """What can't be put back: nobody can read a secret's old value."""
    names = ", ".join(f"`{write.name}`" for write in sent.secrets)
    return (
        f" These secrets keep their new values, since old ones can't be read: {names}."
        if names
        else ""
    )
