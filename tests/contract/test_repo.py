"""What every ``Repo`` keeps: git on a real server, GitHub's API on a local one, the fake."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from deployer.adapters.git import GitRepo
from deployer.adapters.github import GitHubRepo
from deployer.errors import Exit, RepositoryRefused
from deployer.model import FileChange, Secret
from deployer.ports import Repo
from tests.fakes.repo import FakeRepo
from tests.localgithub.repositories import Repository
from tests.localgithub.state import Fault, LocalGitHub
from tests.real.checkout import READER, UNKNOWN, WRITER, checkout

CLIENT = b"const url = 'http://localhost:8000';\r\n"
DEPLOYED = b"const url = 'https://o-s.hf.space';\r\n"
FILES = {
    "src/client.ts": CLIENT,
    "src/with space & umlaut \u00e4.ts": b"1",
    "latin1.txt": b"\xef\xbb\xbfcaf\xe9\n\x00",
    "bin/run.sh": b"#!/bin/sh\n",
    "README.md": b"hello\n",
}


class Ground(Protocol):
    """A repository, seen from the server's side."""

    def repo(self, token: str = WRITER) -> Repo: ...
    def push_by_somebody(self, path: str, content: bytes) -> str: ...
    def messages(self) -> list[str]: ...
    def protect(self) -> None: ...


class FakeGround:
    def __init__(self) -> None:
        self._fake = FakeRepo(FILES)

    def repo(self, token: str = WRITER) -> Repo:
        self._fake.writable = token == WRITER
        return self._fake

    def push_by_somebody(self, path: str, content: bytes) -> str:
        return self._fake.push_by_somebody(path, content)

    def messages(self) -> list[str]:
        return [commit.message for commit in self._fake.log()]

    def protect(self) -> None:
        self._fake.protected.add("main")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerGround:
    """A repository of the local GitHub; ``make`` gives the adapter for a token."""

    repository: Repository
    make: Callable[[str], Repo]

    def repo(self, token: str = WRITER) -> Repo:
        return self.make(token)

    def push_by_somebody(self, path: str, content: bytes) -> str:
        return self.repository.push_by_somebody(path, content)

    def messages(self) -> list[str]:
        return [commit.message for commit in self.repository.log("main")]

    def protect(self) -> None:
        self.repository.protect("main")


def by_git(local_github: LocalGitHub, tmp_path: Path) -> ServerGround:
    repository = local_github.add("octo/site", FILES)
    folder = checkout(local_github.clone_url("octo/site"), tmp_path / "workspace")

    def make(token: str) -> Repo:
        return GitRepo(workspace=folder, token=Secret(token), sleep=no_sleep)

    return ServerGround(repository=repository, make=make)


def by_api(local_github: LocalGitHub) -> ServerGround:
    repository = local_github.add("octo/site", FILES)

    def make(token: str) -> Repo:
        return GitHubRepo(
            repository="octo/site",
            token=Secret(token),
            api_url=local_github.url,
            graphql_url=f"{local_github.url}/graphql",
            sleep=no_sleep,
        )

    return ServerGround(repository=repository, make=make)


def no_sleep(_seconds: float) -> None:
    return None


@pytest.fixture(params=["fake", "git", "github"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    if request.param == "fake":
        return FakeGround()
    local_github = request.getfixturevalue("local_github")
    return by_git(local_github, tmp_path) if request.param == "git" else by_api(local_github)


@pytest.fixture(params=["git", "github"])
def real(request: pytest.FixtureRequest, local_github: LocalGitHub, tmp_path: Path) -> ServerGround:
    return by_git(local_github, tmp_path) if request.param == "git" else by_api(local_github)


def change(repo: Repo, path: str = "src/client.ts", after: bytes = DEPLOYED) -> FileChange:
    return FileChange(path=path, before=repo.read(path, repo.head("main")), after=after)


def commit(repo: Repo, *changes: FileChange, parent: str = "", message: str = "Say hello") -> str:
    given = changes or (change(repo),)
    return repo.commit(given, branch="main", parent=parent or repo.head("main"), message=message)


def mode(real: ServerGround, revision: str, path: str) -> str:
    entry = real.repository.entry(revision, path)
    assert entry is not None
    return entry[0]


# --- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_read_byte_for_byte(ground: Ground, path: str) -> None:
    repo = ground.repo()
    assert repo.read(path, repo.head("main")) == FILES[path]


@pytest.mark.parametrize("path", ["missing.ts", "src", "src/client.ts/more", "README.m"])
def test_what_is_no_file_reads_as_none(ground: Ground, path: str) -> None:
    repo = ground.repo()
    assert repo.read(path, repo.head("main")) is None


def test_the_head_is_the_servers_and_not_the_checkouts(ground: Ground) -> None:
    pushed = ground.push_by_somebody("README.md", b"new\n")
    repo = ground.repo()
    assert repo.head("main") == pushed
    assert repo.read("README.md", pushed) == b"new\n"


def test_an_older_revision_reads_as_it_was(ground: Ground) -> None:
    repo = ground.repo()
    old = repo.head("main")
    ground.push_by_somebody("README.md", b"new\n")
    assert repo.read("README.md", old) == b"hello\n"


def test_an_unknown_branch_is_refused_by_name(ground: Ground) -> None:
    with pytest.raises(RepositoryRefused, match="`nowhere`"):
        ground.repo().head("nowhere")


# --- committing ----------------------------------------------------------------------------------


def test_a_commit_changes_the_named_file_and_nothing_else(ground: Ground) -> None:
    repo = ground.repo()
    made = commit(repo)
    assert repo.head("main") == made
    after = {path: repo.read(path, made) for path in FILES}
    assert after == {**FILES, "src/client.ts": DEPLOYED}


def test_a_commit_is_exactly_one_with_its_whole_message(ground: Ground) -> None:
    commit(ground.repo(), message="Point to the Space\n\nDeployed by run 7.\nSecond line")
    newest, *older = ground.messages()
    assert newest == "Point to the Space\n\nDeployed by run 7.\nSecond line"
    assert older == ["First commit"]


@pytest.mark.parametrize("path", ["new/.env.production", "a b/\u4f60\u597d.ts", "odd'\"$;&#?%.ts"])
def test_a_new_file_is_added_whatever_its_name(ground: Ground, path: str) -> None:
    repo = ground.repo()
    made = commit(repo, FileChange(path=path, before=None, after=b"x\r\n"))
    assert repo.read(path, made) == b"x\r\n"


def test_several_files_go_into_one_commit(ground: Ground) -> None:
    repo = ground.repo()
    made = commit(repo, change(repo), change(repo, "README.md", b"bye\n"))
    assert repo.read("src/client.ts", made) == DEPLOYED
    assert repo.read("README.md", made) == b"bye\n"
    assert len(ground.messages()) == 2


def test_nothing_to_change_makes_no_commit(ground: Ground) -> None:
    repo = ground.repo()
    head = repo.head("main")
    assert commit(repo, change(repo, after=CLIENT)) == head
    assert repo.head("main") == head


def test_a_branch_that_moved_is_a_race_and_keeps_the_other_commit(ground: Ground) -> None:
    repo = ground.repo()
    parent = repo.head("main")
    ours = change(repo)
    theirs = ground.push_by_somebody("README.md", b"theirs\n")
    with pytest.raises(RepositoryRefused) as refused:
        commit(repo, ours, parent=parent)
    assert refused.value.race
    assert repo.head("main") == theirs


def test_a_lost_race_can_be_redone_on_the_new_head(ground: Ground) -> None:
    repo = ground.repo()
    parent = repo.head("main")
    ours = change(repo)
    ground.push_by_somebody("README.md", b"theirs\n")
    with pytest.raises(RepositoryRefused):
        commit(repo, ours, parent=parent)
    made = commit(repo)
    assert repo.read("README.md", made) == b"theirs\n"
    assert repo.read("src/client.ts", made) == DEPLOYED
    assert len(ground.messages()) == 3


# --- branches ------------------------------------------------------------------------------------


def test_a_branch_is_created_moved_and_deleted(ground: Ground) -> None:
    repo = ground.repo()
    first = repo.head("main")
    second = ground.push_by_somebody("README.md", b"new\n")
    assert repo.find("ours/one") is None
    for revision in (first, second, first):
        repo.place("ours/one", revision)
        assert repo.find("ours/one") == revision
    repo.remove("ours/one")
    repo.remove("ours/one")
    assert repo.find("ours/one") is None
    assert repo.head("main") == second


def test_a_new_branch_takes_a_commit_and_leaves_the_others_alone(ground: Ground) -> None:
    repo = ground.repo()
    head = repo.head("main")
    repo.place("ours/one", head)
    made = repo.commit((change(repo),), branch="ours/one", parent=head, message="Say hello")
    assert (repo.find("ours/one"), repo.head("main")) == (made, head)
    assert repo.read("src/client.ts", made) == DEPLOYED


def test_a_reader_makes_no_branch(ground: Ground) -> None:
    head = ground.repo().head("main")
    with pytest.raises(RepositoryRefused):
        ground.repo(READER).place("ours/one", head)
    assert ground.repo().find("ours/one") is None


# --- permission ----------------------------------------------------------------------------------


def test_a_writer_may_write(ground: Ground) -> None:
    ground.repo().may_write("main")


def test_a_writer_may_write_although_the_branch_is_ahead(ground: Ground) -> None:
    ground.push_by_somebody("README.md", b"new\n")
    ground.repo().may_write("main")


def test_a_reader_may_not_write_and_is_told_which_permission_to_set(ground: Ground) -> None:
    with pytest.raises(RepositoryRefused) as refused:
        ground.repo(READER).may_write("main")
    assert "contents: write" in str(refused.value)
    assert refused.value.exit is Exit.FRONTEND


def test_asking_whether_one_may_write_writes_nothing(ground: Ground) -> None:
    ground.repo().may_write("main")
    assert ground.messages() == ["First commit"]


def test_a_readers_commit_is_refused_and_is_no_race(ground: Ground) -> None:
    repo = ground.repo()
    parent, ours = repo.head("main"), change(repo)
    with pytest.raises(RepositoryRefused, match="contents: write") as refused:
        commit(ground.repo(READER), ours, parent=parent)
    assert not refused.value.race
    assert ground.messages() == ["First commit"]


def test_a_protected_branch_is_refused_with_the_way_out(ground: Ground) -> None:
    ground.protect()
    with pytest.raises(RepositoryRefused, match="bypass the rules") as refused:
        commit(ground.repo())
    assert (refused.value.race, refused.value.protected) == (False, True)
    assert ground.messages() == ["First commit"]


# --- what only a server can do -------------------------------------------------------------------


def test_a_token_that_is_not_accepted_is_said_and_never_shown(real: ServerGround) -> None:
    repo = real.repo(UNKNOWN)
    for refused in (lambda: repo.head("main"), lambda: repo.may_write("main")):
        with pytest.raises(RepositoryRefused, match="token was not accepted") as error:
            refused()
        assert UNKNOWN not in str(error.value) + repr(error.value) + repr(repo)


def test_an_executable_file_stays_executable(real: ServerGround) -> None:
    repo = real.repo()
    made = commit(repo, change(repo, "bin/run.sh", b"#!/bin/sh\necho\n"))
    assert mode(real, made, "bin/run.sh") == "100755"


def test_a_new_file_is_not_executable(real: ServerGround) -> None:
    made = commit(real.repo(), FileChange(path="new.ts", before=None, after=b"x"))
    assert mode(real, made, "new.ts") == "100644"


def test_the_commits_author_is_the_actions_bot(real: ServerGround) -> None:
    commit(real.repo())
    assert real.repository.log("main")[0].author == "github-actions[bot]"


@pytest.mark.parametrize("status", [0, 502])
def test_one_failed_read_is_repeated(
    real: ServerGround, local_github: LocalGitHub, status: int
) -> None:
    local_github.faults.append(Fault(path="octo/site", status=status))
    assert real.repo().head("main") == real.repository.head("main")
    assert not local_github.faults


@pytest.mark.parametrize("status", [0, 502])
def test_a_commit_whose_answer_was_lost_is_found_and_made_once(
    real: ServerGround, local_github: LocalGitHub, status: int
) -> None:
    repo = real.repo()
    ours, parent = change(repo), repo.head("main")
    for path in ("/graphql", "/git-receive-pack"):
        local_github.faults.append(Fault(method="POST", path=path, when="after", status=status))
    made = commit(repo, ours, parent=parent)
    assert made == real.repository.head("main")
    assert real.messages() == ["Say hello", "First commit"]
    assert len(local_github.faults) == 1


@pytest.mark.parametrize("status", [0, 502])
def test_a_commit_that_never_arrived_is_sent_again(
    real: ServerGround, local_github: LocalGitHub, status: int
) -> None:
    repo = real.repo()
    ours, parent = change(repo), repo.head("main")
    for path in ("/graphql", "/git-receive-pack"):
        local_github.faults.append(Fault(method="POST", path=path, status=status))
    commit(repo, ours, parent=parent)
    assert real.messages() == ["Say hello", "First commit"]
    assert len(local_github.faults) == 1


def test_an_archived_or_foreign_repository_is_no_crash(
    real: ServerGround, local_github: LocalGitHub
) -> None:
    local_github.repositories.clear()
    subprocess.run(["rm", "-r", real.repository.path], check=True)
    with pytest.raises(RepositoryRefused):
        real.repo().head("main")
