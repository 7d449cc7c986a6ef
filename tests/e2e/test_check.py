"""``mode: check`` by the real program: a Hub that runs the Space, a GitHub that keeps the issue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from localhub.testing import RunningHub
from tests.localgithub.repositories import Repository
from tests.localgithub.state import LocalGitHub
from tests.real.checkout import WRITER
from tests.real.github import github_with_tokens
from tests.real.program import Checkout, Run

NAME = "octo/rag-chatbot"
ORIGIN = "https://chat.example.org"
APP = """\
import json
import os
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(
    CORSMiddleware, allow_origins=["https://chat.example.org"], allow_methods=["*"],
    allow_headers=["*"]
)


@app.get("/api/health")
def health():
    return json.loads(Path(os.environ["ANSWER_FILE"]).read_text())


@app.post("/api/chat")
def chat(question: str):
    return {"answer": question}
"""
WELL = {"status": "healthy"}
SICK = {"status": "degraded", "services": {"qdrant": {"status": "error"}}}


@dataclass(slots=True, kw_only=True)
class Deployed:
    """A Space that serves, whose health is what a file says, and checks of it."""

    job: Checkout
    hub: RunningHub
    answer: Path

    def is_now(self, answer: dict[str, Any]) -> None:
        self.answer.write_text(json.dumps(answer))

    def check(self, **inputs: str) -> Run:
        """A check in a workspace without a checkout, and without a token if none is given."""
        given = {"health_timeout": "60", "hf_token": "", **inputs}
        empty = self.job.folder.parent / "nothing"
        empty.mkdir(exist_ok=True)
        return replace(self.job, folder=empty).run(mode="check", **given)

    def written(self) -> dict[str, Any]:
        stats = self.hub.stats(self.job.space)
        return {k: v for k, v in stats.items() if k in ("commits", "builds", "sha")}


@pytest.fixture(scope="module")
def deployed(hub: RunningHub, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    folder = tmp_path_factory.mktemp("check")
    job = Checkout(folder=folder / "checkout", hub=hub, space=f"{hub.owner}/checked")
    job.backend(version=1)
    job.write("backend/main.py", APP)
    made = Deployed(job=job, hub=hub, answer=folder / "answer.json")
    made.is_now(WELL)
    done = job.run(variables=f"ANSWER_FILE={made.answer}", frontend_url=ORIGIN)
    assert done.code == 0, done.log
    return made


@pytest.fixture(autouse=True)
def healthy_again(deployed: Deployed) -> Iterator[None]:
    yield
    deployed.is_now(WELL)


@pytest.fixture
def github(tmp_path: Path) -> Iterator[LocalGitHub]:
    with github_with_tokens(tmp_path / "github") as made:
        yield made


@pytest.fixture
def watched(deployed: Deployed, github: LocalGitHub) -> Repository:
    """The repository whose workflow runs the checks."""
    server = github.add(NAME, {"README.md": b"rag"})
    deployed.job.environment = {
        **github.variables(),
        "GITHUB_REPOSITORY": NAME,
        "GITHUB_RUN_ID": "1",
        "GITHUB_EVENT_NAME": "schedule",
        "GITHUB_REF": "refs/heads/main",
        "INPUT_GITHUB_TOKEN": WRITER,
    }
    return server


def test_a_healthy_space_is_green_without_a_token_or_a_checkout(deployed: Deployed) -> None:
    before = deployed.written()
    run = deployed.check(frontend_url=ORIGIN)
    assert (run.code, run.outputs["status"]) == (0, "healthy"), run.log
    assert run.outputs["revision"] == before["sha"]
    assert "serves" in run.summary
    assert deployed.written() == before


def test_a_sleeping_space_is_woken_by_a_visit(deployed: Deployed) -> None:
    deployed.hub.sleep(deployed.job.space)
    assert deployed.hub.stats(deployed.job.space)["stage"] == "SLEEPING"
    deployed.hub.forget_requests()
    run = deployed.check()
    assert run.code == 0, run.log
    written = [each for each in deployed.hub.requests() if each["method"] not in ("GET", "HEAD")]
    assert written == []


def test_an_origin_that_the_app_does_not_know_is_red(deployed: Deployed) -> None:
    run = deployed.check(frontend_url="https://other.example.org")
    assert (run.code, run.outputs["frontend-status"]) == (6, "blocked-by-cors"), run.log
    assert "https://other.example.org" in run.summary


def test_a_space_that_nobody_may_see_is_explained(deployed: Deployed) -> None:
    run = deployed.check(space=f"{deployed.hub.owner}/none")
    assert run.code == 4
    assert "A private Space is seen with a token only" in run.log


def test_a_private_space_is_checked_with_a_token(deployed: Deployed, hub: RunningHub) -> None:
    job = replace(deployed.job, space=f"{hub.owner}/checked-private")
    done = job.run(variables=f"ANSWER_FILE={deployed.answer}", visibility="private")
    assert done.code == 0, done.log
    private = replace(deployed, job=job)
    assert private.check().code == 4
    run = private.check(hf_token=hub.read_token)
    assert (run.code, run.outputs["status"]) == (0, "healthy"), run.log


def test_one_issue_is_opened_kept_up_to_date_and_closed(
    deployed: Deployed, watched: Repository
) -> None:
    before = deployed.written()
    deployed.is_now(SICK)
    for _ in range(2):
        run = deployed.check(report="issue")
        assert (run.code, run.outputs["status"]) == (6, "failed"), run.log
    (issue,) = watched.issues
    assert issue["state"] == "open"
    assert "qdrant" in issue["body"]
    assert "/actions/runs/1" in issue["body"]
    assert watched.comments == []

    deployed.is_now(WELL)
    assert deployed.check(report="issue").code == 0
    assert issue["state"] == "closed"
    assert "Healthy again" in watched.said_on(issue["number"])[0]
    assert deployed.written() == before


def test_without_the_permission_a_check_is_as_green_or_red_as_before(
    deployed: Deployed, watched: Repository, github: LocalGitHub
) -> None:
    github.grants[WRITER] = replace(github.grants[WRITER], lacks=frozenset({"issues"}))
    deployed.is_now(SICK)
    run = deployed.check(report="issue")
    assert run.code == 6
    assert "issues: write" in run.log
    assert watched.issues == []
