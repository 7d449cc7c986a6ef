"""A preview's life by the real program, on a Hub that runs its Space and a GitHub that is told."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi

from localhub.testing import RunningHub
from tests.localgithub.repositories import Repository
from tests.localgithub.state import Grant, LocalGitHub
from tests.real.checkout import WRITER
from tests.real.github import github_with_tokens
from tests.real.program import HEALTHY, Checkout, Run

NAME = "octo/rag-chatbot"
SICK = '{"status": "degraded", "services": {"qdrant": {"status": "error"}}}'
STORE = "postgresql://u:pa55" + "canary@db.example.com/app?sslmode=require"
_numbers = itertools.count(1)


@dataclass(slots=True, kw_only=True)
class Pull:
    """Pull request 7 of a repository: what its runs are given, and what they leave behind."""

    job: Checkout
    hub: RunningHub
    github: LocalGitHub
    server: Repository
    number: int

    @property
    def space(self) -> str:
        return f"{self.job.space}-pr-{self.number}"

    def event(self, name: str, action: str = "", **changed: Any) -> None:
        """The runner's variables for this event."""
        repository = {"full_name": NAME, "private": False}
        head = {"sha": self.server.head("topic"), "ref": "topic", "repo": repository}
        pull = {"number": self.number, "head": head, "base": {"ref": "main"}, **changed}
        payload = {"action": action, "number": self.number, "pull_request": pull}
        path = self.job.folder.parent / "event.json"
        path.write_text(json.dumps(payload if action else {}))
        self.job.environment |= {
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_REF": f"refs/pull/{self.number}/merge" if action else "refs/heads/main",
            "GITHUB_SHA": str(self.server.head("main")),
        }

    def push(self, version: int, health: str = HEALTHY) -> None:
        """Another commit of the pull request, checked out."""
        self.job.backend(version=version, health=health)
        self.server.push_by_somebody("version.txt", str(version).encode(), "topic")

    def preview(self, action: str = "synchronize", **inputs: str) -> Run:
        self.event("pull_request", action)
        return self.job.run(mode="preview", **inputs)

    def close(self) -> None:
        self.server.pulls[0]["state"] = "closed"

    def asked(self, method: str, path: str) -> int:
        """How many requests of this kind the Hub has answered well."""
        return sum(
            (each["method"], each["path"], each["status"]) == (method, path, 200)
            for each in self.hub.requests()
        )

    @property
    def comments(self) -> list[str]:
        return self.server.said_on(self.number)


@pytest.fixture
def github(tmp_path: Path) -> Iterator[LocalGitHub]:
    with github_with_tokens(tmp_path / "github") as made:
        yield made


@pytest.fixture
def pull(github: LocalGitHub, hub: RunningHub, tmp_path: Path) -> Pull:
    server = github.add(NAME, {"README.md": b"# A chatbot\n"})
    server.git("branch", "topic", "main")
    server.push_by_somebody("notes.md", b"notes\n", "topic")
    number = server.open_pull("topic", "main", "Better answers", "")
    space = f"{hub.owner}/life-{next(_numbers)}"
    environment = {
        **github.variables(),
        "GITHUB_REPOSITORY": NAME,
        "INPUT_GITHUB_TOKEN": WRITER,
        "DATABASE_URL": STORE,
    }
    job = Checkout(folder=tmp_path / "work", hub=hub, space=space, environment=environment)
    job.backend(version=1)
    hub.forget_requests()
    return Pull(job=job, hub=hub, github=github, server=server, number=number)


def green(run: Run, status: str) -> Run:
    assert (run.code, run.outputs["status"]) == (0, status), run.log
    return run


def test_opened_pushed_twice_and_closed(pull: Pull, hub: RunningHub) -> None:
    api = HfApi(endpoint=hub.url, token=hub.token)
    foreign = f"{pull.job.space}-pr-{pull.number + 1}"
    api.create_repo(foreign, repo_type="space", space_sdk="docker")
    hub.forget_requests()

    opened = green(pull.preview("opened"), "healthy")
    for version in (2, 3):
        pull.push(version)
        run = green(pull.preview(), "healthy")
        address = run.outputs["space-url"]
        assert f'"version":{version}' in hub.get(f"{address}/api/version")[1].replace(" ", "")
        assert address == opened.outputs["space-url"]
    assert hub.stats(pull.space)["commits"] == 3
    (comment,) = pull.comments
    assert address in comment
    assert run.outputs["revision"][:10] in comment

    again = green(pull.preview(), "unchanged")
    assert hub.stats(pull.space)["commits"] == 3
    assert pull.comments == [comment]
    assert again.outputs["changed"] == "false"

    pull.close()
    pull.event("pull_request", "closed", merged=True)
    ended = green(pull.job.run(mode="cleanup"), "cleaned-up")
    assert f"Deleted {pull.space}" in ended.log
    (comment,) = pull.comments
    assert "Deleted" in comment
    assert not api.repo_exists(pull.space, repo_type="space")
    assert api.repo_exists(foreign, repo_type="space")
    assert pull.asked("POST", "/api/repos/create") == 1
    assert pull.asked("DELETE", "/api/repos/delete") == 1
    assert {each["environment"] for each in pull.server.deployments} == {"preview"}
    assert len(pull.server.deployments) == 3
    assert all(each["statuses"][-1]["state"] == "inactive" for each in pull.server.deployments)


def test_a_foreign_space_of_a_preview_s_name_survives_both_modes(
    pull: Pull, hub: RunningHub
) -> None:
    api = HfApi(endpoint=hub.url, token=hub.token)
    api.create_repo(pull.space, repo_type="space", space_sdk="docker")
    before = api.space_info(pull.space).sha
    refused = pull.preview("opened", secrets="DATABASE_URL")
    assert refused.code == 4, refused.log
    assert "left alone" in refused.log
    pull.close()
    pull.event("pull_request", "closed")
    green(pull.job.run(mode="cleanup"), "cleaned-up")
    pull.event("schedule")
    green(pull.job.run(mode="cleanup"), "cleaned-up")
    assert api.space_info(pull.space).sha == before
    assert api.get_space_secrets(pull.space) == {}
    assert pull.asked("DELETE", "/api/repos/delete") == 0


def test_a_schedule_deletes_what_closed_while_nobody_looked(pull: Pull, hub: RunningHub) -> None:
    green(pull.preview("opened"), "healthy")
    pull.event("schedule")
    green(pull.job.run(mode="cleanup"), "cleaned-up")
    assert pull.asked("DELETE", "/api/repos/delete") == 0
    pull.close()
    green(pull.job.run(mode="cleanup"), "cleaned-up")
    assert pull.asked("DELETE", "/api/repos/delete") == 1


def test_what_is_wrong_stands_in_the_comment_and_no_secret_does(pull: Pull) -> None:
    pull.event("push")
    green(pull.job.run(mode="deploy", secrets="DATABASE_URL", frontend="none"), "healthy")
    pull.push(2, SICK)
    run = pull.preview("opened", secrets="DATABASE_URL", health_timeout="20")
    assert run.code == 6, run.log
    (comment,) = pull.comments
    assert "qdrant" in comment
    assert "❌" in comment
    assert any("production" in line for line in run.log.splitlines() if "DATABASE_URL" in line)
    assert STORE not in comment + run.text
    assert pull.server.deployments[-1]["statuses"][-1]["state"] == "failure"


def test_a_job_without_permissions_on_github_is_green_and_names_them(pull: Pull) -> None:
    lacks = frozenset({"issues", "pull-requests", "deployments"})
    pull.github.grants[WRITER] = Grant(installation=True, lacks=lacks)
    run = green(pull.preview("opened"), "healthy")
    assert "pull-requests: write" in run.log
    assert "deployments: write" in run.log
    assert pull.comments == []


def test_a_fork_s_pull_request_is_told_of_rehearse(pull: Pull) -> None:
    fork = {"sha": "f" * 40, "ref": "topic", "repo": {"full_name": "stranger/rag-chatbot"}}
    pull.event("pull_request", "opened", head=fork)
    run = pull.job.run(mode="preview", hf_token="")
    assert run.code == 2, run.log
    assert "mode: rehearse" in run.log
    assert pull.asked("POST", "/api/repos/create") == 0
