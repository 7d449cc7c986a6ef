"""Puts the last healthy revision back after a red release, once, and proves it healthy.

Only an ``Unhealthy`` or ``NotBuilt`` outcome comes here: an outage of the Hub, a rate limit or a
newer commit is no reason to touch the Space again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from deployer.act import Release
from deployer.errors import HubRefused
from deployer.model import (
    ConfigurationChange,
    Health,
    Healthy,
    NotBuilt,
    Outcome,
    SettingWrite,
    Unhealthy,
    Verdict,
)
from deployer.observe import SpaceState
from deployer.ports import World
from deployer.release import watch
from deployer.release.watch import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What serves now, in a sentence; ``revision`` is what was put back and proved healthy."""

    serving: str
    revision: str = ""


def why_not(
    outcome: NotBuilt | Unhealthy, release: Release, state: SpaceState, *, wanted: bool
) -> str:
    """Why nothing is put back, as a sentence; "" when it should be. Pure."""
    if not release.previous or state.space is None:
        return (
            "This was the first deploy: there is no earlier revision to go back to. The Space "
            "is left as it is."
        )
    if not release.pushed:
        return "No new code was pushed, so there is none to take back."
    if not wanted:
        return "`rollback` is false: the Space is left as it is."
    if state.serving is None:
        return "The revision before was not running either, so it was not put back."
    if _failed_alike(outcome, state.serving):
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
    """One commit with the old tree, guarded by ours; waited for and probed like a deploy."""
    lost = _unreadable(configuration)
    try:
        _restore_variables(release, state, configuration, world)
        before = world.space_runtime.now(target.space)
        revision = world.space_repo.restore(
            target.space,
            revision=release.previous,
            parent=release.revision,
            message=f"Put {release.previous[:10]} back: {release.revision[:10]} is not healthy",
        )
        world.console.line(f"Put {release.previous[:10]} back as {revision[:10]}.")
        outcome = watch.wait(replace(target, revision=revision, before=before), world)
    except HubRefused as refused:
        return Recovery(serving=f"The revision before could not be put back: {refused}{lost}")
    return _recovery(outcome, release, lost)


def _recovery(outcome: Outcome, release: Release, lost: str) -> Recovery:
    old = release.previous[:10]
    if isinstance(outcome, Healthy):
        return Recovery(
            revision=outcome.revision,
            serving=f"The revision before, {old}, was put back and serves healthy answers.{lost}",
        )
    return Recovery(serving=f"The revision before, {old}, was put back but is not healthy.{lost}")


def _restore_variables(
    release: Release, state: SpaceState, sent: ConfigurationChange, world: World
) -> None:
    """Variables as they were; they can be read, so they can be put back."""
    for write in sent.variables:
        old = state.stored.variables.get(write.name)
        if old is None:
            world.space_config.remove(release.space.id, write.name, public=True)
        else:
            value = type(write.value)(old.value or "")
            restored = SettingWrite(name=old.name, value=value, description=old.description)
            world.space_config.send(release.space.id, restored, public=True)


def _unreadable(sent: ConfigurationChange) -> str:
    """What can't be put back: nobody can read a secret's old value."""
    names = ", ".join(f"`{write.name}`" for write in sent.secrets)
    return (
        f" These secrets keep their new values, since old ones can't be read: {names}."
        if names
        else ""
    )
