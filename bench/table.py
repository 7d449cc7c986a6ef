"""The measures as a Markdown table: ratios with median and middle half, and missed goals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bench.result import Measure, Spread

HEAD: Final = (
    "| measure | caches | ours | beside it | judged | goal | |\n"
    "| --- | --- | ---: | --- | ---: | --- | --- |"
)
VERDICTS: Final = {True: "met", False: "**missed**", None: "no goal"}


def table(measures: Sequence[Measure]) -> str:
    """All measures in their order; a missed goal is printed as missed."""
    return "\n".join((HEAD, *(_line(each) for each in measures)))


def verdict(measures: Sequence[Measure]) -> str:
    """How many goals are met, in a sentence that names what missed."""
    judged = [each for each in measures if each.met is not None]
    missed = [
        f"{each.name}{f' ({each.state})' if each.state else ''}" for each in judged if not each.met
    ]
    said = f"{len(judged) - len(missed)} of {len(judged)} goals met."
    return f"{said} Missed: {'; '.join(missed)}." if missed else said


def _line(measure: Measure) -> str:
    beside = "; ".join(
        f"{name} {_figure(spread, measure.unit)}" for name, spread in measure.theirs.items()
    )
    name = f"{measure.name} ({measure.note})" if measure.note else measure.name
    cells = (
        name,
        measure.state,
        _figure(measure.ours, measure.unit),
        beside,
        "" if measure.judged == measure.ours else _ratio(measure.judged),
        measure.goal,
        VERDICTS[measure.met],
    )
    return f"| {' | '.join(cells)} |"


def _figure(spread: Spread, unit: str) -> str:
    """The median, and the middle half where there is one."""
    digits = 0 if spread.median >= 100 or spread.median == round(spread.median) else 2
    low, median, high = (f"{each:.{digits}f}" for each in (spread.low, spread.median, spread.high))
    text = f"{median} {unit}".rstrip()
    return text if spread.low == spread.high else f"{text} ({low} to {high})"


def _ratio(spread: Spread) -> str:
    if spread.low == spread.high:
        return f"{spread.median:.2f}"
    return f"{spread.median:.2f} ({spread.low:.2f} to {spread.high:.2f})"
