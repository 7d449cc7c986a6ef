"""The probe against servers on loopback: redirects, time and size are bounded, the token stays."""

from __future__ import annotations

import gzip
import http.server
import socket
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deployer.adapters import tls, web_probe
from deployer.adapters.web_probe import MOST_BYTES, WebProbe
from deployer.model import Answer, Health, Secret
from deployer.release.health import judge

Reply = Callable[[http.server.BaseHTTPRequestHandler], None]
TOKEN = Secret("hf_planted")


@dataclass
class Site:
    """A server; ``reply`` is what it does, ``seen`` the headers of every request."""

    url: str = ""
    reply: Reply = lambda handler: None
    seen: list[dict[str, str]] = field(default_factory=list)

    @property
    def tokens(self) -> list[str | None]:
        return [headers.get("x-hf-authorization") for headers in self.seen]


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A probe that gives up breaks the connection, which is what is tested."""


def serve() -> Iterator[Site]:
    site = Site()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.seen.append({name.lower(): value for name, value in self.headers.items()})
            self.close_connection = True
            site.reply(self)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        site.url = f"http://127.0.0.1:{server.server_port}"
        yield site
        server.shutdown()


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serve()


@pytest.fixture
def other() -> Iterator[Site]:
    yield from serve()


def replies(status: int = 200, body: bytes = b"", **headers: str) -> Reply:
    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        given = {"Content-Length": str(len(body)), "Connection": "close", **headers}
        for name, value in given.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def in_turn(*given: Reply) -> Reply:
    """One after the other; the last from then on."""
    rest = list(given)

    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        (rest.pop(0) if len(rest) > 1 else rest[0])(handler)

    return reply


def get(site: Site, *, seconds: float = 5.0, token: Secret | None = None) -> Answer:
    return WebProbe(seconds=seconds).get(f"{site.url}/api/health", space_token=token)


def test_an_answer_has_status_headers_and_body(site: Site) -> None:
    site.reply = replies(503, b"{}", Content_Type="application/json")
    answer = get(site)
    assert (answer.status, answer.body) == (503, b"{}")
    assert answer.headers["content-type"] == "application/json"


def test_an_app_of_this_machine_is_asked_past_the_job_s_proxy(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    site.reply = replies()
    assert get(site).status == 200


def test_the_token_goes_along_only_when_it_is_given_and_never_as_authorization(site: Site) -> None:
    site.reply = replies()
    get(site)
    get(site, token=TOKEN)
    assert site.tokens == [None, "Bearer hf_planted"]
    assert all("authorization" not in headers for headers in site.seen)


def test_no_login_of_netrc_or_of_an_address_is_sent(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login ada password planted\n")
    monkeypatch.setenv("NETRC", str(netrc))
    site.reply = replies()
    port = site.url.rpartition(":")[2]
    for login in ("", "ada:planted@"):
        assert WebProbe().get(f"http://{login}localhost:{port}/").status == 200
    assert all("authorization" not in headers for headers in site.seen)


def test_an_environment_that_no_client_can_be_made_in_is_no_answer(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "ftp://ada:planted@proxy:1")
    answer = WebProbe().get(site.url.replace("127.0.0.1", "localhost"))
    assert answer.status == 0
    assert "planted" not in answer.error


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_inside_the_host_is_followed(site: Site, status: int) -> None:
    site.reply = in_turn(replies(status, Location="/api/health/"), replies(200, b"there"))
    assert get(site, token=TOKEN).body == b"there"
    assert site.tokens == ["Bearer hf_planted"] * 2


def test_a_redirect_to_another_host_is_not_followed_and_gets_no_token(
    site: Site, other: Site
) -> None:
    other.reply = replies(200, b"{}")
    site.reply = replies(302, Location=f"{other.url}/login")
    answer = get(site, token=TOKEN)
    assert (answer.status, answer.location) == (302, f"{other.url}/login")
    assert other.seen == []
    assert judge(answer).health is Health.NOT_YET


@pytest.mark.parametrize("location", ["http://[", "//", "http://user@127.0.0.1:1/", "\\\\x", "é"])
def test_a_redirect_to_nonsense_does_no_harm(site: Site, location: str) -> None:
    site.reply = in_turn(replies(302, Location=location), replies(404))
    answer = get(site)
    assert judge(answer).health is not Health.HEALTHY


def test_a_redirect_loop_ends(site: Site) -> None:
    site.reply = replies(307, Location="/api/health")
    answer = get(site)
    assert answer.error == "a redirect loop"
    assert len(site.seen) == 6
    assert judge(answer).health is Health.UNHEALTHY


def test_a_gigabyte_is_not_read(site: Site) -> None:
    def endless(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(1 << 30))
        handler.end_headers()
        for _ in range(1 << 14):
            handler.wfile.write(b"x" * (1 << 16))

    site.reply = endless
    assert len(get(site).body) == MOST_BYTES


def test_a_bomb_of_compressed_zeros_is_not_unpacked(site: Site) -> None:
    bomb = gzip.compress(bytes(200_000_000), compresslevel=1)
    site.reply = replies(200, bomb, Content_Encoding="gzip")
    tracemalloc.start()
    answer = get(site)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(answer.body) == MOST_BYTES
    assert peak < 20_000_000


@pytest.mark.parametrize("layers", [2, 5, 60])
def test_a_bomb_in_layers_of_encodings_costs_neither_memory_nor_time(
    site: Site, layers: int
) -> None:
    bomb = gzip.compress(bytes(100_000_000), compresslevel=1)
    for _ in range(layers - 1):
        bomb = gzip.compress(bomb)
    site.reply = replies(200, bomb, Content_Encoding=", ".join(["gzip"] * layers))
    tracemalloc.start()
    began = time.monotonic()
    answer = get(site)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(answer.body) <= MOST_BYTES
    assert peak < 30_000_000
    assert time.monotonic() - began < 6


def test_a_gigabyte_in_chunks_is_not_read(site: Site) -> None:
    def endless(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(1 << 14):
            handler.wfile.write(b"10000\r\n" + b"x" * (1 << 16) + b"\r\n")

    site.reply = endless
    assert len(get(site).body) == MOST_BYTES


def test_one_header_without_end_is_no_answer(site: Site) -> None:
    def endless(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Header: ")
        for _ in range(1 << 14):
            handler.wfile.write(b"x" * (1 << 16))

    site.reply = endless
    tracemalloc.start()
    answer = get(site)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answer.status, answer.body) == (0, b"")
    assert peak < 5_000_000


def test_a_redirect_elsewhere_after_one_inside_the_host_gets_no_token(
    site: Site, other: Site
) -> None:
    site.reply = in_turn(
        replies(307, Location="/inside"), replies(307, Location=f"{other.url}/api/health")
    )
    assert get(site, token=TOKEN).status == 307
    assert site.tokens == ["Bearer hf_planted"] * 2
    assert other.seen == []


def trickle(handler: http.server.BaseHTTPRequestHandler, head: bytes) -> None:
    handler.wfile.write(head)
    for _ in range(400):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Header: ",
        b"",
    ],
    ids=["body", "body without a length", "headers", "status line"],
)
def test_an_answer_that_trickles_ends_with_the_time_for_one_probe(site: Site, head: bytes) -> None:
    site.reply = lambda handler: trickle(handler, head)
    began = time.monotonic()
    answer = get(site, seconds=0.4)
    assert time.monotonic() - began < 1.5
    assert answer.status in (0, 200)


def test_a_server_that_says_nothing_is_left_and_the_next_probe_is_answered(site: Site) -> None:
    gate = threading.Event()
    site.reply = lambda handler: (gate.wait(5), None)[1]
    probe = WebProbe(seconds=0.3)
    assert "0 s" in probe.get(site.url).error
    gate.set()
    site.reply = replies(200, b"now")
    assert probe.get(site.url).body == b"now"


def test_a_refused_connection_is_an_answer_without_a_status() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        answer = WebProbe().get(url, space_token=TOKEN)
    assert (answer.status, answer.error) == (0, "no answer (ConnectError)")
    assert "planted" not in repr(answer)


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99999999999999999999\r\n"
        b"Location: /x\r\n\r\nabc",
    ],
    ids=["no HTTP", "cut off", "broken chunks", "broken gzip", "a length beyond all numbers"],
)
def test_a_broken_answer_is_an_answer_without_a_status(site: Site, raw: bytes) -> None:
    site.reply = lambda handler: (handler.wfile.write(raw), None)[1]
    answer = get(site)
    assert answer.status == 0
    assert answer.error.startswith("no answer")
    assert judge(answer).health is Health.NOT_YET


def test_a_redirect_to_another_port_of_the_host_is_not_followed(site: Site) -> None:
    site.reply = replies(302, Location="https://127.0.0.1:1/api/health")
    answer = get(site, token=TOKEN)
    assert (answer.status, answer.location) == (302, "https://127.0.0.1:1/api/health")
    assert len(site.seen) == 1


@pytest.mark.parametrize(
    ("url", "confidential"),
    [
        ("https://ada-chat.hf.space/health", True),
        ("http://127.0.0.1:7860/health", True),
        ("http://ada-chat.hf.space/health", False),
    ],
)
def test_the_token_is_sent_only_where_nobody_can_read_along(url: str, confidential: bool) -> None:
    assert web_probe._confidential(url) is confidential


def test_certificates_are_read_once_where_clients_can_share_them() -> None:
    shared = tls.certificates() is tls.certificates()
    assert shared == (sys.platform == "linux")  # elsewhere a lock is held during a handshake
