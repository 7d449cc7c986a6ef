"""The example's backend in an environment of its own, started as its users start it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real.need import missing
from tests.real.ports import free_port, wait_for

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "rag-chatbot"
BACKEND = EXAMPLE / "backend"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBackend:
    """A started backend: its address, and the file that takes its output."""

    url: str
    log: Path


def python_with_requirements(manifest: Path) -> Path:
    """A Python with the manifest's packages, made once and kept under ``.cache/venvs``."""
    key = hashlib.sha256(manifest.read_bytes()).hexdigest()[:16]
    home = ROOT / ".cache" / "venvs" / key
    if not home.exists():
        scratch = home.with_name(f"{key}-{uuid.uuid4().hex[:8]}")
        _build(scratch, manifest)
        try:
            scratch.rename(home)
        except OSError:  # another test process was quicker
            shutil.rmtree(scratch)
    return home / "bin" / "python"


def _build(home: Path, manifest: Path) -> None:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if uv is None:
        missing("uv is not installed (pip install uv)")
    subprocess.run([uv, "venv", "-q", "-p", sys.executable, "--relocatable", home], check=True)
    python = home / "bin" / "python"
    install = [uv, "pip", "install", "-q", "-p", python, "--compile-bytecode", "-r", manifest]
    # With the machine's certificates, as pip does.
    subprocess.run(install, check=True, env={"UV_SYSTEM_CERTS": "1", **os.environ})


@contextmanager
def example_backend(log: Path, **environment: str) -> Iterator[RunningBackend]:
    """The backend on a free port, with exactly ``environment`` besides PATH."""
    python = python_with_requirements(BACKEND / "requirements.txt")
    port = free_port()
    command = [python, "-m", "uvicorn", "app.main:app", "--port", str(port)]
    variables = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environment}
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=BACKEND, env=variables, stdout=output, stderr=output)
        try:
            wait_for(port, server)
            yield RunningBackend(url=f"http://127.0.0.1:{port}", log=log)
        finally:
            server.terminate()
            server.wait(30)
