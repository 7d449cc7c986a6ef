"""A server between the program and the Hub or GitHub: it numbers requests and lets one go wrong.

What comes from the servers is passed on as it is, streams while they stream.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Decide = Callable[["Request"], "Trouble | None"]
# What differs from job to job: commits, Spaces, repositories, pull requests.
NAMES = (
    (re.compile(r"\b[0-9a-f]{40}\b"), "REVISION"),
    (re.compile(r"grid-\d{5}"), "SPACE"),
    (re.compile(r"\bsite-\d+"), "site"),
    (re.compile(r"(/pulls|/issues)/\d+"), r"\1/N"),
    (re.compile(r"/\w+\.config\.\w+"), "/KIT.config"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What happens to a request.

    ``kind``: ``answer`` (instead of the real one), ``reset``, ``stall`` (both before it has an
    effect), ``reset-after``, ``truncate``, ``replace`` (the effect is there, the body another);
    ``halt-before`` calls ``halt`` and says nothing, ``halt-after`` calls it and then answers.
    """

    kind: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    halt: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: ``key`` is what stays the same from run to run."""

    service: str
    method: str
    path: str
    nth: int

    @property
    def key(self) -> str:
        return key_of(self.service, self.method, self.path)

    def __str__(self) -> str:
        return f"{self.key} #{self.nth}"


def key_of(service: str, method: str, path: str) -> str:
    """Service, method and path without the names that differ between Spaces and commits."""
    for pattern, neutral in NAMES:
        path = pattern.sub(neutral, path)
    return f"{service} {method} {path}"


@dataclass(slots=True)
class Tape:
    """The requests since ``clear``; ``decide`` says what happens to each."""

    requests: list[Request] = field(default_factory=list)
    bodies: dict[str, str] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)
    struck: int = 0
    decide: Decide = lambda _request: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def clear(self, decide: Decide | None = None) -> None:
        """Begin anew."""
        with self.lock:
            self.requests, self.bodies, self.lengths, self.addresses = [], {}, {}, []
            self.struck = 0
            self.decide = decide or (lambda _request: None)

    def take(self, service: str, method: str, path: str) -> tuple[Request, Trouble | None]:
        """Note a request; what happens to it."""
        with self.lock:
            key = key_of(service, method, path)
            nth = 1 + sum(each.key == key for each in self.requests)
            request = Request(service=service, method=method, path=path, nth=nth)
            self.requests.append(request)
            trouble = self.decide(request)
            self.struck += trouble is not None
            return request, trouble

    def note(self, request: Request, kind: str, length: int) -> None:
        """What kind of answer a request had."""
        with self.lock:
            self.bodies[str(request)] = kind
            self.lengths[str(request)] = length


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def __init__(self, service: str, upstream: str, tape: Tape, *arguments: object) -> None:
        self.service, self.upstream, self.tape = service, urlsplit(upstream), tape
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Every method alike."""
        body = self._body()
        self.tape.addresses.append(f"{self.command} {self.path}")
        request, trouble = self.tape.take(self.service, self.command, self.path)
        with contextlib.suppress(OSError, http.client.HTTPException):
            if trouble is None:
                self._forward(request, body, None)
            else:
                self._strike(request, trouble, body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""

    def _strike(self, request: Request, trouble: Trouble, body: bytes) -> None:
        match trouble.kind:
            case "answer":
                self._reply(trouble.status, trouble.headers, trouble.body)
            case "reset":
                self._reset()
            case "stall":
                self._hold()
            case "halt-before":
                assert trouble.halt is not None
                trouble.halt()
                self._hold()
            case _:
                self._forward(request, body, trouble)

    def _forward(self, request: Request, body: bytes, trouble: Trouble | None) -> None:
        host, port = self.upstream.hostname or "", self.upstream.port
        connection = http.client.HTTPConnection(host, port, timeout=120)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in DROP}
        with contextlib.closing(connection):
            connection.request(self.command, self.path, body or None, headers)
            upstream = connection.sock
            with connection.getresponse() as answer:
                kind = answer.headers.get("Content-Type", "")
                if "event-stream" in kind and trouble is None:
                    self.tape.note(request, kind, 1)
                    self._stream(answer, upstream)
                    return
                content = b"" if "event-stream" in kind else answer.read()
                self.tape.note(request, kind, len(content))
                passed = {k: v for k, v in answer.headers.items() if k.lower() not in DROP}
                self._pass_on(answer.status, passed, content, trouble)

    def _pass_on(
        self, status: int, headers: dict[str, str], content: bytes, trouble: Trouble | None
    ) -> None:
        match trouble.kind if trouble else "":
            case "reset-after":
                self._reset()
            case "halt-after":
                assert trouble is not None
                assert trouble.halt is not None
                trouble.halt()
                self._reply(status, headers, content)
            case "truncate":
                self._reply(status, headers, content[: len(content) // 2], length=len(content) or 9)
                self.wfile.flush()
                self.close_connection = True
            case "replace":
                assert trouble is not None
                self._reply(status, headers, trouble.body)
            case _:
                self._reply(status, headers, content)

    def _stream(self, answer: http.client.HTTPResponse, upstream: socket.socket) -> None:
        self.close_connection = True
        threading.Thread(target=self._end_with_client, args=(upstream,), daemon=True).start()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in DROP:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.flush()
        while piece := answer.read1(65536):
            self.wfile.write(piece)
            self.wfile.flush()

    def _end_with_client(self, upstream: socket.socket) -> None:
        """Let a stream go when nobody listens any more."""
        with contextlib.suppress(OSError):
            while self.connection.recv(4096):
                pass
        with contextlib.suppress(OSError):
            upstream.shutdown(socket.SHUT_RDWR)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _hold(self) -> None:
        """Say nothing until the client has gone."""
        self.close_connection = True
        self.connection.settimeout(120)
        while self.connection.recv(65536):
            pass

    def _reset(self) -> None:
        """Closing with linger 0 sends a reset instead of an orderly end."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.shutdown(socket.SHUT_RD)
        self.connection.close()

    def _reply(
        self, status: int, headers: dict[str, str], content: bytes, length: int | None = None
    ) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


DROP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_arguments: object) -> None:
        """Clients are killed on purpose here."""


@contextlib.contextmanager
def between(service: str, upstream: str, tape: Tape) -> Iterator[str]:
    """The address of a server before ``upstream``."""
    server = _Server(("127.0.0.1", 0), partial(_Handler, service, upstream, tape))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def as_json(value: object) -> bytes:
    """A body."""
    return json.dumps(value).encode()
