"""Draws ratios and growth into one SVG: ``python plot.py result.json plot.svg``.

A program of its own, run by the environment of the opponents: only that one has matplotlib. Nothing
of this repository is imported.
"""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
# The same figures make the same file.
matplotlib.rcParams["svg.hashsalt"] = "bench"

from matplotlib import pyplot  # noqa: E402 - after the choice of what it draws on


def main(source: str, target: str) -> None:
    """Draw what ``bench.document`` wrote."""
    found = json.loads(Path(source).read_text())
    drawings = [
        (name, list(lines))
        for name, lines in groupby(sorted(found["lines"], key=_drawing), key=_drawing)
    ]
    ratios = found["ratios"]
    count = bool(ratios) + len(drawings)
    heights = [max(2.0, 0.42 * len(ratios))] * bool(ratios) + [2.8] * len(drawings)
    size = (8.5, sum(heights) + 0.8 * count)
    figure, places = pyplot.subplots(
        count, 1, figsize=size, height_ratios=heights, squeeze=False, layout="constrained"
    )
    axes = list(places[:, 0])
    if ratios:
        _draw_ratios(axes.pop(0), ratios)
    for place, (name, lines) in zip(axes, drawings, strict=True):
        _draw_lines(place, name, lines)
    figure.savefig(target, metadata={"Date": None})


def _drawing(line: dict[str, Any]) -> str:
    return str(line["drawing"])


def _draw_ratios(axes: Any, ratios: list[dict[str, Any]]) -> None:
    """Each judged ratio with its middle half, as a share of its goal."""
    for row, each in enumerate(reversed(ratios)):
        low, median, high = (value / each["bound"] for value in each["judged"])
        color = "tab:green" if each["met"] else "tab:red"
        axes.plot([low, high], [row, row], color=color, linewidth=5, alpha=0.4)
        axes.plot([median], [row], "o", color=color)
    axes.axvline(1.0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(ratios)), [each["name"] for each in reversed(ratios)], fontsize=7)
    axes.set_xlim(left=0)
    axes.set_title("Ratios, as a share of what their goals allow", fontsize=10)


def _draw_lines(axes: Any, name: str, lines: list[dict[str, Any]]) -> None:
    for line in lines:
        sizes = [size for size, _ in line["points"]]
        lows, medians, highs = zip(*(values for _, values in line["points"]), strict=True)
        axes.plot(sizes, medians, "o-", label=line["name"], markersize=4)
        axes.fill_between(sizes, lows, highs, alpha=0.2)
    every = [size for line in lines for size, _ in line["points"]]
    if min(every) > 0 and max(every) / min(every) > 200:
        axes.set_xscale("log")
        axes.set_yscale("log")
    else:
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
    axes.set_xlabel(lines[0]["sizes"], fontsize=8)
    axes.set_ylabel(lines[0]["unit"], fontsize=8)
    axes.set_title(name, fontsize=10)
    axes.legend(fontsize=7)
    axes.grid(visible=True, alpha=0.3)


if __name__ == "__main__":
    main(*sys.argv[1:3])
