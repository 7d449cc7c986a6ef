"""Builds and starts the bundle on this machine, as the Hub would, and judges it before anyone else.

The same judgement as after a push: healthy answers in a row, the same patience, the same causes.
Nothing of it outlives the stage, however it ends.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from deployer import observe_frontend, observe_live
from deployer.errors import Exit, Notice, Problem, Refused
from deployer.hub_proxy import HubProxy
from deployer.model import (
    Entry,
    Healthy,
    Mode,
    NotBuilt,
    Rehearsed,
    Runtime,
    Secret,
    Unhealthy,
)
from deployer.observe_space import SpaceState
from deployer.plan import Plan
from deployer.ports import Rehearsal
from deployer.red import likely
from deployer.release import diagnose, exposed
from deployer.release.marker import of_bundle
from deployer.release.standing import Standing
from deployer.report.tree import size
from deployer.run import Run

BUILD_SECONDS: Final = 1800.0  # what the Hub itself gives a Space to start
START_SECONDS: Final = 600.0
UNTOUCHED: Final = "Nothing was written: the Space is as it was before this run."
END_OF_LOG: Final = "The end of the log, above and in the job summary, says more."


class Values(Struct, frozen=True, kw_only=True):
    """What the app is given, and the names whose values nobody gave this run."""

    entries: tuple[Entry, ...]
    unknown: tuple[str, ...]


def is_due(decided: Plan) -> bool:
    """Whether a deploy changes anything that a rehearsal could prove."""
    return not (decided.difference.empty and decided.configuration.empty)


def rehearse(run: Run, decided: Plan, state: SpaceState) -> None:
    """Return when the bundle is healthy here. Raises ``Refused`` for one that doesn't build, start
    or turn healthy (exit 5 or 6), and where this machine can't rehearse it."""
    values = values_of(run, decided, state)
    rehearsal = run.world.rehearsals.begin()
    try:
        with run.trail.stage("Build it on this machine"):
            failed = _build(run, decided, values, rehearsal)
        if failed is not None:
            raise Refused([_problem(run, failed, values)])
        with run.trail.stage("Start it and wait until it is healthy"):
            outcome = _prove(run, decided, state, values, rehearsal)
        if not isinstance(outcome, Healthy):
            raise Refused([_problem(run, outcome, values)])
    finally:
        _close(rehearsal)


def _close(rehearsal: Rehearsal) -> None:
    """Take everything away, also when the run is stopped in the middle of just that: a second
    signal stops nothing."""
    try:
        rehearsal.close()
    finally:
        rehearsal.close()


def values_of(run: Run, decided: Plan, state: SpaceState) -> Values:
    """Secrets and variables as the Space will have them, as far as this run knows their values."""
    given = {entry.name for entry in decided.entries}
    stored = tuple(
        Entry(name=name, value=Secret(each.value), public=True)
        for name, each in sorted(state.stored.variables.items())
        if each.value is not None and name not in given
        if name not in decided.configuration.prune_variables
    )
    names = run.trail.report.names
    there = set(state.stored.secrets) - set(decided.configuration.prune_secrets)
    unknown = {*names.secrets, *names.variables, *there} - given - {each.name for each in stored}
    return Values(entries=(*decided.entries, *stored), unknown=tuple(sorted(unknown)))


def _build(run: Run, decided: Plan, values: Values, rehearsal: Rehearsal) -> NotBuilt | None:
    console, clock, log = run.world.console, run.world.clock, list[str]()

    def say(line: str) -> None:
        log.append(line)
        console.line(f"| {line}")

    means = rehearsal.means
    console.line(f"Rehearsing with {means.name}.")
    run.trail.note(*(_unknown(values)), *([means.notice] if means.notice else []))
    began = clock.now()
    built = rehearsal.build(
        decided.files,
        port=decided.bundle.backend.app_port,
        entries=values.entries,
        seconds=BUILD_SECONDS,
        say=say,
    )
    took = clock.now() - began
    run.trail.note(*built.notices)
    known = Rehearsed(means=means.name, docker=means.docker)
    if built.error:
        run.trail.know(rehearsed=known)
        stage = Runtime(stage="BUILD_ERROR", error=built.error)
        causes = diagnose.of_build(stage, log, timed_out=False)
        return NotBuilt(
            revision="", stage=stage.stage, error=built.error, causes=causes, log=tuple(log[-400:])
        )
    run.trail.know(rehearsed=replace(known, size=built.size, build_seconds=took))
    what = "The image" if means.docker else "Packages and files"
    console.line(f"{what}: {size(built.size)}, made in {took:.1f} s.")
    return None


def _unknown(values: Values) -> tuple[Notice, ...]:
    if not values.unknown:
        return ()
    named = ", ".join(f"`{name}`" for name in values.unknown)
    message = f"The app is rehearsed without {named}: this run knows no value of it."
    return (Notice(message=message, warning=False),)


def _prove(
    run: Run, decided: Plan, state: SpaceState, values: Values, rehearsal: Rehearsal
) -> Healthy | Unhealthy | NotBuilt:
    backend, settings = decided.bundle.backend, run.settings
    app = rehearsal.start(values.entries)
    address = observe_frontend.address(settings, state)
    proxy = HubProxy(run.world.probe, app.url, urlsplit(address).netloc)
    standing = Standing(
        app,
        lambda: proxy.get(app.url + backend.health_path),
        run.world,
        space=settings.space,
        health_path=backend.health_path,
        port=backend.app_port,
        successes=settings.health_successes,
        timeout=min(START_SECONDS, float(settings.health_timeout)),
        marker=of_bundle(decided.digest),
    )
    outcome = standing.wait()
    known = run.trail.report.rehearsed or Rehearsed(means="", docker=False)
    run.trail.know(rehearsed=replace(known, start_seconds=standing.started_after))
    if isinstance(outcome, Healthy | Unhealthy) and outcome.exposed:
        run.trail.note(exposed.NOTICE)
    if isinstance(outcome, Healthy):
        run.world.console.line(f"Healthy {standing.started_after:.1f} s after its start.")
        _look(run, decided, proxy, app.url)
    return outcome


def _look(run: Run, decided: Plan, proxy: HubProxy, base: str) -> None:
    """Whether the app lets a browser on the frontend's origins in."""
    checked = observe_live.check_origins(
        run.settings.frontend_url or (),
        decided.bundle.backend,
        proxy,
        run.world.clock,
        base=base,
        credentials=decided.frontend.credentials,
    )
    run.trail.note(*checked.notices)
    known = run.trail.report.rehearsed
    if known is not None:
        run.trail.know(rehearsed=replace(known, cors=checked.in_words, health="healthy"))
    if checked.in_words:
        run.world.console.line(f"A browser on the frontend's origins: {checked.in_words}.")


def _problem(run: Run, outcome: NotBuilt | Unhealthy, values: Values) -> Problem:
    """The problem of a rehearsal that ended red, with the likely cause."""
    serving = "" if run.settings.mode is Mode.REHEARSE else UNTOUCHED
    run.trail.know(outcome=outcome, serving=serving)
    hint = likely(outcome.causes) or END_OF_LOG
    if values.unknown:
        named = ", ".join(f"`{name}`" for name in values.unknown)
        hint += f" It was started without {named}, whose values this run does not know."
    if isinstance(outcome, Unhealthy):
        message = f"The bundle runs on this machine and is not healthy: {outcome.verdict.reason}."
        return Problem(exit=Exit.HEALTH, message=message, hint=hint)
    what = "build" if outcome.stage == "BUILD_ERROR" else "start"
    said = run.world.console.scrub(outcome.error)
    message = f"The bundle does not {what} on this machine: {said}."
    return Problem(exit=Exit.BUILD, message=message, hint=hint)
