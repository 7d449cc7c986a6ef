"""What both grids share: a scenario is recorded once, every cell is played and judged alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tests.grids import judge
from tests.grids.kinds import KINDS, Kind, possible
from tests.grids.scenarios import SCENARIOS, Scenario
from tests.grids.scene import Run, Stage
from tests.grids.wire import Decide, Request

MOST_ALIKE = 2  # of requests that are the same again, such as looks at the runtime


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
class Played:
    """The scenarios of a stage, with what they do when nothing goes wrong."""

    stage: Stage
    references: dict[str, Reference] = field(default_factory=dict)

    def reference(self, scenario: Scenario) -> Reference:
        """Recorded once."""
        if scenario.name not in self.references:
            self.references[scenario.name] = record(self.stage, scenario)
        return self.references[scenario.name]

    def play(
        self,
        cell: object,
        name: str,
        decide: Decide,
        of_cell: Callable[[Run, Scenario, bool], Iterable[str]],
    ) -> Verdict:
        """The run, the ones after it, and what is wrong with them; ``of_cell`` is told of the run,
        the scenario and whether the trouble came.
        """
        scenario = next(each for each in SCENARIOS if each.name == name)
        reference = self.reference(scenario)
        job, tape = scenario.prepare(self.stage), self.stage.tape
        try:
            tape.clear(decide)
            run = job.run()
            struck = tape.struck > 0
            wrong = [*judge.of_any(run, job), *of_cell(run, scenario, struck)]
            wrong += judge.comes_to(job, reference.state, scenario)
        finally:
            self.stage.forget(job)
        seconds = run.ended.seconds
        return Verdict(cell=cell, wrong=tuple(wrong), struck=struck, code=run.code, seconds=seconds)


def record(stage: Stage, scenario: Scenario) -> Reference:
    """Play a scenario with nothing going wrong; what it asked for, and what there is then."""
    job = scenario.prepare(stage)
    stage.tape.clear()
    run = job.run()
    assert run.code == scenario.code, run.ended.log
    assert run.status == "rolled-back" or not scenario.code, run.ended.log
    asked = sorted({str(each) for each in stage.tape.requests if _is_cell(scenario, each)})
    kinds = {
        request: tuple(
            kind
            for kind in KINDS
            if possible(kind, request, stage.tape)
            and (not scenario.kinds or kind.name in scenario.kinds)
        )
        for request in asked
    }
    state = job.state()
    assert not [*judge.of_any(run, job)]
    assert not [*judge.comes_to(job, state, scenario)]
    stage.forget(job)
    return Reference(scenario=scenario, requests=tuple(asked), possible=kinds, state=state)


def _is_cell(scenario: Scenario, request: Request) -> bool:
    return request.nth <= MOST_ALIKE and scenario.service in ("", request.service)
