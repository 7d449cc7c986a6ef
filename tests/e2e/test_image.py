"""The image built from Dockerfile, run as GitHub runs a container action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deployer.model import Mode
from localhub.testing import RunningHub
from tests.localgithub.state import LocalGitHub
from tests.real.action import ROOT, changes, consumer_repository
from tests.real.checkout import WRITER, checkout
from tests.real.docker import attempt, build, docker
from tests.real.github import github_with_tokens
from tests.real.program import Checkout, read_outputs

pytestmark = pytest.mark.docker

EVENTS = Path(__file__).parent / "events"
NAME = "octo/rag-chatbot"


@pytest.fixture(scope="module")
def image() -> str:
    return build(ROOT, "hf-space-deploy:test")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return consumer_repository(tmp_path / "workspace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A run of the image that has ended."""

    code: int
    log: str
    outputs: Mapping[str, str]

    @property
    def shown(self) -> str:
        """The log that people see: the runner takes the mask commands away."""
        lines = self.log.splitlines()
        return "\n".join(line for line in lines if not line.startswith("::add-mask::"))


def as_github_runs_it(image: str, workspace: Path, **environment: str) -> Ended:
    """The image with GitHub's mounts and variables. Values never stand on the command line."""
    commands = workspace.parent / "file_commands"
    commands.mkdir(exist_ok=True)
    (commands / "output").write_text("")
    environment = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": "/github/workspace",
        "GITHUB_OUTPUT": "/github/file_commands/output",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REPOSITORY": "owner/repository",
        "HOME": "/github/home",
        **environment,
    }
    names = [word for name in environment for word in ("--env", name)]
    volumes = ["--volume", f"{workspace}:/github/workspace"]
    volumes += ["--volume", f"{commands}:/github/file_commands"]
    flags = ["--rm", "--network", "host", "--workdir", "/github/workspace"]
    done = attempt("run", *flags, *volumes, *names, image, environment=environment)
    outputs = read_outputs(commands / "output")
    return Ended(code=done.returncode, log=done.stdout + done.stderr, outputs=outputs)


def test_it_plans_without_a_token_and_leaves_nothing_behind(image: str, workspace: Path) -> None:
    done = as_github_runs_it(image, workspace, INPUT_MODE="plan", INPUT_SPACE="owner/chatbot")
    assert done.code == 0, done.log
    assert done.outputs["status"] == "planned"
    assert "app.main:app" in done.log
    assert changes(workspace) == []


def test_it_deploys_with_the_runner_s_spelling_of_inputs(
    image: str, hub: RunningHub, workspace: Path
) -> None:
    space = f"{hub.owner}/from-the-image"
    spelled = {"INPUT_HF-TOKEN": hub.token, "INPUT_SPACE": space, "INPUT_FRONTEND": "none"}
    done = as_github_runs_it(image, workspace, HF_ENDPOINT=hub.url, **spelled)
    assert (done.code, done.outputs["status"]) == (0, "healthy"), done.log
    assert hub.stats(space)["stage"] == "RUNNING"
    assert hub.token not in done.shown
    assert changes(workspace) == []


def test_a_mistake_is_told_as_an_annotation(image: str, workspace: Path) -> None:
    done = as_github_runs_it(image, workspace, INPUT_SPACE="no-owner")
    assert done.code == 2
    assert "::error" in done.log


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A mode, what starts it, how many deploys there were before, and how it ends."""

    mode: str
    status: str
    event: str = "push"
    earlier: int = 1
    previewed: bool = False
    token: bool = True
    inputs: Mapping[str, str] = field(default_factory=dict)


MODES = (
    Row(mode="plan", status="planned"),
    Row(mode="rehearse", status="rehearsed", earlier=0, token=False),
    Row(mode="deploy", status="healthy", earlier=0),
    Row(mode="rollback", status="rolled-back", earlier=2),
    Row(mode="check", status="healthy", event="schedule", token=False),
    Row(mode="preview", status="healthy", event="pull_request-opened"),
    Row(mode="cleanup", status="cleaned-up", event="pull_request-closed", previewed=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A checkout of a repository on the local GitHub, and a Space."""

    image: str
    hub: RunningHub
    github: LocalGitHub
    folder: Path

    @property
    def space(self) -> str:
        return f"{self.hub.owner}/{self.folder.name[:40].strip('-_').replace('_', '-')}"

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    def earlier(self, row: Row) -> None:
        """What was there before the run."""
        job = Checkout(folder=self.workspace, hub=self.hub, space=self.space)
        for version in range(row.earlier):
            job.backend(version=version)
            assert job.run(frontend="none").code == 0
        job.backend(version=row.earlier)
        if row.previewed:
            opened = Row(mode="preview", status="healthy", event="pull_request-opened")
            assert self.run(opened).code == 0

    def run(self, row: Row) -> Ended:
        """The image in this mode, with the event's file among the runner's."""
        commands = self.folder / "file_commands"
        commands.mkdir(exist_ok=True)
        event = (EVENTS / f"{row.event}.json").read_text()
        (commands / "event.json").write_text(event.replace("REPOSITORY", NAME))
        token = {"INPUT_HF_TOKEN": self.hub.token} if row.token else {}
        return as_github_runs_it(
            self.image,
            self.workspace,
            **token,
            **self.github.variables(),
            **row.inputs,
            INPUT_MODE=row.mode,
            INPUT_SPACE=self.space,
            INPUT_FRONTEND="none",
            INPUT_GITHUB_TOKEN=WRITER,
            GITHUB_REPOSITORY=NAME,
            GITHUB_EVENT_NAME=row.event.partition("-")[0],
            GITHUB_EVENT_PATH="/github/file_commands/event.json",
            HF_ENDPOINT=self.hub.url,
        )


@pytest.fixture
def place(image: str, hub: RunningHub, tmp_path: Path) -> Iterator[Place]:
    with github_with_tokens(tmp_path / "github") as github:
        server = github.add(NAME, {"README.md": b"# A chatbot\n"})
        server.git("branch", "better-answers", "main")
        for _ in range(7):  # the events are about number 7
            server.open_pull("better-answers", "main", "Better answers", "")
        checkout(github.clone_url(NAME), tmp_path / "workspace")
        yield Place(image=image, hub=hub, github=github, folder=tmp_path)


def test_the_table_has_every_mode() -> None:
    assert {row.mode for row in MODES} == {mode.value for mode in Mode}


@pytest.mark.parametrize("row", MODES, ids=lambda row: row.mode)
def test_the_image_does_every_mode(row: Row, place: Place) -> None:
    place.earlier(row)
    done = place.run(row)
    assert (done.code, done.outputs.get("status")) == (0, row.status), done.log
    assert not [each for each in (place.hub.token, WRITER) if each in done.shown]


def test_git_works_in_a_workspace_of_another_user(image: str, workspace: Path) -> None:
    mounted = [
        "--volume",
        f"{workspace}:/builds/group/project",
        "--workdir",
        "/builds/group/project",
    ]
    docker("run", "--rm", *mounted, "--entrypoint", "chown", image, "-R", "1234", ".")
    shown = docker("run", "--rm", *mounted, "--entrypoint", "git", image, "log", "--format=%s")
    assert shown == "The example"
