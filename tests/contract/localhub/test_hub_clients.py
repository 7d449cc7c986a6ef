"""One set of behaviours, driven by four clients that nobody here wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from localhub.testing import RunningHub
from tests.contract.localhub.apps import CARD, app
from tests.contract.localhub.clients import CLIENTS, Client, GitClient, PythonClient, Refused

# huggingface_hub uploads large files in a way that its own HTTP library calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

BINARY = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8
TOO_LONG = CARD.replace(b"sdk:", b"short_description: " + b"x" * 61 + b"\nsdk:")


@pytest.fixture(params=list(CLIENTS))
def client(request: pytest.FixtureRequest, hub: RunningHub, scratch: Path) -> Client:
    return CLIENTS[request.param](hub, scratch)


@pytest.fixture(params=["huggingface_hub", "hf", "npm"])
def api_client(request: pytest.FixtureRequest, hub: RunningHub, scratch: Path) -> Client:
    """The clients that speak the API: git can neither create nor store large files by itself."""
    return CLIENTS[request.param](hub, scratch)


def test_what_is_published_is_built_once_and_runs(
    client: Client, hub: RunningHub, space: str
) -> None:
    revision = client.publish(space, app("hello from a client"), hub.token)
    seen = hub.wait(space, "RUNNING")
    assert (seen["commits"], seen["builds"], seen["restarts"]) == (1, 1, 0)
    assert seen["sha"] == revision
    assert hub.get(hub.state(space)["host"]) == (200, "hello from a client")


def test_a_space_is_created_and_listed_with_its_first_files(
    client: Client, hub: RunningHub, name: str
) -> None:
    client.create(name, hub.token)
    assert client.paths(name, hub.token) == {".gitattributes", "README.md"}


def test_text_comes_back_as_it_was_sent(client: Client, hub: RunningHub, space: str) -> None:
    sent = "Zeile\r\nmit Umlauten: äöü, and no end of line".encode()
    client.publish(space, {"docs/a file.txt": sent}, hub.token)
    assert client.read(space, "docs/a file.txt", hub.token) == sent


def test_a_binary_file_comes_back_as_it_was_sent(
    api_client: Client, hub: RunningHub, space: str
) -> None:
    api_client.publish(space, {"picture.png": BINARY}, hub.token)
    assert api_client.read(space, "picture.png", hub.token) == BINARY


def test_a_deleted_file_is_gone_and_the_rest_stays(
    client: Client, hub: RunningHub, space: str
) -> None:
    client.publish(space, {"old.txt": b"1", "kept.txt": b"2"}, hub.token)
    client.publish(space, {"new.txt": b"3"}, hub.token, delete=["old.txt"])
    found = client.paths(space, hub.token)
    assert found == {".gitattributes", "README.md", "kept.txt", "new.txt"}


def test_a_read_token_may_look_but_not_publish(client: Client, hub: RunningHub, space: str) -> None:
    assert "README.md" in client.paths(space, hub.read_token)
    with pytest.raises(Refused, match="403"):
        client.publish(space, {"a.txt": b"1"}, hub.read_token)
    assert hub.stats(space)["commits"] == 0


def test_somebody_elses_token_may_not_publish(client: Client, hub: RunningHub, space: str) -> None:
    with pytest.raises(Refused, match="403"):
        client.publish(space, {"a.txt": b"1"}, hub.stranger_token)


def test_an_unknown_token_is_refused(client: Client, hub: RunningHub, space: str) -> None:
    with pytest.raises(Refused, match=r"401|Authentication failed|Invalid"):
        client.publish(space, {"a.txt": b"1"}, "hf_nobody_knows_this")


def test_a_private_space_is_hidden_from_strangers(
    client: Client, hub: RunningHub, space: str, scratch: Path
) -> None:
    api = PythonClient(hub, scratch).api(hub.token)
    api.update_repo_settings(space, private=True, repo_type="space")
    assert "README.md" in client.paths(space, hub.token)
    with pytest.raises(Refused, match=r"404|not found"):
        client.paths(space, hub.stranger_token)


def test_a_readme_that_the_hub_refuses_makes_no_commit(
    client: Client, hub: RunningHub, space: str
) -> None:
    with pytest.raises(Refused, match=r"short_description.*less than or equal to 60"):
        client.publish(space, {"README.md": TOO_LONG}, hub.token)
    assert hub.stats(space)["commits"] == 0


def test_a_space_can_be_created_only_once(api_client: Client, hub: RunningHub, space: str) -> None:
    with pytest.raises(Refused, match=r"409|already"):
        api_client.create(space, hub.token)


def test_a_free_account_has_to_pay_for_docker(api_client: Client, hub: RunningHub) -> None:
    with pytest.raises(Refused, match=r"402|[Pp]ayment"):
        api_client.create("poor/space", hub.free_token)


def test_git_may_not_push_over_a_commit_it_has_not_seen(
    hub: RunningHub, space: str, scratch: Path
) -> None:
    git, python = GitClient(hub, scratch), PythonClient(hub, scratch)
    copy = git.clone(space, hub.token)
    python.publish(space, {"theirs.txt": b"1"}, hub.token)
    (copy / "mine.txt").write_text("2")
    with pytest.raises(Refused, match=r"fetch first|non-fast-forward"):
        git.push_from(copy)
    assert hub.stats(space)["commits"] == 1


def test_git_may_not_push_a_binary_file(hub: RunningHub, space: str, scratch: Path) -> None:
    with pytest.raises(Refused, match="contains binary files"):
        GitClient(hub, scratch).publish(space, {"picture.png": BINARY}, hub.token)
    assert hub.stats(space)["commits"] == 0


def test_git_may_not_delete_the_branch_that_is_served(
    hub: RunningHub, space: str, scratch: Path
) -> None:
    git = GitClient(hub, scratch)
    with pytest.raises(Refused, match="can't be deleted"):
        git.run("push", "origin", ":main", folder=git.clone(space, hub.token))
    assert "README.md" in git.paths(space, hub.token)


def test_two_commits_in_one_push_are_two_commits_and_one_build(
    hub: RunningHub, space: str, scratch: Path
) -> None:
    git = GitClient(hub, scratch)
    copy = git.clone(space, hub.token)
    git.run("commit", "--quiet", "--allow-empty", "--message", "first", folder=copy)
    for path, content in app("pushed").items():
        (copy / path).write_bytes(content)
    git.push_from(copy)
    seen = hub.wait(space, "RUNNING")
    assert (seen["commits"], seen["builds"]) == (2, 1)
