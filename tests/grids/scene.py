"""Where the grids play: a Hub, a GitHub, the wires before them, and jobs that deploy there.

Everything is real but the apps (localhub/stub_runner.py) and the pace of time.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from localhub.testing import RunningHub, running
from tests.grids.program import Ended, Programs, programs
from tests.grids.wire import Tape, between
from tests.localgithub.repositories import Repository
from tests.localgithub.state import LocalGitHub
from tests.real.checkout import WRITER, checkout
from tests.real.github import github_with_tokens
from tests.real.program import read_outputs

REPOSITORY = "octo/site"
CLIENT = "frontend/client.js"
FILES = {
    "backend/main.py": """\
import os

from fastapi import FastAPI

app = FastAPI(title="Grid")


@app.get("/api/health")
def health():
    return {"status": "healthy", "greeting": os.environ.get("GREETING", "")}


@app.post("/api/chat")
def chat(question: str):
    return {"answer": os.environ["API_KEY"][:0] + os.environ["SERVICE_TOKEN"][:0] + question}
""",
    "backend/requirements.txt": "fastapi==0.165.0\nuvicorn==0.54.0\n",
    "backend/old.py": "GONE = 'in the update'\n",
    "frontend/package.json": '{"name": "site", "devDependencies": {"vite": "^7.0.0"}}',
    CLIENT: """\
const baseUrl = 'http://localhost:8000';

export async function ask(question) {
  const response = await fetch(`${baseUrl}/api/chat?question=${question}`, { method: 'POST' });
  return (await response.json()).answer;
}
""",
}
SECRETS = {
    "API_KEY": "gr-7Qx1'apikey\"9Zk2<&>first",
    "SERVICE_TOKEN": "gr-service-7Qx1%41+9Zk2",
    "LEAVING": "gr-leaving-7Qx1-9Zk2",
}
CHANGED = {**SECRETS, "API_KEY": "gr-7Qx1'apikey\"9Zk2<&>second"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run and what it left."""

    ended: Ended
    outputs: Mapping[str, str]
    traces: Mapping[str, str]

    @property
    def code(self) -> int | None:
        return self.ended.code

    @property
    def status(self) -> str:
        return self.outputs.get("status", "")


@dataclass(slots=True, kw_only=True)
class Job:
    """One workflow's job: a checkout, a Space and a repository of its own."""

    stage: Stage
    folder: Path
    space: str
    repository: Repository
    secrets: Mapping[str, str] = field(default_factory=lambda: dict(SECRETS))
    inputs: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def preview(self) -> None:
        """From now on its runs are those of pull request 7, and the Space is that one's."""
        repository = {"full_name": self.repository.full_name}
        self.repository.pulls.append(
            {"number": 7, "state": "open", "head": "topic", "base": "main", "title": "", "body": ""}
        )
        head = {"sha": self.repository.head("main"), "repo": repository}
        path = self.folder.parent / "event.json"
        path.write_text(
            json.dumps({"action": "synchronize", "pull_request": {"number": 7, "head": head}})
        )
        self.environment = {
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_REF": "refs/pull/7/merge",
            "INPUT_SPACE": self.space,
            "INPUT_MODE": "preview",
        }
        self.space = f"{self.space}-pr-7"

    def run(self) -> Run:
        """The program, from start to end."""
        runner = self.folder.parent / "runner"
        shutil.rmtree(runner, ignore_errors=True)
        (runner / "temp").mkdir(parents=True)
        log = self.folder.parent / "log"
        ended = self.stage.programs.run(self._environ(runner), self.folder, log)
        traces = {
            path.name: path.read_text(errors="replace")
            for path in runner.rglob("*")
            if path.is_file()
        }
        return Run(ended=ended, outputs=read_outputs(runner / "output"), traces=traces)

    def write(self, path: str, text: str) -> None:
        """A file of the working tree."""
        (self.folder / path).write_text(text)

    def _environ(self, runner: Path) -> dict[str, str]:
        stage = self.stage
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(runner),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.folder),
            "GITHUB_OUTPUT": str(runner / "output"),
            "GITHUB_STEP_SUMMARY": str(runner / "summary"),
            "RUNNER_TEMP": str(runner / "temp"),
            "GITHUB_SERVER_URL": stage.github_wire,
            "GITHUB_API_URL": stage.github_wire,
            "GITHUB_GRAPHQL_URL": f"{stage.github_wire}/graphql",
            "GITHUB_REPOSITORY": self.repository.full_name,
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_SHA": str(self.repository.head("main")),
            "GITHUB_EVENT_NAME": "push",
            "HF_ENDPOINT": stage.hub_wire,
            "INPUT_HF_TOKEN": stage.hub.token,
            "INPUT_GITHUB_TOKEN": WRITER,
            "INPUT_SPACE": self.space,
            "INPUT_SECRETS": "\n".join(self.secrets),
            "INPUT_VARIABLES": "GREETING=hello",
            "INPUT_HEALTH_TIMEOUT": "300",
            **self.secrets,
            **{f"INPUT_{name.upper()}": value for name, value in self.inputs.items()},
            **self.environment,
        }

    # --- what there is in the end ---------------------------------------------------------------

    def state(self) -> dict[str, object]:
        """Everything that a run may change, without what differs from job to job."""
        stats = self.stage.hub.stats(self.space)
        repository = self.repository
        entries = [line.split() for line in repository.git("ls-tree", "-r", "main").splitlines()]
        return {
            "space commits": stats["commits"],
            "space files": self._space_files(),
            "serves": (stats["stage"], stats["sha"] == self._space_git("rev-parse", "HEAD")),
            "settings": self._settings(),
            "main commits": len(repository.log("main")),
            "main files": sorted(path for *_, path in entries),
            "client": self._neutral(repository.git("cat-file", "blob", f"main:{CLIENT}")),
            "branches": self._branches(),
            "pulls": [pull["state"] for pull in repository.pulls],
            "comments": len(repository.comments),
        }

    def titles(self) -> list[str]:
        """The Space's commits, newest first."""
        return self._space_git("log", "--format=%s").splitlines()

    def _branches(self) -> list[str]:
        name = self.space.rpartition("/")[2]
        branches = self.repository.git("branch", "--format=%(refname)").splitlines()
        return sorted(branch.replace(name, "SPACE") for branch in branches)

    def _space_files(self) -> dict[str, str]:
        rows = (line.split() for line in self._space_git("ls-tree", "-r", "HEAD").splitlines())
        return {path: blob for _, _, blob, path in rows}

    def _settings(self) -> dict[str, object]:
        kept = (self._space_folder / "settings.json").read_text()
        kept = json.loads(kept.replace(self.repository.full_name, "REPOSITORY"))
        return {
            kind: {name: setting["value"] for name, setting in kept[kind].items()}
            for kind in ("secrets", "variables")
        }

    @property
    def _space_folder(self) -> Path:
        return self.stage.data / "spaces" / self.space

    def _space_git(self, *arguments: str) -> str:
        (head,) = self._space_folder.glob("*/HEAD")
        command = ["git", "--git-dir", str(head.parent), *arguments]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()

    def _neutral(self, text: str) -> str:
        host = self.stage.hub.call("GET", f"/api/spaces/{self.space}").get("host", "")
        return text.replace(host, "HOST") if host else text


@dataclass(slots=True, kw_only=True)
class Stage:
    """What the jobs of one worker share."""

    hub: RunningHub
    github: LocalGitHub
    hub_wire: str
    github_wire: str
    tape: Tape
    programs: Programs
    data: Path
    root: Path
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def job(self, space: str = "") -> Job:
        """A new job; with ``space`` on a Space that there is."""
        number = next(self.numbers)
        place = self.root / f"job-{number}"
        repository = self._repository(f"octo/site-{number}")
        folder = self._checkout(place, repository)
        name = space or f"{self.hub.owner}/grid-{number:05}"
        return Job(stage=self, folder=folder, space=name, repository=repository)

    def forget(self, job: Job) -> None:
        """Free what it holds."""
        self.tape.clear()
        with contextlib.suppress(HfHubHTTPError):
            HfApi(self.hub.url, token=self.hub.token).delete_repo(job.space, repo_type="space")
        shutil.rmtree(job.folder.parent, ignore_errors=True)
        shutil.rmtree(job.repository.path, ignore_errors=True)

    def _repository(self, name: str) -> Repository:
        """A copy of a repository that is made once: git's own processes are the costly part."""
        known = self.github.repositories.get(REPOSITORY)
        if known is None:
            files = {path: text.encode() for path, text in FILES.items()}
            known = self.github.add(REPOSITORY, files)
        path = self.github.root / f"{name}.git"
        shutil.copytree(known.path, path)
        made = Repository(full_name=name, path=path, default_branch="main")
        self.github.repositories[name] = made
        return made

    def _checkout(self, place: Path, repository: Repository) -> Path:
        first = self.root / "first-checkout"
        if not first.exists():
            checkout(self.github.clone_url(REPOSITORY), first)
        place.mkdir(parents=True)
        folder = place / "checkout"
        shutil.copytree(first, folder)
        config = folder / ".git" / "config"
        known, wanted = self.github.clone_url(REPOSITORY), f"{repository.full_name}.git"
        config.write_text(config.read_text().replace(known, f"{self.github_wire}/{wanted}"))
        return folder


@contextlib.contextmanager
def stage(root: Path) -> Iterator[Stage]:
    """Everything up and running, below ``root``."""
    data, tape = root / "hub", Tape()
    with contextlib.ExitStack() as stack:
        hub = stack.enter_context(running("--runner", "stub", "--data", str(data)))
        github = stack.enter_context(github_with_tokens(root / "github"))
        hub_wire = stack.enter_context(between("hub", hub.url, tape))
        github_wire = stack.enter_context(between("github", github.url, tape))
        github.clone_site = github_wire
        yield Stage(
            hub=hub,
            github=github,
            hub_wire=hub_wire,
            github_wire=github_wire,
            tape=tape,
            programs=stack.enter_context(programs(hub_wire)),
            data=data,
            root=root,
        )
