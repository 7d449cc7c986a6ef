"""The follow-up commit where branches, people and names are not the usual ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from localhub.testing import RunningHub
from tests.localgithub.repositories import Repository
from tests.localgithub.state import LocalGitHub
from tests.real.action import EXAMPLE
from tests.real.checkout import WRITER, checkout, git
from tests.real.github import github_with_tokens
from tests.real.program import Checkout

NAME = "octo/rag-chatbot"
CLIENT = "frontend/src/chatClient.ts"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[LocalGitHub]:
    with github_with_tokens(tmp_path / "github") as made:
        yield made


@pytest.fixture
def server(github: LocalGitHub) -> Repository:
    listed = git(EXAMPLE, "-c", "safe.directory=*", "ls-files", "-z").split("\0")
    files = {name: (EXAMPLE / name).read_bytes() for name in listed if name}
    client = files.pop(CLIENT)
    return github.add(NAME, {**files, "frontend/src/größe/聊天.ts": client})


@pytest.fixture
def job(github: LocalGitHub, server: Repository, hub: RunningHub, tmp_path: Path) -> Checkout:
    variables = {
        **github.variables(),
        "GITHUB_REPOSITORY": NAME,
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_SHA": str(server.head("main")),
        "GITHUB_EVENT_NAME": "push",
        "INPUT_GITHUB_TOKEN": WRITER,
    }
    space = f"{hub.owner}/{tmp_path.name[:50].strip('-_').replace('_', '-')}"
    folder = checkout(github.clone_url(NAME), tmp_path / "checkout")
    return Checkout(folder=folder, hub=hub, space=space, environment=variables)


@pytest.mark.parametrize("method", ["api", "git"])
def test_a_branch_with_slashes_a_path_in_other_letters_and_a_message_of_lines(
    job: Checkout, server: Repository, method: str
) -> None:
    server.git("update-ref", "refs/heads/feature/chat/neu", "refs/heads/main")
    job.environment["GITHUB_REF"] = "refs/heads/feature/chat/neu"
    run = job.run(commit_method=method, commit_message="fix: call the Space\n\nBody: ä\n- a list")
    assert run.code == 0, run.log
    made = run.outputs["frontend-commit"]
    assert server.head("feature/chat/neu") == made
    assert len(server.log("main")) == 1
    changed = server.git("diff", "--name-only", "-z", f"{made}~1", made).strip("\0\n")
    assert changed == "frontend/src/größe/聊天.ts"
    assert server.git("log", "-1", "--format=%B", made).strip() == (
        "fix: call the Space\n\nBody: ä\n- a list"
    )


@pytest.mark.parametrize(
    "ref", ["refs/tags/v1", "refs/pull/3/merge", "refs/heads/gh-readonly-queue/main/pr-3-abc"]
)
def test_no_commit_is_made_where_no_branch_was_deployed(
    job: Checkout, server: Repository, ref: str
) -> None:
    server.git("update-ref", ref, "refs/heads/main")
    job.environment["GITHUB_REF"] = ref
    before = server.git("for-each-ref")
    run = job.run()
    assert run.code == 0, run.log
    assert "frontend-commit" not in run.outputs or not run.outputs["frontend-commit"]
    assert server.git("for-each-ref") == before
    assert "not pushed" in run.log


def test_a_pull_request_whose_branch_was_deleted_is_made_anew(
    job: Checkout, server: Repository
) -> None:
    assert job.run(frontend_commit="pull-request").code == 0
    (pull,) = server.pulls
    server.git("update-ref", "-d", f"refs/heads/{pull['head']}")
    run = job.run(frontend_commit="pull-request")
    assert run.code == 0, run.log
    assert server.head(pull["head"]) is not None


def test_after_a_person_closed_it_one_new_pull_request_is_kept(
    job: Checkout, server: Repository
) -> None:
    assert job.run(frontend_commit="pull-request").code == 0
    (pull,) = server.pulls
    pull["state"] = "closed"
    runs = [job.run(frontend_commit="pull-request") for _ in range(2)]
    assert [run.code for run in runs] == [0, 0], runs[0].log
    assert [each["state"] for each in server.pulls] == ["closed", "open"]
