"""A first deploy, an update of one file and a run with nothing to do: what each asks of the Hub."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Final

from bench.contest import Seen, Size, change_file, deploy, hub, make_job, with_other_secrets
from bench.opponents import ALL, OPPONENTS, OURS, Contender, Job
from bench.result import Measure, Option, Result, Row, Spread, at_most
from localhub.testing import RunningHub

FIRST, UPDATE, NOTHING = "first deploy", "update of one file", "nothing to do"
PHASES: Final = (FIRST, UPDATE, NOTHING)
MOST_REQUESTS: Final = {FIRST: 10, UPDATE: 8, NOTHING: 5}
MOST_BUILDS: Final = {FIRST: 1, UPDATE: 1, NOTHING: 0}
# Short: what is counted here doesn't depend on it.
BUILDING: Final = 0.3

Runs = dict[str, dict[str, Seen]]
"""By phase and contender."""


def _measure(folder: Path, options: Namespace) -> Result:
    size = Size(
        files=options.files,
        secrets=options.secrets,
        variables=options.variables,
        building=BUILDING,
        seed=options.seed,
    )
    with hub() as running:
        runs = contest(folder, running, size, ALL)
        changed = _changed(folder, running, size, sorted(set(options.changed)))
    return Result(measures=[*_requests(runs), *_builds(runs), *_restarts(runs), *changed])


def contest(folder: Path, running: RunningHub, size: Size, contenders: Sequence[Contender]) -> Runs:
    """Every phase by every contender, each on a Space of its own."""
    jobs = _jobs(folder, running, size, contenders, "counted")
    runs: Runs = {}
    for turn, phase in enumerate(PHASES):
        if phase == UPDATE:
            for job in jobs.values():
                change_file(job, turn)
        runs[phase] = {each.name: deploy(each, jobs[each.name]) for each in contenders}
    return runs


def _jobs(
    folder: Path, running: RunningHub, size: Size, contenders: Sequence[Contender], kind: str
) -> dict[str, Job]:
    names = {each.name: f"{kind}-{each.name.replace(' ', '-')}" for each in contenders}
    return {name: make_job(folder / space, running, space, size) for name, space in names.items()}


def _theirs(
    runs: Mapping[str, Seen], of: Callable[[Seen], float], among: Sequence[Contender] = OPPONENTS
) -> dict[str, Spread]:
    return {each.name: Spread.of([of(runs[each.name])]) for each in among}


def _requests(runs: Runs) -> list[Measure]:
    """Polling aside; fewer than each opponent that uses the API."""
    measures = []
    for phase, most in MOST_REQUESTS.items():
        theirs = _theirs(runs[phase], lambda seen: seen.requests)
        least = min(theirs[each.name].median for each in OPPONENTS if each.api)
        ours = Spread.of([runs[phase][OURS.name].requests])
        measures.append(
            Measure(
                name=f"{phase}: requests to the Hub, polling aside",
                goal=f"≤ {most}, fewer than every opponent with the API",
                judged=ours,
                ours=ours,
                theirs=theirs,
                bound=most,
                kept=ours.median < least,
            )
        )
    return measures


def _builds(runs: Runs) -> list[Measure]:
    return [
        at_most(
            f"{phase}: builds",
            [runs[phase][OURS.name].builds],
            most,
            theirs=_theirs(runs[phase], lambda seen: seen.builds),
        )
        for phase, most in MOST_BUILDS.items()
    ]


def _restarts(runs: Runs) -> list[Measure]:
    return [
        at_most(
            f"{phase}: restarts",
            [runs[phase][OURS.name].restarts],
            0,
            theirs=_theirs(runs[phase], lambda seen: seen.restarts),
        )
        for phase in PHASES
    ]


def _changed(folder: Path, running: RunningHub, size: Size, counts: Sequence[int]) -> list[Measure]:
    """Restarts when some secrets have other values and no file has."""
    contenders = [each for each in ALL if not each.proves or each is OURS]
    most = Size(
        files=size.files,
        secrets=max(counts, default=0),
        variables=0,
        building=size.building,
        seed=size.seed,
    )
    jobs = _jobs(folder, running, most, contenders, "secrets") if counts else {}
    for each in contenders if counts else ():
        deploy(each, jobs[each.name])
    measures = []
    for turn, count in enumerate(counts):
        seen = {
            each.name: deploy(each, with_other_secrets(jobs[each.name], count, turn))
            for each in contenders
        }
        for name in jobs:
            jobs[name] = with_other_secrets(jobs[name], count, turn)
        measures += _of_secrets(f"{count} of {most.secrets} secrets changed", seen, contenders[1:])
    return measures


def _of_secrets(name: str, seen: dict[str, Seen], others: Sequence[Contender]) -> list[Measure]:
    """Restarts, and how often users met another container: most restarts are overtaken."""
    return [
        at_most(
            f"{name}: {what}",
            [of(seen[OURS.name])],
            1,
            theirs=_theirs(seen, of, others),
        )
        for what, of in (
            ("restarts", attrgetter("restarts")),
            ("another container serves", attrgetter("starts")),
        )
    ]


ROW: Final = Row(
    name="requests",
    about="requests, builds and restarts of a first deploy, an update, a run with nothing to do",
    measure=_measure,
    options=(
        Option(name="files", default=30, help="files that are deployed"),
        Option(name="secrets", default=3, help="secrets that are given"),
        Option(name="variables", default=4, help="variables that are given"),
        Option(name="changed", default=(1, 3, 7), help="of how many secrets the values change"),
    ),
)
