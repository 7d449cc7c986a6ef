"""What every row of the table hands over: measures with their goals, and lines of growth."""

from __future__ import annotations

import statistics
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Spread:
    """Several measurements of one thing: their median and their middle half."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of one value or more."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One line of the table.

    ``judged`` is what the goal speaks of: a ratio turn by turn, or a figure of ours. ``unit`` is
    that of ``ours`` and ``theirs`` (``ms``, ``MB``, or empty for counts).
    ``bound``: the most that ``judged`` may be at the median; None where there is no goal, or where
    ``kept`` says by itself whether it is met. ``state``: ``cold``, ``warm`` or nothing.
    """

    name: str
    goal: str
    judged: Spread
    ours: Spread
    unit: str = ""
    theirs: Mapping[str, Spread] = field(default_factory=dict)
    bound: float | None = None
    kept: bool | None = None
    state: str = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.bound is None:
            return self.kept
        return self.kept is not False and self.judged.median <= self.bound


def beside(
    name: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    *,
    opponent: str,
    bound: float,
    unit: str = "ms",
    state: str = "",
    note: str = "",
) -> Measure:
    """Ours beside one opponent's, turn by turn: the ratio is judged.

    ``ours[i]`` and ``theirs[i]`` come from the same turn.
    """
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return Measure(
        name=name,
        goal=f"≤ {bound:g} × {opponent}",
        judged=Spread.of(ratios),
        ours=Spread.of(ours),
        theirs={opponent: Spread.of(theirs)},
        unit=unit,
        bound=bound,
        state=state,
        note=note,
    )


def at_most(
    name: str,
    ours: Sequence[float],
    bound: float,
    *,
    unit: str = "",
    state: str = "",
    theirs: Mapping[str, Spread] | None = None,
    note: str = "",
) -> Measure:
    """A figure of ours that must not exceed ``bound``."""
    spread = Spread.of(ours)
    return Measure(
        name=name,
        goal=f"≤ {bound:g} {unit}".rstrip(),
        judged=spread,
        ours=spread,
        theirs=theirs or {},
        unit=unit,
        bound=bound,
        state=state,
        note=note,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How something grows: ``points`` are a size and what was measured at it.

    Lines with the same ``drawing`` are drawn in one picture; sizes are drawn on a logarithmic axis
    when they span more than two decades.
    """

    drawing: str
    name: str
    sizes: str
    unit: str
    points: Sequence[tuple[float, Spread]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All that one row measured."""

    measures: Sequence[Measure] = ()
    lines: Sequence[Line] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A size, as an argument ``--name`` of the command line; its default says its type.

    A tuple is given with commas between its values.
    """

    name: str
    default: int | tuple[int, ...]
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing to measure. ``measure`` gets an empty folder and all options, by their names
    (``options.turns`` and ``options.seed`` are there for every row).
    """

    name: str
    about: str
    measure: Callable[[Path, Namespace], Result]
    options: Sequence[Option] = ()
