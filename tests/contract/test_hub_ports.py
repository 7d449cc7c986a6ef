"""The ports that speak of Spaces: the fake and the real adapters pass the same suite.

The real ones talk to a local Hub, a real server that really builds and runs the Space.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx2
import pytest

from deployer.adapters.disk import Workspace
from deployer.adapters.hub import HubRuntime
from deployer.adapters.hub_client import HubClient
from deployer.adapters.hub_config import HubConfig
from deployer.adapters.hub_directory import HubDirectory
from deployer.adapters.hub_http import limit_time
from deployer.adapters.space_repo import HubSpaceRepo
from deployer.errors import Exit, HubRefused, Refused
from deployer.model import BundleFile, Secret, SettingWrite, Space, SpaceId
from deployer.ports import SpaceConfig, SpaceDirectory, SpaceRepo, SpaceRuntime
from deployer.release.difference import digest_of
from localhub.api_register import LISTED
from localhub.testing import RunningHub, running
from tests.contract.localhub import clients
from tests.contract.localhub.apps import app
from tests.fakes.clock import FakeClock
from tests.fakes.hub import FakeHub

# huggingface_hub uploads large files in a way that its own HTTP library calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

ENVIRONMENTS = clients.ROOT / ".cache" / "environments"
LARGE = b"0123456789abcdef" * (700 * 1024)  # 11 MB of text
BUSY = '{"error": "Cannot create repo: another conflicting operation is in progress"}'
BINARY = bytes(range(256)) * 8
_numbers = itertools.count(1)


class Ports(Protocol):
    """What is under contract."""

    spaces: SpaceDirectory
    space_repo: SpaceRepo
    space_config: SpaceConfig
    space_runtime: SpaceRuntime


@dataclass
class RealPorts:
    """The adapters with one token. Their pauses take no time."""

    spaces: HubDirectory
    space_repo: HubSpaceRepo
    space_config: HubConfig
    space_runtime: HubRuntime
    clock: FakeClock


@dataclass
class Side:
    """One implementation. ``reach`` waits for a stage and returns the counters then."""

    name: str
    root: Path
    ports: Callable[[str], Any]
    reach: Callable[[SpaceId, str], Mapping[str, Any]]

    @property
    def owner(self) -> Any:
        return self.ports("write")

    def file(self, path: str, content: bytes) -> BundleFile:
        """A bundle file that lies in the workspace."""
        source = self.root / "backend" / path
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(content)
        return BundleFile(path=path, digest=digest_of(content), source=f"backend/{path}")


def made(path: str, content: bytes) -> BundleFile:
    return BundleFile(path=path, digest=digest_of(content), content=content)


@pytest.fixture(scope="module")
def hub() -> Iterator[RunningHub]:
    clients.settle_huggingface_hub()
    with running("--environments", str(ENVIRONMENTS)) as server:
        yield server


def real_ports(hub: RunningHub, root: Path, token: str) -> RealPorts:
    clock = FakeClock()
    client = HubClient(endpoint=hub.url, token=Secret(token), clock=clock)
    files = Workspace(root)
    return RealPorts(
        spaces=HubDirectory(client),
        space_repo=HubSpaceRepo(client, files, workspace=root, temp=root / "temp"),
        space_config=HubConfig(client),
        space_runtime=HubRuntime(client),
        clock=clock,
    )


def real_side(hub: RunningHub, root: Path) -> Side:
    tokens = {
        "write": hub.token,
        "read": hub.read_token,
        "stranger": hub.stranger_token,
        "free": hub.free_token,
        "wrong": "hf_nobody_knows_this_token",
    }
    return Side(
        name="real",
        root=root,
        ports=lambda role: real_ports(hub, root, tokens[role]),
        reach=lambda space, stage: hub.wait(str(space), stage),
    )


def fake_side(root: Path) -> Side:
    fake = FakeHub(FakeClock(), Workspace(root))
    fake.poor.add("poor")
    tokens = {
        "write": "tester:write",
        "read": "tester:read",
        "stranger": "stranger:write",
        "free": "poor:write",
    }

    def reach(space: SpaceId, stage: str) -> Mapping[str, Any]:
        fake.clock.sleep(60)
        fake.settle()
        found = fake.made[str(space)]
        assert fake.stage_of(found)[0] == stage
        counters = found.counters
        return {
            "sha": found.serving,
            "commits": counters.commits,
            "builds": counters.builds,
            "restarts": counters.restarts,
        }

    return Side(name="fake", root=root, ports=lambda role: fake.as_token(tokens[role]), reach=reach)


@pytest.fixture(params=["fake", "real"])
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Side:
    if request.param == "fake":
        return fake_side(tmp_path)
    return real_side(request.getfixturevalue("hub"), tmp_path)


@pytest.fixture
def real(hub: RunningHub, tmp_path: Path) -> Iterator[Side]:
    """The real adapters alone: what can go wrong between them and the Hub."""
    yield real_side(hub, tmp_path)
    hub.clear_faults()


@pytest.fixture
def name() -> SpaceId:
    return SpaceId(owner="tester", name=f"ports-{next(_numbers)}")


def setting(name: str, value: str, description: str = "ours") -> SettingWrite:
    return SettingWrite(name=name, value=Secret(value), description=description)


def create(side: Side, name: SpaceId, **given: Any) -> Space:
    wanted = {
        "visibility": "public",
        "hardware": None,
        "sleep_time": None,
        "secrets": (),
        "variables": (),
    }
    space = side.owner.spaces.create(name, **{**wanted, **given})
    assert isinstance(space, Space)
    return space


def commit(
    side: Side, space: Space, *add: BundleFile, parent: str | None = None, delete: Any = ()
) -> str:
    revision = side.owner.space_repo.commit(
        space.id,
        add=add,
        delete=delete,
        message="Deploy",
        description=f"Bundle: {next(_numbers)}",
        parent=space.head if parent is None else parent,
    )
    assert isinstance(revision, str)
    return revision


def refused(call: Callable[[], object]) -> int:
    with pytest.raises(HubRefused) as caught:
        call()
    assert caught.value.exit is Exit.HUB
    return caught.value.status


def tree(side: Side, space: Space, revision: str) -> dict[str, Any]:
    return {file.path: file for file in side.owner.space_repo.tree(space.id, revision)}


# --- the register --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["write", "read", "stranger"])
def test_a_space_that_does_not_exist_is_none(side: Side, name: SpaceId, role: str) -> None:
    assert side.ports(role).spaces.find(name) is None


@pytest.mark.parametrize(("role", "status"), [("write", None), ("read", 403), ("stranger", 403)])
@pytest.mark.parametrize("exists", [True, False])
def test_who_may_write_and_create_is_known_beforehand(
    side: Side, name: SpaceId, role: str, status: int | None, exists: bool
) -> None:
    if exists:
        create(side, name)
    spaces = side.ports(role).spaces
    for check in (spaces.may_write, spaces.may_create):
        if status is None:
            check(name)
        else:
            assert refused(lambda check=check: check(name)) == status


def test_a_created_space_has_its_configuration_from_the_start(side: Side, name: SpaceId) -> None:
    space = create(
        side,
        name,
        visibility="protected",
        secrets=[setting("KEY", "s3cret")],
        variables=[setting("LEVEL", "INFO", "")],
        sleep_time=3600,
    )
    assert (space.id, space.sdk, space.visibility) == (name, "docker", "protected")
    assert space.head
    assert space.host.startswith("http")
    assert str(name) in space.page
    assert (space.runtime.revision, space.runtime.sleep_time) == (None, 3600)
    stored = side.owner.space_config.read(name)
    assert (stored.secrets["KEY"].value, stored.secrets["KEY"].description) == (None, "ours")
    assert stored.variables["LEVEL"].value == "INFO"


def test_a_free_account_is_asked_for_a_plan(side: Side) -> None:
    space = SpaceId(owner="poor", name=f"ports-{next(_numbers)}")
    spaces = side.ports("free").spaces
    wanted = {"visibility": "public", "hardware": None, "sleep_time": None}
    assert refused(lambda: spaces.create(space, **wanted, secrets=(), variables=())) == 402
    assert spaces.find(space) is None


def test_a_private_space_is_none_to_a_stranger(side: Side, name: SpaceId) -> None:
    create(side, name, visibility="private")
    assert side.ports("stranger").spaces.find(name) is None
    found = side.ports("read").spaces.find(name)
    assert found is not None
    assert found.visibility == "private"


def test_the_owner_s_spaces_are_listed_by_the_beginning_of_their_name(
    side: Side, name: SpaceId
) -> None:
    wanted = [SpaceId(owner=name.owner, name=f"{name.name}-pr-{number}") for number in (7, 12)]
    for space in (name, *wanted):
        create(side, space)
    found = side.owner.spaces.named(name.owner, f"{name.name}-pr-")
    assert found == tuple(sorted(wanted, key=str))
    assert side.owner.spaces.named("stranger", f"{name.name}-pr-") == ()


def test_more_spaces_than_fit_on_a_page_are_all_listed(side: Side, name: SpaceId) -> None:
    for number in range(LISTED + 1):
        create(side, SpaceId(owner=name.owner, name=f"{name.name}-pr-{number}"))
    assert len(side.owner.spaces.named(name.owner, f"{name.name}-pr-")) == LISTED + 1


def test_private_spaces_are_listed_to_their_owner_alone(side: Side, name: SpaceId) -> None:
    create(side, name, visibility="private")
    assert side.owner.spaces.named(name.owner, name.name) == (name,)
    assert side.ports("stranger").spaces.named(name.owner, name.name) == ()


def test_a_deleted_space_is_gone_and_deleting_it_again_is_no_error(
    side: Side, name: SpaceId
) -> None:
    create(side, name)
    side.owner.spaces.delete(name)
    assert side.owner.spaces.find(name) is None
    assert side.owner.spaces.named(name.owner, name.name) == ()
    side.owner.spaces.delete(name)


@pytest.mark.parametrize("role", ["read", "stranger"])
def test_a_space_is_deleted_by_its_writers_alone(side: Side, name: SpaceId, role: str) -> None:
    create(side, name)
    assert refused(lambda: side.ports(role).spaces.delete(name)) == 403
    assert side.owner.spaces.find(name) is not None


def test_a_quota_of_creations_is_asked_for_once(real: Side, hub: RunningHub, name: SpaceId) -> None:
    words = '{"error": "You have been rate limited; you can retry this action in about 21 hours."}'
    hub.fault(method="POST", path="/repos/create$", times=9, status=429, body=words)
    hub.forget_requests()
    assert refused(lambda: create(real, name)) == 429
    asked = [each for each in hub.requests() if each["path"] == "/api/repos/create"]
    assert len(asked) == 1


def test_a_deletion_whose_answer_was_lost_is_a_deletion(
    real: Side, hub: RunningHub, name: SpaceId
) -> None:
    create(real, name)
    hub.fault(method="DELETE", path="/repos/delete$", effect="reset-after")
    real.owner.spaces.delete(name)
    assert real.owner.spaces.find(name) is None


# --- the configuration ---------------------------------------------------------------------------


def test_settings_are_set_replaced_and_deleted(side: Side, name: SpaceId) -> None:
    create(side, name)
    config = side.owner.space_config
    for public in (True, False):
        config.send(name, setting("NAME", "one"), public=public)
        config.send(name, setting("NAME", "two\nlines = $x", "mine"), public=public)
    stored = config.read(name)
    assert stored.variables["NAME"].value == "two\nlines = $x"
    assert stored.secrets["NAME"].description == stored.variables["NAME"].description == "mine"
    for public in (True, False):
        config.remove(name, "NAME", public=public)
        config.remove(name, "NAME", public=public)
    assert (config.read(name).secrets, config.read(name).variables) == ({}, {})


@pytest.mark.parametrize("public", [True, False])
def test_a_deletion_whose_answer_was_lost_is_no_missing_setting(
    real: Side, hub: RunningHub, name: SpaceId, public: bool
) -> None:
    """A Hub may well say 404 for what is gone already."""
    create(real, name, secrets=[setting("NAME", "1")], variables=[setting("OTHER", "1")])
    what, gone = ("variables", "OTHER") if public else ("secrets", "NAME")
    hub.fault(method="DELETE", path=f"/{what}$", effect="reset-after")
    hub.fault(method="DELETE", path=f"/{what}$", status=404)
    config = real.owner.space_config
    config.remove(name, gone, public=public)
    assert gone not in getattr(config.read(name), what)


def test_a_setting_that_stays_where_it_is_was_not_deleted(
    real: Side, hub: RunningHub, name: SpaceId
) -> None:
    create(real, name, secrets=[setting("NAME", "1")])
    hub.fault(method="DELETE", path="/secrets$", status=404)
    assert refused(lambda: real.owner.space_config.remove(name, "NAME", public=False)) == 404


@pytest.mark.parametrize("role", ["read", "stranger"])
def test_settings_are_neither_shown_to_nor_changed_by_others(
    side: Side, name: SpaceId, role: str
) -> None:
    create(side, name)
    config = side.ports(role).space_config
    assert refused(lambda: config.read(name)) == 403
    assert refused(lambda: config.send(name, setting("A", "1"), public=True)) == 403


def test_hardware_and_sleep_time_are_changed(side: Side, name: SpaceId) -> None:
    create(side, name)
    config, runtime = side.owner.space_config, side.owner.space_runtime
    config.resize(name, hardware=None, sleep_time=7200)
    assert runtime.now(name).sleep_time == 7200
    config.resize(name, hardware="cpu-upgrade", sleep_time=None)
    assert runtime.now(name).requested_hardware == "cpu-upgrade"


# --- the repository ------------------------------------------------------------------------------


def test_files_are_added_changed_and_deleted_in_one_commit(side: Side, name: SpaceId) -> None:
    space = create(side, name)
    first = commit(side, space, side.file("a.py", b"1"), made("deep/b.txt", b"\r\n2\xc3\xa4"))
    second = commit(side, space, made("a.py", b"3"), parent=first, delete=["deep/b.txt"])
    repo = side.owner.space_repo
    assert repo.read(name, "a.py", first) == b"1"
    assert repo.read(name, "deep/b.txt", first) == b"\r\n2\xc3\xa4"
    assert repo.read(name, "a.py", second) == b"3"
    assert repo.read(name, "deep/b.txt", second) is None
    assert side.owner.space_runtime.head(name) == second


def test_the_tree_tells_size_and_digests_of_plain_and_of_large_files(
    side: Side, name: SpaceId
) -> None:
    space = create(side, name)
    files = [made("a.py", b"1"), side.file("data.bin", BINARY), side.file("long.txt", LARGE)]
    found = tree(side, space, commit(side, space, *files))
    for file in files:
        assert found[file.path].size == file.digest.size
    assert (found["a.py"].blob, found["a.py"].sha256) == (files[0].digest.blob, None)
    assert found["data.bin"].sha256 == files[1].digest.sha256
    assert found["long.txt"].sha256 == files[2].digest.sha256


def test_a_space_is_found_with_the_files_that_its_tree_lists(real: Side, name: SpaceId) -> None:
    space = create(real, name)
    revision = commit(real, space, made("a.py", b"1"), real.file("data.bin", BINARY))
    found = real.owner.spaces.find(name)
    assert found is not None
    assert found.files is not None
    assert sorted(found.files, key=str) == sorted(
        real.owner.space_repo.tree(name, revision), key=str
    )


def test_only_a_confirmed_creation_counts_as_furnished(
    real: Side, hub: RunningHub, name: SpaceId
) -> None:
    hub.fault(method="POST", path="/repos/create$", effect="reset-after")
    assert not create(real, name).furnished, "the second try is told that there is a Space"
    real.owner.spaces.delete(name)
    assert create(real, name).furnished


def test_a_space_without_a_commit_has_no_files(real: Side, name: SpaceId) -> None:
    create(real, name)
    assert real.owner.space_repo.tree(name, "") == ()


def test_a_file_gives_way_to_a_folder_of_its_name(side: Side, name: SpaceId) -> None:
    space = create(side, name)
    first = commit(side, space, made("app", b"a file"))
    second = commit(side, space, made("app/main.py", b"1"), parent=first, delete=["app"])
    assert {"app/main.py"} <= set(tree(side, space, second))
    assert "app" not in tree(side, space, second)


def test_a_commit_on_a_head_that_moved_is_refused(side: Side, name: SpaceId) -> None:
    space = create(side, name)
    ours = commit(side, space, made("a.py", b"ours"))
    theirs = commit(side, space, made("a.py", b"theirs"), parent=ours)
    assert refused(lambda: commit(side, space, made("a.py", b"late"), parent=ours)) == 412
    back = {"revision": space.head, "parent": ours, "message": "Back"}
    assert refused(lambda: side.owner.space_repo.restore(name, **back)) == 412
    assert side.owner.space_runtime.head(name) == theirs


@pytest.mark.parametrize("role", ["read", "stranger"])
def test_a_commit_without_the_right_to_is_refused(side: Side, name: SpaceId, role: str) -> None:
    space = create(side, name)
    repo = side.ports(role).space_repo
    late = {"delete": [], "message": "x", "description": "", "parent": space.head}
    assert refused(lambda: repo.commit(name, add=[made("a", b"1")], **late)) == 403
    assert side.owner.space_runtime.head(name) == space.head


def test_an_earlier_tree_comes_back_in_one_commit(side: Side, name: SpaceId) -> None:
    space = create(side, name)
    old = commit(side, space, made("a.py", b"1"), made("gone.py", b"2"), made("d.bin", BINARY))
    new = commit(
        side,
        space,
        made("a.py", b"other"),
        made("new.py", b"3"),
        made("d.bin", BINARY[::-1]),
        parent=old,
        delete=["gone.py"],
    )
    back = side.owner.space_repo.restore(name, revision=old, parent=new, message="Put back")
    assert tree(side, space, back) == tree(side, space, old)
    assert side.owner.space_repo.read(name, "d.bin", back) is not None
    assert side.owner.space_runtime.head(name) == back


def test_the_history_tells_revision_and_words_of_each_commit_newest_first(
    side: Side, name: SpaceId
) -> None:
    space = create(side, name)
    old = commit(side, space, made("a.py", b"1"))
    new = commit(side, space, made("a.py", b"2"), parent=old)
    words = {"message": "Put back", "description": f"First line\n\nHealthy: {old}"}
    back = side.owner.space_repo.restore(name, revision=old, parent=new, **words)
    newest, *others = side.owner.space_repo.history(name)
    assert [each.revision for each in (newest, *others)][:3] == [back, new, old]
    assert newest.title == "Put back"
    assert f"Healthy: {old}" in newest.message.splitlines()


# --- the runtime ---------------------------------------------------------------------------------


def test_a_commit_is_built_and_its_revision_serves(side: Side, name: SpaceId) -> None:
    space = create(side, name)
    files = [made(path, content) for path, content in app("hello").items()]
    revision = commit(side, space, *files)
    seen = side.reach(name, "RUNNING")
    runtime = side.owner.space_runtime.now(name)
    assert (seen["commits"], seen["builds"], seen["restarts"]) == (1, 1, 0)
    assert (runtime.stage, runtime.revision) == ("RUNNING", revision)
    assert "READY" in runtime.domains.values()


def test_a_running_space_is_restarted_without_a_build_and_tells_its_logs(
    side: Side, name: SpaceId
) -> None:
    space = create(side, name)
    commit(side, space, *[made(path, content) for path, content in app("hello").items()])
    side.reach(name, "RUNNING")
    for kind in ("build", "run"):
        assert arrived(side.owner.space_runtime.follow(name, kind)), kind
    side.owner.space_runtime.restart(name)
    seen = side.reach(name, "RUNNING")
    assert (seen["builds"], seen["restarts"]) == (1, 1)


def test_a_hub_that_tells_of_changes_is_heard_until_nobody_listens(
    real: Side, name: SpaceId
) -> None:
    create(real, name)
    owner = real.owner
    tail = owner.space_runtime.follow(name, "events")
    for seconds in (3600, 7200):
        owner.space_config.resize(name, hardware=None, sleep_time=seconds)
        assert news(tail), seconds
    tail.close()
    owner.space_config.resize(name, hardware=None, sleep_time=3600)
    tail._thread.join(5)
    assert not tail._thread.is_alive()


def news(tail: Any) -> list[str]:
    """What came within seconds, all of it."""
    lines: list[str] = []
    until = time.monotonic() + 10
    while not lines and time.monotonic() < until:
        time.sleep(0.3)
        lines += tail.lines()
    return lines


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 404},
        {"status": 500},
        {"effect": "reset"},
        {"status": 200, "body": "data: <html>"},
        {"status": 200, "headers": {"Content-Type": "text/event-stream"}, "body": "data:\n\nhm"},
    ],
)
def test_a_hub_that_tells_nothing_of_changes_is_no_matter(
    real: Side, hub: RunningHub, name: SpaceId, fault: dict[str, Any], capfd: Any
) -> None:
    create(real, name)
    hub.fault(path="/events", times=1_000, **fault)
    tail = real.owner.space_runtime.follow(name, "events")
    tail._thread.join(0.5)
    tail.close()
    assert tail.lines() == ()
    assert capfd.readouterr().err == ""


def test_the_hubs_rate_limit_sets_the_spacing(real: Side, hub: RunningHub, name: SpaceId) -> None:
    create(real, name)
    limit = {"RateLimit": '"api";r=10;t=50', "RateLimit-Policy": '"fixed window";"api";q=10;w=300'}
    hub.fault(path=rf"{name}(\?|$)", status=404, headers=limit, times=2)
    real.owner.spaces.find(name)
    assert 6.0 < real.owner.space_runtime.spacing() <= 50 / 8


def arrived(tail: Any) -> list[str]:
    """The log's first lines, which come within seconds."""
    lines: list[str] = []
    until = time.monotonic() + 10
    while not lines and time.monotonic() < until:
        lines += tail.lines()
        time.sleep(0.05)
    tail.close()
    return lines


def test_the_state_of_a_space_that_does_not_exist_is_refused(side: Side, name: SpaceId) -> None:
    assert refused(lambda: side.owner.space_runtime.now(name)) in (401, 404)
    assert refused(lambda: side.owner.space_runtime.head(name)) in (401, 404)


# --- between the real adapters and the Hub -------------------------------------------------------

COMMIT = {"method": "POST", "path": "/commit/"}


@pytest.mark.parametrize(
    "fault",
    [
        {"effect": "reset-after"},
        {"effect": "reset"},
        {"effect": "truncate"},
        {"status": 500},
        {"status": 502, "body": "<html>Bad gateway</html>"},
        {"status": 503},
        {"status": 429, "headers": {"Retry-After": "7"}},
        {"status": 429, "headers": {"RateLimit": '"api";r=0;t=7'}, "times": 4},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_a_commit_whose_answer_is_lost_is_made_once(
    real: Side, hub: RunningHub, name: SpaceId, fault: dict[str, Any]
) -> None:
    space = create(real, name)
    hub.fault(**COMMIT, **fault)
    revision = commit(real, space, made("a.py", b"1"))
    assert hub.stats(str(name))["commits"] == 1
    assert real.owner.space_runtime.head(name) == revision


def test_a_list_of_commits_that_is_empty_for_a_moment_is_asked_for_again(
    real: Side, hub: RunningHub, name: SpaceId
) -> None:
    space = create(real, name)
    hub.fault(**COMMIT, effect="reset-after")
    hub.fault(path="/commits/", status=200, body="[]")
    assert commit(real, space, made("a.py", b"1")) == real.owner.space_runtime.head(name)


def test_a_restore_whose_answer_is_lost_is_made_once(
    real: Side, hub: RunningHub, name: SpaceId
) -> None:
    space = create(real, name)
    first = commit(real, space, made("a.py", b"1"))
    hub.fault(**COMMIT, effect="reset-after")
    real.owner.space_repo.restore(name, revision=space.head, parent=first, message="Back")
    assert hub.stats(str(name))["commits"] == 2


def test_an_earlier_commit_of_the_same_words_is_not_taken_for_one_whose_answer_was_lost(
    real: Side, hub: RunningHub, name: SpaceId
) -> None:
    space, repo = create(real, name), real.owner.space_repo
    words = {"message": "Deploy", "description": "the same"}
    first = repo.commit(name, add=[made("a", b"1")], delete=[], parent=space.head, **words)
    hub.fault(**COMMIT, effect="reset")
    second = repo.commit(name, add=[made("a", b"2")], delete=[], parent=first, **words)
    assert second == real.owner.space_runtime.head(name) != first


@pytest.mark.parametrize(("times", "restored"), [(1, True), (1_000, False)])
def test_a_file_comes_back_as_it_was_or_not_at_all(
    real: Side, hub: RunningHub, name: SpaceId, times: int, restored: bool
) -> None:
    """A proxy's page with status 200 is not the file."""
    space = create(real, name)
    old = commit(real, space, made("a.py", b"1"))
    new = commit(real, space, made("a.py", b"2"), parent=old)
    hub.fault(path="/resolve/.*/a.py", status=200, body="<html>", times=times)
    words = {"revision": old, "parent": new, "message": "Back"}
    if restored:
        back = real.owner.space_repo.restore(name, **words)
        assert tree(real, space, back) == tree(real, space, old)
    else:
        assert refused(lambda: real.owner.space_repo.restore(name, **words)) == 0
        assert real.owner.space_runtime.head(name) == new


def test_a_commit_of_somebody_else_is_not_taken_for_ours(
    real: Side, hub: RunningHub, name: SpaceId
) -> None:
    space = create(real, name)
    real.owner.space_repo.commit(
        name,
        add=[made("a", b"1")],
        delete=[],
        message="Deploy",
        description="Bundle: of somebody else",
        parent=space.head,
    )
    assert refused(lambda: commit(real, space, made("a", b"2"))) == 412


READS: dict[str, Callable[[Any, SpaceId], object]] = {
    "find": lambda ports, name: ports.spaces.find(name),
    "may_write": lambda ports, name: ports.spaces.may_write(name),
    "config": lambda ports, name: ports.space_config.read(name),
    "now": lambda ports, name: ports.space_runtime.now(name),
    "head": lambda ports, name: ports.space_runtime.head(name),
    "tree": lambda ports, name: ports.space_repo.tree(name, "main"),
    "file": lambda ports, name: ports.space_repo.read(name, "README.md", "main"),
}


ONCE: tuple[dict[str, Any], ...] = ({"status": 502}, {"status": 429}, {"effect": "reset"})
NO_JSON: dict[str, Any] = {"status": 200, "body": "<html>"}


@pytest.mark.parametrize(
    ("read", "fault"),
    [
        *itertools.product(READS, ONCE),
        *((read, NO_JSON) for read in READS if read != "file"),  # a file may hold anything
    ],
    ids=lambda part: part if isinstance(part, str) else "-".join(map(str, part.values())),
)
def test_a_read_that_fails_once_is_repeated(
    real: Side, hub: RunningHub, name: SpaceId, read: str, fault: dict[str, Any]
) -> None:
    create(real, name)
    expected = READS[read](real.owner, name)
    hub.fault(path=str(name), **fault)
    assert READS[read](real.owner, name) == expected


def test_a_hub_that_goes_on_failing_is_refused_after_a_bounded_number_of_tries(
    real: Side, hub: RunningHub, name: SpaceId
) -> None:
    create(real, name)
    hub.fault(path=str(name), status=503, times=1_000)
    hub.forget_requests()
    ports = real.owner
    assert refused(lambda: ports.spaces.find(name)) == 503
    assert len(hub.requests()) == 5
    assert 10.0 < ports.clock.now() < 120.0


def test_the_hubs_own_pause_is_kept(real: Side, hub: RunningHub, name: SpaceId) -> None:
    create(real, name)
    hub.fault(path=str(name), status=429, headers={"RateLimit": '"api";r=0;t=42'})
    ports = real.owner
    ports.space_runtime.now(name)
    assert 42.0 <= ports.clock.now() < 45.0


def test_a_wrong_token_is_told_from_a_missing_space(real: Side, name: SpaceId) -> None:
    assert refused(lambda: real.ports("wrong").spaces.find(name)) == 401


@pytest.mark.parametrize(
    "fault",
    [
        {"path": "/api/repos/create", "effect": "reset-after"},
        {"path": "/api/repos/create", "status": 409, "body": BUSY, "times": 2},
        {"path": "{name}$", "status": 404, "times": 3},
        {"path": "whoami", "status": 404},
    ],
    ids=["lost", "busy", "late", "nameless"],
)
def test_a_creation_that_is_slow_to_show_is_made_once(
    real: Side, hub: RunningHub, name: SpaceId, fault: dict[str, Any]
) -> None:
    hub.fault(**{**fault, "path": fault["path"].format(name=name)})
    real.owner.spaces.may_create(name)
    assert create(real, name).id == name
    assert hub.stats(str(name))["commits"] == 0


def test_a_creation_that_stays_refused_is_not_sent_for_ever(
    real: Side, hub: RunningHub, name: SpaceId
) -> None:
    hub.fault(path="/api/repos/create", status=409, body=BUSY, times=1_000)
    hub.forget_requests()
    assert refused(lambda: create(real, name)) == 423
    assert len(hub.requests()) == 5


@pytest.mark.parametrize("what", ["secrets", "variables"])
def test_a_hub_without_a_list_of_settings_has_none(
    real: Side, hub: RunningHub, name: SpaceId, what: str
) -> None:
    create(real, name, secrets=[setting("S", "1")], variables=[setting("V", "1")])
    hub.fault(method="GET", path=f"/{what}$", status=404)
    assert getattr(real.owner.space_config.read(name), what) == {}


def test_a_state_that_is_not_found_once_is_asked_for_again(
    real: Side, hub: RunningHub, name: SpaceId
) -> None:
    create(real, name)
    hub.fault(path="/runtime", status=404)
    assert real.owner.space_runtime.now(name).stage


def test_a_runtime_that_the_spaces_info_leaves_out_is_asked_for(
    real: Side, hub: RunningHub, name: SpaceId
) -> None:
    create(real, name)
    info = {"id": str(name), "sha": "a" * 40, "host": "https://a.test", "private": False}
    hub.fault(path=rf"{name}(\?|$)", status=200, body=json.dumps(info))
    found = real.owner.spaces.find(name)
    assert found is not None
    assert found.runtime == real.owner.space_runtime.now(name)


def test_every_request_has_a_time_limit_a_log_has_its_own() -> None:
    def limit(method: str, path: str) -> object:
        request = httpx2.Request(method, f"https://hub.test{path}")
        limit_time(request)
        return request.extensions.get("timeout", {}).get("read")

    assert limit("GET", "/api/spaces/a/b") == 20.0
    assert limit("GET", "/api/spaces/a/b/runtime") == 10.0
    assert limit("POST", "/api/spaces/a/b/commit/main") == 90.0
    assert limit("GET", "/api/spaces/a/b/logs/run") is None
    assert limit("GET", "/api/spaces/a/b/events") == 60.0


def test_a_hub_that_never_answers_is_left_after_about_a_minute(
    tmp_path: Path, hub: RunningHub
) -> None:
    client = HubClient(endpoint=hub.url, token=None, clock=(clock := FakeClock()))

    def silent(_: object) -> None:
        clock.sleep(20.0)
        raise TimeoutError

    assert refused(lambda: client.call("answer", silent)) == 0
    assert 60.0 < clock.now() < 90.0


@pytest.mark.parametrize("change", [lambda file: file.write_bytes(b"2"), os.unlink])
def test_a_file_that_changes_during_the_run_is_refused_and_nothing_is_left_behind(
    real: Side, hub: RunningHub, name: SpaceId, change: Callable[[Path], object]
) -> None:
    space = create(real, name)
    planned = real.file("a.py", b"1")
    change(real.root / "backend" / "a.py")
    with pytest.raises(Refused) as caught:
        commit(real, space, planned, made("b.py", b"1"))
    assert caught.value.exit is Exit.BUNDLE
    assert "backend/a.py" in str(caught.value)
    assert hub.stats(str(name))["commits"] == 0
    assert list((real.root / "temp").iterdir()) == []


def test_nothing_is_left_behind_after_a_commit(real: Side, name: SpaceId) -> None:
    commit(real, create(real, name), made("a.py", b"1"))
    assert list((real.root / "temp").iterdir()) == []


@pytest.mark.parametrize(
    "fault", [{"effect": "reset"}, {"status": 403}, {"status": 200, "body": "data: {broken"}]
)
def test_a_log_that_can_not_be_read_ends_quietly(
    real: Side, hub: RunningHub, name: SpaceId, fault: dict[str, Any], capfd: Any
) -> None:
    create(real, name)
    hub.fault(path="/logs/", times=1_000, **fault)
    tail = real.owner.space_runtime.follow(name, "run")
    tail._thread.join(0.5)
    tail.close()
    assert tail.lines() == ()
    assert capfd.readouterr().err == ""


def test_no_refusal_shows_the_token(real: Side, hub: RunningHub, name: SpaceId) -> None:
    create(real, name)
    for fault in ({"status": 403, "body": f"bad token {hub.token}"}, {"effect": "reset"}):
        hub.fault(path="/runtime", times=100, **fault)
        with pytest.raises(HubRefused) as caught:
            real.owner.space_runtime.now(name)
        assert hub.token not in repr(caught.value) + str(caught.value)
        hub.clear_faults()
