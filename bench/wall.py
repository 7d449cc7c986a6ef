"""How long an update takes until the new revision answers, and how soon after that it's noticed.

Two ends of one process: when the new revision serves (which every contender brings about), and when
its health is proved (which only some do). The Space's own build and start are subtracted.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from bench import cold
from bench.contest import Seen, Size, change_file, deploy, hub, make_job
from bench.opponents import OFFICIAL, OURS, PROVING, RECIPE, SCRIPT, Job
from bench.result import Measure, Option, Result, Row, Spread, at_most, beside

CONTENDERS: Final = (OURS, RECIPE, OFFICIAL, SCRIPT, PROVING)
PROVING_NOTHING: Final = (OFFICIAL, SCRIPT)
# Uneven, so that the end of a build falls anywhere between two looks.
SPREAD: Final = 0.37
# The Hub's rate limits page: an account without a plan may ask so often in 5 minutes.
LIMIT: Final = 1000
WINDOW: Final = 300.0
# By then the quick looks after a push are over.
SETTLED: Final = 10

Turns = dict[str, list[Seen]]


def _measure(folder: Path, options: Namespace) -> Result:
    measures: list[Measure] = []
    with hub() as running:
        size = Size(files=options.files, secrets=3, variables=4, building=0.2, seed=options.seed)
        jobs = {
            each.name: make_job(folder / each.name, running, each.name.replace(" ", "-"), size)
            for each in CONTENDERS
        }
        for each in CONTENDERS:
            deploy(each, jobs[each.name])
        for state in ("warm", "cold") if cold.POSSIBLE else ("warm",):
            turns = _updates(jobs, options, state)
            measures += _walls(turns, state)
            if state == "warm":
                measures += _notice(turns)
        measures.append(_polling(jobs[OURS.name], options))
    return Result(measures=measures)


def _updates(jobs: Mapping[str, Job], options: Namespace, state: str) -> Turns:
    """The contenders take turns; who begins changes from turn to turn."""
    turns: Turns = {each.name: [] for each in CONTENDERS}
    for turn in range(options.turns):
        first = turn % len(CONTENDERS)
        for each in (*CONTENDERS[first:], *CONTENDERS[:first]):
            job = jobs[each.name]
            change_file(job, f"{state} {turn}")
            _take(job, options.building + (turn * SPREAD) % 1.0)
            if state == "cold":
                cold.evict()
            turns[each.name].append(deploy(each, job))
    return turns


def _take(job: Job, seconds: float) -> None:
    """Have the next build take so long."""
    stub = job.backend / "stub.json"
    stub.write_text(f'{{"seconds": {seconds:.2f}, "starting": 1.2}}')


def _walls(turns: Turns, state: str) -> list[Measure]:
    def of(name: str, figure: Callable[[Seen], float]) -> list[float]:
        return [figure(seen) * 1000 for seen in turns[name]]

    def until_up(seen: Seen) -> float:
        return seen.until_up

    best = min(PROVING_NOTHING, key=lambda each: Spread.of(of(each.name, until_up)).median)
    proved = beside(
        "update until its health is proved, the Space's own build subtracted",
        of(OURS.name, lambda seen: seen.seconds),
        of(PROVING.name, lambda seen: seen.seconds),
        opponent=PROVING.name,
        bound=0.8,
        state=state,
    )
    by_git = Spread.of(of(RECIPE.name, until_up))
    serving = beside(
        "update until it serves, the Space's own build subtracted",
        of(OURS.name, until_up),
        of(best.name, until_up),
        opponent=best.name,
        bound=1.0,
        state=state,
        note=f"{RECIPE.name}, without the API: {by_git.median:.0f} ms",
    )
    return [proved, serving]


def _notice(turns: Turns) -> list[Measure]:
    """How soon after the Space is ready somebody sees it answer, and how far apart they look."""

    def delays(name: str) -> list[float]:
        return [seen.delay * 1000 for seen in turns[name] if seen.delay is not None]

    ours = turns[OURS.name]
    spacings = [seen.spacing * 1000 for seen in ours if seen.spacing is not None]
    if not spacings:
        raise ValueError("no turn of ours was seen to visit the app twice")
    least = Spread.of([min(spacings)])
    theirs = {PROVING.name: Spread.of(delays(PROVING.name))}
    return [
        at_most(
            "ready until the first healthy answer is seen",
            delays(OURS.name),
            1000,
            unit="ms",
            theirs=theirs,
        ),
        Measure(
            name="the least between two probes",
            goal="≥ 1000 ms",
            judged=least,
            ours=least,
            unit="ms",
            kept=least.median >= 1000,
        ),
    ]


def _polling(job: Job, options: Namespace) -> Measure:
    """Looks in a wait of 5 minutes, from a short and a long one: they come ever more seldom, so
    what lies beyond the long one is at most as dense as what lies between the two.
    """
    looks = []
    lengths = (options.building + SETTLED, options.building + SETTLED + options.long_building)
    for building in lengths:
        change_file(job, f"a build of {building} s")
        _take(job, building)
        looks.append(deploy(OURS, job).polling)
    short, long = looks
    whole = Spread.of([long + (WINDOW - lengths[1]) * (long - short) / options.long_building])
    return Measure(
        name="polling during a build of 5 minutes",
        goal=f"< {LIMIT / 10:g} requests, a tenth of an account's limit without a plan",
        judged=whole,
        ours=whole,
        kept=whole.median < LIMIT / 10,
        note=f"{long} seen in {lengths[1]} s, the rest drawn on from there",
    )


ROW: Final = Row(
    name="update",
    about="how long an update takes until it serves and is proved healthy",
    measure=_measure,
    options=(
        Option(name="building", default=1, help="seconds that a build takes"),
        Option(name="long-building", default=30, help="seconds more, to see the polling"),
    ),
)
