"""The image built from Dockerfile, run as GitHub runs a container action."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from localhub.testing import RunningHub
from tests.real.action import ROOT, changes, consumer_repository
from tests.real.docker import attempt, build, docker

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def image() -> str:
    return build(ROOT, "hf-space-deploy:test")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return consumer_repository(tmp_path / "workspace")


def as_github_runs_it(
    image: str, workspace: Path, **environment: str
) -> tuple[subprocess.CompletedProcess[str], str]:
    """The finished run, and its output ``status``. Values never stand on the command line."""
    commands = workspace.parent / "file_commands"
    commands.mkdir()
    (commands / "output").touch()
    environment |= {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": "/github/workspace",
        "GITHUB_OUTPUT": "/github/file_commands/output",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REPOSITORY": "owner/repository",
        "HOME": "/github/home",
    }
    names = [word for name in environment for word in ("--env", name)]
    volumes = ["--volume", f"{workspace}:/github/workspace"]
    volumes += ["--volume", f"{commands}:/github/file_commands"]
    flags = ["--rm", "--network", "host", "--workdir", "/github/workspace"]
    done = attempt("run", *flags, *volumes, *names, image, environment=environment)
    said = re.findall(r"^status<<\S+\n(.*)$", (commands / "output").read_text(), re.MULTILINE)
    return done, said[-1] if said else ""


def test_it_plans_without_a_token_and_leaves_nothing_behind(image: str, workspace: Path) -> None:
    done, status = as_github_runs_it(
        image, workspace, INPUT_MODE="plan", INPUT_SPACE="owner/chatbot"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert status == "planned"
    assert "app.main:app" in done.stdout
    assert changes(workspace) == []


def test_it_deploys_with_the_runner_s_spelling_of_inputs(
    image: str, hub: RunningHub, workspace: Path
) -> None:
    space = f"{hub.owner}/from-the-image"
    spelled = {"INPUT_HF-TOKEN": hub.token, "INPUT_SPACE": space, "INPUT_FRONTEND": "none"}
    done, status = as_github_runs_it(image, workspace, HF_ENDPOINT=hub.url, **spelled)
    assert (done.returncode, status) == (0, "healthy"), done.stdout + done.stderr
    assert hub.stats(space)["stage"] == "RUNNING"
    log = [line for line in done.stdout.splitlines() if not line.startswith("::add-mask::")]
    assert hub.token not in "\n".join(log) + done.stderr
    assert changes(workspace) == []


def test_a_mistake_is_told_as_an_annotation(image: str, workspace: Path) -> None:
    done, _ = as_github_runs_it(image, workspace, INPUT_SPACE="no-owner")
    assert done.returncode == 2
    assert "::error" in done.stdout


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
