"""A process group that is read line by line while the run goes on, and ended with all it started.

Secrets reach it through its environment only, never as arguments.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

LONGEST_LINE: Final = 16_384  # bytes; what stands behind them is left out
MOST_WAITING: Final = 20_000  # lines that nobody has asked for yet
GRACE: Final = 2.0  # seconds between asking and forcing; a cancelled job has ten in all
LATE: Final = 124  # as `timeout` gives it
_PAUSE: Final = 0.05


class Child:
    """One started command. ``user`` is the UID to run as, for a run by root."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        user: int | None = None,
    ) -> None:
        """Start it. Raises ``OSError`` when it can't be started at all."""
        self._lines: deque[str] = deque(maxlen=MOST_WAITING)
        self._process = subprocess.Popen(  # noqa: S603 - a list, no shell
            list(command),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=None if user is None else (),
        )
        assert self._process.stdout is not None
        self._reader = threading.Thread(
            target=self._read, args=(self._process.stdout,), daemon=True
        )
        self._reader.start()

    def _read(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(OSError), stream:
            while line := stream.readline(LONGEST_LINE):
                whole = len(line) < LONGEST_LINE or line.endswith(b"\n")
                text = line if whole else _cut(line)
                self._lines.append(text.decode("utf-8", "replace").rstrip("\r\n"))
                while not whole:
                    rest = stream.readline(LONGEST_LINE)
                    whole = not rest or rest.endswith(b"\n")

    def lines(self) -> tuple[str, ...]:
        """What it said since the last call."""
        came = []
        while self._lines:
            came.append(self._lines.popleft())
        return tuple(came)

    def ended(self) -> int | None:
        """The exit code as a shell gives it (128 and the signal's number); None while it runs."""
        code = self._process.poll()
        if code is not None:
            self._reader.join(1.0)  # its last words are worth a moment
        return code if code is None or code >= 0 else 128 - code

    def finish(self, seconds: float, say: Callable[[str], None]) -> int:
        """Wait for its end, telling each line; ``LATE`` when it had to be stopped."""
        until = time.monotonic() + seconds
        while (code := self.ended()) is None:
            self._tell(say)
            if time.monotonic() > until:
                self.stop()
                return LATE
            time.sleep(_PAUSE)
        self._tell(say)
        return code

    def _tell(self, say: Callable[[str], None]) -> None:
        for line in self.lines():
            say(line)

    def stop(self) -> None:
        """End it and all it started: first asked, then forced."""
        if self._process.poll() is None:
            self._signal("SIGTERM")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE)
        self._signal("SIGKILL")  # what it started and left behind, too
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        self._reader.join(1.0)

    def _signal(self, name: str) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, getattr(signal, name))
            else:  # Windows has no process groups of this kind
                self._process.kill()


def _cut(line: bytes) -> bytes:
    """A long line up to its last white space: no secret is cut in two, which would show it."""
    words, _, _ = line.rpartition(b" ")
    return words + b" [the line goes on]"
