"""What surrounds every request: its id, the rate limit, the journal, and faults on demand."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localhub.hub import Hub
from localhub.refusals import error_headers

WINDOW_SECONDS = 300
JOURNAL_ENTRIES = 20_000
_SPACE_PATH = re.compile(r"/(?:api/)?spaces/([\w.-]+/[\w.-]+?)(?:\.git)?(?:/|$)")


@dataclass(slots=True, kw_only=True)
class Fault:
    """Something that goes wrong with the next ``times`` requests that fit.

    ``effect``: ``answer`` (status, headers and body in place of the real answer), ``reset`` (the
    connection breaks before the request is handled), ``reset-after`` (it is handled, the answer is
    lost), ``truncate`` (half the answer), ``stall`` (no answer at all). ``delay`` in seconds.
    """

    method: str = ".*"
    path: str = ".*"
    skip: int = 0
    times: int = 1
    effect: str = "answer"
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    delay: float = 0.0

    def fits(self, method: str, target: str) -> bool:
        """Whether it strikes this request; counts it if so."""
        if not (re.fullmatch(self.method, method) and re.search(self.path, target)):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return self.times >= 0


class Wire:
    """The outermost layer of the server."""

    def __init__(self, app: ASGIApp, hub: Hub, quota: int) -> None:
        self._app, self._hub, self._quota = app, hub, quota
        self.journal: deque[dict[str, Any]] = deque(maxlen=JOURNAL_ENTRIES)
        self.faults: list[Fault] = []
        self._window, self._used = 0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        target = _target(scope)
        own = target.startswith(("/api/local/", "/api/local?"))
        exchange = _Exchange(send, self._headers(scope, own=own))
        started = time.monotonic()
        try:
            await self._handle(scope, receive, exchange, target, own=own)
        finally:
            if not own:
                self._note(scope, target, exchange.status, time.monotonic() - started)

    async def _handle(
        self, scope: Scope, receive: Receive, exchange: _Exchange, target: str, *, own: bool
    ) -> None:
        fault = None if own else self._fault(scope["method"], target)
        if fault and fault.delay:
            await asyncio.sleep(fault.delay)
        if self._used > self._quota and not own:
            await _too_many()(scope, receive, exchange.send)
        elif fault is None or (fault.effect == "answer" and not fault.status):
            await self._app(scope, receive, exchange.send)
        else:
            await self._strike(fault, scope, receive, exchange)

    async def _strike(
        self, fault: Fault, scope: Scope, receive: Receive, exchange: _Exchange
    ) -> None:
        match fault.effect:
            case "reset":
                exchange.reset()
            case "stall":
                await receive()
                while (await receive())["type"] != "http.disconnect":
                    pass
            case "reset-after" | "truncate":
                exchange.breaks = fault.effect
                await self._app(scope, receive, exchange.send)
            case _:
                answer = Response(fault.body, fault.status, fault.headers)
                await answer(scope, receive, exchange.send)

    def _fault(self, method: str, target: str) -> Fault | None:
        self.faults = [fault for fault in self.faults if fault.times > 0]
        return next((fault for fault in self.faults if fault.fits(method, target)), None)

    def _headers(self, scope: Scope, *, own: bool) -> dict[str, str]:
        now = int(time.time())
        if now // WINDOW_SECONDS != self._window:
            self._window, self._used = now // WINDOW_SECONDS, 0
        self._used += not own
        left = max(0, self._quota - self._used)
        wait = WINDOW_SECONDS - now % WINDOW_SECONDS
        asked = Headers(scope=scope).get("x-amzn-trace-id") or str(uuid.uuid4())
        return {
            # uvicorn's own can be a second old, and the client ends a log by it
            "Date": formatdate(now, usegmt=True),
            "X-Request-Id": f"Root=1-{now:08x}-{uuid.uuid4().hex[:24]};{asked}",
            "RateLimit": f'"api";r={left};t={wait}',
            "RateLimit-Policy": f'"fixed window";"api";q={self._quota};w={WINDOW_SECONDS}',
        }

    def _note(self, scope: Scope, target: str, status: int, seconds: float) -> None:
        space = _SPACE_PATH.match(scope["path"])
        known = self._hub.peek(space[1]) if space else None
        if known:
            known.counters.requests += 1
        self.journal.append(
            {
                "method": scope["method"],
                "path": target,
                "status": status,
                "seconds": round(seconds, 4),
                "space": known.name if known else None,
                "bytes": int(Headers(scope=scope).get("content-length", 0)),
                "userAgent": Headers(scope=scope).get("user-agent", ""),
            }
        )


class _Exchange:
    """One answer on its way out: gets the common headers, or breaks off."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send = send
        self._headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()]
        self.status = 0
        self.breaks = ""

    async def send(self, message: Message) -> None:
        """Pass a message of the answer on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", []), *self._headers]}
        if self.breaks == "reset-after":
            self.reset()
        elif self.breaks == "truncate" and message["type"] == "http.response.body":
            body = message.get("body", b"")
            await self._send({**message, "body": body[: len(body) // 2], "more_body": True})
            self.reset(flush=True)
        else:
            await self._send(message)

    def reset(self, *, flush: bool = False) -> None:
        """Break the connection. ASGI has no word for it, so uvicorn's own transport is taken."""
        transport = getattr(self._send, "__self__").transport  # noqa: B009
        transport.close() if flush else transport.abort()


def _target(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return str(scope["path"]) + (f"?{query}" if query else "")


def _too_many() -> JSONResponse:
    text = "Too many requests: you have reached your rate limit."
    return JSONResponse({"error": text}, 429, error_headers(text, None))
