"""What every workflow must have, ours and those that users copy, and what the Marketplace asks."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
OWN = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EXAMPLES = sorted((ROOT / "examples" / "workflows").glob("*.yml"))
FORGEJO = ROOT / "examples" / "elsewhere" / "forgejo.yml"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
USES = re.compile(r"^\s*(?:- )?uses: (\S+)(?: # (\S+))?", re.MULTILINE)
OURS = ("org/hf-space-deploy", "./", "docker://ghcr.io/org/hf-space-deploy")
# GitHub's "Metadata syntax": the colours, and Feather's icon that we chose.
COLORS = {"white", "black", "yellow", "blue", "green", "orange", "red", "purple", "gray-dark"}


def loaded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


@pytest.mark.parametrize("path", [*OWN, *EXAMPLES, FORGEJO], ids=lambda path: path.name)
def test_a_workflow_has_no_permissions_but_those_that_a_job_asks_for(path: Path) -> None:
    assert loaded(path)["permissions"] == {}


@pytest.mark.parametrize("path", [*EXAMPLES, FORGEJO], ids=lambda path: path.name)
def test_an_example_never_overlaps_itself(path: Path) -> None:
    workflow = loaded(path)
    jobs = workflow["jobs"].values()
    assert "concurrency" in workflow or all("concurrency" in job for job in jobs)


def test_every_action_is_pinned_to_one_commit_everywhere() -> None:
    pins = defaultdict(set)
    for path in [ROOT / "action.yml", *OWN, *EXAMPLES, FORGEJO, *DOCUMENTS]:
        for used, comment in USES.findall(path.read_text()):
            if not used.startswith((*OURS, "huggingface/hub-sync")):
                name, _, commit = used.partition("@")
                assert re.fullmatch(r"[0-9a-f]{40}", commit), f"{path.name}: {used}"
                assert re.fullmatch(r"v\d+\.\d+\.\d+", comment), f"{path.name}: {used}"
                pins[name].add((commit, comment))
    assert {name: found for name, found in pins.items() if len(found) > 1} == {}


def test_the_action_is_described_as_the_marketplace_wants_it() -> None:
    action = loaded(ROOT / "action.yml")
    assert len(action["description"]) < 125
    assert action["name"].startswith("Deploy FastAPI")
    assert action["branding"]["icon"] == "upload-cloud"
    assert action["branding"]["color"] in COLORS


def test_dependabot_watches_everything_that_is_pinned() -> None:
    updates = loaded(ROOT / ".github" / "dependabot.yml")["updates"]
    watched = {
        (each["package-ecosystem"], folder)
        for each in updates
        for folder in each.get("directories", [each.get("directory")])
    }
    assert watched >= {
        ("github-actions", "/"),
        ("github-actions", "/examples/workflows"),
        ("pip", "/requirements"),
        ("docker", "/"),
        ("npm", "/examples/rag-chatbot/frontend"),
    }
    assert all((ROOT / folder.strip("/")).is_dir() for _, folder in watched)
