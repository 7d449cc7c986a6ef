"""From the composite's first step to the first request to the Hub.

The steps are run as action.yml has them: action/install.sh, then the program. The Hub is a listener
that notes when somebody calls, and then the program is stopped.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.environment import ROOT, opponents_environment
from bench.large import APP
from bench.result import Measure, Result, Row, beside

PATIENCE: Final = 300.0
UV: Final = str(Path(sys.executable).with_name("uv"))


def _measure(folder: Path, options: Namespace) -> Result:
    backend = folder / "checkout" / "backend"
    backend.mkdir(parents=True)
    (backend / "main.py").write_text(APP)
    (backend / "requirements.txt").write_text("fastapi\nuvicorn\n")
    _start(folder, "kept")  # installs once
    return Result(measures=[_cached(folder, options.turns), _uncached(folder, options.turns)])


def _cached(folder: Path, turns: int) -> Measure:
    """Beside the import that every client of the Hub begins with, and an empty environment."""
    python = str(opponents_environment() / "bin" / "python")
    empty = (UV, "venv", "--quiet", "--no-project", "--clear", str(folder / "empty"))
    ours, theirs = [], []
    for _ in range(turns):
        import_it = (python, "-c", "from huggingface_hub import HfApi")
        theirs.append(_taken(empty, _own(folder)) + _taken(import_it, _own(folder)))
        ours.append(_start(folder, "kept"))
    return beside(
        "start to the first request, dependencies cached",
        ours,
        theirs,
        opponent="(an empty environment + `from huggingface_hub import HfApi`)",
        bound=1.2,
        state="warm",
    )


def _uncached(folder: Path, turns: int) -> Measure:
    """Nothing installed and nothing downloaded, beside uv installing the client alone."""
    ours, theirs = [], []
    for _ in range(turns):
        for name in ("fresh", "cache", "theirs"):
            shutil.rmtree(folder / name, ignore_errors=True)
        environment = {**_own(folder), "XDG_CACHE_HOME": str(folder / "cache" / "theirs")}
        made = _taken((UV, "venv", "--quiet", "--no-project", str(folder / "theirs")), environment)
        python = ("--python", str(folder / "theirs" / "bin" / "python"))
        install = (UV, "pip", "install", "--quiet", *python, "huggingface_hub")
        theirs.append(made + _taken(install, environment))
        ours.append(_start(folder, "fresh", {"XDG_CACHE_HOME": str(folder / "cache" / "ours")}))
    return beside(
        "start to the first request, nothing cached",
        ours,
        theirs,
        opponent="`uv pip install huggingface_hub`",
        bound=1.5,
        state="cold",
    )


def _own(folder: Path) -> dict[str, str]:
    return {**os.environ, "RUNNER_TEMP": str(folder)}


def _taken(words: tuple[str, ...], environment: Mapping[str, str]) -> float:
    """Milliseconds of a command."""
    started = time.perf_counter()
    subprocess.run(words, env=dict(environment), check=True, capture_output=True)
    return (time.perf_counter() - started) * 1000


def _start(folder: Path, temp: str, more: Mapping[str, str] | None = None) -> float:
    """Milliseconds of the two steps, until the Hub is called."""
    (folder / temp).mkdir(exist_ok=True)
    outputs = folder / temp / "outputs"
    outputs.write_text("")
    environment = {
        **os.environ,
        "FOUND_UV": UV,
        "RUNNER_TEMP": str(folder / temp),
        "GITHUB_OUTPUT": str(outputs),
        **(more or {}),
    }
    with socket.create_server(("127.0.0.1", 0)) as hub:
        hub.settimeout(PATIENCE)
        inputs = {
            "GITHUB_WORKSPACE": str(folder / "checkout"),
            "HF_ENDPOINT": f"http://127.0.0.1:{hub.getsockname()[1]}",
            "HF_TOKEN": "hf_of_nobody_at_all_1234",
            "INPUT_SPACE": "owner/name",
        }
        started = time.perf_counter()
        subprocess.run(
            ["bash", str(ROOT / "action" / "install.sh")],
            env=environment,
            check=True,
            capture_output=True,
        )
        python = outputs.read_text().strip().removeprefix("python=")
        with subprocess.Popen(
            [python, "-I", "-u", "-X", "utf8", str(ROOT / "entrypoint.py")],
            env={**environment, **inputs},
            stdout=subprocess.DEVNULL,
        ) as program:
            try:
                hub.accept()[0].close()
                return (time.perf_counter() - started) * 1000
            finally:
                program.kill()


ROW: Final = Row(
    name="start",
    about="from the first step to the first request to the Hub",
    measure=_measure,
)
