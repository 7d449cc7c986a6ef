"""Times commands in turn, so that whatever else the machine does falls on all of them alike."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What is timed: a process from its start to its end."""

    words: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]


def alternate(commands: Mapping[str, Command], runs: int) -> dict[str, list[float]]:
    """Seconds of every command, ``runs`` times, in turns; a first turn warms caches uncounted."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            taken = _seconds(command)
            if turn:
                seconds[name].append(taken)
    return seconds


def _seconds(command: Command) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        command.words,
        cwd=command.folder,
        env=dict(command.environment),
        capture_output=True,
        check=False,
    )
    taken = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{command.words} ended with {done.returncode}: {done.stdout[-2000:]!r}")
    return taken
