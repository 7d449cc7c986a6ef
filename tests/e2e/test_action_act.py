"""action.yml under a runner, in the consumer's form: ``uses: org/hf-space-deploy@v1``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests
from huggingface_hub import HfApi

from localhub.testing import RunningHub
from tests.real.act import BIN, Event, Runner, path_without_uv
from tests.real.action import consumer_repository
from tests.real.need import missing

SESSION_KEY = "jUx9-one-of-a-kind-session-key"

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


@pytest.fixture(autouse=True)
def needs_act() -> None:
    if not (BIN / "act").exists():
        missing("act, which stands in for GitHub's runner, is not installed")


def repository_for(folder: Path, space: str) -> Path:
    return consumer_repository(folder / "repository", WORKFLOW.replace("SPACE", space))


def test_it_deploys_the_example_and_hands_its_outputs_on(hub: RunningHub, tmp_path: Path) -> None:
    space = f"{hub.owner}/rag-chatbot"
    environment = {name: value for name, value in hub.environment().items() if name != "HF_TOKEN"}
    event = Event(
        secrets={"HF_TOKEN": hub.token, "SESSION_KEY": SESSION_KEY},
        environment=environment,
        path=path_without_uv(tmp_path),
    )
    done = Runner(tmp_path).run(repository_for(tmp_path, space), event)
    assert done.code == 0, done.log

    seen = re.search(r"seen: (\w+) ([0-9a-f]{40}) (http\S+)", done.log)
    assert seen, done.log
    status, revision, url = seen.groups()
    assert (status, hub.stats(space)["sha"]) == ("healthy", revision)
    assert requests.get(f"{url}/api/health", timeout=10).json()["status"] == "healthy"
    assert set(HfApi(endpoint=hub.url, token=hub.token).get_space_secrets(space)) == {"SESSION_KEY"}
    assert "\nrewritten: frontend/" in done.log
    assert "\nleft behind: " not in done.log
    assert SESSION_KEY not in done.log
    assert hub.token not in done.log


def test_a_wrong_input_turns_the_step_red_and_is_named(tmp_path: Path) -> None:
    event = Event(secrets={"HF_TOKEN": "hf_of_nobody", "SESSION_KEY": SESSION_KEY})
    done = Runner(tmp_path).run(repository_for(tmp_path, "no-owner"), event)
    assert done.code == 1
    assert "exit status 2" in done.log, done.log
    assert re.search(r"::error.*`space`.*`no-owner`", done.log), done.log
    assert re.search(r"seen: failed\b", done.log), done.log
