"""Each workflow of examples/workflows/ from its first to its last line, on a Hub and a GitHub.

``EXAMPLES`` has a row for each: the event that starts it, what must be there before, and what the
run must have said. Another row may have the same file with another event.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from deployer import preview_mark
from deployer.preview_mark import Mark
from localhub.testing import RunningHub
from tests.localgithub.repositories import Repository
from tests.localgithub.state import LocalGitHub
from tests.real.act import BIN, Done, Event, Runner, steps_of
from tests.real.action import EXAMPLE, ROOT
from tests.real.checkout import WRITER, checkout
from tests.real.github import github_with_tokens
from tests.real.need import missing
from tests.real.ports import free_port
from tests.real.program import Checkout

WORKFLOWS = ROOT / "examples" / "workflows"
EVENTS = Path(__file__).parent / "events"
NAME = "octo/rag-chatbot"
CLIENT = "frontend/src/chatClient.ts"
# What the examples' first lines ask for; none of them is anybody's.
SECRETS = {
    "GEMINI_API_KEY": "AIzaSyB7qN4vX2mK9pL5tR8wY3cF6hJ1dG0sZxQ",
    "QDRANT_API_KEY": "qd-81f6c2ab47de4097b3",
    "DATABASE_URL": "postgresql://reader:gR4tWq81@db.example.org/book?sslmode=require",
    "PREVIEW_DATABASE_URL": "postgresql://reader:vN7cTz36@db.example.org/try?sslmode=require",
}
VARIABLES = {
    "QDRANT_URL": "https://qdrant.example.org:6333",
    "FRONTEND_URL": "https://book.example.org",
}


@dataclass(slots=True, kw_only=True)
class World:
    """A repository on the local GitHub, its checkout, the Hub, and act."""

    hub: RunningHub
    github: LocalGitHub
    server: Repository
    space: str
    folder: Path
    runner: Runner
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    def run(self, workflow: str, event: str, inputs: Mapping[str, str]) -> Done:
        """The run that an event file starts."""
        payload = self._payload(event)
        return self.runner.run(
            self.checkout,
            Event(
                name=event.partition("-")[0],
                payload={**payload, "inputs": inputs} if inputs else payload,
                workflow=workflow,
                secrets={**SECRETS, "HF_TOKEN": self.hub.token, "GITHUB_TOKEN": WRITER},
                variables={
                    **VARIABLES,
                    "HF_SPACE": self.space,
                    "HF_OWNER": self.hub.owner,
                    **self.variables,
                },
                environment={
                    **self.github.variables(),
                    "GITHUB_REPOSITORY": NAME,
                    "HF_ENDPOINT": self.hub.url,
                },
            ),
        )

    def deploy(self, version: int) -> None:
        """What a deploy of this version would have left on the Hub, by the program itself."""
        folder = self.folder / "earlier"
        if not folder.exists():
            shutil.copytree(self.checkout, folder)
        job = Checkout(folder=folder, hub=self.hub, space=self.space)
        job.backend(version=version)
        done = job.run(frontend="none")
        assert done.code == 0, done.log

    def _payload(self, event: str) -> dict[str, object]:
        text = (EVENTS / f"{event}.json").read_text()
        text = text.replace("REPOSITORY", NAME).replace("COMMIT", str(self.server.head("main")))
        return dict(json.loads(text))


def nothing(_world: World) -> None:
    """A Space that does not exist."""


def deployed(world: World) -> None:
    """A healthy Space."""
    world.deploy(1)


def deployed_twice(world: World) -> None:
    """A healthy Space with a healthy revision before it."""
    world.deploy(1)
    world.deploy(2)


def deployed_without_frontend(world: World) -> None:
    """A healthy Space whose frontend is nowhere yet."""
    world.variables["FRONTEND_URL"] = ""
    world.deploy(1)


def pull_is_open(world: World) -> None:
    """Pull request 7, as the event files have it."""
    pull = {"number": 7, "state": "open", "head": "better-answers", "base": "main"}
    world.server.pulls.append({**pull, "title": "Better answers", "body": ""})


def previewed_and_closed(world: World) -> None:
    """Pull request 7 is closed and still has its preview, as has one that is open."""
    pull_is_open(world)
    world.server.pulls[-1]["state"] = "closed"
    world.server.pulls.append({**world.server.pulls[-1], "number": 8, "state": "open"})
    for number in (7, 8):
        mark = Mark(repository=NAME, pull_request=number, expires=date(2999, 1, 1))
        HfApi(endpoint=world.hub.url, token=world.hub.token).create_repo(
            f"{world.space}-pr-{number}",
            repo_type="space",
            space_sdk="docker",
            space_variables=[{"key": preview_mark.NAME, "value": preview_mark.write(mark)}],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A workflow, the event that starts it, and what comes of it.

    ``event`` is a file of events/; what stands behind a hyphen only tells files of one event apart.
    ``left_out`` are steps that this event leaves out, by name; ``other_jobs`` are whole jobs.
    """

    workflow: str
    event: str
    says: tuple[str, ...]
    inputs: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[World], None] = nothing
    after: Callable[[World], None] = nothing
    left_out: tuple[str, ...] = ()
    other_jobs: tuple[str, ...] = ()


def client_is_rewritten(world: World) -> None:
    """The newest commit of main, made by the run, points the client to the Space."""
    address = world.hub.state(world.space)["host"]
    assert address in str(world.server.read(CLIENT, str(world.server.head("main"))))


def plan_is_told_of(world: World) -> None:
    """The pull request's one comment has the plan, with the change to the frontend."""
    (comment,) = world.server.said_on(7)
    assert CLIENT in comment


def nothing_is_said(world: World) -> None:
    """A fork's pull request has no comment."""
    assert world.server.comments == []


def no_issue_is_open(world: World) -> None:
    """A healthy Space opens none."""
    assert world.server.issues == []


def preview_is_told_of(world: World) -> None:
    """The pull request's one comment has the address of the preview's Space."""
    (comment,) = world.server.said_on(7)
    assert str(world.hub.state(f"{world.space}-pr-7")["host"]) in comment
    (deployment,) = world.server.deployments
    assert deployment["environment"] == "preview"


def preview_is_gone(world: World) -> None:
    """Only the Space of the pull request that is open is left."""
    api = HfApi(endpoint=world.hub.url, token=world.hub.token)
    left = [api.repo_exists(f"{world.space}-pr-{number}", repo_type="space") for number in (7, 8)]
    assert left == [False, True]


def two_backends_serve(world: World) -> None:
    """Each backend of the monorepo is on its own Space, and healthy."""
    for name in ("chatbot", "search"):
        assert world.hub.stats(f"{world.hub.owner}/{name}")["stage"] == "RUNNING"


def change_is_proposed(world: World) -> None:
    """A pull request is open, and main is as it was."""
    assert [pull["state"] for pull in world.server.pulls] == ["open"]
    assert len(world.server.log("main")) == 1


EXAMPLES = (
    Example(
        workflow="quick-start.yml",
        event="push",
        says=("set-output:: status=healthy", "set-output:: frontend-commit="),
        after=client_is_rewritten,
    ),
    Example(
        workflow="every-input.yml",
        event="workflow_dispatch",
        inputs={"mode": "deploy"},
        says=("healthy (changed: true): ", ", pull request https:"),
        after=change_is_proposed,
    ),
    Example(
        workflow="every-input.yml",
        event="workflow_dispatch",
        inputs={"mode": "plan"},
        says=("planned (changed: ",),
    ),
    Example(
        workflow="monorepo.yml",
        event="push",
        says=("set-output:: status=healthy",),
        after=two_backends_serve,
    ),
    Example(
        workflow="on-release.yml",
        event="release",
        says=("set-output:: status=healthy", "set-output:: pull-request=https:"),
        after=change_is_proposed,
    ),
    Example(
        workflow="deploy.yml",
        event="push",
        says=("set-output:: status=healthy", "set-output:: frontend-commit="),
        after=client_is_rewritten,
    ),
    Example(
        workflow="rollback.yml",
        event="workflow_dispatch",
        before=deployed_twice,
        says=("set-output:: status=rolled-back",),
    ),
    Example(
        workflow="by-hand.yml",
        event="workflow_dispatch",
        inputs={"mode": "rollback", "revision": ""},
        before=deployed_twice,
        says=("set-output:: status=rolled-back",),
    ),
    Example(
        workflow="by-hand.yml",
        event="workflow_dispatch",
        inputs={"mode": "deploy", "revision": ""},
        says=("set-output:: status=healthy", "set-output:: frontend-commit="),
        after=client_is_rewritten,
    ),
    Example(
        workflow="plan.yml",
        event="pull_request-opened",
        before=pull_is_open,
        says=("set-output:: status=planned", "The comment: "),
        after=plan_is_told_of,
    ),
    Example(
        workflow="plan.yml",
        event="pull_request-fork",
        before=pull_is_open,
        says=("set-output:: status=planned", "may only read"),
        after=nothing_is_said,
    ),
    Example(
        workflow="check.yml",
        event="schedule",
        before=deployed_without_frontend,
        says=("set-output:: status=healthy",),
        after=no_issue_is_open,
    ),
    Example(
        workflow="preview.yml",
        event="pull_request-opened",
        before=pull_is_open,
        says=("set-output:: status=healthy", "The comment: "),
        after=preview_is_told_of,
        other_jobs=("rehearse",),
    ),
    Example(
        workflow="preview.yml",
        event="pull_request-fork",
        before=pull_is_open,
        says=("set-output:: status=rehearsed",),
        other_jobs=("preview",),
    ),
    Example(
        workflow="rehearse.yml",
        event="pull_request-fork",
        says=("set-output:: status=rehearsed",),
    ),
    Example(
        workflow="cleanup.yml",
        event="pull_request-closed",
        before=previewed_and_closed,
        says=("set-output:: status=cleaned-up", "its pull request is closed"),
        after=preview_is_gone,
    ),
    Example(
        workflow="cleanup.yml",
        event="schedule",
        before=previewed_and_closed,
        says=("set-output:: status=cleaned-up", "its pull request is closed"),
        after=preview_is_gone,
    ),
)


def name_of(example: Example) -> str:
    mode = example.inputs.get("mode", "")
    return f"{Path(example.workflow).stem} {mode} on {example.event}".replace("  ", " ")


@pytest.fixture
def github(tmp_path: Path) -> Iterator[LocalGitHub]:
    with github_with_tokens(tmp_path / "github") as made:
        yield made


@pytest.fixture
def world(hub: RunningHub, github: LocalGitHub, tmp_path: Path) -> World:
    """The example's frontend, a backend of two packages, and every example workflow."""
    if not (BIN / "act").exists():
        missing("act, which stands in for GitHub's runner, is not installed")
    space = f"{hub.owner}/{tmp_path.name[:40].strip('-_').replace('_', '-')}"
    server = github.add(NAME, _files(tmp_path / "files", hub, space))
    made = World(
        hub=hub,
        github=github,
        server=server,
        space=space,
        folder=tmp_path,
        runner=Runner(tmp_path),
    )
    checkout(github.clone_url(NAME), made.checkout)
    return made


def _files(folder: Path, hub: RunningHub, space: str) -> dict[str, bytes]:
    job = Checkout(folder=folder, hub=hub, space="")
    job.backend(version=3)
    # A rehearsal takes the app's port of this machine, and another test may have the usual one.
    job.write("backend/README.md", f"---\nsdk: docker\napp_port: {free_port()}\n---\n")
    shutil.copytree(folder / "backend", folder / "services" / "search")
    shutil.copytree(WORKFLOWS, folder / ".github" / "workflows")
    for path in (folder / ".github" / "workflows").iterdir():
        path.write_text(path.read_text().replace("owner/rag-chatbot", space))
    shutil.copytree(EXAMPLE / "frontend", folder / "frontend", ignore=_not_ours)
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _not_ours(folder: str, names: list[str]) -> set[str]:
    """What git ignores, above all packages."""
    command = ["git", "-c", "safe.directory=*", "check-ignore", "--", *names]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return set(done.stdout.split())


def test_every_example_has_a_row() -> None:
    files = {path.name for path in WORKFLOWS.iterdir()} - {"fleet.yml"}  # test_fleet_act.py
    assert {example.workflow for example in EXAMPLES} == files


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
def test_an_example_runs_from_its_first_to_its_last_line(example: Example, world: World) -> None:
    example.before(world)
    done = world.run(example.workflow, example.event, example.inputs)
    assert done.code == 0, done.log
    for words in example.says:
        assert words in done.log, done.log
    expected = {
        step: "skipped" if step[1] in example.left_out else "success"
        for step in steps_of(WORKFLOWS / example.workflow)
        if step[0] not in example.other_jobs
    }
    assert done.steps == expected
    assert not [each for each in (world.hub.token, WRITER, *SECRETS.values()) if each in done.log]
    example.after(world)
