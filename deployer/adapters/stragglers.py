"""Ends processes that left the group they were started in, as a daemon does.

They are known by a folder of ours, which no other process has in its variables, or as its own.
Linux only: elsewhere nothing tells another process's variables.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROUNDS: Final = 3  # one that forks meanwhile is met in the next
PROCESSES: Final = Path("/proc")


def end_all_of(folder: Path) -> None:
    """Kill each process that was started with, or stands in, ``folder``."""
    for _ in range(ROUNDS):
        found = list(_of(folder))
        for number in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGKILL)
        if not found:
            return


def _of(folder: Path) -> Iterator[int]:
    mark = os.fsencode(folder)
    for process in PROCESSES.glob("[0-9]*"):
        if int(process.name) != os.getpid() and mark in _known_of(process):
            yield int(process.name)


def _known_of(process: Path) -> bytes:
    """Its variables and working folder; nothing for one that ended, or is somebody else's."""
    with contextlib.suppress(OSError):
        return (process / "environ").read_bytes() + os.fsencode((process / "cwd").readlink())
    return b""
