"""Planning a backend beside ``git ls-files``, which answers the simplest part of the question.

The goal: at most 1.5 times what ``git ls-files`` takes on the repository plus the program's
start-up (Python and what planning imports), however many ignored files lie in the backend folder.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.environment import ROOT
from bench.repositories import Size, make_repository
from bench.result import Line, Measure, Option, Result, Row, Spread, beside
from bench.straight import straight
from bench.timing import Command, alternate

GOAL: Final = 1.5
GIT: Final = ("git", "ls-files", "--cached", "--others", "--exclude-standard")
PROGRAM: Final = (sys.executable, "-I", str(ROOT / "entrypoint.py"))
# As entrypoint.py begins and ends.
IMPORTS: Final = f"""\
import gc, os, sys
sys.path.insert(0, {str(ROOT)!r})
gc.set_threshold(200_000, 20, 20)
import deployer.cli
import deployer.modes.plan
os._exit(0)
"""
START: Final = (sys.executable, "-I", "-c", IMPORTS)


def _measure(folder: Path, options: Namespace) -> Result:
    return Result(
        measures=[
            _row(name, make_repository(folder / f"repository-{number}", size), options.turns)
            for number, (name, size) in enumerate(_sizes(options).items())
        ]
    )


def _sizes(options: Namespace) -> dict[str, Size]:
    """The repositories to measure: without ignored files, and with them in two ways."""

    def size(ignored: int, *, gitignore: bool) -> Size:
        return Size(
            shipped=options.shipped,
            modules=options.modules,
            ignored=ignored,
            seed=options.seed,
            gitignore=gitignore,
        )

    ships = f"planning {options.shipped} files, {options.modules} of them Python"
    return {
        ships: size(0, gitignore=True),
        f"{ships}; {options.ignored:,} that a `.gitignore` names": size(
            options.ignored, gitignore=True
        ),
        f"{ships}; {options.ignored:,} in `venv` and `node_modules`": size(
            options.ignored, gitignore=False
        ),
    }


def _row(name: str, repository: Path, turns: int) -> Measure:
    seconds = alternate(
        {
            "git": command(repository, GIT),
            "start": command(repository, START),
            "plan": planning(repository),
        },
        turns,
    )
    parts = zip(seconds["git"], seconds["start"], strict=True)
    return beside(
        name,
        [1000 * each for each in seconds["plan"]],
        [1000 * (git + start) for git, start in parts],
        opponent="(`git ls-files` + start-up)",
        bound=GOAL,
    )


def planning(repository: Path, more: Mapping[str, str] | None = None) -> Command:
    """``mode: plan`` of a repository; ``more`` are further inputs."""
    inputs = {
        "GITHUB_WORKSPACE": str(repository),
        "INPUT_SPACE": "owner/name",
        "INPUT_MODE": "plan",
        "INPUT_FRONTEND": "none",
        "RUNNER_TEMP": str(repository.parent),
        **(more or {}),
    }
    return command(repository, PROGRAM, inputs)


def command(folder: Path, words: Sequence[str], more: Mapping[str, str] | None = None) -> Command:
    """A command in ``folder`` with an environment of its own."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "LANG": "C.UTF-8"}
    return Command(words=tuple(words), folder=folder, environment={**environment, **(more or {})})


def _growth(folder: Path, options: Namespace) -> Result:
    """Planning with more and more files: those that ship, and those that don't."""
    lines = [_line(folder, options, ships=True), _line(folder, options, ships=False)]
    return Result(measures=[straight(line) for line in lines], lines=lines)


def _line(folder: Path, options: Namespace, *, ships: bool) -> Line:
    counts = sorted(set(options.file_sizes))
    word = "shipped" if ships else "ignored"
    commands = {}
    for count in counts:
        size = Size(
            shipped=count if ships else 30,
            modules=15,
            ignored=0 if ships else count,
            seed=options.seed,
            gitignore=False,
        )
        commands[str(count)] = planning(make_repository(folder / f"{word}-{count}", size))
    seconds = alternate(commands, options.growth_turns)
    return Line(
        drawing="Planning",
        name=f"planning with {word} files",
        sizes="files",
        unit="ms",
        points=[
            (count, Spread.of([1000 * each for each in seconds[str(count)]])) for count in counts
        ],
    )


ROW: Final = Row(
    name="plan",
    about="planning a backend beside `git ls-files`",
    measure=_measure,
    options=(
        Option(name="shipped", default=300, help="files that ship"),
        Option(name="modules", default=60, help="of those, Python modules of the app"),
        Option(name="ignored", default=100_000, help="files that do not ship"),
    ),
)
FILES: Final = Row(
    name="files",
    about="files of a backend: straight lines",
    measure=_growth,
    options=(
        Option(name="file-sizes", default=(100, 1_000, 10_000, 100_000), help="numbers of files"),
        Option(name="growth-turns", default=2, help="counted turns of each size"),
    ),
)
