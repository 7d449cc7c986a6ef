"""Runs of the real program, each in a process of its own, forked from one that has it imported."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ZYGOTE = Path(__file__).with_name("zygote.py")
SPEED = 20.0  # a minute of the program's time passes in 3 seconds
SECONDS = 45.0  # of real time that any run may take: 15 minutes of the program's


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended: its exit code, negative for a signal; None when it took too long."""

    code: int | None
    log: str
    seconds: float


class Programs:
    """Starts runs, one after the other."""

    def __init__(self, process: subprocess.Popen[str], seconds: float = SECONDS) -> None:
        self._process = process
        self._seconds = seconds
        self.child = 0

    def run(self, environ: Mapping[str, str], folder: Path, log: Path) -> Ended:
        """One run from start to end; ``child`` is its process id meanwhile."""
        started = time.monotonic()
        job = {"environ": dict(environ), "folder": str(folder), "log": str(log), "speed": SPEED}
        self._say(job)
        self.child = int(self._hear(SECONDS))
        late = False
        while not self._ready(max(0.1, started + self._seconds - time.monotonic())):
            late = True
            os.kill(self.child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(int(self._hear(SECONDS)))
        self.child = 0
        text = log.read_text(errors="replace")
        seconds = time.monotonic() - started
        return Ended(code=None if late else status, log=text, seconds=seconds)

    def signal(self, number: int) -> None:
        """Send a signal to the run that is under way; one that has ended gets none."""
        if self.child:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.child, number)

    def _say(self, job: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()

    def _ready(self, seconds: float) -> bool:
        return bool(select.select([self._process.stdout], [], [], seconds)[0])

    def _hear(self, seconds: float) -> str:
        """One line; the pipe is unbuffered, so that ``select`` tells the truth."""
        assert self._process.stdout is not None
        line = b""
        while not line.endswith(b"\n"):
            if not self._ready(seconds):
                raise TimeoutError("the process that forks the runs is silent")
            piece = os.read(self._process.stdout.fileno(), 1)
            if not piece:
                raise EOFError("the process that forks the runs has ended")
            line += piece
        return line.decode().strip()


@contextlib.contextmanager
def programs(endpoint: str, seconds: float = SECONDS) -> Iterator[Programs]:
    """The process that forks the runs, of at most ``seconds`` each, for a Hub at ``endpoint``."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(ZYGOTE)],
        env={"PATH": os.environ["PATH"], "HF_ENDPOINT": endpoint},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    made = Programs(process, seconds)
    try:
        assert made._hear(60) == "ready"
        yield made
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
