"""Who is measured: our program, and what a user would pick instead, each driven as users drive it.

All of them send the same folder, with the same secrets and variables, to Spaces of their own on the
same local Hub. The opponents run in an environment of their own (bench/environment.py).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.environment import opponents_environment
from bench.timing import Command
from localhub.testing import RunningHub

ROOT: Final = Path(__file__).resolve().parents[2]
HERE: Final = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be deployed, and where to."""

    hub: RunningHub
    space: str
    folder: Path
    backend: Path
    secrets: dict[str, str]
    variables: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """``program``: what runs, empty for ours. ``api``: it uses the Hub's API and not git.
    ``proves``: it waits until its own revision answered healthily. ``creates``: it makes the Space.
    """

    name: str
    program: str = ""
    api: bool = True
    proves: bool = False
    creates: bool = True

    def command(self, job: Job) -> Command:
        """The process that deploys."""
        return _theirs(self.program, job) if self.program else _ours(job)


OURS: Final = Contender(name="ours", proves=True)
RECIPE: Final = Contender(name="git and curl", program="recipe.sh", api=False, creates=False)
OFFICIAL: Final = Contender(name="hf command", program="official.sh")
SCRIPT: Final = Contender(name="script", program="script.py")
PROVING: Final = Contender(name="script with proof", program="proving_script.py", proves=True)
UPLOAD: Final = Contender(name="hf upload", program="upload.sh")
OPPONENTS: Final = (RECIPE, OFFICIAL, SCRIPT, PROVING)
ALL: Final = (OURS, *OPPONENTS)


def _base(job: Job, home: Path) -> dict[str, str]:
    home.mkdir(parents=True, exist_ok=True)
    settings = {**job.secrets, **job.variables}
    return {"HOME": str(home), "LANG": "C.UTF-8", **job.hub.environment(), **settings}


def _ours(job: Job) -> Command:
    inputs = {
        "PATH": os.environ["PATH"],
        "RUNNER_TEMP": str(job.folder / "temp"),
        "GITHUB_WORKSPACE": str(job.folder / "checkout"),
        "INPUT_SPACE": job.space,
        "INPUT_FRONTEND": "none",
        "INPUT_SECRETS": "\n".join(job.secrets),
        "INPUT_VARIABLES": "\n".join(f"{name}={value}" for name, value in job.variables.items()),
    }
    environment = {**_base(job, job.folder / "home"), **inputs}
    words = (sys.executable, "-I", str(ROOT / "entrypoint.py"))
    return Command(words=words, folder=job.folder / "checkout", environment=environment)


def _theirs(program: str, job: Job) -> Command:
    bin_folder = opponents_environment() / "bin"
    interpreter = bin_folder / "python" if program.endswith(".py") else Path("/bin/bash")
    inputs = {
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "SPACE": job.space,
        "SECRETS": " ".join(job.secrets),
        "VARIABLES": " ".join(job.variables),
    }
    environment = {**_base(job, job.folder / "home"), **inputs}
    words = (str(interpreter), str(HERE / program), str(job.backend))
    return Command(words=words, folder=job.folder, environment=environment)
