"""``mode: plan`` of a fleet: checks every Space's entry, and emits what GitHub's matrix needs.

A street of its own beside pipeline.py. Nothing is asked of the Hub: what it would refuse is each
deploy's to find, and hundreds of Spaces would cost the Hub's rate limit before the first deploy.
With ``receipts`` it tells what a run came to, and what is left of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from deployer import observe, observe_frontend
from deployer.context import Context
from deployer.credentials.syntax import Parsed
from deployer.errors import Exit, Notice, Problem, Refused, Where, refuse
from deployer.findings import Findings
from deployer.fleet import Entry, Fleet
from deployer.fleet.reading import read_fleet
from deployer.fleet.receipts import results_of
from deployer.fleet.values import VARIABLE, found_in
from deployer.fleet.waves import Waves, chosen, problems_of, waves_of
from deployer.fleet_entry import context_of, inputs_of
from deployer.given import read_settings
from deployer.model import Bundle, Status
from deployer.modes import fleet_summary
from deployer.modes.fleet_summary import Backend, Fleetwide
from deployer.observe_space import SpaceState
from deployer.ports import World
from deployer.report import Report
from deployer.report.annotations import choose
from deployer.report.trail import cleaned
from deployer.run import Run, begin
from deployer.settings import Settings

Found = TypeVar("Found", Problem, Notice)


def plan_fleet(settings: Settings, context: Context, world: World) -> Report:
    """The street. A refusal is a red report, no exception."""
    run, seen = begin(settings, context, world), Fleetwide(path=settings.fleet or "")
    stage = run.trail.stage
    try:
        with stage("Read the fleet"):
            fleet, entries = _read(run)
        seen = replace(seen, waves=waves_of(entries))
        if settings.receipts:
            with stage("See what became of each Space"):
                seen = replace(seen, results=results_of(entries, world.files, settings.receipts))
            return _told(run, seen)
        with stage("Check every Space"):
            backends, findings = _checked(entries, run)
        seen = replace(seen, backends=backends)
        run.trail.note(*findings.notices)
        refuse((*problems_of(seen.waves, fleet.path), *findings.problems))
        return _planned(run, seen.waves)
    except Refused as refused:
        return run.trail.refused(refused)
    finally:
        _publish(run, seen)


def _read(run: Run) -> tuple[Fleet, tuple[Entry, ...]]:
    """The fleet, and the entries of it that this run is about. Raises ``Refused``."""
    path = run.settings.fleet or ""
    fleet = read_fleet(run.world.files.read(path), path)
    entries, problems = chosen(fleet, run.settings.only or ())
    refuse(problems)
    run.world.console.line(f"{len(entries)} of {len(fleet.entries)} Spaces of {path}.")
    return fleet, entries


# --- the check -----------------------------------------------------------------------------------


class _Check(Struct, frozen=True, kw_only=True):
    """What is known by now; ``bundles`` by all that a bundle is made of."""

    run: Run
    values: Mapping[str, str]
    strict: bool
    problems: dict[Problem, None] = field(default_factory=dict)
    notices: dict[Notice, None] = field(default_factory=dict)
    bundles: dict[tuple[object, ...], Bundle | None] = field(default_factory=dict)
    spaces: dict[tuple[object, ...], int] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)


def _checked(entries: Sequence[Entry], run: Run) -> tuple[tuple[Backend, ...], Findings]:
    """Every entry's settings and credentials, and each distinct backend once."""
    environ, findings = run.context.environment, Findings()
    values = findings.attempt(lambda: found_in(environ)) or {}
    # A job that is handed the fleet's secrets must have them all: the deploys get the same.
    strict = bool(environ.get(VARIABLE, "").strip()) and not run.context.secretless
    check = _Check(run=run, values=values, strict=strict)
    for entry in entries:
        _check_entry(entry, check)
    findings.keep(tuple(check.problems), tuple(check.notices))
    if check.missing:
        findings.keep((), (_valueless(tuple(check.missing)),))
    backends = (
        Backend(bundle=bundle, spaces=check.spaces[key])
        for key, bundle in check.bundles.items()
        if bundle is not None
    )
    return tuple(backends), findings


def _check_entry(entry: Entry, check: _Check) -> None:
    run, found = check.run, Findings()
    context = context_of(entry, run.context, check.values)
    given = found.attempt(lambda: read_settings(inputs_of(entry, run.context.environment)))
    if given is not None:
        observe.check_run(given, context, found)
        parsed = observe.read_credentials(given, context, run.world, found)
        bundle = _bundle(given, parsed, check, found)
        observe.judge_given(given, parsed, found, bundle=bundle, state=SpaceState())
        if given.frontend:
            observe_frontend.read_frontend(given, bundle, SpaceState(), run.world.files, found)
    _judge_missing(entry, check, found)
    path = run.settings.fleet or ""
    check.problems.update(dict.fromkeys(_placed(each, entry, path) for each in found.problems))
    check.notices.update(dict.fromkeys(_placed(each, entry, path) for each in found.notices))


def _bundle(given: Settings, parsed: Parsed, check: _Check, found: Findings) -> Bundle | None:
    """The bundle of the entry's backend; made, and its problems said, only the first time."""
    key = (
        *(given.backend, given.app, given.python_version, given.health_path, given.ignore),
        *(given.frontend_url, parsed.of_kind(public=False), parsed.of_kind(public=True)),
    )
    check.spaces[key] = check.spaces.get(key, 0) + 1
    if key not in check.bundles:
        check.bundles[key] = observe.read_backend(given, parsed, check.run.world, found)
    return check.bundles[key]


def _judge_missing(entry: Entry, check: _Check, found: Findings) -> None:
    for name, named in entry.without_value(check.values):
        if not check.strict:
            check.missing[named.source] = None
            continue
        message = f"`{name}` of {entry.space} has no value: the workflow gives no `{named.source}`."
        hint = (
            f"Add `{named.source}` to the workflow's `fleet-secrets`, and check that the "
            "repository has a secret of that name."
        )
        where = Where(file=check.run.settings.fleet, line=named.line)
        problem = Problem(exit=Exit.CONFIGURATION, message=message, hint=hint, where=where)
        found.keep((problem,))


def _valueless(names: Sequence[str]) -> Notice:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    shown = ", ".join(f"`{name}`" for name in names[:10]) + more
    what = "them" if len(names) > 1 else "it"
    message = f"This job has no value for {shown}; the jobs that deploy need {what}."
    return Notice(message=message, warning=False)


def _placed(found: Found, entry: Entry, path: str) -> Found:
    """With the line of the file, where it is about what the file gives."""
    where = found.where
    if where is None:
        there = Where(file=path, line=entry.line)
        return replace(found, message=f"{entry.space}: {found.message}", where=there)
    name = where.input or ""
    if name in entry.texts() and name != "space":
        return replace(found, where=Where(file=path, line=entry.line_of(name, where.line)))
    return found


# --- the end -------------------------------------------------------------------------------------


def _planned(run: Run, waves: Waves) -> Report:
    _emit(run, waves)
    for number, wave in enumerate((waves.canary, *waves.rest)):
        if wave:
            name = f"wave {number}" if number else "canary"
            spaces = ", ".join(entry.space for entry in wave)
            run.world.console.line(f"{name}: {len(wave)} Spaces: {spaces}")
    return run.trail.ended(Status.PLANNED)


def _told(run: Run, seen: Fleetwide) -> Report:
    """The end of a fleet's run: red when something is left to do."""
    left = {result.space.lower() for result in seen.results if not result.done}
    _emit(run, waves_of([e for e in seen.waves.entries if e.space.lower() in left]))
    names = [entry.space for entry in seen.waves.entries if entry.space.lower() in left]
    run.world.journal.output("repeat", " ".join(names))
    path = run.world.journal.document("receipt", fleet_summary.render_receipt(seen))
    if path:
        run.world.journal.output("receipt", path)
    if not left:
        changed = any(result.status != Status.UNCHANGED for result in seen.results)
        return run.trail.ended(Status.HEALTHY if changed else Status.UNCHANGED)
    failed = [each for each in seen.results if each.started and not each.done]
    code = min((each.exit or Exit.HUB for each in failed), default=Exit.HUB)
    problem = fleet_summary.in_short(failed, total=len(seen.results), left=len(left), code=code)
    return run.trail.ended(Status.FAILED, code, problems=(problem,))


def _emit(run: Run, waves: Waves) -> None:
    for name, text in waves.outputs().items():
        run.world.journal.output(name, text)


def _publish(run: Run, seen: Fleetwide) -> None:
    """Annotations and job summary; the log has every problem that got no annotation."""
    console = run.world.console
    report = cleaned(run.trail.report, console.scrub)
    problems, warnings = choose(report.problems, report.notices)
    for problem in problems:
        console.problem(problem)
    for warning in warnings:
        console.notice(warning)
    _say_rest(report.problems, problems, run)
    run.world.journal.summary(fleet_summary.render(report, seen, run.context))
    run.world.journal.finish()


def _say_rest(problems: Iterable[Problem], annotated: Sequence[Problem], run: Run) -> None:
    for problem in problems:
        if problem not in annotated:
            run.world.console.line(f"Problem: {problem}")
