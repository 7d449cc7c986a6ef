"""Carries a plan out on the Hub: Space, configuration, then the code in exactly one commit.

Each secret write restarts a Space and each commit rebuilds it, so configuration goes first: the
restart is over, or overtaken, by the time the new revision is built.
"""

from __future__ import annotations

from dataclasses import dataclass

from deployer.errors import HubRefused
from deployer.model import Runtime, Space, SpaceId
from deployer.plan import Plan
from deployer.ports import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What was written. ``before`` is the runtime that a wait has to see moving, None if none.

    ``previous`` is the commit that served before, "" for a Space that was created.
    """

    space: Space
    revision: str
    previous: str
    before: Runtime | None
    pushed: bool
    configured: bool

    @property
    def changed(self) -> bool:
        """Whether anything was written at all."""
        return self.pushed or self.configured


def push(plan: Plan, space: Space, world: World, *, created: bool) -> Release:
    """The release of ``plan`` onto ``space``. Raises ``HubRefused``."""
    pushed = not plan.difference.empty
    before = None
    if not created and not pushed and _writes(plan):
        before = world.space_runtime.now(space.id)
    configured = _configure(plan, space, world) if not created else False
    if pushed:
        before = space.runtime if created else world.space_runtime.now(space.id)
    revision = _commit(plan, space, world) if pushed else space.head
    return Release(
        space=space,
        revision=revision,
        previous="" if created else space.serving,
        before=before,
        pushed=pushed,
        configured=configured,
    )


def create(plan: Plan, space: SpaceId, world: World) -> Space:
    """The Space, made with its configuration in one request. Raises ``HubRefused``."""
    made = world.spaces.create(
        space,
        visibility=plan.visibility,
        hardware=plan.hardware,
        sleep_time=plan.sleep_time,
        secrets=plan.configuration.secrets,
        variables=plan.configuration.variables,
    )
    world.console.line(f"Created the Space {space} ({plan.visibility}).")
    _complete(plan, made, world)
    return made


def _complete(plan: Plan, space: Space, world: World) -> None:
    """Send what the creation left out: it takes no settings for a Space that somebody else, or a
    try of ours whose answer was lost, had made just before.
    """
    if plan.configuration.empty:
        return
    try:
        stored = world.space_config.read(space.id)
    except HubRefused as refused:
        if refused.status not in (401, 403):
            raise
        return  # it may create and may not look: the creation's word is what there is
    for public, writes, there in (
        (True, plan.configuration.variables, stored.variables),
        (False, plan.configuration.secrets, stored.secrets),
    ):
        for write in writes:
            known = there.get(write.name)
            if known is None or known.description != write.description:
                world.space_config.send(space.id, write, public=public)


def _configure(plan: Plan, space: Space, world: World) -> bool:
    """Send what differs; whether anything did."""
    if plan.hardware is not None or plan.sleep_time is not None:
        world.space_config.resize(space.id, hardware=plan.hardware, sleep_time=plan.sleep_time)
    for public, writes in (
        (True, plan.configuration.variables),
        (False, plan.configuration.secrets),
    ):
        for write in writes:
            world.space_config.send(space.id, write, public=public)
            world.console.line(f"Set {'variable' if public else 'secret'} {write.name}.")
    return _writes(plan)


def _writes(plan: Plan) -> bool:
    """Whether something is to be set that restarts the Space."""
    return not plan.configuration.empty or plan.hardware is not None


def _commit(plan: Plan, space: Space, world: World) -> str:
    changes = plan.difference
    revision = world.space_repo.commit(
        space.id,
        add=(*changes.added, *changes.changed),
        delete=changes.deleted,
        message=plan.message,
        description=plan.description,
        parent=space.head,
    )
    world.console.line(f"Pushed {revision[:10]} in one commit.")
    return revision


def prune(plan: Plan, release: Release, world: World) -> None:
    """Delete what we set earlier and nobody names any more. After health."""
    for public, names in (
        (True, plan.configuration.prune_variables),
        (False, plan.configuration.prune_secrets),
    ):
        for name in names:
            world.space_config.remove(release.space.id, name, public=public)
            world.console.line(f"Deleted {'variable' if public else 'secret'} {name}.")
