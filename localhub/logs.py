"""A log that can be followed while it is written, in the form of the Hub's event stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

KEEP_ALIVE_SECONDS = 20.0
POLL_SECONDS = 0.05
TAIL_LINES = 10_000


def timestamp() -> str:
    """Now, as the Hub writes it: milliseconds and a ``Z``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Log:
    """Lines with their time. Closed when nothing more will come."""

    def __init__(self, first: str = "") -> None:
        self._events: list[dict[str, str]] = []
        self._rest = b""
        self.closed = False
        if first:
            self.line(first)

    def line(self, text: str) -> None:
        """Append one line, without its end."""
        self._events.append({"data": text + "\n", "timestamp": timestamp()})

    def feed(self, chunk: bytes) -> None:
        """Append a process's output as it comes; a line is a line when its end has arrived."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self.line(line.rstrip(b"\r").decode("utf-8", "replace"))

    def close(self) -> None:
        """Nothing more will come; followers end."""
        if self._rest:
            self.feed(b"\n")
        self.closed = True

    def lines(self, last: int = TAIL_LINES) -> list[str]:
        """The last lines, without their ends."""
        return [event["data"][:-1] for event in self._events[-last:]]

    async def stream(self, tail: int | None = None) -> AsyncIterator[bytes]:
        """Every event so far (or the last ``tail``), then each as it comes, until the log closes.

        Form: what ``HfApi.fetch_space_logs`` reads, with empty events to keep the line open.
        """
        at, quiet = max(0, len(self._events) - tail) if tail is not None else 0, 0.0
        while True:
            ended = self.closed
            while at < len(self._events):
                yield b"data: " + json.dumps(self._events[at]).encode() + b"\n\n"
                at, quiet = at + 1, 0.0
            if ended:
                return
            await asyncio.sleep(POLL_SECONDS)  # polled, since a build's thread writes, too
            quiet += POLL_SECONDS
            if quiet > KEEP_ALIVE_SECONDS:
                yield b"data:\n\n"
                quiet = 0.0
