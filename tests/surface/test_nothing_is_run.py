"""Plan mode reads a stranger's repository: nothing in it is imported, executed or unpickled."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/health')\ndef h(): ...\n"
MODULES = (
    *("main.py", "conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py", "config.py"),
    *("gunicorn.conf.py", "__init__.py", "app/__init__.py", "noxfile.py", "asgi.py", "ast.py"),
)


class Writes:
    """Unpickled, it writes a file."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[object, ...]:
        return Path.write_text, (self.place, "unpickled")


def plant(backend: Path, ran: Path) -> None:
    trap = f"import pathlib\npathlib.Path({str(ran)!r}).write_text('ran')\n"
    files = {name: trap for name in MODULES} | {
        "main.py": f"{trap}import config\nfrom app import x\n{APP}",
        "requirements.txt": "fastapi\nuvicorn\n",
        "trap.pth": f"import pathlib; pathlib.Path({str(ran)!r}).write_text('pth')\n",
        "settings.yaml": f"a: !!python/object/apply:os.system ['touch {ran}']\n",
        "README.md": f"---\ntitle: !!python/object/apply:os.system ['touch {ran}']\n---\n",
        "environment.yml": f"a: !!python/object/apply:os.system ['touch {ran}']\n",
        "Makefile": f"X := $(shell touch {ran})\n",
        "start.sh": f"touch {ran}\nuvicorn main:app\n",
    }
    for name, content in files.items():
        (backend / name).parent.mkdir(parents=True, exist_ok=True)
        (backend / name).write_text(content)
    (backend / "model.pkl").write_bytes(pickle.dumps(Writes(ran)))


def planned(workspace: Path) -> subprocess.CompletedProcess[str]:
    """The program as it is started, in the workspace and with everything that could load it."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(workspace),
        "GITHUB_WORKSPACE": str(workspace),
        "INPUT_SPACE": "me/trap",
        "INPUT_MODE": "plan",
    }
    command = [sys.executable, "-I", str(ROOT / "entrypoint.py")]
    return subprocess.run(
        command,
        cwd=workspace / "backend",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_plan_mode_runs_nothing_of_the_repository(tmp_path: Path) -> None:
    workspace, ran = tmp_path / "workspace", tmp_path / "ran"
    plant(workspace / "backend", ran)
    done = planned(workspace)
    assert not ran.exists(), ran.read_text()
    # It was read all the same: else this proves nothing.
    assert "main:app" in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["main.py", "config.py", "sitecustomize.py", "app/__init__.py"])
def test_the_traps_work(tmp_path: Path, name: str) -> None:
    backend, ran = tmp_path / "backend", tmp_path / "ran"
    plant(backend, ran)
    module = name.removesuffix(".py").removesuffix("/__init__")
    script = f"import sys; sys.path.insert(0, {str(backend)!r}); __import__({module!r})"
    subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, check=False)
    assert ran.read_text() == "ran"


def test_the_pickle_works(tmp_path: Path) -> None:
    backend, ran = tmp_path / "backend", tmp_path / "ran"
    plant(backend, ran)
    pickle.loads((backend / "model.pkl").read_bytes())
    assert ran.read_text() == "unpickled"
