"""How the cost of a deploy grows with its secrets, and that of a fleet's plan with its Spaces."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.contest import Size, change_file, deploy, hub, make_job, with_other_secrets
from bench.opponents import OURS, ROOT, SCRIPT, Contender
from bench.result import Line, Option, Result, Row, Spread
from bench.straight import straight
from bench.timing import Command, alternate
from localhub.testing import RunningHub


def _measure(folder: Path, options: Namespace) -> Result:
    secrets = _secrets(folder / "secrets", options)
    fleet = _fleet(folder / "fleet", options)
    return Result(measures=[straight(secrets[0]), straight(fleet)], lines=[*secrets, fleet])


def _secrets(folder: Path, options: Namespace) -> list[Line]:
    """An update of one file and of every secret, for ours and for the script."""
    sizes = sorted(set(options.secret_sizes))
    with hub() as running:
        return [
            Line(
                drawing="An update of one file and all secrets",
                name="update with all secrets changed" if each is OURS else each.name,
                sizes="secrets",
                unit="ms",
                points=[
                    (count, _updates(folder, running, each, count, options)) for count in sizes
                ],
            )
            for each in (OURS, SCRIPT)
        ]


def _updates(
    folder: Path, running: RunningHub, contender: Contender, count: int, options: Namespace
) -> Spread:
    size = Size(files=30, secrets=count, variables=0, building=0.2, seed=options.seed)
    name = f"{contender.name}-{count}"
    job = make_job(folder / name, running, name, size)
    deploy(contender, job)
    taken = []
    for turn in range(options.growth_turns):
        job = with_other_secrets(job, count, turn)
        change_file(job, turn)
        taken.append(deploy(contender, job).until_up * 1000)
    return Spread.of(taken)


def _fleet(folder: Path, options: Namespace) -> Line:
    """``mode: plan`` of a file that lists so many Spaces of one backend."""
    sizes = sorted(set(options.fleet_sizes))
    commands = {str(count): _plan(folder / str(count), count) for count in sizes}
    seconds = alternate(commands, options.growth_turns)
    return Line(
        drawing="Planning a fleet",
        name="planning a fleet",
        sizes="Spaces",
        unit="ms",
        points=[
            (count, Spread.of([1000 * each for each in seconds[str(count)]])) for count in sizes
        ],
    )


def _plan(folder: Path, count: int) -> Command:
    backend = folder / "backend"
    backend.mkdir(parents=True)
    (backend / "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    (backend / "requirements.txt").write_text("fastapi\nuvicorn\n")
    spaces = "".join(f"  - acme/course-{number}\n" for number in range(count))
    (folder / "spaces.yml").write_text(f"spaces:\n{spaces}")
    environment: Mapping[str, str] = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "RUNNER_TEMP": str(folder),
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "INPUT_FLEET": "spaces.yml",
        "INPUT_MODE": "plan",
    }
    words = (sys.executable, "-I", str(ROOT / "entrypoint.py"))
    return Command(words=words, folder=folder, environment=environment)


ROW: Final = Row(
    name="growth",
    about="secrets of a deploy, Spaces of a fleet: straight lines",
    measure=_measure,
    options=(
        Option(name="secret-sizes", default=(1, 25, 50, 100), help="numbers of secrets"),
        Option(name="fleet-sizes", default=(1, 50, 100, 200), help="numbers of Spaces"),
        Option(name="growth-turns", default=2, help="counted turns of each size"),
    ),
)
