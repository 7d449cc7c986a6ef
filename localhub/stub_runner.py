"""Runs no Space at all: each one answers from here, with the same JSON on every path.

For tests of what happens between a client and the Hub: a Space is built and up within milliseconds.
An app whose Dockerfile sets UVICORN_HEADERS sends that header, as uvicorn does. A file
``stub.json`` in it says how it goes wrong: ``{"build": "<why it fails>"}``, or
``{"health": <what it answers>}``; and how many seconds its build and its start
take: ``{"seconds": 2, "starting": 0.5}``.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localhub.logs import Log
from localhub.runner import BuildFailed, Replica, Source

BODY = b'{"status": "healthy"}'
_HEADER = re.compile(rb"^ENV UVICORN_HEADERS=([\w-]+):(\S+)$", re.MULTILINE)


class StubRunner:
    """Builds nothing."""

    async def build(self, source: Source, log: Log) -> StubImage:
        """The revision, with the header that its Dockerfile asks for."""
        log.line("Nothing is built: this Hub only plays Spaces.")
        asked = _HEADER.search((source.folder / "Dockerfile").read_bytes())
        header = asked[1] + b": " + asked[2] + b"\r\n" if asked else b""
        played = _played(source.folder)
        await asyncio.sleep(float(played.get("seconds", 0)))
        if "build" in played:
            raise BuildFailed(1, str(played["build"]))
        body = json.dumps(played["health"]).encode() if "health" in played else BODY
        seconds = float(played.get("starting", 0))
        return StubImage(source=source, header=header, body=body, seconds=seconds)


def _played(folder: Path) -> dict[str, Any]:
    """What ``stub.json`` says, wherever the bundle put it; nothing without one."""
    found = next(folder.rglob("stub.json"), None)
    return dict(json.loads(found.read_bytes())) if found else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class StubImage:
    """A revision that is up as soon as it is started."""

    source: Source
    header: bytes
    body: bytes
    seconds: float = 0.0

    async def start(self, environment: Mapping[str, str], log: Log) -> Replica:
        """Listen on a free port."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        log.line(f"Answering, with {len(environment)} variables in the environment.")
        return StubReplica(server, log, ready=time.monotonic() + self.seconds)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
            length = b"Content-Length: %d\r\n" % len(self.body)
            writer.write(head + length + self.header + b"\r\n" + self.body)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()


class StubReplica(Replica):
    """A listening socket of the Hub itself."""

    def __init__(self, server: asyncio.Server, log: Log, *, ready: float) -> None:
        self.host, self.port = server.sockets[0].getsockname()[:2]
        self._server, self._log, self._ready = server, log, ready
        self._ended = asyncio.Event()

    async def answers(self) -> bool:
        """Once its start has taken its time."""
        return time.monotonic() >= self._ready

    async def wait(self) -> int:
        """0, once it was stopped."""
        await self._ended.wait()
        return 0

    async def stop(self) -> None:
        """Listen no more."""
        self._server.close()
        self._log.close()
        self._ended.set()
