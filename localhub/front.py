"""A Space's own address: a proxy on its own port that serves whichever revision is up.

One request per connection, and then bytes both ways: answers stream, WebSockets work, and nothing
of a body is understood or kept.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

HEAD_BYTES = 65_536
_HOP_BY_HOP = (b"connection:", b"keep-alive:", b"proxy-connection:", b"x-hf-authorization:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer of the Hub in the app's place."""

    status: str
    html: str


Door = Callable[[dict[str, str]], tuple[str, int] | Page]
"""Decides by a request's headers (names in lower case): the app's address, or the Hub's page."""


class Front:
    """Listens on a port for one Space."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self, bind: str) -> int:
        """Start listening on a free port; which one."""
        self._server = await asyncio.start_server(self._accept, bind, 0, limit=HEAD_BYTES)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        if self._server:
            self._server.close()
        for task in self._connections:
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._one_request(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:
            pass  # only close() cancels; asyncio's server would log it as an error
        finally:
            writer.close()
            self._connections.discard(task)

    async def _one_request(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        answer = self._door(_headers(head))
        if isinstance(answer, Page):
            writer.write(_page(answer, head))
            await writer.drain()
            return
        try:
            app_reader, app_writer = await asyncio.open_connection(*answer)
        except OSError:
            writer.write(_page(Page(status="503 Service Unavailable", html="Starting"), head))
            return
        try:
            app_writer.write(_forwarded(head))
            await _splice(reader, writer, app_reader, app_writer)
        finally:
            app_writer.close()


async def _splice(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    app_reader: asyncio.StreamReader,
    app_writer: asyncio.StreamWriter,
) -> None:
    """Pass bytes on until the app has said everything or the client has gone."""
    upload = asyncio.create_task(_pass_on(reader, app_writer))
    download = asyncio.create_task(_pass_on(app_reader, writer))
    try:
        await asyncio.wait([upload, download], return_when=asyncio.FIRST_COMPLETED)
        if not download.done() and writer.transport.is_closing():
            return
        await download
    finally:
        upload.cancel()
        download.cancel()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(HEAD_BYTES):
            target.write(chunk)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()


def _headers(head: bytes) -> dict[str, str]:
    rows = head.decode("latin-1").split("\r\n")[1:]
    pairs = (row.partition(":") for row in rows if ":" in row)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _forwarded(head: bytes) -> bytes:
    """The request for the app: one per connection, and without the Hub's own credentials."""
    first, *rest = head[:-4].split(b"\r\n")
    upgrade = any(row.lower().startswith(b"upgrade:") for row in rest)
    kept = [row for row in rest if not row.lower().startswith(_HOP_BY_HOP)]
    connection = b"Connection: Upgrade" if upgrade else b"Connection: close"
    return b"\r\n".join([first, *kept, connection, b"X-Forwarded-Proto: http", b"", b""])


def _page(page: Page, head: bytes) -> bytes:
    body = page.html.encode()
    lines = [
        f"HTTP/1.1 {page.status}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    sent = b"" if head.startswith(b"HEAD ") else body
    return "\r\n".join([*lines, "", ""]).encode() + sent
