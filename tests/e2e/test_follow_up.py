"""The follow-up commit of the real program, on a Hub and a GitHub that really do their part."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from localhub.testing import RunningHub
from tests.localgithub.repositories import Repository
from tests.localgithub.state import Fault, LocalGitHub
from tests.real.action import EXAMPLE
from tests.real.checkout import READER, WRITER, checkout, git
from tests.real.github import github_with_tokens
from tests.real.program import Checkout, Run

NAME = "octo/rag-chatbot"
CLIENT = "frontend/src/chatClient.ts"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[LocalGitHub]:
    with github_with_tokens(tmp_path / "github") as made:
        yield made


@pytest.fixture
def server(github: LocalGitHub) -> Repository:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=EXAMPLE,
        capture_output=True,
        check=True,
        text=True,
    )
    names = filter(None, listed.stdout.split("\0"))
    return github.add(NAME, {name: (EXAMPLE / name).read_bytes() for name in names})


@pytest.fixture
def job(github: LocalGitHub, server: Repository, hub: RunningHub, tmp_path: Path) -> Checkout:
    """A job on ``main``: a checkout as actions/checkout leaves it, and the runner's variables."""
    folder = checkout(github.clone_url(NAME), tmp_path / "checkout")
    variables = {
        **github.variables(),
        "GITHUB_REPOSITORY": NAME,
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_SHA": str(server.head("main")),
        "GITHUB_EVENT_NAME": "push",
        "INPUT_GITHUB_TOKEN": WRITER,
    }
    space = f"{hub.owner}/{tmp_path.name[:50].strip('-_').replace('_', '-')}"
    return Checkout(folder=folder, hub=hub, space=space, environment=variables)


def changed_paths(server: Repository, revision: str) -> list[str]:
    return server.git("diff", "--name-only", f"{revision}~1", revision).splitlines()


def succeeded(run: Run) -> str:
    assert run.code == 0, run.log
    return run.outputs["frontend-commit"]


@pytest.mark.parametrize("method", ["api", "git"])
def test_one_commit_points_the_client_to_the_space_and_a_second_run_makes_none(
    job: Checkout, server: Repository, method: str
) -> None:
    first = job.run(commit_method=method)
    made = succeeded(first)
    assert made == server.head("main")
    assert changed_paths(server, made) == [CLIENT]
    assert first.outputs["space-url"] in str(server.read(CLIENT, made))
    assert (made in server.verified) == (method == "api")
    assert git(job.folder, "status", "--porcelain") == ""
    second = job.run(commit_method=method)
    assert (second.code, second.outputs["status"]) == (0, "unchanged"), second.log
    assert server.head("main") == made
    assert WRITER not in first.text + second.text


def test_a_checkout_with_a_path_is_followed_up_in_the_repository_s_own_places(
    job: Checkout, server: Repository
) -> None:
    moved = job.folder.parent / "workspace"
    moved.mkdir()
    job.folder.rename(moved / "app")
    job.folder = moved
    made = succeeded(job.run(frontend="app/frontend"))
    assert changed_paths(server, made) == [CLIENT]


def test_a_deploy_is_recorded_as_a_deployment_of_github(job: Checkout, server: Repository) -> None:
    deployed, run = server.head("main"), job.run(environment="production")
    assert run.code == 0, run.log
    (record,) = server.deployments
    assert (record["environment"], record["sha"]) == ("production", deployed)
    assert [told["state"] for told in record["statuses"]] == ["in_progress", "success"]
    assert record["statuses"][-1]["environment_url"] == run.outputs["space-url"]


@pytest.mark.parametrize("method", ["api", "git"])
def test_what_somebody_pushed_during_the_deploy_is_kept(
    job: Checkout, server: Repository, github: LocalGitHub, method: str
) -> None:
    started = job.start(commit_method=method)
    theirs = server.push_by_somebody("README.md", b"pushed during the deploy\n")
    run = job.finish(started)
    made = succeeded(run)
    assert [one.sha for one in server.log("main")][:2] == [made, theirs]
    assert server.read("README.md", made) == b"pushed during the deploy\n"


@pytest.mark.parametrize("method", ["api", "git"])
def test_ten_pushes_between_reading_and_committing_lose_nothing(
    job: Checkout, server: Repository, github: LocalGitHub, method: str
) -> None:
    theirs: list[str] = []

    def push(found: Repository) -> None:
        if len(theirs) < 10:
            number = str(len(theirs))
            theirs.append(found.push_by_somebody(f"note-{number}.md", number.encode()))

    github.before_commit = push
    made = succeeded(job.run(commit_method=method))
    revisions = [one.sha for one in server.log("main")]
    assert revisions[:-1] == [made, *reversed(theirs)]
    assert len(theirs) == 10
    assert all(server.read(f"note-{n}.md", made) == str(n).encode() for n in range(10))
    assert changed_paths(server, made) == [CLIENT]


def test_a_commit_whose_answer_was_lost_is_reported_all_the_same(
    job: Checkout, server: Repository, github: LocalGitHub
) -> None:
    github.faults.append(Fault(method="POST", path="/graphql", when="after"))
    assert succeeded(job.run()) == server.head("main")
    assert len(server.log("main")) == 2


@pytest.mark.parametrize("method", ["api", "git"])
def test_a_token_that_may_only_read_stops_the_run_before_anything_is_deployed(
    job: Checkout, server: Repository, method: str
) -> None:
    job.environment["INPUT_GITHUB_TOKEN"] = READER
    run = job.run(commit_method=method)
    assert run.code == 2, run.log
    assert "contents: write" in run.log
    assert "space-url" not in run.outputs
    assert len(server.log("main")) == 1


@pytest.mark.parametrize(
    ("method", "asked"),
    [("api", True), ("git", False)],
    ids=["asked for", "for a protected branch"],
)
def test_one_pull_request_is_opened_kept_and_closed_when_nothing_is_left(
    job: Checkout, server: Repository, method: str, asked: bool
) -> None:
    inputs = {"commit_method": method}
    if asked:
        inputs["frontend_commit"] = "pull-request"
    else:
        server.protect("main")
    run = job.run(**inputs)
    assert (run.code, run.outputs["status"]) == (0, "healthy"), run.log
    (pull,) = server.pulls
    assert run.outputs["pull-request"].endswith(f"/pull/{pull['number']}")
    assert len(server.log("main")) == 1
    proposed = str(server.head(pull["head"]))
    assert changed_paths(server, proposed) == [CLIENT]
    again = job.run(**inputs)
    assert (again.code, again.outputs["status"]) == (0, "unchanged"), again.log
    assert (len(server.pulls), server.head(pull["head"])) == (1, proposed)
    server.git("update-ref", "refs/heads/main", proposed)
    inputs["frontend_commit"] = "pull-request"
    assert job.run(**inputs).code == 0
    assert pull["state"] == "closed"
    assert server.head(pull["head"]) is None


@pytest.mark.parametrize("method", ["api", "git"])
def test_where_no_pull_request_may_be_opened_the_setting_is_named(
    job: Checkout, server: Repository, method: str
) -> None:
    server.protect("main")
    server.actions_may_open = False
    run = job.run(commit_method=method)
    assert (run.code, run.outputs["status"]) == (7, "healthy"), run.log
    assert "Allow GitHub Actions to create and approve pull requests" in run.log
    assert len(server.log("main")) == 1
