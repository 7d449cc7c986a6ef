"""An update of a large bundle with one changed file: bytes sent, time, memory.

Time is that of ``mode: plan`` with a token, which reads and hashes every file and compares it with
the Space; what follows is the same for a bundle of any size. Beside it ``sha256sum`` of the folder.
"""

from __future__ import annotations

import os
import random
import subprocess
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.plan import command, planning
from bench.result import Measure, Option, Result, Row, at_most, beside
from bench.timing import alternate
from localhub.testing import RunningHub, running

MEGABYTE: Final = 1_000_000
PART: Final = 4 * MEGABYTE
APP: Final = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/api/health")
def health():
    return {"status": "healthy"}
"""
MEMORY: Final = 150.0
# What goes along: the manifest, the commit's list, the questions.
ASIDE: Final = 0.2


def _measure(folder: Path, options: Namespace) -> Result:
    checkout = folder / "checkout"
    _make(checkout / "backend", options.megabytes, random.Random(options.seed))  # noqa: S311
    with running("--runner", "stub", "--data", str(folder / "hub")) as hub:
        inputs = _inputs(hub)
        _deploy(checkout, inputs)
        updates = [_update(hub, checkout, inputs, turn) for turn in range(options.turns)]
        hashing = _hashing(checkout, inputs, options)
    name = f"update of {options.megabytes} MB, one file of {PART // MEGABYTE} MB changed"
    sent, memory = zip(*updates, strict=True)
    return Result(
        measures=[
            at_most(f"{name}: sent", sent, PART / MEGABYTE + ASIDE, unit="MB"),
            hashing,
            at_most(f"{name}: peak memory", memory, MEMORY, unit="MB"),
        ]
    )


def _make(backend: Path, megabytes: int, chance: random.Random) -> None:
    (backend / "data").mkdir(parents=True)
    (backend / "main.py").write_text(APP)
    (backend / "requirements.txt").write_text("fastapi\nuvicorn\n")
    for number in range(megabytes * MEGABYTE // PART):
        (backend / "data" / f"part_{number}.bin").write_bytes(chance.randbytes(PART))


def _inputs(hub: RunningHub) -> dict[str, str]:
    return {
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": hub.token,
        "INPUT_SPACE": f"{hub.owner}/large",
        "INPUT_MODE": "deploy",
    }


def _update(
    hub: RunningHub, checkout: Path, inputs: Mapping[str, str], turn: int
) -> tuple[float, float]:
    """Megabytes that were sent, and the process's peak of memory in megabytes."""
    fresh = random.Random(f"update {turn}").randbytes(PART)  # noqa: S311
    (checkout / "backend" / "data" / "part_0.bin").write_bytes(fresh)
    hub.forget_requests()
    memory = _deploy(checkout, inputs)
    return sum(each["bytes"] for each in hub.requests()) / MEGABYTE, memory


def _deploy(checkout: Path, inputs: Mapping[str, str]) -> float:
    """One run; its peak of memory in megabytes."""
    wanted = planning(checkout, inputs)
    with subprocess.Popen(
        wanted.words, cwd=checkout, env=dict(wanted.environment), stdout=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the deploy ended with {process.returncode}")
    return used.ru_maxrss * 1024 / MEGABYTE


def _hashing(checkout: Path, inputs: Mapping[str, str], options: Namespace) -> Measure:
    """The plan of an update beside one hash of each file."""
    words = ("sh", "-c", "find backend -type f -exec sha256sum {} +")
    seconds = alternate(
        {
            "plan": planning(checkout, {**inputs, "INPUT_MODE": "plan"}),
            "sha256sum": command(checkout, words),
        },
        options.turns,
    )
    return beside(
        f"update of {options.megabytes} MB: until what to send is known",
        [1000 * each for each in seconds["plan"]],
        [1000 * each for each in seconds["sha256sum"]],
        opponent="`sha256sum` of the folder",
        bound=1.3,
        note="start-up included, which weighs less in a larger bundle",
    )


ROW: Final = Row(
    name="large",
    about="an update of a large bundle with one changed file",
    measure=_measure,
    options=(Option(name="megabytes", default=500, help="of the bundle"),),
)
