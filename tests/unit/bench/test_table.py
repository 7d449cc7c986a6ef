"""What the benchmark's table says of a goal."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from bench.__main__ import _attempted
from bench.result import Line, Measure, Result, Row, Spread, at_most, beside
from bench.straight import straight
from bench.table import table, verdict


def test_a_ratio_is_taken_turn_by_turn_and_judged_at_its_median() -> None:
    measure = beside("start", [10.0, 30.0, 90.0], [10.0, 10.0, 100.0], opponent="x", bound=1.0)
    assert measure.judged.median == 1.0
    assert measure.met
    assert measure.theirs["x"].median == 10.0


def test_a_missed_goal_is_printed_as_missed_and_named_below() -> None:
    missed = at_most("requests", [11], 10, state="cold")
    met = at_most("builds", [1], 1)
    line = next(each for each in table([missed, met]).splitlines() if "requests" in each)
    assert line.endswith("| ≤ 10 | **missed** |")
    assert verdict([missed, met]) == "1 of 2 goals met. Missed: requests (cold)."


def test_a_measure_that_is_within_its_bound_misses_when_it_did_not_keep_the_rest() -> None:
    ours = Spread.of([9])
    measure = Measure(name="requests", goal="≤ 10", judged=ours, ours=ours, bound=10, kept=False)
    assert measure.met is False


@pytest.mark.parametrize(("power", "met"), [(1, True), (2, False)])
def test_what_grows_with_the_square_is_no_straight_line(power: int, met: bool) -> None:
    points = [(size, Spread.of([20.0 + size**power])) for size in (1, 25, 50, 100)]
    line = Line(drawing="d", name="n", sizes="files", unit="ms", points=points)
    assert straight(line).met is met


@pytest.mark.parametrize("failure", [RuntimeError("ended with 1"), ValueError("no figures")])
def test_a_row_that_fails_is_a_line_of_the_table_and_missed(
    failure: Exception, tmp_path: Path
) -> None:
    def measure(folder: Path, options: Namespace) -> Result:
        raise failure

    result = _attempted(Row(name="x", about="a goal", measure=measure), tmp_path, Namespace())
    assert "x: could not be measured" in table(result.measures)
    assert "**missed**" in table(result.measures)
