"""How many requests a deploy costs the Hub, on the local one, whose Spaces only answer.

The Hub counts: its journal of requests, and the Space's commits, builds and restarts. A wait's
looks at the runtime and its streams depend on how long a build takes, so they are counted apart.
"""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from localhub.testing import RunningHub, running

ROOT: Final = Path(__file__).resolve().parents[1]
SECRETS: Final = tuple(f"SECRET_{number}" for number in range(1, 8))
APP: Final = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/api/health")
def health():
    return {"status": "healthy"}
"""
WAITING: Final = ("/runtime", "/events", "/logs/build", "/logs/run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one run cost."""

    name: str
    reads: int
    writes: int
    secrets: int
    waiting: int
    commits: int
    builds: int
    restarts: int


def measure(folder: Path) -> list[Row]:
    """A first deploy, an update that changes one of seven secrets and one file, and a run with
    nothing to do.
    """
    backend = folder / "checkout" / "backend"
    backend.mkdir(parents=True)
    (backend / "main.py").write_text(APP)
    (backend / "notes.py").write_text("TEXT = 'first'\n")
    (backend / "requirements.txt").write_text("fastapi\nuvicorn\n")
    values = {name: f"{name} has a value nobody guesses, 7Qx1" for name in SECRETS}
    with running("--runner", "stub", "--data", str(folder / "hub")) as hub:
        return list(_rows(hub, folder, backend, values))


def _rows(hub: RunningHub, folder: Path, backend: Path, values: dict[str, str]) -> Iterator[Row]:
    yield _row("first deploy", hub, folder, values)
    (backend / "notes.py").write_text("TEXT = 'second'\n")
    changed = {**values, SECRETS[3]: "another value that nobody guesses, 9Zk2"}
    yield _row("update: one of seven secrets, one file", hub, folder, changed)
    yield _row("nothing to do", hub, folder, changed)


def _row(name: str, hub: RunningHub, folder: Path, values: Mapping[str, str]) -> Row:
    before = _stats(hub)
    hub.forget_requests()
    _deploy(hub, folder, values)
    asked = [each for each in hub.requests() if not each["path"].startswith("/api/local/")]
    waiting = [each for each in asked if each["path"].endswith(WAITING)]
    others = [each for each in asked if each not in waiting and _of_the_hub(each)]
    writes = [each for each in others if each["method"] != "GET"]
    after = _stats(hub)
    return Row(
        name=name,
        reads=len(others) - len(writes),
        writes=len(writes),
        secrets=sum(each["path"].endswith("/secrets") for each in writes),
        waiting=len(waiting),
        **{key: after[key] - before.get(key, 0) for key in ("commits", "builds", "restarts")},
    )


def _of_the_hub(request: Mapping[str, Any]) -> bool:
    """Not a visit to the app itself."""
    return str(request["path"]).startswith(("/api/", "/spaces/", "/oauth/"))


def _stats(hub: RunningHub) -> dict[str, Any]:
    """The Space's counters; none before it is made."""
    try:
        return hub.stats(f"{hub.owner}/bench")
    except urllib.error.HTTPError as error:
        error.close()
        return {}


def _deploy(hub: RunningHub, folder: Path, values: Mapping[str, str]) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "RUNNER_TEMP": str(folder / "temp"),
        "GITHUB_WORKSPACE": str(folder / "checkout"),
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": hub.token,
        "INPUT_SPACE": f"{hub.owner}/bench",
        "INPUT_SECRETS": "\n".join(values),
        **values,
    }
    done = subprocess.run(
        [sys.executable, "-I", str(ROOT / "entrypoint.py")],
        env=environment,
        cwd=folder / "checkout",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the deploy ended with {done.returncode}: {done.stdout[-2000:]}")


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    head = (
        "| run | reads | writes | of them secrets | looks while it waits | commits | builds "
        "| restarts |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    )
    lines = [
        f"| {row.name} | {row.reads} | {row.writes} | {row.secrets} | {row.waiting} "
        f"| {row.commits} | {row.builds} | {row.restarts} |"
        for row in rows
    ]
    return "\n".join((head, *lines))
