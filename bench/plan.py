"""Planning a backend beside ``git ls-files``, which answers the simplest part of the question.

The goal: at most 1.5 times what ``git ls-files`` takes on the repository plus the program's
start-up, however many ignored files lie in the backend folder.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.repositories import Size, make_repository
from bench.timing import Command, Spread, alternate

GOAL: Final = 1.5
ROOT: Final = Path(__file__).resolve().parents[1]
GIT: Final = ("git", "ls-files", "--cached", "--others", "--exclude-standard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One repository's measurements, in seconds, and the ratio of each turn."""

    name: str
    git: Spread
    start: Spread
    plan: Spread
    ratio: Spread

    @property
    def met(self) -> bool:
        """Whether the median keeps to the goal."""
        return self.ratio.median <= GOAL


def measure(folder: Path, sizes: dict[str, Size], runs: int) -> list[Row]:
    """Make each repository below ``folder`` and measure it."""
    return [
        _row(name, make_repository(folder / f"repository-{number}", size), folder, runs)
        for number, (name, size) in enumerate(sizes.items())
    ]


def sizes_of(shipped: int, modules: int, ignored: int, seed: int) -> dict[str, Size]:
    """The repositories to measure: without ignored files, and with them in two ways."""

    def size(ignored: int, *, gitignore: bool) -> Size:
        return Size(
            shipped=shipped, modules=modules, ignored=ignored, seed=seed, gitignore=gitignore
        )

    return {
        "nothing else": size(0, gitignore=True),
        f"{ignored:,} files that a `.gitignore` names": size(ignored, gitignore=True),
        f"{ignored:,} files in `venv` and `node_modules`": size(ignored, gitignore=False),
    }


def _row(name: str, repository: Path, folder: Path, runs: int) -> Row:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    program = (sys.executable, "-I", str(ROOT / "entrypoint.py"))
    inputs = {
        "GITHUB_WORKSPACE": str(repository),
        "INPUT_SPACE": "owner/name",
        "INPUT_MODE": "plan",
        "INPUT_FRONTEND": "none",
        "RUNNER_TEMP": str(folder),
    }

    def command(words: Sequence[str], more: dict[str, str] | None = None) -> Command:
        return Command(
            words=tuple(words), folder=repository, environment={**environment, **(more or {})}
        )

    seconds = alternate(
        {
            "git": command(GIT),
            "start": command((*program, "--help")),
            "plan": command(program, inputs),
        },
        runs,
    )
    turns = zip(seconds["plan"], seconds["git"], seconds["start"], strict=True)
    ratios = [plan / (git + start) for plan, git, start in turns]
    spread = {part: Spread.of(values) for part, values in seconds.items()}
    return Row(
        name=name,
        git=spread["git"],
        start=spread["start"],
        plan=spread["plan"],
        ratio=Spread.of(ratios),
    )


def table(rows: Sequence[Row]) -> str:
    """The measurements as a Markdown table; a goal that is missed is said to be."""
    lines = [
        "| beside what ships | `git ls-files` | start-up | plan | plan / (git + start-up) | goal |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        verdict = f"≤ {GOAL}: {'met' if row.met else 'missed'}"
        times = " | ".join(_milliseconds(each) for each in (row.git, row.start, row.plan))
        ratio = f"{row.ratio.median:.2f} ({row.ratio.low:.2f} to {row.ratio.high:.2f})"
        lines.append(f"| {row.name} | {times} | {ratio} | {verdict} |")
    return "\n".join(lines)


def _milliseconds(spread: Spread) -> str:
    low, median, high = (
        f"{value * 1000:.0f}" for value in (spread.low, spread.median, spread.high)
    )
    return f"{median} ms ({low} to {high})"
