"""Answers of another form than the Hub's and GitHub's, at every request of the adapters.

One value somewhere in a good answer becomes another, or the whole answer does. Whatever comes, an
adapter gives a value of its own type or refuses; nothing else may be raised.
"""

from __future__ import annotations

import contextlib
import copy
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from deployer.adapters.disk import Workspace
from deployer.adapters.github import GitHubRepo
from deployer.adapters.github_api import GitHubApi
from deployer.adapters.github_comments import GitHubComments
from deployer.adapters.github_deployments import GitHubDeployments
from deployer.adapters.github_issues import GitHubIssues
from deployer.adapters.github_pulls import GitHubPulls
from deployer.adapters.github_resource import GitHubResource
from deployer.adapters.hub import HubRuntime
from deployer.adapters.hub_client import HubClient
from deployer.adapters.hub_config import HubConfig
from deployer.adapters.hub_directory import HubDirectory
from deployer.adapters.space_repo import HubSpaceRepo
from deployer.errors import Refused
from deployer.model import FileChange, Issue, PullRequest, Secret, SettingWrite, SpaceId
from deployer.release import difference
from tests.fakes.clock import FakeClock

SPACE = SpaceId(owner="tester", name="name")
SHA = "f448f636189bb6499b0b39976e8483716a748a7b"
RUNTIME = {
    "stage": "RUNNING",
    "sha": SHA,
    "errorMessage": "",
    "hardware": {"current": "cpu-basic", "requested": "cpu-basic"},
    "storage": None,
    "gcTimeout": 172800,
    "replicas": {"requested": 1},
    "devMode": False,
    "domains": [{"domain": "tester-name.example", "stage": "READY"}],
}
GOOD: tuple[tuple[str, Any], ...] = (
    (r"/runtime", RUNTIME),
    (r"/secrets", {"KEY": {"description": "set by", "updatedAt": "2026-11-22T22:13:14.605Z"}}),
    (
        r"/variables",
        {"NAME": {"value": "v", "description": "d", "updatedAt": "2026-11-22T22:13:14.605Z"}},
    ),
    (
        r"/whoami-v2",
        {"name": "tester", "orgs": [{"name": "org"}], "auth": {"accessToken": {"role": "write"}}},
    ),
    (r"/tree/", [{"type": "file", "oid": SHA, "size": 5, "path": "a", "lfs": None}]),
    (
        r"/commits/main",
        [{"id": SHA, "title": "t", "message": "m", "date": "2026-11-22T22:13:14.605Z"}],
    ),
    (r"/preupload/", {"files": [{"path": "a", "uploadMode": "regular", "shouldIgnore": False}]}),
    (r"/validate-yaml", {"errors": [], "warnings": []}),
    (r"/commit/main", {"success": True, "commitOid": SHA, "commitUrl": "http://x/commit/1"}),
    (r"/repos/create", {"url": "http://x/spaces/tester/name", "name": "tester/name"}),
    (r"/resolve/", {"deployed-by": "hf-space-deploy", "bundle": "ab", "files": ["a"]}),
    (
        r"/api/spaces/tester/name",
        {
            "id": "tester/name",
            "sha": SHA,
            "sdk": "docker",
            "private": False,
            "visibility": "public",
            "host": "https://tester-name.example",
            "runtime": RUNTIME,
            "tags": [],
            "createdAt": "2026-11-22T22:13:14.605Z",
        },
    ),
    (r"/git/ref/", {"ref": "refs/heads/main", "object": {"type": "commit", "sha": SHA}}),
    (
        r"/contents/",
        {"type": "file", "path": "a", "sha": SHA, "encoding": "base64", "content": "YQ==\n"},
    ),
    (r"/rules/branches/", [{"type": "pull_request", "ruleset_id": 7}]),
    (r"/rulesets/", {"id": 7, "current_user_can_bypass": "never"}),
    (r"/graphql", {"data": {"createCommitOnBranch": {"commit": {"oid": SHA}}}}),
    (
        r"/commits",
        [{"sha": SHA, "parents": [{"sha": SHA}], "commit": {"message": "m"}}],
    ),
    (
        r"/pulls",
        {"number": 1, "html_url": "http://x/1", "title": "t", "body": "", "head": {"ref": "b"}},
    ),
    (
        r"/repos/octo/site",
        {"archived": False, "permissions": {"push": False}, "clone_url": "http://elsewhere/x"},
    ),
)
LISTED = [each for path, each in GOOD if path == "/pulls"]


@dataclass(slots=True)
class Server:
    """Answers what is good, but for the one path that is changed."""

    url: str = ""
    path: str = ""
    body: bytes = b""
    status: int = 200
    asked: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, server: Server, *arguments: Any) -> None:
        self.told = server
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        known = next((path for path, _ in GOOD if path in self.path), "")
        body = json.dumps(dict(GOOD).get(known, {})).encode()
        if known == "/pulls" and self.command == "GET":
            body = json.dumps(LISTED).encode()
        status = 200
        if known == self.told.path:
            body, status = self.told.body, self.told.status
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n"
        kind = "Content-Type: application/json\r\n\r\n"
        self.wfile.write((head + kind).encode() + (b"" if self.command == "HEAD" else body))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    told = Server()
    listening = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, told))
    listening.daemon_threads = True
    told.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield told
    listening.shutdown()
    thread.join()
    listening.server_close()


def hub_calls(client: HubClient, folder: Path) -> Sequence[Callable[[], object]]:
    directory, configuration, runtime = HubDirectory(client), HubConfig(client), HubRuntime(client)
    repository = HubSpaceRepo(client, Workspace(folder), workspace=folder, temp=folder)
    setting = SettingWrite(name="KEY", value=Secret("v"), description="d")
    made = partial(directory.create, SPACE, visibility="public", hardware=None, sleep_time=None)
    return (
        lambda: directory.find(SPACE),
        lambda: directory.may_create(SPACE),
        lambda: directory.may_write(SPACE),
        lambda: made(secrets=[setting], variables=[]),
        lambda: configuration.read(SPACE),
        lambda: configuration.send(SPACE, setting, public=True),
        lambda: runtime.now(SPACE),
        lambda: runtime.head(SPACE),
        lambda: runtime.restart(SPACE),
        lambda: repository.tree(SPACE, SHA),
        lambda: repository.history(SPACE),
        lambda: difference.read_manifest(repository.read(SPACE, difference.MANIFEST, SHA)),
        lambda: repository.restore(SPACE, revision=SHA, parent="1" * 40, message="m"),
    )


def github_calls(url: str) -> Sequence[Callable[[], object]]:
    given_ = {"repository": "octo/site", "token": Secret("t" * 20), "api_url": url}
    sleep = FakeClock().sleep
    repo = GitHubRepo(**given_, graphql_url=f"{url}/graphql", sleep=sleep)  # type: ignore[arg-type]
    api = GitHubApi(token=Secret("t" * 20), api_url=url, graphql_url=f"{url}/g", sleep=sleep)
    resource = GitHubResource(repository="octo/site", api=api, hint="h", sleep=sleep)
    pulls, comments = GitHubPulls(resource), GitHubComments(resource)
    issues, deployments = GitHubIssues(resource), GitHubDeployments(resource)
    issue = Issue(number=1, url="http://x/1")
    change = FileChange(path="a", before=b"b", after=b"a")
    pull = PullRequest(number=1, url="http://x/1", title="t", body="")
    return (
        lambda: repo.may_write("main"),
        lambda: repo.find("main"),
        lambda: repo.read("a", SHA),
        lambda: repo.commit([change], branch="main", parent=SHA, message="m"),
        lambda: repo.place("main", "1" * 40),
        lambda: repo.remove("main"),
        lambda: pulls.find("b"),
        lambda: pulls.create(branch="b", base="main", title="t", body=""),
        lambda: pulls.update(pull, title="t", body=""),
        lambda: pulls.close(pull, comment="c"),
        lambda: pulls.is_open(1),
        lambda: comments.keep(1, key="k", body="b"),
        lambda: comments.amend(1, key="k", body="b"),
        lambda: issues.find("k"),
        lambda: issues.create(key="k", title="t", body="b"),
        lambda: issues.update(issue, key="k", title="t", body="b"),
        lambda: issues.close(issue, comment="c"),
        lambda: deployments.start(revision=SHA, environment="e", transient=True),
        lambda: deployments.end("e"),
    )


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.just([]),
    st.just({}),
    st.just([[1]]),
    st.just({"a": {"b": []}}),
    st.sampled_from(["::error::x", "../..", "https://u:p@evil.example/x", "9" * 30, "\ud800"]),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something can be changed in a JSON value."""
    yield path
    listed = list(enumerate(value)) if isinstance(value, list) else []
    for key, below in value.items() if isinstance(value, dict) else listed:
        yield from places(below, (*path, key))


@st.composite
def answers(draw: st.DrawFn) -> tuple[str, bytes]:
    path, good = draw(st.sampled_from(GOOD))
    value = copy.deepcopy(good)
    where = draw(st.sampled_from(list(places(value))))
    new = draw(VALUES)
    if not where:
        return path, draw(st.sampled_from([json.dumps(new).encode(), b"<html>", b"", b"[" * 9999]))
    *above, last = where
    holder = value
    for key in above:
        holder = holder[key]
    if draw(st.booleans()):
        holder[last] = new
    elif isinstance(holder, dict):
        del holder[last]
    else:
        holder.clear()
    return path, json.dumps(value).encode()


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(answer=("/rules/branches/", b'[{"type": [], "ruleset_id": 7}]'), status=200)
@given(answer=answers(), status=st.sampled_from([200, 200, 200, 200, 404, 422, 409]))
def test_an_answer_of_another_form_is_refused_or_read(
    server: Server, tmp_path: Path, answer: tuple[str, bytes], status: int
) -> None:
    server.path, server.body = answer
    server.status = status
    client = HubClient(endpoint=server.url, token=Secret("t" * 20), clock=FakeClock())
    for call in (*hub_calls(client, tmp_path), *github_calls(server.url)):
        with contextlib.suppress(Refused):
            repr(call())
