"""Keeps what was measured: the table between two marks of a document, and the plot beside it."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bench.environment import CACHE, ROOT, opponents_environment
from bench.result import Line, Measure, Result
from bench.table import table, verdict

DOCUMENT: Final = ROOT / "docs" / "explanation" / "performance.md"
BEGIN: Final = "<!-- measured by `make bench`: begin -->"
END: Final = "<!-- measured by `make bench`: end -->"
PLOT: Final = "performance.svg"


def keep(result: Result, said: str, *, document: bool) -> Path:
    """Write the table and the plot; into the document when asked, else below ``.cache/bench``.

    Returns the file with the table. ``said``: with which sizes it was measured.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = DOCUMENT.parent if document else CACHE
    _draw(result, folder / PLOT)
    text = render(result.measures, said)
    target = DOCUMENT if document else CACHE / "performance.md"
    target.write_text(_between(DOCUMENT.read_text(), text) if document else text)
    return target


def render(measures: Sequence[Measure], said: str) -> str:
    """The table with the sentence of what was measured where."""
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return (
        f"{machine}; {said}.\n\n{table(measures)}\n\n{verdict(measures)}\n\n"
        f"![Ratios and growth]({PLOT})\n"
    )


def _between(document: str, text: str) -> str:
    """The document with another text between its marks."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{DOCUMENT} lacks the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{text}{END}{after}"


def _draw(result: Result, target: Path) -> None:
    source = CACHE / "result.json"
    source.write_text(json.dumps(_plain(result)))
    python = opponents_environment() / "bin" / "python"
    program = Path(__file__).with_name("plot.py")
    subprocess.run([str(python), str(program), str(source), str(target)], check=True)


def _plain(result: Result) -> dict[str, Any]:
    return {
        "ratios": [_ratio(each) for each in result.measures if each.bound and each.theirs],
        "lines": [_line(each) for each in result.lines],
    }


def _ratio(measure: Measure) -> dict[str, Any]:
    state = f" ({measure.state})" if measure.state else ""
    return {
        "name": f"{measure.name}{state}",
        "judged": [measure.judged.low, measure.judged.median, measure.judged.high],
        "bound": measure.bound,
        "met": measure.met,
    }


def _line(line: Line) -> dict[str, Any]:
    points = [(size, [spread.low, spread.median, spread.high]) for size, spread in line.points]
    facts = {"drawing": line.drawing, "name": line.name, "sizes": line.sizes, "unit": line.unit}
    return {**facts, "points": points}
