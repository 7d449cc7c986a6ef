"""The kill grid: a run that is stopped at each of its requests, and the run after it.

SIGKILL ends it at once. SIGTERM and the runner's own order (SIGINT, 7.5 s later SIGTERM, 2.5 s
later SIGKILL; actions/runner, ProcessInvoker.cs) leave it time for a last line.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.grids.grid import Played, Verdict
from tests.grids.program import SPEED, Programs
from tests.grids.scenarios import SCENARIOS, Scenario
from tests.grids.scene import Run
from tests.grids.wire import Request, Trouble

# Signals, and the seconds before each.
STOPS: Final = {
    "SIGKILL": ((0.0, signal.SIGKILL),),
    "SIGTERM": ((0.0, signal.SIGTERM),),
    "cancelled": ((0.0, signal.SIGINT), (7.5, signal.SIGTERM), (2.5, signal.SIGKILL)),
}
MOMENTS: Final = ("before", "after")
INTERRUPTED: Final = 130
LAST_LINE: Final = "it goes on from what is there."


@dataclass(frozen=True, slots=True, kw_only=True)
class KillCell:
    """One stop at one request, before or after the request has its effect."""

    scenario: str
    request: str
    stop: str
    moment: str

    def __str__(self) -> str:
        return f"{self.scenario}: {self.stop} {self.moment} {self.request}"


class KillGrid(Played):
    """The cells of a stage, and their verdicts."""

    def cells(self) -> list[KillCell]:
        """All of them, in an order that is the same each time."""
        return [
            KillCell(scenario=scenario.name, request=request, stop=stop, moment=moment)
            for scenario in SCENARIOS
            for request in self.reference(scenario).requests
            for stop in STOPS
            for moment in MOMENTS
        ]

    def judge(self, cell: KillCell) -> Verdict:
        """Play one."""

        def of_cell(run: Run, scenario: Scenario, struck: bool) -> Iterator[str]:
            yield from _of_stop(cell, run, scenario.code) if struck else ()

        return self.play(cell, cell.scenario, _striking(cell, self.stage.programs), of_cell)


def _striking(cell: KillCell, programs: Programs) -> Callable[[Request], Trouble | None]:
    key, _, nth = cell.request.rpartition(" #")
    done = threading.Event()

    def halt() -> None:
        # Only the first signal comes before the answer; the others must not delay it.
        (_, first), *more = STOPS[cell.stop]
        child = programs.child
        programs.signal(first)
        if more:
            threading.Thread(target=_go_on, args=(programs, child, more), daemon=True).start()

    def decide(request: Request) -> Trouble | None:
        if request.key != key or request.nth != int(nth) or done.is_set():
            return None
        done.set()
        return Trouble(kind=f"halt-{cell.moment}", halt=halt)

    return decide


def _go_on(programs: Programs, child: int, more: list[tuple[float, int]]) -> None:
    for seconds, number in more:
        time.sleep(seconds / SPEED)
        if programs.child != child:
            return
        programs.signal(number)


def _of_stop(cell: KillCell, run: Run, usual: int) -> Iterator[str]:
    """A run that could still speak says that it was stopped, unless it had ended by then."""
    if cell.stop == "SIGKILL" or run.code == usual:
        return
    # On a busy machine the later signals of a cancelled job, whose pauses pass 20 times faster,
    # may come when all is said and Python itself is ending.
    ended = (INTERRUPTED, *(-number for _, number in STOPS[cell.stop][1:]))
    if run.code not in ended:
        yield f"exit code {run.code} after {cell.stop}"
    elif not run.ended.log.rstrip().endswith(LAST_LINE):
        yield f"its last line is {run.ended.log.rstrip().rpartition(chr(10))[2]!r}"
