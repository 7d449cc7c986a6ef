"""``mode: plan`` on a pull request by the real program: one comment on a real GitHub's terms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from localhub.testing import RunningHub
from tests.localgithub.repositories import Repository
from tests.localgithub.state import LocalGitHub
from tests.pipeline.scene import CLIENT
from tests.real.checkout import READER, WRITER, git
from tests.real.github import github_with_tokens
from tests.real.program import Checkout, Run

NAME = "octo/rag-chatbot"
# Assembled, so that no scanner takes this file for a leak.
KEY = "AIza" + "SyB7qN4vX2mK9pL5tR8wY3cF6hJ1dG0sZxQ"
CANARY = "cn-7Qx1-the-canary-of-this-test-9Zk2"


@dataclass(slots=True, kw_only=True)
class Pull:
    """A pull request and runs for its pushes."""

    job: Checkout
    server: Repository
    number: int

    @property
    def comments(self) -> list[str]:
        return self.server.said_on(self.number)

    def plan(self, repository: str = NAME, **inputs: str) -> Run:
        """The run for a push to the pull request, whose commits lie in ``repository``."""
        head = {"sha": "b" * 40, "ref": "topic", "repo": {"full_name": repository}}
        pull = {"number": self.number, "head": head, "base": {"ref": "main"}}
        event = {"action": "synchronize", "number": self.number, "pull_request": pull}
        path = self.job.folder.parent / "event.json"
        path.write_text(json.dumps(event))
        self.job.environment |= {"GITHUB_EVENT_PATH": str(path)}
        return self.job.run(mode="plan", **inputs)


@pytest.fixture
def github(tmp_path: Path) -> Iterator[LocalGitHub]:
    with github_with_tokens(tmp_path / "github") as made:
        yield made


@pytest.fixture
def pull(github: LocalGitHub, hub: RunningHub, tmp_path: Path) -> Pull:
    server = github.add(NAME, {"README.md": b"rag"})
    number = server.open_pull("topic", "main")
    job = Checkout(folder=tmp_path / "checkout", hub=hub, space=f"{hub.owner}/of-a-plan")
    job.backend(version=1)
    job.write("frontend/package.json", '{"name": "web"}')
    job.write("frontend/src/chatClient.ts", CLIENT)
    job.environment = {
        **github.variables(),
        "GITHUB_REPOSITORY": NAME,
        "GITHUB_REF": f"refs/pull/{number}/merge",
        "GITHUB_RUN_ID": "1",
        "GITHUB_EVENT_NAME": "pull_request",
        "INPUT_GITHUB_TOKEN": WRITER,
        "INPUT_HF_TOKEN": "",
        "GREETING": CANARY,
    }
    return Pull(job=job, server=server, number=number)


def test_each_push_brings_the_one_comment_up_to_date(pull: Pull) -> None:
    first = pull.plan(secrets="GREETING", variables="LOG_LEVEL=INFO")
    assert (first.code, first.outputs["status"]) == (0, "planned"), first.log
    for part in ("main.py", "GREETING", "LOG_LEVEL", "```diff", "chatClient.ts"):
        assert part in pull.comments[0], part
    assert CANARY not in pull.comments[0]
    pull.job.write("backend/extra.py", "x = 1\n")
    pull.plan(secrets="GREETING", variables="LOG_LEVEL=DEBUG")
    (comment,) = pull.comments
    assert "extra.py" in comment
    assert "DEBUG" in comment


def test_on_github_enterprise_server_it_is_the_same(pull: Pull, github: LocalGitHub) -> None:
    github.prefixed = True
    pull.job.environment |= github.variables()
    for _ in range(2):
        assert pull.plan().code == 0
    assert len(pull.comments) == 1
    assert any("/api/v3/repos/octo/rag-chatbot/issues/" in each for each in github.requests)


def test_what_a_deploy_would_refuse_is_red_and_stands_in_the_comment(pull: Pull) -> None:
    run = pull.plan(secrets="ABSENT")
    assert run.code == 2
    assert "ABSENT" in pull.comments[0]


def test_a_hazard_is_annotated_where_it_stands_in_the_repository(pull: Pull) -> None:
    pull.job.write("backend/keys.py", f'\nKEY = "{KEY}"\n')
    run = pull.plan()
    assert run.code == 3
    assert "::error title=Bundle,file=backend/keys.py,line=2::" in run.log
    assert KEY not in run.text + pull.comments[0]


@pytest.mark.parametrize("backend", ["backend", "app/backend"])
def test_a_checkout_with_a_path_changes_no_place(pull: Pull, backend: str) -> None:
    moved = pull.job.folder.parent / "workspace"
    moved.mkdir()
    pull.job.folder.rename(moved / "app")
    pull.job.folder = moved
    git(moved / "app", "init", "-q")
    git(moved / "app", "remote", "add", "origin", f"https://github.com/{NAME}")
    pull.job.write("app/backend/keys.py", f'\nKEY = "{KEY}"\n')
    run = pull.plan(backend=backend)
    assert run.code == 3
    assert "file=backend/keys.py,line=2::" in run.log
    assert "src/chatClient.ts" in pull.comments[0]
    assert "app/frontend" not in pull.comments[0]


def test_a_forks_plan_is_in_the_summary_only_and_says_so(pull: Pull) -> None:
    pull.job.environment |= {"INPUT_GITHUB_TOKEN": READER}
    run = pull.plan(repository="stranger/rag-chatbot", secrets="ABSENT_TO_A_FORK")
    assert run.code == 0, run.log
    assert "What ships" in run.summary
    assert "may only read" in run.summary
    assert pull.comments == []


def test_without_the_permission_it_is_green_and_named(pull: Pull, github: LocalGitHub) -> None:
    lacking = frozenset({"issues", "pull-requests"})
    github.grants[WRITER] = replace(github.grants[WRITER], lacks=lacking)
    run = pull.plan()
    assert run.code == 0, run.log
    assert "::warning" in run.log
    assert "pull-requests: write" in run.log
