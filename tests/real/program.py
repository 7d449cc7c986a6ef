"""The program as its users start it: a process of its own in a checkout, on a local Hub."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from localhub.testing import RunningHub

ROOT = Path(__file__).parents[2]
REQUIREMENTS = "fastapi==0.165.0\nuvicorn==0.54.0\n"
APP = """\
import os

from fastapi import FastAPI

app = FastAPI()


@app.get("/api/health")
def health():
    return HEALTH


@app.get("/api/version")
def version():
    return {"version": VERSION, "greeting": os.environ.get("GREETING", "")}
"""
HEALTHY = '{"status": "healthy", "services": {"qdrant": {"status": "connected"}}}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run left behind."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str
    receipt: str
    plan: str = ""

    @property
    def text(self) -> str:
        """All that a stranger can read; the runner itself takes the mask commands away."""
        log = re.sub(r"^::add-mask::.*$", "", self.log, flags=re.MULTILINE)
        return "\n".join((log, str(dict(self.outputs)), self.summary, self.receipt, self.plan))


@dataclass(slots=True, kw_only=True)
class Checkout:
    """A repository with a backend, and runs of the program in it."""

    folder: Path
    hub: RunningHub
    space: str
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, text: str) -> None:
        """A file of the repository."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def backend(self, *, version: int, health: str = HEALTHY, requirements: str = "") -> None:
        """A backend in ``backend/`` that tells its version and a health answer."""
        app = APP.replace("HEALTH", health).replace("VERSION", str(version))
        self.write("backend/main.py", app)
        self.write("backend/requirements.txt", REQUIREMENTS + requirements)

    def environ(self, **inputs: str) -> dict[str, str]:
        """What a runner would set, and nothing of the machine's but what processes need."""
        files = self.folder.parent / "runner"
        files.mkdir(exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(files),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.folder),
            "GITHUB_OUTPUT": str(files / "output"),
            "GITHUB_STEP_SUMMARY": str(files / "summary"),
            "RUNNER_TEMP": str(files / "temp"),
            "HF_ENDPOINT": self.hub.url,
            "INPUT_HF_TOKEN": self.hub.token,
            "INPUT_SPACE": self.space,
            **self.environment,
            **{f"INPUT_{name.upper()}": value for name, value in inputs.items()},
        }

    def start(self, **inputs: str) -> subprocess.Popen[str]:
        """The program, started; ``finish`` waits for it."""
        files = self.folder.parent / "runner"
        environ = self.environ(**inputs)
        for name in ("output", "summary"):
            (files / name).unlink(missing_ok=True)
        (files / "temp").mkdir(exist_ok=True)
        return subprocess.Popen(
            [sys.executable, "-I", str(ROOT / "entrypoint.py")],
            cwd=self.folder,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, process: subprocess.Popen[str], seconds: float = 180) -> Run:
        """The run, ended."""
        log, _ = process.communicate(timeout=seconds)
        files = self.folder.parent / "runner"
        outputs = read_outputs(files / "output")
        receipt = outputs.get("receipt", "")
        return Run(
            code=process.returncode,
            log=log,
            outputs=outputs,
            summary=_text(files / "summary"),
            receipt=_text(Path(receipt)) if receipt else "",
            plan=_text(Path(outputs["plan"])) if "plan" in outputs else "",
        )

    def run(self, **inputs: str) -> Run:
        """One run of the program from start to end."""
        return self.finish(self.start(**inputs))

    def left_behind(self) -> list[str]:
        """Files in the runner's folder for temporary ones, documents aside."""
        files = (self.folder.parent / "runner" / "temp").rglob("*")
        documents = ("hf-space-deploy-receipt-", "hf-space-deploy-plan-")
        return [str(path) for path in files if not path.name.startswith(documents)]


def read_outputs(path: Path) -> dict[str, str]:
    """GitHub's output file: ``name<<delimiter``, value, delimiter; the last value counts."""
    outputs: dict[str, str] = {}
    lines = iter(_text(path).splitlines())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        outputs[name] = "\n".join(iter(lambda: next(lines), delimiter))
    return outputs


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""
