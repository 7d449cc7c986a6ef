"""A GitHub on loopback: git over HTTP, REST and GraphQL on real bare repositories.

One port serves all three, as GITHUB_SERVER_URL, GITHUB_API_URL and GITHUB_GRAPHQL_URL. Every
request needs a token that was granted, and one of REST is held to GitHub's own description, as are
the answers: what is wrong with those is raised when the server ends. Faults can be planted: a
status, or a connection that breaks before or after the request took effect.
"""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.localgithub import description, git_http, graphql_api, rest_api
from tests.localgithub.git_http import Answer
from tests.localgithub.repositories import Repository
from tests.localgithub.state import Grant, LocalGitHub


@contextmanager
def serving(github: LocalGitHub, port: int = 0) -> Iterator[LocalGitHub]:
    """Serve on loopback; ``github.url`` is set inside."""
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, github))
    server.daemon_threads = True
    github.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    if github.wrong:
        raise description.Wrong("; ".join(github.wrong))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caller:
    """``graphql_api.Caller`` for one request."""

    github: LocalGitHub
    grant: Grant

    def find(self, full_name: str) -> Repository | None:
        return self.github.repositories.get(full_name.lower())

    @property
    def writes(self) -> bool:
        return self.grant.write

    @property
    def login(self) -> str:
        return self.grant.login

    @property
    def before_commit(self) -> Callable[[Repository], None]:
        return self.github.before_commit


class _Broken(Exception):
    """The connection was reset on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, github: LocalGitHub, *arguments: object) -> None:
        self.github = github
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Handle every method alike."""
        path = urlsplit(self.path).path
        body = self._body()
        self.github.requests.append(f"{self.command} {self.path}")
        if self._fault("before"):
            return
        status, headers, content = self._answer(unquote(path), body)
        if self._fault("after"):
            return
        self._reply(status, headers, content)

    do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names are http.server's

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""

    # --- routing --------------------------------------------------------------------------------

    def _answer(self, path: str, body: bytes) -> Answer:
        given = self.headers.get_all("Authorization") or []
        if len(given) > 1:
            return _text(400, "Duplicate header: Authorization")
        grant = self.github.grants.get(_token(given[0])) if given else None
        parts = path.strip("/").split("/")
        if len(parts) > 2 and parts[0] != "repos" and parts[1].endswith(".git"):
            return self._git(path, body, grant)
        if grant is None:
            return _json(401, {"message": "Bad credentials", "status": "401"})
        if self.github.prefixed:
            parts = _below_api(parts)
        if parts == ["graphql"] and self.command == "POST":
            caller = _Caller(github=self.github, grant=grant)
            return _json(200, graphql_api.answer(caller, json.loads(body)))
        status, facts = self._described(parts, grant, body)
        answer, headers, content = _json(status, facts)
        return answer, {**headers, **self._link(facts)}, content

    def _described(self, parts: list[str], grant: Grant, body: bytes) -> rest_api.Answer:
        """The answer, when the request is one that GitHub would understand."""
        asked = description.operation(self.command, "/" + "/".join(parts))
        if asked is None:
            return rest_api.NOT_FOUND
        query = dict(parse_qsl(urlsplit(self.path).query))
        given = json.loads(body) if body else None
        if wrong := description.complaints(asked, query, given):
            return 422, {"message": f"Invalid request. {'; '.join(wrong)}"}
        if "per_page" in query:
            query["per_page"] = str(self._page_size(query))
        status, facts = self._rest(parts, grant, given or {}, query)
        try:
            return status, description.completed(asked, status, facts)
        except description.Wrong as wrong_answer:
            self.github.wrong.append(str(wrong_answer))
            return 500, {"message": str(wrong_answer)}

    def _page_size(self, query: Mapping[str, str]) -> int:
        return min(int(query["per_page"]), self.github.longest_page)

    def _link(self, facts: object) -> dict[str, str]:
        """Where a list goes on, when it may."""
        query = dict(parse_qsl(urlsplit(self.path).query))
        if not isinstance(facts, list) or "page" not in query:
            return {}
        if len(facts) < self._page_size(query):
            return {}
        return {"Link": f'<{self.github.url}/?page={int(query["page"]) + 1}>; rel="next"'}

    def _rest(
        self, parts: list[str], grant: Grant, body: dict[str, Any], query: dict[str, str]
    ) -> rest_api.Answer:
        if parts == ["installation", "repositories"]:
            return (
                (200, {"total_count": 1, "repositories": []})
                if grant.installation
                else (403, {"message": "No"})
            )
        found = self.github.repositories.get("/".join(parts[1:3]).lower())
        if parts[0] != "repos" or found is None:
            return rest_api.NOT_FOUND
        if len(parts) == 3:
            # GitHub says `false` to every installation token, whatever it may do.
            push = (grant.write or grant.user_writes) and not grant.installation
            site = self.github.clone_site or self.github.url
            return rest_api.repository(found, site, push=push)
        path = "/".join(parts[3:])
        if self.command == "GET":
            return rest_api.answer(found, path, query)
        return rest_api.write(found, self.command, path, body, grant)

    def _git(self, path: str, body: bytes, grant: Grant | None) -> Answer:
        if grant is None:
            status, headers, content = _text(401, "Invalid username or token.")
            return status, {**headers, "WWW-Authenticate": 'Basic realm="GitHub"'}, content
        if "git-receive-pack" in self.path and not grant.write:
            return _text(403, "Write access to repository not granted.")
        found = self.github.repositories.get(path.strip("/").partition(".git")[0].lower())
        if found is not None and path.endswith("/git-receive-pack"):
            self.github.before_commit(found)
        return git_http.answer(self.github.root, self._cgi(path), body)

    def _cgi(self, path: str) -> dict[str, str]:
        return {
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": urlsplit(self.path).query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }

    # --- the wire -------------------------------------------------------------------------------

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _fault(self, when: Literal["before", "after"]) -> bool:
        fault = self.github.take_fault(self.command, self.path, when)
        if fault is None:
            return False
        if fault.status:
            status, headers, content = _json(fault.status, fault.content)
            self._reply(status, {**headers, **fault.headers}, content)
        else:
            # Closing with linger 0 sends a reset instead of an orderly end.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RD)
            self.connection.close()
        return True

    def _reply(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _below_api(parts: list[str]) -> list[str]:
    """The path as api.github.com has it, of one on a GitHub Enterprise Server."""
    if parts[:2] == ["api", "v3"]:
        return parts[2:]
    return parts[1:] if parts == ["api", "graphql"] else ["nowhere"]


def _json(status: int, content: object) -> Answer:
    return status, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(content).encode()


def _text(status: int, content: str) -> Answer:
    return status, {"Content-Type": "text/plain"}, content.encode()


def _token(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "basic":
        return base64.b64decode(value).decode().partition(":")[2]
    return value if scheme.lower() in ("bearer", "token") else ""
