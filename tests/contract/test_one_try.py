"""How often a request is sent is our rule; a Space is missing only when two looks agree."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from deployer.adapters import tls
from deployer.adapters.disk import Workspace
from deployer.adapters.hub_client import ATTEMPTS, LONGEST_PAUSE, HubClient
from deployer.adapters.hub_directory import HubDirectory
from deployer.adapters.space_repo import HubSpaceRepo
from deployer.errors import HubRefused
from deployer.model import Secret, SpaceId
from tests.fakes.clock import FakeClock

SPACE = SpaceId(owner="tester", name="name")
THERE = {"id": "tester/name", "sha": "a" * 40, "sdk": "docker", "private": False}
KNOWN = {"/api/whoami-v2": {"name": "tester"}, "/api/spaces/tester/name/runtime": {"stage": "X"}}


class Server:
    """Gives the Space's info, or an error for as often as there is one in ``errors``."""

    def __init__(self) -> None:
        self.errors: list[int] = []
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self.sent: list[tuple[str | None, ...]] = []  # path and telling headers
        self.url = ""


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, server: Server, *arguments: Any) -> None:
        self.told = server
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.told.asked.append(path)
        told = (self.headers.get(name) for name in ("Authorization", "User-Agent", "Accept"))
        self.told.sent.append((self.path, *told))
        known = KNOWN.get(path)
        failing = known is None and bool(self.told.errors)
        status = self.told.errors.pop(0) if failing else 200
        content = json.dumps(known or ({"error": "no"} if failing else THERE)).encode()
        self.send_response(status)
        for name, value in self.told.headers.items() if failing else ():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    told = Server()
    listening = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, told))
    told.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield told
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def client(server: Server, clock: FakeClock) -> HubClient:
    return HubClient(endpoint=server.url, token=Secret("t" * 20), clock=clock)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_list_that_the_library_would_ask_for_again_is_asked_for_by_our_rule(
    server: Server, client: HubClient, tmp_path: Path, status: int
) -> None:
    server.errors = [status] * 100
    repository = HubSpaceRepo(client, Workspace(tmp_path), workspace=tmp_path, temp=tmp_path)
    with pytest.raises(HubRefused) as refused:
        repository.tree(SPACE, "main")
    assert refused.value.status == status
    assert len(server.asked) == ATTEMPTS


def test_no_answer_makes_the_run_wait_for_an_hour(
    server: Server, client: HubClient, clock: FakeClock, tmp_path: Path
) -> None:
    server.errors, server.headers = [429] * 100, {"Retry-After": "3600"}
    repository = HubSpaceRepo(client, Workspace(tmp_path), workspace=tmp_path, temp=tmp_path)
    with pytest.raises(HubRefused, match="in 60 minutes"):
        repository.tree(SPACE, "main")
    assert clock.sleeps == [LONGEST_PAUSE]


@pytest.mark.parametrize("lasting", [False, True])
def test_what_is_left_of_the_hubs_window_is_waited_once(
    server: Server, client: HubClient, clock: FakeClock, lasting: bool
) -> None:
    server.errors = [429] * (100 if lasting else 1)
    server.headers = {"Retry-After": "290"}
    with pytest.raises(HubRefused) if lasting else contextlib.nullcontext():
        client.call("look at the Space", lambda api: api.space_info("tester/name"))
    assert clock.sleeps == [290.5]


def test_one_request_that_stalls_for_longer_than_a_minute_is_sent_again(
    client: HubClient, clock: FakeClock
) -> None:
    asked = []

    def stalls(_api: object) -> str:
        asked.append(clock.now())
        if len(asked) < 2:
            clock.sleep(90.0)
            raise httpx2.ReadTimeout("timed out")
        return "made"

    assert client.call("create the Space", stalls) == "made"


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ("https://127.0.0.1:{port}", "TLS connection failed"),
        ("http://127.0.0.1:1", "firewall or proxy"),
        ("http://no-such-name.invalid", "looked up"),
    ],
    ids=["no TLS there", "nobody listens", "no such name"],
)
def test_a_hub_that_can_not_be_reached_says_what_stands_between(
    server: Server, clock: FakeClock, endpoint: str, said: str
) -> None:
    url = endpoint.format(port=server.url.rpartition(":")[2])
    client = HubClient(endpoint=url, token=None, clock=clock)
    with pytest.raises(HubRefused, match=said):
        client.call("look at the Space", lambda api: api.space_info("a/b"), attempts=1)


@pytest.mark.parametrize("status", [401, 404])
def test_a_space_that_is_taken_for_missing_once_is_there(
    server: Server, client: HubClient, status: int
) -> None:
    server.errors = [status]
    found = HubDirectory(client).find(SPACE)
    assert found is not None
    assert found.head == THERE["sha"]


def test_a_space_that_is_missing_twice_is_missing(server: Server, client: HubClient) -> None:
    server.errors = [404, 404]
    assert HubDirectory(client).find(SPACE) is None


def ahead(client: HubClient) -> HubDirectory:
    """With the Space asked for already."""
    spaces = HubDirectory(client)
    spaces.ask_ahead(SPACE)
    return spaces


def test_what_is_asked_ahead_is_what_the_library_asks(server: Server, client: HubClient) -> None:
    spaces = ahead(client)
    first = spaces.find(SPACE)
    early, server.sent = server.sent, []
    assert spaces.find(SPACE) == first  # what came ahead is used once
    assert early == server.sent
    assert early[0][:2] == ("/api/spaces/tester/name?blobs=true", f"Bearer {'t' * 20}")


@pytest.mark.parametrize("status", [404, 429, 500, 503])
def test_a_fault_of_what_was_asked_ahead_is_that_of_a_first_try(
    server: Server, client: HubClient, status: int
) -> None:
    server.errors = [status]
    found = ahead(client).find(SPACE)
    assert found is not None
    assert found.head == THERE["sha"]
    assert server.asked.count("/api/spaces/tester/name") == 2


def test_a_space_that_was_asked_for_ahead_and_is_missing_is_looked_for_twice_in_all(
    server: Server, client: HubClient
) -> None:
    server.errors = [404] * 2
    assert ahead(client).find(SPACE) is None
    assert server.asked == ["/api/spaces/tester/name"] * 2


def test_a_hub_that_is_out_of_reach_ahead_is_tried_again_where_the_space_is_needed(
    clock: FakeClock,
) -> None:
    client = HubClient(endpoint="http://127.0.0.1:9", token=Secret("t" * 20), clock=clock)
    spaces = ahead(client)
    with pytest.raises(HubRefused) as refused:
        spaces.find(SPACE)
    assert refused.value.status == 0
    assert len(clock.sleeps) == ATTEMPTS - 1


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "`SSL_CERT_FILE`"),
        ("SSL_CERT_FILE", "/etc/hostname", "correct it, or unset it"),
        ("ALL_PROXY", "ftp://ada:planted@proxy:1", "HTTPS_PROXY"),
        ("ALL_PROXY", "http://ada:planted@proxy:port", "HTTPS_PROXY"),
        ("ALL_PROXY", "socks5://ada:planted@proxy:1", "SOCKS"),
    ],
)
def test_a_wrong_environment_is_told_where_the_space_is_needed(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, name: str, value: str, hint: str
) -> None:
    for proxy in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(proxy, raising=False)
    monkeypatch.setenv(name, value)
    tls._read_once.cache_clear()
    client = HubClient(endpoint="https://hub.invalid", token=Secret("t" * 20), clock=clock)
    spaces = ahead(client)
    with pytest.raises(HubRefused) as refused:
        spaces.find(SPACE)
    assert refused.value.status == 0
    assert hint in str(refused.value.problems[0].hint)
    assert "planted" not in repr(refused.value.problems)


def test_what_was_asked_for_ahead_is_refused_where_it_is_needed(
    server: Server, client: HubClient
) -> None:
    server.errors = [403] * 100
    spaces = ahead(client)
    with pytest.raises(HubRefused) as refused:
        spaces.find(SPACE)
    assert refused.value.status == 403
