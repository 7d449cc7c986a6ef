"""What the documents show to be copied is right by the same linters as the files themselves."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployer import settings
from tests.real.need import missing

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
INPUTS = {row.name for row in settings.INPUTS}
ABOVE_JOBS = {"name", "on", "permissions", "concurrency", "env", "defaults", "jobs"}
NOTHING = [{"run": "true"}]


def blocks(kind: str) -> list[tuple[str, str]]:
    """Every block of a kind, with the document and its number there."""
    return [
        (f"{path.stem}-{number}", match["text"])
        for path in DOCUMENTS
        for number, match in enumerate(BLOCK.finditer(path.read_text()))
        if match["kind"] == kind
    ]


def whole(text: str) -> dict[str, Any] | None:
    """The workflow that a block is a part of, as short as can be; None for other YAML."""
    match yaml.safe_load(text):
        case [{"uses": _} | {"name": _} | {"run": _} | {"id": _}, *_] as steps:
            return _workflow({"steps": steps}, text)
        case dict() as loaded:
            found = {"on" if key is True else str(key): value for key, value in loaded.items()}
            return _around(found, text)
    return None


def _around(found: dict[str, Any], text: str) -> dict[str, Any] | None:
    if all(isinstance(job, dict) and "runs-on" in job for job in found.values()):
        return _workflow({"jobs": found}, text)
    if found.keys() <= INPUTS:
        return _workflow({"steps": [{"uses": "org/hf-space-deploy@v1", "with": found}]}, text)
    if found.keys() & {"on", "jobs", "permissions", "concurrency", "steps"}:
        return _workflow(found, text)
    return None


def _workflow(found: dict[str, Any], text: str) -> dict[str, Any]:
    given = {name: {"type": "string"} for name in re.findall(r"\binputs\.(\w+)", text)}
    job = {key: found[key] for key in found.keys() - ABOVE_JOBS}
    shown = {"runs-on": "ubuntu-latest", "steps": NOTHING, **job}
    jobs = found.get("jobs") or {"shown": shown}
    needed = {job["needs"] for job in jobs.values() if isinstance(job.get("needs"), str)}
    others = {name: {"runs-on": "ubuntu-latest", "steps": NOTHING} for name in needed - {*jobs}}
    above = {key: found[key] for key in found.keys() & ABOVE_JOBS}
    return {"on": {"workflow_dispatch": {"inputs": given}}, **above, "jobs": {**jobs, **others}}


def workflows() -> Iterator[tuple[str, str]]:
    for name, text in blocks("yaml"):
        found = whole(text)
        if found:
            yield name, yaml.safe_dump(found)


def lint(program: str, *arguments: str, text: str) -> subprocess.CompletedProcess[str]:
    if not (BIN / program).exists():
        missing(f"{program} is not installed")
    return subprocess.run(
        [BIN / program, *arguments, "-"], input=text, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("text", [text for _, text in workflows()], ids=[n for n, _ in workflows()])
def test_a_shown_workflow_is_valid(text: str) -> None:
    done = lint("actionlint", text=text)
    assert done.returncode == 0, done.stdout


def test_workflows_are_found() -> None:
    assert len(list(workflows())) >= 20


@pytest.mark.parametrize("text", [t for _, t in blocks("sh")], ids=[n for n, _ in blocks("sh")])
def test_shown_commands_are_valid(text: str) -> None:
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
