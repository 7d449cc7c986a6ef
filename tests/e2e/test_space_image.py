"""The Space's image, built by Docker from what a deploy put on the Hub, unmodified."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from localhub.testing import running
from tests.real.action import ROOT, consumer_repository
from tests.real.docker import build, container, docker, wait_for_health

pytestmark = pytest.mark.docker

# Only the timing: Docker would otherwise ask for the first time after 30 seconds.
SOON = ("--health-interval=1s", "--health-start-period=1ms", "--health-retries=30")


@pytest.fixture(scope="module")
def space_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the Space that a deploy of the example made."""
    folder = tmp_path_factory.mktemp("space")
    workspace = consumer_repository(folder / "workspace")
    with running("--environments", str(ROOT / ".cache" / "environments")) as hub:
        space = f"{hub.owner}/chatbot"
        inputs = {"INPUT_SPACE": space, "INPUT_FRONTEND": "none"}
        done = subprocess.run(
            [sys.executable, ROOT / "entrypoint.py"],
            env={**os.environ, **hub.environment(), **inputs, "GITHUB_WORKSPACE": str(workspace)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        clone = ["git", "clone", "--quiet", f"{hub.url}/spaces/{space}", folder / "clone"]
        subprocess.run(clone, check=True)
    return folder / "clone"


@pytest.fixture(scope="module")
def running_space(space_repository: Path) -> Iterator[str]:
    image = build(space_repository, "hf-space-deploy-space:test")
    with container(image, *SOON) as started:
        yield started


def test_docker_s_own_healthcheck_turns_healthy(running_space: str) -> None:
    assert wait_for_health(running_space) == "healthy", docker("logs", running_space)


def test_it_serves_on_the_space_s_port(running_space: str) -> None:
    wait_for_health(running_space)
    answer = requests.get("http://127.0.0.1:7860/api/health", timeout=10)
    assert (answer.status_code, answer.json()["status"]) == (200, "healthy")


def test_the_app_runs_as_user_1000(running_space: str) -> None:
    assert docker("exec", running_space, "id", "-u") == "1000"
    owners = docker("exec", running_space, "stat", "-c", "%u", "/proc/1", "requirements.txt")
    assert owners.split() == ["1000", "1000"]


def test_the_healthcheck_keeps_the_documented_timing(space_repository: Path) -> None:
    dockerfile = (space_repository / "Dockerfile").read_text()
    timing = "--interval=30s --timeout=10s --start-period=60s --retries=3"
    assert f"HEALTHCHECK {timing}" in dockerfile


# Debian keeps no old versions to pin.
ACCEPTED = ("DL3008",)


def test_hadolint_finds_nothing_else(space_repository: Path) -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    ignored = [f"--ignore={rule}" for rule in ACCEPTED]
    command = [hadolint, "--disable-ignore-pragma", *ignored, space_repository / "Dockerfile"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
