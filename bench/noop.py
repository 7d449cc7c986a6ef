"""A run with nothing to do, the whole process, beside ``hf upload`` of the same folder."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Final

from bench import cold
from bench.contest import Size, deploy, hub, make_job
from bench.opponents import OURS, UPLOAD, Job
from bench.result import Result, Row, beside


def _measure(folder: Path, options: Namespace) -> Result:
    size = Size(
        files=options.files,
        secrets=options.secrets,
        variables=options.variables,
        building=0,
        seed=options.seed,
    )
    with hub() as running:
        ours = make_job(folder / "ours", running, "ours", size)
        theirs = make_job(folder / "theirs", running, "theirs", size)
        for contender, job in ((OURS, ours), (UPLOAD, theirs)):
            deploy(contender, job)
        states = ("warm", "cold") if cold.POSSIBLE else ("warm",)
        return Result(
            measures=[
                beside(
                    "nothing to do: the whole process",
                    *_turns(ours, theirs, options.turns, state),
                    opponent=UPLOAD.name,
                    bound=1.0,
                    state=state,
                    note="ours proves its health, the other nothing",
                )
                for state in states
            ]
        )


def _turns(ours: Job, theirs: Job, count: int, state: str) -> tuple[list[float], list[float]]:
    """Milliseconds of both, in turns; who begins changes."""
    taken: dict[str, list[float]] = {OURS.name: [], UPLOAD.name: []}
    pairs = ((OURS, ours), (UPLOAD, theirs))
    for turn in range(count):
        for contender, job in pairs if turn % 2 else reversed(pairs):
            if state == "cold":
                cold.evict()
            taken[contender.name].append(deploy(contender, job).seconds * 1000)
    return taken[OURS.name], taken[UPLOAD.name]


ROW: Final = Row(
    name="no-op",
    about="a run with nothing to do, beside `hf upload` of the same folder",
    measure=_measure,
)
