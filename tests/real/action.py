"""The action as its consumers have it: copies of this repository and of the example."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "rag-chatbot"


def copy_of_this_repository(folder: Path) -> Path:
    """What a clone would hold, changes that are not committed yet included."""
    listed = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    return folder


def consumer_repository(folder: Path, workflow: str = "", frontend: Path | None = None) -> Path:
    """A repository with the example in it, committed on ``main``; its frontend may be another."""
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", "node_modules")
    shutil.copytree(EXAMPLE, folder, ignore=ignored)
    if frontend:
        shutil.rmtree(folder / "frontend")
        shutil.copytree(frontend, folder / "frontend", ignore=ignored)
    if workflow:
        path = folder / ".github" / "workflows" / "deploy.yml"
        path.parent.mkdir(parents=True)
        path.write_text(workflow)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", "--all")
    person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    _git(folder, *person, "commit", "--quiet", "--message=The example")
    return folder


def changes(folder: Path) -> list[str]:
    """Paths that differ from the commit, new and ignored ones included."""
    return _git(folder, "status", "--porcelain", "--ignored").splitlines()


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "safe.directory=*", *arguments]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout
