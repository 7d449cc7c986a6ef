"""fleet.yml under a runner, called as its users call it: a canary, the others, one summary."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from localhub.testing import RunningHub, running
from tests.real import artifacts
from tests.real.act import BIN, Done, Event, Runner
from tests.real.action import ROOT
from tests.real.need import missing

APP = """\
import os

from fastapi import FastAPI

app = FastAPI()


@app.get("/api/health")
def health():
    return {"status": "healthy", "key": bool(os.environ["API_KEY"])}
"""
SPACES = """\
defaults:
  secrets: [API_KEY]
  health-timeout: 120
spaces:
  - space: tester/act-first
    canary: true
  - space: tester/act-second
    secrets: {DATABASE_URL: DATABASE_URL_SECOND}
  - space: tester/act-third
"""
VALUES = {
    "API_KEY": "k-7Qx1\"fleet'9Zk2 {}$(x)",
    "DATABASE_URL_SECOND": "postgresql://u:fl33t-pass@db.example.com/app?sslmode=require",
}


@pytest.fixture(autouse=True)
def needs_act() -> None:
    if not (BIN / "act").exists():
        missing("act, which stands in for GitHub's runner, is not installed")


@pytest.fixture(scope="module")
def hub() -> Iterator[RunningHub]:
    with running("--runner", "stub") as started:
        yield started


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A repository with the example's workflow, and runs of it."""

    folder: Path
    runner: Runner
    options: list[str]
    hub: RunningHub

    def push(self, spaces: str) -> Done:
        (self.folder / "spaces.yml").write_text(spaces)
        environment = self.hub.environment()
        del environment["HF_TOKEN"]
        values = {"HF_TOKEN": self.hub.token, **VALUES}
        event = Event(
            secrets=values,
            workflow="fleet.yml",
            environment=environment,
            options=tuple(self.options),
        )
        return self.runner.run(self.folder, event)


@pytest.fixture
def caller(hub: RunningHub, tmp_path: Path) -> Caller:
    folder = tmp_path / "repository"
    (folder / ".github" / "workflows").mkdir(parents=True)
    workflow = (ROOT / "examples" / "workflows" / "fleet.yml").read_text()
    workflow = workflow.replace("GEMINI_API_KEY", "API_KEY")
    workflow = re.sub(r"^.*DATABASE_URL_STAGING.*\n", "", workflow, flags=re.MULTILINE)
    workflow = workflow.replace("DATABASE_URL_PRODUCTION", "DATABASE_URL_SECOND")
    (folder / ".github" / "workflows" / "fleet.yml").write_text(workflow)
    (folder / "backend").mkdir()
    (folder / "backend" / "main.py").write_text(APP)
    (folder / "backend" / "requirements.txt").write_text("fastapi==0.165.0\nuvicorn==0.54.0\n")
    for command in ("init --quiet --initial-branch=main", "add --all"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    commit = ["git", *person, "commit", "--quiet", "--message=Apps"]
    subprocess.run(commit, cwd=folder, check=True)
    return Caller(
        folder=folder, runner=Runner(tmp_path), options=artifacts.options(tmp_path), hub=hub
    )


def test_a_broken_canary_stops_the_rest_and_once_it_is_mended_all_are_done(
    caller: Caller, hub: RunningHub
) -> None:
    hub.fault(method="POST", path="act-first/commit/", status=403, times=100)
    done = caller.push(SPACES)
    assert done.code != 0
    assert "1 of 3 Spaces failed: tester/act-first. 2 more were not started." in done.log
    assert "A canary failed, so nothing else was touched" in done.log
    assert "403" in done.log
    assert "set-output:: repeat=tester/act-first tester/act-second tester/act-third" in done.log
    api = HfApi(endpoint=hub.url, token=hub.token)
    assert not api.repo_exists("tester/act-second", repo_type="space")

    hub.clear_faults()
    done = caller.push(SPACES)
    assert done.code == 0, done.log
    assert "All 3 Spaces of `spaces.yml` are as they should be" in done.log
    secrets = {
        name: set(api.get_space_secrets(f"tester/act-{name}")) for name in ("first", "second")
    }
    assert secrets == {"first": {"API_KEY"}, "second": {"API_KEY", "DATABASE_URL"}}
    for value in (hub.token, *VALUES.values()):
        assert value not in done.log
