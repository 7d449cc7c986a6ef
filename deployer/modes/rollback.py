"""``mode: rollback``: puts an earlier revision of the Space back and proves it healthy.

A street of its own beside pipeline.py. It needs no backend: the Space itself holds what comes back.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from deployer import observe_space, publisher, red, remembered, stages
from deployer.context import Context
from deployer.errors import Exit, Problem, Refused, Where, refuse
from deployer.model import Healthy, Outcome, Space, SpaceCommit, Status, Superseded, Unhealthy
from deployer.ports import World
from deployer.release import marker, trailer
from deployer.release.target import Target, app_token
from deployer.report import FileDiff, Report, Urls
from deployer.run import Run, begin
from deployer.settings import Settings


class Return(Struct, frozen=True, kw_only=True):
    """What is decided: ``revision`` comes back, and ``changes`` are the files that this changes."""

    space: Space
    revision: str
    healthy: str
    changes: FileDiff
    health_path: str
    marker: str


def rollback(settings: Settings, context: Context, world: World) -> Report:
    """The street of ``mode: rollback``. A refusal is a red report, no exception."""
    run = begin(settings, context, world)
    stage = run.trail.stage
    try:
        with stage("Look for the revision to go back to"):
            wanted = decide(run)
        with stage("Put it back"):
            target = put(run, wanted)
        with stage("Wait until it is healthy"):
            outcome = stages.prove(run, target, changed=bool(wanted.changes))
        return _ended(run, wanted, outcome)
    except Refused as refused:
        return run.trail.refused(refused)
    finally:
        run.trail.publish()


def decide(run: Run) -> Return:
    """Read the Space, find the revision. Raises ``Refused``."""
    settings, world = run.settings, run.world
    if settings.hf_token is None:
        raise Refused([observe_space.no_token()])
    space = world.spaces.find(settings.space)
    if space is None:
        raise Refused([_missing(settings)])
    if world.trusted_publisher:
        refuse(publisher.at_rest(space))
    else:
        world.spaces.may_write(settings.space)
    refuse(observe_space.unfit(space))
    commits = world.space_repo.history(space.id)
    healthy = trailer.last_healthy(commits)
    revision = _wanted(settings.revision, commits, healthy, space)
    manifest = remembered.manifest_of(space, revision, world)
    wanted = Return(
        space=space,
        revision=revision,
        healthy=healthy,
        changes=_changes(space, revision, world),
        health_path=settings.health_path
        or remembered.health_path(manifest, space, revision, world),
        marker=marker.of_bundle(manifest.bundle),
    )
    _know(run, wanted)
    return wanted


def _missing(settings: Settings) -> Problem:
    return Problem(
        exit=Exit.HUB,
        message=f"The Space {settings.space} does not exist, or the token may not see it.",
        hint="Check `space`; `mode: rollback` creates none.",
        where=Where(input="space"),
    )


def _wanted(given: str | None, commits: Sequence[SpaceCommit], healthy: str, space: Space) -> str:
    """The whole name of the revision to go back to. Raises ``Refused`` when there is none."""
    where_listed = f"The Space's commits are listed at {space.page}/commits/main."
    if given is None:
        if healthy:
            return healthy
        message = "No deploy of this Space remembers a healthy revision to go back to."
        hint = f"Name one in the input `revision`. {where_listed}"
        raise Refused([Problem(exit=Exit.HUB, message=message, hint=hint)])
    found = [each.revision for each in commits if each.revision.startswith(given)]
    if len(found) == 1:
        return found[0]
    message = (
        f"`{given}` fits {len(found)} commits of the Space: write more of its digits."
        if found
        else f"`{given}` is no commit of the Space {space.id}."
    )
    where = Where(input="revision")
    raise Refused([Problem(exit=Exit.HUB, message=message, hint=where_listed, where=where)])


def _changes(space: Space, revision: str, world: World) -> FileDiff:
    """The files in which the newest tree differs from the one that comes back."""
    there = {file.path: file.blob for file in world.space_repo.tree(space.id, space.head)}
    back = {file.path: file.blob for file in world.space_repo.tree(space.id, revision)}
    return FileDiff(
        added=tuple(sorted(back.keys() - there)),
        changed=tuple(sorted(path for path in back.keys() & there if back[path] != there[path])),
        removed=tuple(sorted(there.keys() - back)),
    )


def _know(run: Run, wanted: Return) -> None:
    space = wanted.space
    run.trail.know(
        urls=Urls.of(space, wanted.health_path),
        previous_revision=space.serving,
        revision=space.serving,
        files=wanted.changes,
    )
    run.world.console.line(
        f"Going back to {wanted.revision[:10]}, health path {wanted.health_path}."
    )


def put(run: Run, wanted: Return) -> Target:
    """One commit with the old tree, where the newest one is another; what is then waited for."""
    space, world = wanted.space, run.world
    before, revision = None, space.head
    if wanted.changes:
        before = world.space_runtime.now(space.id)
        revision = world.space_repo.restore(
            space.id,
            revision=wanted.revision,
            parent=space.head,
            message=f"Roll back to {wanted.revision[:10]}",
            description=trailer.write(healthy=wanted.healthy),
        )
        world.console.line(f"Put {wanted.revision[:10]} back as {revision[:10]}.")
    else:
        world.console.line(f"The newest commit holds the files of {wanted.revision[:10]} already.")
    run.trail.know(changed=bool(wanted.changes))
    return Target(
        space=space.id,
        revision=revision,
        health_url=run.trail.report.urls.health,
        before=before,
        successes=run.settings.health_successes,
        timeout=float(run.settings.health_timeout),
        token=app_token(space, run.settings.hf_token),
        marker=wanted.marker,
    )


def _ended(run: Run, wanted: Return, outcome: Outcome) -> Report:
    """Green once it is proved healthy; there is nothing further back to go to by itself."""
    if isinstance(outcome, Superseded):
        return stages.superseded(run, outcome)
    short = wanted.revision[:10]
    if isinstance(outcome, Healthy):
        run.trail.know(revision=outcome.revision)
        serving = f"The files of {short} serve again, and are healthy. Secrets and variables stay."
        run.world.console.line(serving)
        return run.trail.ended(Status.ROLLED_BACK, serving=serving)
    if isinstance(outcome, Unhealthy):
        run.trail.know(revision=outcome.revision)
    problem = red.cause(outcome, run.world.console.scrub)
    serving = f"The files of {short} are back, and not healthy. Name another `revision`."
    return run.trail.ended(Status.FAILED, problem.exit, problems=(problem,), serving=serving)
