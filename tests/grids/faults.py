"""The fault grid: every request of every scenario, with everything that may go wrong with it.

A fault strikes once, or lasts for the rest of the run. Judged are the run itself, the next one
without the fault, and the one after that (judge.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.grids import judge
from tests.grids.kinds import KINDS, Kind, possible
from tests.grids.scenarios import SCENARIOS, Scenario
from tests.grids.scene import Run, Stage
from tests.grids.wire import Request, Trouble

MOST_ALIKE = 2  # of requests that are the same again, such as looks at the runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One fault at one request; the request by key and number."""

    scenario: str
    request: str
    kind: str
    lasting: bool

    def __str__(self) -> str:
        lasting = ", lasting" if self.lasting else ""
        return f"{self.scenario}: {self.kind}{lasting} at {self.request}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was wrong with a cell; ``struck`` is whether the request came at all."""

    cell: object
    wrong: tuple[str, ...]
    struck: bool
    code: int | None
    seconds: float


@dataclass(slots=True, kw_only=True)
class Reference:
    """What a scenario does and ends with when nothing goes wrong."""

    scenario: Scenario
    requests: tuple[str, ...]
    possible: Mapping[str, tuple[Kind, ...]]
    state: Mapping[str, object]


@dataclass(slots=True)
class Grid:
    """The cells of a stage, and their verdicts."""

    stage: Stage
    references: dict[str, Reference] = field(default_factory=dict)

    def reference(self, scenario: Scenario) -> Reference:
        """Recorded once."""
        if scenario.name not in self.references:
            self.references[scenario.name] = record(self.stage, scenario)
        return self.references[scenario.name]

    def cells(self) -> list[Cell]:
        """All of them, in an order that is the same each time."""
        return [cell for scenario in SCENARIOS for cell in _cells(self.reference(scenario))]

    def judge(self, cell: Cell) -> Verdict:
        """Play one."""
        scenario = next(each for each in SCENARIOS if each.name == cell.scenario)
        reference = self.reference(scenario)
        job, tape = scenario.prepare(self.stage), self.stage.tape
        try:
            tape.clear(_striking(cell))
            run = job.run()
            struck = tape.struck > 0
            wrong = [*judge.of_any(run, job), *judge.of_red(run), *_of_code(cell, run)]
            wrong += judge.converges(job, reference.state)
        finally:
            self.stage.forget(job)
        seconds = run.ended.seconds
        return Verdict(cell=cell, wrong=tuple(wrong), struck=struck, code=run.code, seconds=seconds)


def record(stage: Stage, scenario: Scenario) -> Reference:
    """Play a scenario with nothing going wrong; what it asked for, and what there is then."""
    job = scenario.prepare(stage)
    stage.tape.clear()
    run = job.run()
    assert run.code == 0, run.ended.log
    asked = sorted({str(each) for each in stage.tape.requests if _is_cell(scenario, each)})
    kinds = {
        request: tuple(kind for kind in KINDS if possible(kind, request, stage.tape))
        for request in asked
    }
    state = job.state()
    assert not [*judge.of_any(run, job)]
    assert not [*judge.converges(job, state)]
    stage.forget(job)
    return Reference(scenario=scenario, requests=tuple(asked), possible=kinds, state=state)


def _is_cell(scenario: Scenario, request: Request) -> bool:
    return request.nth <= MOST_ALIKE and scenario.service in ("", request.service)


def _cells(reference: Reference) -> Iterator[Cell]:
    for request in reference.requests:
        for kind in reference.possible[request]:
            for lasting in (False, True) if request.endswith(" #1") else (False,):
                yield Cell(
                    scenario=reference.scenario.name,
                    request=request,
                    kind=kind.name,
                    lasting=lasting,
                )


def _kind(cell: Cell) -> Kind:
    return next(kind for kind in KINDS if kind.name == cell.kind)


def _striking(cell: Cell) -> Callable[[Request], Trouble | None]:
    key, _, nth = cell.request.rpartition(" #")
    kind = _kind(cell)

    def decide(request: Request) -> Trouble | None:
        here = request.key == key and (cell.lasting or request.nth == int(nth))
        return kind.trouble(request.service) if here else None

    return decide


def _of_code(cell: Cell, run: Run) -> Iterator[str]:
    """A single failure in passing turns no run red; whatever GitHub does is no fault of the Hub."""
    if run.code != 0 and _kind(cell).passing and not cell.lasting:
        yield f"it ended with {run.code} for one fault in passing: {judge.errors(run)}"
    wrong = {"hub": (7,), "github": (4,)}[cell.request.partition(" ")[0]]
    if run.code in wrong:
        yield f"exit code {run.code} for a fault of the other server: {judge.errors(run)}"
