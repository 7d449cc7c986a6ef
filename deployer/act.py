"""Carries a plan out on the Hub: Space, configuration, then the code in exactly one commit.

Each secret write restarts a Space and each commit rebuilds it, so configuration goes first: the
restart is over, or overtaken, by the time the new revision is built.
"""

from __future__ import annotations

from msgspec import Struct

from deployer import preview_mark
from deployer.credentials import plan as credentials_plan
from deployer.errors import HubRefused
from deployer.model import Runtime, Secret, Space, SpaceId
from deployer.plan import Plan
from deployer.ports import World


class Release(Struct, frozen=True, kw_only=True):
    """What was written. ``before`` is the runtime that a wait has to see moving, None if none.

    ``previous`` is the commit that served before, "" for a Space that was created. ``tells``: the
    app's answers tell the pushed bundle from what served before. ``answered``: so many healthy
    answers came from it already. ``pruned``: the outcome is that of pruning, after the code was
    proved healthy.
    """

    space: Space
    revision: str
    previous: str
    before: Runtime | None
    pushed: bool
    configured: bool
    tells: bool = False
    answered: int = 0
    pruned: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything was written at all."""
        return self.pushed or self.configured


def push(plan: Plan, space: Space, world: World, *, created: bool) -> Release:
    """The release of ``plan`` onto ``space``. Raises ``HubRefused``, 412 when it has changed."""
    pushed = not plan.difference.empty
    before = None
    if not created and _writes(plan):
        _still(space, world)
        before = None if pushed else world.space_runtime.now(space.id)
    configured = _configure(plan, space, world) if not created else False
    if pushed:
        before = space.runtime if created else world.space_runtime.now(space.id)
    revision = _commit(plan, space, world, configured=configured) if pushed else space.head
    return Release(
        space=space,
        revision=revision,
        previous="" if created else space.serving,
        before=before,
        pushed=pushed,
        configured=configured,
    )


def _still(space: Space, world: World) -> None:
    """Refuse to set anything on a Space that another run has changed since it was looked at."""
    head = world.space_runtime.head(space.id)
    if head != space.head:
        raise HubRefused(
            f"Another commit, {head[:10]}, came to the Space since this run looked at it.",
            hint="Nothing was written. The later commit stands; run this job again to deploy on "
            "top of it. With `concurrency:` in the workflow, two deploys never overlap.",
            status=412,
        )


def hold(plan: Plan, space: Space, token: Secret, world: World) -> None:
    """Send again what another run overwrote before it lost the race for the commit.

    The commit decides which run won; its settings have to be complete. A token that may not look at
    settings can't overwrite any either.
    """
    if not plan.entries:
        return
    try:
        stored = world.space_config.read(space.id)
    except HubRefused as refused:
        world.console.line(f"The settings could not be looked at again: {refused}")
        return
    for public, write in credentials_plan.overwritten(plan.entries, stored, token):
        world.space_config.send(space.id, write, public=public)
        world.console.line(f"Another run had changed {write.name}: set again.")


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
    if plan.configuration.empty or space.furnished:
        return
    marked = any(write.name == preview_mark.NAME for write in plan.configuration.variables)
    try:
        stored = world.space_config.read(space.id)
    except HubRefused as refused:
        if marked or refused.status not in (401, 403):
            raise
        return  # it may create and may not look: the creation's word is what there is
    if marked and preview_mark.NAME not in stored.variables:
        raise HubRefused(
            f"Somebody else made the Space {space.id} just now, and it carries no mark of ours.",
            hint="It is left alone. Delete or rename it, then run this job again.",
            status=409,
        )
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


def _commit(plan: Plan, space: Space, world: World, *, configured: bool) -> str:
    changes = plan.difference
    try:
        revision = world.space_repo.commit(
            space.id,
            add=(*changes.added, *changes.changed),
            delete=changes.deleted,
            message=world.console.scrub(plan.message),
            description=plan.description,
            parent=space.head,
        )
    except HubRefused as refused:
        if refused.status == 412 and configured:
            raise _overtaken(plan, refused) from None
        raise
    world.console.line(f"Pushed {revision[:10]} in one commit.")
    return revision


def _overtaken(plan: Plan, refused: HubRefused) -> HubRefused:
    """The refusal of a commit that came second, with what had been sent by then."""
    change = plan.configuration
    sent = ", ".join(f"`{write.name}`" for write in (*change.variables, *change.secrets))
    told = f" These settings had been sent before: {sent}; the other run sets its own again."
    return HubRefused(
        refused.problems[0].message + told, hint=refused.problems[0].hint, status=refused.status
    )


def prune(plan: Plan, release: Release, world: World) -> None:
    """Delete what we set earlier and nobody names any more. After health."""
    for public, names in (
        (True, plan.configuration.prune_variables),
        (False, plan.configuration.prune_secrets),
    ):
        for name in names:
            world.space_config.remove(release.space.id, name, public=public)
            world.console.line(f"Deleted {'variable' if public else 'secret'} {name}.")
