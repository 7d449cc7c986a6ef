"""``mode: check``: proves that what is deployed serves, is healthy and lets the frontend in.

A street of its own beside pipeline.py. It needs neither backend nor, for a public Space, a token,
and it changes nothing: a sleeping Space is woken by the visit that any browser would pay it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from deployer import observe_live, observe_space, red, remembered, stages
from deployer.context import Context
from deployer.errors import Exit, HubRefused, Notice, Problem, Refused, Where, refuse
from deployer.github import issue
from deployer.live.described import routes_of
from deployer.model import (
    Backend,
    FrontendPlan,
    FrontendState,
    Healthy,
    NotBuilt,
    Outcome,
    Space,
    Status,
    Superseded,
    Unhealthy,
)
from deployer.ports import World
from deployer.release import marker, watch
from deployer.release.target import Target, app_token
from deployer.report import Report, Urls
from deployer.run import Run, begin
from deployer.settings import Settings

# A deploy that begins during the check has the newer commit checked instead.
LOOKS: Final = 3
STOPPED: Final = frozenset({"PAUSED", "STOPPED"})


class Deployed(Struct, frozen=True, kw_only=True):
    """What is checked: the newest commit of ``space``, by ``health_path``; ``marker`` tells it."""

    space: Space
    health_path: str
    marker: str


def check(settings: Settings, context: Context, world: World) -> Report:
    """The street of ``mode: check``. A refusal is a red report, no exception."""
    run = begin(settings, context, world)
    try:
        silent = _checked(run)
        if settings.report == "issue":
            issue.keep(run, silent=silent)
        return run.trail.report
    finally:
        run.trail.publish()


def _checked(run: Run) -> bool:
    """Check it and keep what came of it. True when the Hub gave no answer: nothing is known."""
    try:
        found, outcome = _proved(run)
        blocked: tuple[Problem, ...] = ()
        if isinstance(outcome, Healthy) and run.settings.frontend_url:
            with run.trail.stage("Ask as a browser of the frontend would"):
                blocked = tuple(_blocked(run, found))
        _ended(run, outcome, blocked)
    except HubRefused as refused:
        run.trail.refused(refused)
        return refused.passing
    except Refused as refused:
        run.trail.refused(refused)
    return False


def _proved(run: Run) -> tuple[Deployed, Outcome]:
    """What is deployed and what it is worth; looked at anew when a newer commit takes over."""
    for _ in range(LOOKS):
        with run.trail.stage("Look at the Space"):
            found = look(run)
        with run.trail.stage("Wait until it answers and is healthy"):
            outcome = watch.wait(_target(run, found), run.world)
        if not isinstance(outcome, Superseded):
            break
        run.world.console.line(f"A newer commit, {outcome.by[:10]}, took over: looking again.")
    stages.know_outcome(run, outcome)
    return found, outcome


def look(run: Run) -> Deployed:
    """The Space and what its files say. Raises ``Refused`` for one that can't be checked."""
    settings, world = run.settings, run.world
    space = _find(run)
    refuse(observe_space.unfit(space))
    if not space.host:
        raise HubRefused(f"The Hub doesn't say at which address the Space {space.id} serves.")
    read = remembered.readable(space, space.head, world)
    path = settings.health_path or (read[1] if read else remembered.NO_HEALTH_PATH)
    if read is None and settings.health_path is None:
        run.trail.note(_hidden(path))
    run.trail.know(
        urls=Urls.of(space, path),
        revision=space.serving,
    )
    world.console.line(
        f"{space.id} is {space.runtime.stage}, newest commit {space.head[:10]}, health path {path}."
    )
    refuse(_stopped(space))
    return Deployed(
        space=space,
        health_path=path,
        marker=marker.of_bundle(read[0].bundle) if read else "",
    )


def _find(run: Run) -> Space:
    """The Space. One that is private is hidden from a run without a token, or with another's."""
    settings = run.settings
    hint = "Check `space`."
    if settings.hf_token is None:
        hint += " A private Space is seen with a token only: pass `hf-token`."
    message = f"The Space {settings.space} does not exist, or this run may not see it."
    where = Where(input="space")
    problem = Problem(exit=Exit.HUB, message=message, hint=hint, where=where)
    try:
        space = run.world.spaces.find(settings.space)
    except HubRefused as refused:
        if settings.hf_token is None and refused.status in remembered.HIDDEN:
            raise Refused([problem]) from None
        raise
    if space is None:
        raise Refused([problem])
    return space


def _hidden(path: str) -> Notice:
    return Notice(
        message=f"The Space's files may not be read without a token; `{path}` is probed.",
        hint="Set `health-path` where the app has another one.",
        warning=False,
    )


def _stopped(space: Space) -> Iterator[Problem]:
    if space.runtime.stage in STOPPED:
        yield Problem(
            exit=Exit.HUB,
            message=f"The Space is {space.runtime.stage}: no visit wakes it.",
            hint=f"Restart it at {space.page}/settings, or run `mode: deploy`, which does. A Space "
            "is paused by its owner, or by the Hub when its hardware or quota ran out.",
        )


def _target(run: Run, found: Deployed) -> Target:
    settings, space = run.settings, found.space
    return Target(
        space=space.id,
        revision=space.head,
        health_url=f"{space.host}{found.health_path}",
        before=None,
        successes=settings.health_successes,
        timeout=float(settings.health_timeout),
        token=app_token(space, settings.hf_token),
        marker=found.marker,
        rebuild=False,
        restart=False,
    )


def _blocked(run: Run, found: Deployed) -> Iterator[Problem]:
    """Origins of ``frontend-url`` that a browser would keep from reading the answers."""
    if found.space.visibility == "private":
        return
    described = run.world.probe.get(f"{found.space.host}/openapi.json")
    backend = Backend(
        folder="",
        app="",
        python_version="",
        health_path=found.health_path,
        health_found=True,
        routes=routes_of(described),
    )
    client = FrontendPlan(state=FrontendState.NONE)
    urls = run.settings.frontend_url or ()
    live = observe_live.observe(urls, backend, client, found.space.host, run.world)
    run.trail.note(*(note for note in live.notices if note not in live.faults))
    observe_live.know(run, live)
    for fault in live.faults:
        yield Problem(exit=Exit.HEALTH, message=fault.message, hint=fault.hint, where=fault.where)


def _ended(run: Run, outcome: Outcome, blocked: tuple[Problem, ...]) -> Report:
    if isinstance(outcome, Superseded):
        return stages.superseded(run, outcome)
    if isinstance(outcome, NotBuilt | Unhealthy):
        problem = red.cause(outcome, run.world.console.scrub)
        serving = "Nothing was changed: `mode: check` only looks."
        if isinstance(outcome, Unhealthy):
            run.trail.know(revision=outcome.revision)
        return run.trail.ended(Status.FAILED, problem.exit, problems=(problem,), serving=serving)
    run.trail.know(revision=outcome.revision)
    if blocked:
        serving = "The Space is healthy, and a browser on the frontend can't read its answers."
        return run.trail.ended(Status.FAILED, Exit.HEALTH, problems=blocked, serving=serving)
    run.world.console.line(f"Healthy: {run.trail.report.urls.health}")
    return run.trail.ended(Status.HEALTHY)
