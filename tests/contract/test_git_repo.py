"""What ``GitRepo`` keeps beyond the contract: the user's checkout, and the token."""

from __future__ import annotations

import base64
import socket
from pathlib import Path

import pytest

from deployer.adapters.git import GitRepo
from deployer.errors import RepositoryRefused
from deployer.model import CommitAuthor, FileChange, Secret
from tests.localgithub.repositories import Repository
from tests.localgithub.state import LocalGitHub
from tests.real.checkout import READER, UNKNOWN, WRITER, checkout, git

NAME = "octo/site"
FILES = {"client.ts": b"old\n", "README.md": b"hello\n"}
CHANGE = FileChange(path="client.ts", before=b"old\n", after=b"new\n")


@pytest.fixture
def server(local_github: LocalGitHub) -> Repository:
    return local_github.add(NAME, FILES)


@pytest.fixture
def workspace(local_github: LocalGitHub, server: Repository, tmp_path: Path) -> Path:
    return checkout(local_github.clone_url(NAME), tmp_path / "work space")


def repo(workspace: Path, token: str = WRITER, **more: object) -> GitRepo:
    return GitRepo(workspace=workspace, token=Secret(token), sleep=lambda _: None, **more)  # type: ignore[arg-type]


def commit(repo: GitRepo, *changes: FileChange) -> str:
    parent = repo.head("main")
    return repo.commit(changes or (CHANGE,), branch="main", parent=parent, message="Follow up")


def state(workspace: Path) -> dict[str, bytes]:
    """Every file of a workspace but git's store of objects, which may grow."""
    files = (path for path in workspace.rglob("*") if path.is_file())
    named = {path.relative_to(workspace).as_posix(): path for path in files}
    return {n: p.read_bytes() for n, p in named.items() if not n.startswith(".git/objects/")}


# --- the checkout --------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [1, 0])
def test_the_checkout_stays_as_the_job_left_it(
    local_github: LocalGitHub, server: Repository, tmp_path: Path, depth: int
) -> None:
    server.push_by_somebody("README.md", b"second\n")
    workspace = checkout(local_github.clone_url(NAME), tmp_path / "deep", depth=depth)
    (workspace / "client.ts").write_text("edited by the job\n")
    (workspace / "staged.txt").write_text("staged by the job\n")
    git(workspace, "add", "staged.txt")
    server.push_by_somebody("README.md", b"third\n")
    before = state(workspace)
    made = commit(repo(workspace))
    assert server.head("main") == made
    assert server.read("README.md", made) == b"third\n"
    assert state(workspace) == before


def test_hooks_and_signing_of_the_checkout_are_left_out(
    workspace: Path, server: Repository, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    hooks = workspace / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("pre-push", "reference-transaction", "post-index-change", "pre-commit"):
        (hooks / name).write_text(f"#!/bin/sh\necho {name} >> {ran}\nexit 1\n")
        (hooks / name).chmod(0o755)
    git(workspace, "config", "commit.gpgSign", "true")
    git(workspace, "config", "gpg.program", "/bin/false")
    assert commit(repo(workspace)) == server.head("main")
    assert not ran.exists()


def test_variables_that_steer_git_elsewhere_are_ignored(
    workspace: Path, server: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    assert commit(repo(workspace)) == server.head("main")


def test_a_file_name_with_a_newline_is_one_file(workspace: Path, server: Repository) -> None:
    odd = FileChange(path='a\nb\t"c".ts', before=None, after=b"x")
    made = commit(repo(workspace), odd)
    assert repo(workspace).read(odd.path, made) == b"x"


def test_the_author_can_be_set(workspace: Path, server: Repository) -> None:
    author = CommitAuthor(name="Deploy Bot", email="bot@example.org")
    commit(repo(workspace, author=author))
    assert server.log("main")[0].author == "Deploy Bot"


# --- other servers -------------------------------------------------------------------------------


def test_a_remote_on_disk_needs_no_token(workspace: Path, server: Repository) -> None:
    git(workspace, "remote", "set-url", "origin", f"file://{server.path}")
    plain = repo(workspace, token="")
    plain.may_write("main")
    assert commit(plain) == server.head("main")


def test_a_token_does_not_hinder_a_remote_on_disk(workspace: Path, server: Repository) -> None:
    git(workspace, "remote", "set-url", "origin", str(server.path))
    assert commit(repo(workspace)) == server.head("main")


def test_a_branch_that_was_set_back_is_not_brought_forward(
    workspace: Path, server: Repository
) -> None:
    first = server.head("main")
    parent = server.push_by_somebody("README.md", b"regretted\n")
    server.git("update-ref", "refs/heads/main", str(first))
    with pytest.raises(RepositoryRefused) as refused:
        repo(workspace).commit([CHANGE], branch="main", parent=parent, message="Follow up")
    assert refused.value.race
    assert server.head("main") == first


def test_a_server_that_never_answers_ends_in_time(workspace: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        git(workspace, "remote", "set-url", "origin", f"http://127.0.0.1:{port}/o/r.git")
        with pytest.raises(RepositoryRefused, match="did not end within"):
            repo(workspace, timeout=0.3).head("main")
        # git's transport is a process of its own: its end closes the connection.
        connection, _ = silent.accept()
        with connection:
            connection.settimeout(5)
            while connection.recv(4096):
                pass


def test_a_workspace_without_git_is_told_to_check_out(tmp_path: Path) -> None:
    with pytest.raises(RepositoryRefused, match="actions/checkout"):
        repo(tmp_path, token="").may_write("main")


def test_a_machine_without_git_is_no_crash(workspace: Path) -> None:
    with pytest.raises(RepositoryRefused, match="git can't be started"):
        repo(workspace, token="", program="git-is-not-here").head("main")


# --- the token -----------------------------------------------------------------------------------


def test_without_a_token_the_checkouts_own_credentials_are_used(
    local_github: LocalGitHub, server: Repository, tmp_path: Path
) -> None:
    url = local_github.clone_url(NAME)
    workspace = checkout(url, tmp_path / "persisted", persist=True)
    own = repo(workspace, token="")
    own.may_write("main")
    assert commit(own) == server.head("main")


def test_the_token_takes_the_place_of_the_checkouts_credentials(
    local_github: LocalGitHub, server: Repository, tmp_path: Path
) -> None:
    url = local_github.clone_url(NAME)
    workspace = checkout(url, tmp_path / "persisted", token=READER, persist=True)
    with pytest.raises(RepositoryRefused):
        repo(workspace, token="").may_write("main")
    assert commit(repo(workspace)) == server.head("main")


def test_the_token_stands_in_no_argument_and_no_file(
    workspace: Path, server: Repository, tmp_path: Path
) -> None:
    seen = tmp_path / "arguments"
    spy = tmp_path / "spy"
    spy.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {seen}\nexec git "$@"\n')
    spy.chmod(0o755)
    watched = repo(workspace, program=str(spy))
    watched.may_write("main")
    commit(watched)
    basic = base64.b64encode(f"x-access-token:{WRITER}".encode())
    written = b"".join(state(workspace).values()) + seen.read_bytes()
    assert b"push" in seen.read_bytes()
    assert WRITER.encode() not in written
    assert basic not in written


@pytest.mark.parametrize("user", ["someone:hunter2-hunter2", "hunter2-hunter2"])
def test_credentials_in_the_remotes_address_are_never_shown(
    workspace: Path, local_github: LocalGitHub, user: str
) -> None:
    url = local_github.clone_url(NAME).replace("http://", f"http://{user}@")
    git(workspace, "remote", "set-url", "origin", url)
    for token in ("", UNKNOWN):
        with pytest.raises(RepositoryRefused) as refused:
            repo(workspace, token=token).head("main")
        assert "hunter2" not in str(refused.value)
        assert UNKNOWN not in str(refused.value)
