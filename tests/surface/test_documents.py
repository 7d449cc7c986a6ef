"""The documents lead nowhere that isn't there, and their workflows name inputs that exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployer import settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
WORKFLOW = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
INPUTS = {row.name for row in settings.INPUTS}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives a document's headings."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub(_inline, path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def _inline(code: re.Match[str]) -> str:
    return "" if code[0].startswith("```") else code[0].strip("`")


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_inside_the_repository_leads_somewhere(path: Path) -> None:
    for target in LINK.findall(CODE.sub("", path.read_text())):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def steps(path: Path) -> list[dict[str, Any]]:
    """The steps that use this action, in the document's workflows and parts of such."""
    found = [yaml.safe_load(block) for block in WORKFLOW.findall(path.read_text())]
    lists = [
        *(each for each in found if isinstance(each, list)),
        *(
            job.get("steps") or []
            for each in found
            if isinstance(each, dict)
            for job in each.get("jobs", {}).values()
        ),
    ]
    return [step for each in lists for step in each if "hf-space-deploy" in step.get("uses", "")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_a_documented_workflow_names_inputs_and_values_that_are_there(path: Path) -> None:
    for step in steps(path):
        given = step["with"]
        assert set(given) <= INPUTS
        for entry in str(given.get("secrets", "")).split():
            assert entry in step.get("env", {}), entry


def test_the_workflows_are_found() -> None:
    assert sum(bool(steps(path)) for path in DOCUMENTS) >= 4
