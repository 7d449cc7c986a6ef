"""What ``GitHubRepo`` keeps beyond the contract: verified commits, limits, rules, doubt."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deployer.adapters.github import GitHubRepo
from deployer.errors import RepositoryRefused
from deployer.model import FileChange, Secret
from tests.localgithub.repositories import Repository
from tests.localgithub.server import serving
from tests.localgithub.state import Fault, Grant, LocalGitHub
from tests.real.checkout import READER, UNKNOWN, WRITER

NAME = "octo/site"
CHANGE = FileChange(path="client.ts", before=b"old\n", after=b"new\n")


@pytest.fixture
def server(local_github: LocalGitHub) -> Repository:
    return local_github.add(NAME, {"client.ts": b"old\n", "README.md": b"hello\n"})


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def repo(local_github: LocalGitHub, server: Repository, slept: list[float]) -> GitHubRepo:
    return connect(local_github, WRITER, slept.append)


def connect(
    github: LocalGitHub, token: str, sleep: Callable[[float], None] = lambda _: None
) -> GitHubRepo:
    return GitHubRepo(
        repository=NAME,
        token=Secret(token),
        api_url=github.variables()["GITHUB_API_URL"],
        graphql_url=github.variables()["GITHUB_GRAPHQL_URL"],
        sleep=sleep,
    )


def commit(repo: GitHubRepo, parent: str = "") -> str:
    parent = parent or repo.head("main")
    return repo.commit([CHANGE], branch="main", parent=parent, message="Follow up")


def test_the_commit_is_verified(repo: GitHubRepo, server: Repository) -> None:
    assert commit(repo) in server.verified


def test_on_github_enterprise_server_it_is_the_same(
    local_github: LocalGitHub, server: Repository
) -> None:
    local_github.prefixed = True
    repo = connect(local_github, WRITER)
    repo.may_write("main")
    assert commit(repo) == server.head("main")
    asked = {each.split()[1].partition("/repos/")[0] for each in local_github.requests}
    assert {"/api/v3", "/api/graphql"} <= asked


def test_a_push_in_the_middle_of_the_request_is_a_race(
    repo: GitHubRepo, server: Repository, local_github: LocalGitHub
) -> None:
    local_github.before_commit = lambda found: (
        str(found.push_by_somebody("README.md", b"x")) and None
    )
    with pytest.raises(RepositoryRefused) as refused:
        commit(repo)
    assert refused.value.race
    assert [one.message for one in server.log("main")] == ["Change README.md", "First commit"]


def test_a_lost_answer_is_found_below_somebody_elses_commit(
    local_github: LocalGitHub, server: Repository
) -> None:
    theirs: list[str] = []

    def push_instead_of_sleeping(_seconds: float) -> None:
        theirs.append(server.push_by_somebody("README.md", b"x\n"))

    repo = connect(local_github, WRITER, push_instead_of_sleeping)
    local_github.faults += [
        Fault(method="POST", path="/graphql", when="after"),
        Fault(path="/commits", status=502),
    ]
    made = commit(repo)
    assert [one.sha for one in server.log("main")][:2] == [theirs[0], made]
    assert len(theirs) == 1


def test_somebody_elses_commit_of_the_same_name_is_not_taken_for_ours(
    repo: GitHubRepo, server: Repository, local_github: LocalGitHub
) -> None:
    parent = repo.head("main")
    server.change("main", {"client.ts": b"else\n"}, message="Follow up", parent=parent)
    local_github.faults.append(Fault(method="POST", path="/graphql"))
    with pytest.raises(RepositoryRefused) as refused:
        commit(repo, parent)
    assert refused.value.race


def test_an_older_commit_of_the_same_content_is_not_taken_for_ours(
    repo: GitHubRepo, server: Repository, local_github: LocalGitHub
) -> None:
    earlier = commit(repo)
    server.push_by_somebody("client.ts", b"old\n")
    local_github.faults.append(Fault(method="POST", path="/graphql"))
    made = commit(repo)
    assert made == server.head("main") != earlier


def test_a_limit_that_ends_soon_is_waited_for(
    repo: GitHubRepo, server: Repository, local_github: LocalGitHub, slept: list[float]
) -> None:
    limited = Fault(method="POST", path="/graphql", status=403, headers={"Retry-After": "7"})
    local_github.faults.append(limited)
    commit(repo)
    assert slept == [7.0]
    assert len(server.log("main")) == 2


def test_a_secondary_limit_without_a_time_is_waited_for_a_minute(
    repo: GitHubRepo, server: Repository, local_github: LocalGitHub, slept: list[float]
) -> None:
    # As GitHub sends it: the window's own end has nothing to do with it.
    window = {"X-RateLimit-Remaining": "4990", "X-RateLimit-Reset": "99999999999"}
    said = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
    limited = Fault(path="/git/ref", status=403, headers=window, content=said)
    local_github.faults.append(limited)
    repo.head("main")
    assert slept == [60.0]


def test_a_limit_that_ends_too_late_is_said(
    repo: GitHubRepo, local_github: LocalGitHub, slept: list[float]
) -> None:
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"}
    local_github.faults.append(Fault(path="/git/ref", status=403, headers=spent))
    with pytest.raises(RepositoryRefused, match="rate limit is used up"):
        repo.head("main")
    assert slept == []


def test_a_server_that_stays_broken_is_refused_after_a_few_tries(
    repo: GitHubRepo, server: Repository, local_github: LocalGitHub
) -> None:
    parent = repo.head("main")
    local_github.faults += [Fault(method="POST", path="/graphql", status=502)] * 10
    with pytest.raises(RepositoryRefused, match="HTTP 502"):
        commit(repo, parent)
    assert len(local_github.faults) == 6
    assert len(server.log("main")) == 1


def test_a_file_above_a_megabyte_is_read_whole(repo: GitHubRepo, server: Repository) -> None:
    big = bytes(range(256)) * 5000
    assert repo.read("big.bin", server.push_by_somebody("big.bin", big)) == big


# --- permission ----------------------------------------------------------------------------------


def test_a_ruleset_is_known_before_anything_is_written(
    repo: GitHubRepo, server: Repository
) -> None:
    server.protect("main", ruleset=True)
    with pytest.raises(RepositoryRefused, match="`pull_request`"):
        repo.may_write("main")
    repo.may_write("other")


def test_a_rulesets_refusal_shows_the_way_out(repo: GitHubRepo, server: Repository) -> None:
    server.protect("main", ruleset=True)
    with pytest.raises(RepositoryRefused, match="bypass the rules") as refused:
        commit(repo)
    assert not refused.value.race


def test_an_archived_repository_is_refused(repo: GitHubRepo, server: Repository) -> None:
    server.archived = True
    with pytest.raises(RepositoryRefused, match="archived"):
        repo.may_write("main")


def test_asking_costs_no_push(repo: GitHubRepo, local_github: LocalGitHub) -> None:
    repo.may_write("main")
    assert not any(line.startswith("POST") for line in local_github.requests)


@pytest.mark.parametrize(
    ("grant", "allowed"),
    [
        (Grant(), True),
        (Grant(installation=True), True),
        (Grant(write=False), False),
    ],
)
def test_where_git_is_not_served_the_permissions_field_decides(
    local_github: LocalGitHub, server: Repository, grant: Grant, allowed: bool
) -> None:
    local_github.grants["token"] = grant
    local_github.faults.append(Fault(path="/info/refs", status=404))
    repo = connect(local_github, "token")
    if allowed:
        repo.may_write("main")
    else:
        with pytest.raises(RepositoryRefused, match="contents: write"):
            repo.may_write("main")
    assert local_github.faults == []


def test_a_read_only_token_of_a_user_who_may_push_is_refused(
    local_github: LocalGitHub, server: Repository
) -> None:
    local_github.grants["token"] = Grant(write=False, user_writes=True)
    with pytest.raises(RepositoryRefused, match="contents: write"):
        connect(local_github, "token").may_write("main")


def test_an_unknown_repository_is_said_by_name(local_github: LocalGitHub) -> None:
    with pytest.raises(RepositoryRefused, match="octo/site"):
        connect(local_github, WRITER).may_write("main")


# --- the token -----------------------------------------------------------------------------------


def test_a_netrc_of_the_runner_does_not_replace_the_token(
    repo: GitHubRepo, server: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login someone password {READER}\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert commit(repo) == server.head("main")


def test_the_token_never_goes_to_a_host_that_is_not_the_apis(
    repo: GitHubRepo, local_github: LocalGitHub, tmp_path: Path
) -> None:
    with serving(LocalGitHub(root=tmp_path / "elsewhere")) as elsewhere:
        local_github.clone_site = elsewhere.url
        repo.may_write("main")
        assert elsewhere.requests == []


def test_a_broken_connection_shows_no_token(local_github: LocalGitHub) -> None:
    repo = GitHubRepo(
        repository=NAME,
        token=Secret(UNKNOWN),
        api_url=f"http://127.0.0.1:9/{UNKNOWN}",
        sleep=lambda _: None,
    )
    with pytest.raises(RepositoryRefused) as refused:
        repo.head("main")
    assert UNKNOWN not in str(refused.value)


def test_a_run_without_a_follow_up_never_loads_the_http_client() -> None:
    probe = "import sys, deployer.adapters.github as g; print('requests' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
