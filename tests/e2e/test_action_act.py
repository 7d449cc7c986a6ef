"""action.yml under a runner, in the consumer's form: ``uses: org/hf-space-deploy@v1``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import yaml
from huggingface_hub import HfApi

from localhub.testing import RunningHub
from tests.real.action import ROOT, consumer_repository, copy_of_this_repository
from tests.real.need import missing

BIN = Path(sys.executable).parent
SESSION_KEY = "jUx9-one-of-a-kind-session-key"

STUB = """
name: stub
description: stands in for an action that would be fetched
runs:
  using: composite
  steps:
    - run: "true"
      shell: bash
"""

WORKFLOW = """
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - id: deploy
        uses: org/hf-space-deploy@v1
        env:
          SESSION_KEY: ${{ secrets.SESSION_KEY }}
        with:
          space: SPACE
          hf-token: ${{ secrets.HF_TOKEN }}
          secrets: SESSION_KEY
          variables: LOG_LEVEL=INFO
          frontend-commit: none
      - if: always()
        env:
          STATUS: ${{ steps.deploy.outputs.status }}
          REVISION: ${{ steps.deploy.outputs.revision }}
          URL: ${{ steps.deploy.outputs.space-url }}
        run: |
          echo "seen: $STATUS $REVISION $URL"
          git diff --name-only | sed 's/^/rewritten: /'
          git status --porcelain --ignored | grep '^[?!]' | sed 's/^/left behind: /' || true
"""


class Runner:
    """act on this machine, its home and its stubs in a scratch folder."""

    def __init__(self, folder: Path, repository: Path) -> None:
        self._folder, self._repository = folder, repository
        copy_of_this_repository(folder / "action")
        (folder / "stub").mkdir()
        (folder / "stub" / "action.yml").write_text(STUB)

    def run(self, *, path: str, secrets: dict[str, str], **env: str) -> tuple[int, str]:
        """Exit code and log of a push."""
        local = {"org/hf-space-deploy@v1": self._folder / "action"}
        local |= {name: self._folder / "stub" for name in used_actions()}
        flags = [f"--local-repository={name}={folder}" for name, folder in local.items()]
        flags += [f"--secret={name}={value}" for name, value in secrets.items()]
        flags += [f"--env={name}={value}" for name, value in env.items()]
        done = subprocess.run(
            [BIN / "act", "push", "-P", "ubuntu-latest=-self-hosted", *flags],
            cwd=self._repository,
            env={**os.environ, "HOME": str(self._folder), "PATH": path, "XDG_CACHE_HOME": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=600,
        )
        return done.returncode, done.stdout


def used_actions() -> list[str]:
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    return [step["uses"] for step in steps if "uses" in step]


def path_without_uv(scratch: Path) -> str:
    """The machine's PATH, where a folder with uv gives way to one with all its other programs."""
    folders = [Path(each) for each in os.environ["PATH"].split(os.pathsep)]
    return os.pathsep.join(str(_without_uv(each, scratch)) for each in folders)


def _without_uv(folder: Path, scratch: Path) -> Path:
    if not (folder / "uv").exists():
        return folder
    rest = scratch / "programs" / folder.relative_to("/")
    rest.mkdir(parents=True, exist_ok=True)
    for program in folder.iterdir():
        link = rest / program.name
        if program.name not in ("uv", "uvx") and not link.is_symlink():
            link.symlink_to(program)
    return rest


@pytest.fixture(autouse=True)
def needs_act() -> None:
    if not (BIN / "act").exists():
        missing("act, which stands in for GitHub's runner, is not installed")


def runner_for(folder: Path, space: str) -> Runner:
    repository = consumer_repository(folder / "repository", WORKFLOW.replace("SPACE", space))
    return Runner(folder, repository)


def test_it_deploys_the_example_and_hands_its_outputs_on(hub: RunningHub, tmp_path: Path) -> None:
    space = f"{hub.owner}/rag-chatbot"
    environment = {name: value for name, value in hub.environment().items() if name != "HF_TOKEN"}
    secrets = {"HF_TOKEN": hub.token, "SESSION_KEY": SESSION_KEY}
    code, log = runner_for(tmp_path, space).run(
        path=path_without_uv(tmp_path), secrets=secrets, **environment
    )
    assert code == 0, log

    seen = re.search(r"seen: (\w+) ([0-9a-f]{40}) (http\S+)", log)
    assert seen, log
    status, revision, url = seen.groups()
    assert (status, hub.stats(space)["sha"]) == ("healthy", revision)
    assert requests.get(f"{url}/api/health", timeout=10).json()["status"] == "healthy"
    assert set(HfApi(endpoint=hub.url, token=hub.token).get_space_secrets(space)) == {"SESSION_KEY"}
    assert "| rewritten: frontend/" in log
    assert "| left behind: " not in log
    assert SESSION_KEY not in log
    assert hub.token not in log


def test_a_wrong_input_turns_the_step_red_and_is_named(tmp_path: Path) -> None:
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    code, log = runner_for(tmp_path, "no-owner").run(
        path=path, secrets={"HF_TOKEN": "hf_of_nobody", "SESSION_KEY": SESSION_KEY}
    )
    assert code == 1
    assert "exit status 2" in log, log
    assert re.search(r"::error.*`space`.*`no-owner`", log), log
    assert re.search(r"seen: failed\b", log), log
