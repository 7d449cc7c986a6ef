"""act on this machine in the place of GitHub's runner, with the action in its consumer's form."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.real.action import ROOT, copy_of_this_repository

BIN = Path(sys.executable).parent
OURS = "org/hf-space-deploy"

STUB = """
name: stub
description: stands in for an action that would be fetched
runs:
  using: composite
  steps:
    - run: "true"
      shell: bash
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What starts a run, and what the runner knows of its repository."""

    name: str = "push"
    payload: Mapping[str, Any] = field(default_factory=dict)
    workflow: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A run that has ended: its code, what it said, and how each job's own steps ended."""

    code: int
    log: str
    steps: Mapping[tuple[str, str], str]


class Runner:
    """act, its home and its stubs in a scratch folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        copy_of_this_repository(folder / "action")
        (folder / "stub").mkdir()
        (folder / "stub" / "action.yml").write_text(STUB)

    def run(self, repository: Path, event: Event) -> Done:
        """The run of an event, ended; without ``workflow`` every workflow of the repository."""
        payload = self._folder / "event.json"
        payload.write_text(json.dumps(event.payload))
        flags = [f"--eventpath={payload}", "--json", *self._flags(repository, event)]
        flags += event.options
        done = subprocess.run(
            [BIN / "act", event.name, "--platform=ubuntu-latest=-self-hosted", *flags],
            cwd=repository,
            env=self._environment(event.path),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=600,
        )
        return _read(done.returncode, done.stdout)

    def _flags(self, repository: Path, event: Event) -> Iterator[str]:
        workflows = repository / ".github" / "workflows"
        yield f"--workflows={workflows / event.workflow}"
        yield f"--local-repository={OURS}@v1={self._folder / 'action'}"
        for name in used_actions(ROOT / "action.yml", *workflows.iterdir()):
            if not name.startswith((OURS, "./")):
                yield f"--local-repository={name}={self._folder / 'stub'}"
        given = {
            "secret": event.secrets,
            "var": event.variables,
            "env": event.environment,
        }
        for kind, values in given.items():
            yield from (f"--{kind}={name}={value}" for name, value in values.items())

    def _environment(self, path: str) -> dict[str, str]:
        home = {"HOME": str(self._folder), "XDG_CACHE_HOME": ""}
        return {**os.environ, "PATH": path or path_with_uv(), **home}


def used_actions(*files: Path) -> list[str]:
    """What stands behind ``uses:`` in these files."""
    found = re.findall(r"\buses: (\S+)", "\n".join(each.read_text() for each in files))
    return sorted(set(found))


def steps_of(workflow: Path) -> list[tuple[str, str]]:
    """Job and step, by the names that a log has, of every job that has steps of its own."""
    jobs = yaml.safe_load(workflow.read_text())["jobs"]
    return [
        (job, step.get("name") or step.get("uses") or step["run"])
        for job, told in jobs.items()
        for step in told.get("steps", [])
    ]


def _read(code: int, output: str) -> Done:
    said, steps = [], {}
    for line in output.splitlines():
        entry = _entry(line)
        said.append(str(entry.get("msg", line)))
        if len(entry.get("stepID", [])) == 1 and entry.get("stage") == "Main":
            result = entry.get("stepResult")
            if result:
                steps[entry["jobID"], entry["step"]] = str(result)
    return Done(code=code, log="\n".join(each.rstrip("\n") for each in said), steps=steps)


def _entry(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def path_with_uv() -> str:
    """The machine's PATH with the development environment's programs before it."""
    return os.pathsep.join([str(BIN), os.environ["PATH"]])


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
