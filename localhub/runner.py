"""What it takes to build and run a Space: the port that both runners implement."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from localhub.logs import Log

POLL_SECONDS = 0.02
STOP_SECONDS = 5.0
# An app must listen on every interface. On Linux all of 127/8 is loopback, so an address other
# than 127.0.0.1 doesn't reach an app that listens on 127.0.0.1 alone, as on the Hub.
INSIDE = "127.0.0.2" if sys.platform == "linux" else "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A revision checked out, and what its front matter and Space say about running it."""

    revision: str
    folder: Path
    app_port: int
    variables: Mapping[str, str]
    startup_seconds: float


class Unusable(Exception):
    """The revision can't even be built; ``stage`` says why in the Hub's terms."""

    def __init__(self, stage: str, message: str) -> None:
        super().__init__(message)
        self.stage = stage


class BuildFailed(Exception):
    """The build ended with this exit code; its output is in the log."""

    def __init__(self, exit_code: int, reason: str) -> None:
        super().__init__(f"Job failed with exit code: {exit_code}. Reason: {reason}")


class StartFailed(Exception):
    """The app's command can't be run at all; ``exit_code`` as a shell would give it."""

    def __init__(self, exit_code: int, reason: str) -> None:
        super().__init__(reason)
        self.exit_code = exit_code


class Image(Protocol):
    """A built revision. Each start begins from it anew, as a container does."""

    @property
    def source(self) -> Source:
        """What it was built from."""

    async def start(self, environment: Mapping[str, str], log: Log) -> Replica:
        """Start the app; it may not answer yet."""


class Runner(Protocol):
    """Builds images."""

    async def build(self, source: Source, log: Log) -> Image:
        """Build a revision; ``BuildFailed`` when it can't be."""


class Replica:
    """A running app: a process group, and the address where it answers."""

    def __init__(self, process: asyncio.subprocess.Process, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.process = process

    async def answers(self) -> bool:
        """Whether the app takes connections now."""
        try:
            _, writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def wait(self) -> int:
        """The exit code, once it has ended."""
        return await self.process.wait()

    async def stop(self) -> None:
        """End it: first asked, then forced."""
        await end_group(self.process)


async def end_group(process: asyncio.subprocess.Process) -> None:
    """End a process and all it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
            break
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def spawn(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], log: Log
) -> asyncio.subprocess.Process:
    """Start a process group whose output goes to the log, and close the log when it ends."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        code = 126 if isinstance(error, PermissionError) else 127
        raise StartFailed(code, f"exec {command[0]}: {error.strerror}") from error
    task = asyncio.create_task(_pump(process, log))
    _PUMPS.add(task)
    task.add_done_callback(_PUMPS.discard)
    return process


_PUMPS: set[asyncio.Task[None]] = set()  # the loop itself keeps only weak references


async def _pump(process: asyncio.subprocess.Process, log: Log) -> None:
    assert process.stdout is not None
    while chunk := await process.stdout.read(65536):
        log.feed(chunk)
    log.close()


async def run(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], log: Log
) -> int:
    """Run a command to its end with its output in ``log``; its exit code. Cancelling ends it."""
    output = _Forward(log)
    process = await spawn(command, folder=folder, environment=environment, log=output)
    try:
        code = await process.wait()
        await output.drained()
    except asyncio.CancelledError:
        await end_group(process)
        raise
    return code


class _Forward(Log):
    """Passes lines on to another log, which stays open when this one closes."""

    def __init__(self, target: Log) -> None:
        super().__init__()
        self._target = target
        self._done = asyncio.Event()

    def line(self, text: str) -> None:
        self._target.line(text)

    def close(self) -> None:
        super().close()
        self._done.set()

    async def drained(self) -> None:
        """Return when the output was read to its end, or a moment after the process ended."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._done.wait(), 1)


def free_port() -> int:
    """A TCP port that nobody listens on, on any address."""
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return int(probe.getsockname()[1])
