"""The fault grid: every request of every scenario, with everything that may go wrong with it.

A fault strikes once, or lasts for the rest of the run. Judged are the run itself, the next one
without the fault, and the one after that (judge.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.grids import judge
from tests.grids.grid import Played, Reference, Verdict
from tests.grids.kinds import KINDS, Kind
from tests.grids.scenarios import SCENARIOS, Scenario
from tests.grids.scene import Run
from tests.grids.wire import Request, Trouble


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


class Grid(Played):
    """The cells of a stage, and their verdicts."""

    def cells(self) -> list[Cell]:
        """All of them, in an order that is the same each time."""
        return [cell for scenario in SCENARIOS for cell in _cells(self.reference(scenario))]

    def judge(self, cell: Cell) -> Verdict:
        """Play one."""

        def of_cell(run: Run, scenario: Scenario, _struck: bool) -> Iterator[str]:
            yield from judge.of_red(run, scenario.code)
            yield from _of_code(cell, run, scenario.code)

        return self.play(cell, cell.scenario, _striking(cell), of_cell)


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


def _of_code(cell: Cell, run: Run, usual: int) -> Iterator[str]:
    """A single failure in passing changes nothing; whatever GitHub does is no fault of the Hub."""
    ends = (usual, "rolled-back" if usual else run.status)
    if _kind(cell).passing and not cell.lasting and (run.code, run.status) != ends:
        told = f"{run.code}, {run.status}"
        yield f"it ended with {told} for one fault in passing: {judge.errors(run)}"
    wrong = {"hub": (7,), "github": (4,)}[cell.request.partition(" ")[0]]
    if run.code in wrong:
        yield f"exit code {run.code} for a fault of the other server: {judge.errors(run)}"
