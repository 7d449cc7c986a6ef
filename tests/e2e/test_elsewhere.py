"""examples/elsewhere/: their own lines, with the image, as those systems' runners give them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from localhub.testing import RunningHub
from tests.localgithub.repositories import Repository
from tests.localgithub.state import LocalGitHub
from tests.real.action import EXAMPLE, ROOT
from tests.real.checkout import WRITER, checkout, git
from tests.real.docker import attempt, build
from tests.real.github import github_with_tokens
from tests.real.program import Checkout, read_outputs

pytestmark = pytest.mark.docker

ELSEWHERE = ROOT / "examples" / "elsewhere"
IMAGE = "ghcr.io/org/hf-space-deploy:v1"
NAME = "octo/rag-chatbot"
CLIENT = "frontend/src/chatClient.ts"
KEY = "AIzaSyB7qN4vX2mK9pL5tR8wY3cF6hJ1dG0sZxQ"


@pytest.fixture(scope="module")
def image() -> str:
    return build(ROOT, "hf-space-deploy:test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The image, a Hub, a git server that asks for a token, and a scratch folder."""

    image: str
    hub: RunningHub
    github: LocalGitHub
    server: Repository
    folder: Path

    @property
    def space(self) -> str:
        return f"{self.hub.owner}/{self.folder.name[:40].strip('-_').replace('_', '-')}"

    def run(
        self, workspace: Path, at: str, command: tuple[str, ...], environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """A command (none: the image's own) in a container that has the workspace mounted."""
        names = [word for name in environment for word in ("--env", name)]
        given = ["--entrypoint", command[0]] if command else []
        mounts = ["--volume", f"{workspace}:{at}", "--workdir", at, "--network", "host"]
        arguments = ["run", "--rm", *mounts, *names, *given, self.image, *command[1:]]
        return attempt(*arguments, environment=environment)

    @property
    def rewritten(self) -> bool:
        """Whether the newest commit of main points the client to the Space."""
        client = self.server.read(CLIENT, str(self.server.head("main")))
        return self.hub.state(self.space)["host"] in str(client)


@pytest.fixture
def place(image: str, hub: RunningHub, tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "files"
    Checkout(folder=folder, hub=hub, space="").backend(version=1)
    files = {f"backend/{path.name}": path.read_bytes() for path in (folder / "backend").iterdir()}
    with github_with_tokens(tmp_path / "github") as github:
        server = github.add(NAME, {**files, CLIENT: (EXAMPLE / CLIENT).read_bytes()})
        yield Place(image=image, hub=hub, github=github, server=server, folder=tmp_path)


def example(file: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ELSEWHERE / file).read_text())
    return loaded


# --- GitLab --------------------------------------------------------------------------------------


def gitlab_job(name: str, predefined: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """A job's script as GitLab's shell runs it, and its variables with those in them filled in."""
    jobs = example("gitlab-ci.yml")
    base = jobs[jobs[name]["extends"]]
    written = {**base["variables"], **jobs[name]["variables"]}
    expanded = {
        key: re.sub(r"\$(\w+)", lambda found: predefined.get(found[1], ""), value)
        for key, value in written.items()
    }
    assert base["image"]["entrypoint"] == [""]
    return "set -eo pipefail\n" + "\n".join(jobs[name]["script"]), expanded


def gitlab(place: Place) -> dict[str, str]:
    """What GitLab's runner sets, and the project's own variables."""
    return {
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_PROJECT_DIR": "/builds/octo/rag-chatbot",
        "CI_COMMIT_BRANCH": "main",
        "CI_COMMIT_SHA": str(place.server.head("main")),
        "HF_TOKEN": place.hub.token,
        "HF_ENDPOINT": place.hub.url,
        "GEMINI_API_KEY": KEY,
        "PUSH_TOKEN": WRITER,
    }


def gitlab_checkout(place: Place) -> Path:
    """Detached, with a remote that names the job's own token, which may not push."""
    address = place.github.clone_url(NAME)
    made = checkout(address, place.folder / "build")
    git(made, "remote", "set-url", "origin", address.replace("://", "://gitlab-ci-token:x@"))
    return made


def test_gitlab_deploys_and_commits_to_the_branch(place: Place) -> None:
    predefined = gitlab(place)
    folder = gitlab_checkout(place)
    script, variables = gitlab_job("deploy-backend", predefined)
    environment = {**predefined, **variables, "INPUT_SPACE": place.space}
    done = place.run(folder, predefined["CI_PROJECT_DIR"], ("bash", "-c", script), environment)
    log = done.stdout + done.stderr
    assert done.returncode == 0, log
    assert "status=healthy" in done.stdout
    assert place.rewritten
    assert "serves" in (folder / "deploy-summary.md").read_text()
    assert not [each for each in (place.hub.token, WRITER, KEY) if each in log]


def test_gitlab_plans_a_merge_request_without_a_token(place: Place) -> None:
    predefined = gitlab(place)
    del predefined["HF_TOKEN"], predefined["PUSH_TOKEN"], predefined["CI_COMMIT_BRANCH"]
    folder = gitlab_checkout(place)
    script, variables = gitlab_job("plan-backend", predefined)
    environment = {**predefined, **variables}
    done = place.run(folder, predefined["CI_PROJECT_DIR"], ("bash", "-c", script), environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "status=planned" in done.stdout


# --- Forgejo -------------------------------------------------------------------------------------


def test_forgejo_deploys_and_commits_to_the_branch(place: Place) -> None:
    (job,) = example("forgejo.yml")["jobs"].values()
    step = job["steps"][-1]
    assert step["uses"] == f"docker://{IMAGE}"
    folder = checkout(place.github.clone_url(NAME), place.folder / "workspace")
    at = "/workspace/octo/rag-chatbot"
    environment = {
        **inputs(step, place),
        "GITHUB_ACTIONS": "true",
        "GITEA_ACTIONS": "true",
        "FORGEJO_ACTIONS": "true",
        "GITHUB_WORKSPACE": at,
        "GITHUB_REPOSITORY": NAME,
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_SHA": str(place.server.head("main")),
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_SERVER_URL": place.github.url,
        "GITHUB_API_URL": f"{place.github.url}/api/v1",
        "GITHUB_OUTPUT": f"{at}/.git/output",
        "HF_ENDPOINT": place.hub.url,
    }
    done = place.run(folder, at, (), environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert read_outputs(folder / ".git" / "output")["status"] == "healthy"
    assert place.rewritten
    assert not [request for request in place.github.requests if "/api/v1" in request]


def inputs(step: Mapping[str, Any], place: Place) -> dict[str, str]:
    """A step's ``with`` and ``env`` as the runner hands them to a container."""
    values = {
        "secrets.HF_TOKEN": place.hub.token,
        "secrets.GEMINI_API_KEY": KEY,
        "github.token": WRITER,
    }
    given = {**step["with"], "space": place.space}
    written = {f"INPUT_{name.upper()}": str(value) for name, value in given.items()}
    return {
        name: re.sub(r"\$\{\{ (\S+) \}\}", lambda found: values[found[1]], value)
        for name, value in {**written, **step["env"]}.items()
    }


# --- a shell -------------------------------------------------------------------------------------


def test_the_script_deploys_from_any_shell(place: Place) -> None:
    folder = checkout(place.github.clone_url(NAME), place.folder / "repository")
    script = place.folder / "deploy.sh"
    written = (ELSEWHERE / "deploy.sh").read_text()
    script.write_text(written.replace("owner/rag-chatbot", place.space))
    done = subprocess.run(
        ["bash", script],
        cwd=folder / "backend",
        env={
            **os.environ,
            "PATH": f"{with_docker_on_the_host(place)}{os.pathsep}{os.environ['PATH']}",
            "IMAGE": place.image,
            "HF_TOKEN": place.hub.token,
            "HF_ENDPOINT": place.hub.url,
            "GEMINI_API_KEY": KEY,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "status=healthy" in done.stdout
    assert place.hub.state(place.space)["host"] in (folder / CLIENT).read_text()
    assert len(place.server.log("main")) == 1


def with_docker_on_the_host(place: Place) -> Path:
    """A folder with a docker that knows the Hub's network; a reader's reaches the real Hub."""
    programs = place.folder / "programs"
    programs.mkdir()
    real = shutil.which("docker")
    (programs / "docker").write_text(f'#!/bin/sh\nshift\nexec {real} run --network host "$@"\n')
    (programs / "docker").chmod(0o755)
    return programs
