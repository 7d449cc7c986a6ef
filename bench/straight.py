"""Whether something grows in a straight line."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Final

from bench.result import Line, Measure, Spread

BOUND: Final = 1.25


def straight(line: Line) -> Measure:
    """The slope of the upper half of the sizes beside that of all: 1 for a straight line, 1.5 where
    cost grows with the square.

    A line that hardly rises (by less than a third) is straight enough: its slope is noise.
    """
    points = [(size, spread.median) for size, spread in line.points]
    steepness = _steepness(points)
    largest, most = line.points[-1]
    return Measure(
        name=f"{line.name}: {line.sizes} {points[0][0]:g} to {largest:g}",
        goal=f"a straight line: upper slope ≤ {BOUND:g} × the whole",
        judged=Spread.of([steepness]),
        ours=most,
        unit=line.unit,
        bound=BOUND,
        note=f"ours at {largest:g}",
    )


def _steepness(points: Sequence[tuple[float, float]]) -> float:
    (_, least), (largest, most) = points[0], points[-1]
    if most <= least * 4 / 3:
        return 1.0
    whole = statistics.linear_regression(*zip(*points, strict=True)).slope
    upper = [(size, value) for size, value in points if size >= largest / 2]
    start = upper[0] if len(upper) > 1 else points[-2]
    return (most - start[1]) / (largest - start[0]) / whole
