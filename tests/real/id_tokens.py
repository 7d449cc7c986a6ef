"""GitHub's service for a job's ID tokens, on the loopback; it can answer the exchange, too."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

REQUEST_TOKEN = "cn-request-7Qx1-9Zk2"
REPOSITORY = "ada/rag"
ACCESS_TOKEN = "hf_jwt_cn-access-7Qx1-9Zk2"


@dataclass(slots=True)
class IdTokens:
    """The running service. ``faults`` are the next answers' statuses and bodies."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)
    faults: list[tuple[int, bytes]] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """What GitHub puts into a job's environment where `id-token: write` is allowed."""
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.url}/idtoken/1?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
        }

    def answer(self, path: str, authorization: str, body: Any) -> tuple[int, bytes]:
        """Status and body for one request."""
        self.paths.append(path)
        self.bodies.append(body)
        if self.faults:
            return self.faults.pop(0)
        if path == "/oauth/token":
            return 200, json.dumps({"access_token": ACCESS_TOKEN, "expires_in": 3600}).encode()
        query = parse_qs(urlsplit(path).query)
        if authorization != f"Bearer {REQUEST_TOKEN}" or query.get("api-version") != ["2.0"]:
            return 401, b"{}"
        claims = json.dumps({"aud": query["audience"][0], "repository": REPOSITORY})
        middle = base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=")
        self.issued.append(f"cn-header-7Qx1.{middle}.cn-signature-9Zk2")
        return 200, json.dumps({"value": self.issued[-1]}).encode()


@contextlib.contextmanager
def id_tokens() -> Iterator[IdTokens]:
    """The service; it ends with the block."""
    service = IdTokens()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(None)

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            self._reply(json.loads(self.rfile.read(size)))

        def _reply(self, body: Any) -> None:
            signed = self.headers.get("Authorization", "")
            status, content = service.answer(self.path, signed, body)
            self.send_response(status)
            if status == 307:
                self.send_header("Location", f"{service.url}/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
