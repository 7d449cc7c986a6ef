"""The app that the made Dockerfile starts can be imported from the bundle alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.bundle.conftest import APP, Plan, Planner

IMPORT = """
import sys
from uvicorn.importer import import_from_string
sys.path[:0] = sys.argv[2:]
import_from_string(sys.argv[1])
"""
FACTORY = "from fastapi import FastAPI\ndef create_app():\n    return FastAPI()\n"
LAYOUTS = {
    "package": {
        "app/main.py": f"from app.core.config import s\n{APP}",
        "app/core/config.py": "s = 1\n",
    },
    "flat imports": {
        "app/main.py": f"from core.config import s\n{APP}",
        "app/core/config.py": "s = 1\n",
    },
    "src": {"src/shop/main.py": f"from shop.db import c\n{APP}", "src/shop/db.py": "c = 1\n"},
    "its own name": {"main.py": f"from backend.x import y\n{APP}", "x.py": "y = 1\n"},
    "relative": {"main.py": f"from .x import y\n{APP}", "x.py": "y = 1\n"},
    "climbing": {"app/main.py": f"from ..shared import x\n{APP}", "shared.py": "x = 1\n"},
    "both ways": {
        "app/main.py": f"from app.x import y\nfrom backend.app.z import q\n{APP}",
        "app/x.py": "y = 1\n",
        "app/z.py": "q = 1\n",
    },
    "two search paths": {
        "app/main.py": f"from app.api import a\n{APP}",
        "app/api.py": "from services.chat import a\n",
        "app/services/chat.py": "a = 1\n",
    },
    "factory": {"shop/__init__.py": FACTORY},
    "imported tests": {"main.py": f"from tests.f import x\n{APP}", "tests/f.py": "x = 1\n"},
}


def stage(found: Plan, place: Path) -> None:
    for path in found.paths:
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(found.content(path))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_app_is_importable_where_the_dockerfile_says(
    plan: Planner, tmp_path_factory: pytest.TempPathFactory, layout: str
) -> None:
    files = {f"backend/{path}": content for path, content in LAYOUTS[layout].items()}
    found = plan({**files, "backend/requirements.txt": "fastapi\nuvicorn\n"})
    space = tmp_path_factory.mktemp("space")
    stage(found, space)
    docker = found.text("Dockerfile")
    command = json.loads(docker.splitlines()[-1].removeprefix("CMD "))
    app_dir = command[command.index("--app-dir") + 1] if "--app-dir" in command else "."
    search = re.search(r"PYTHONPATH=(\S+)", docker)
    environment = dict(os.environ) | {
        "PYTHONPATH": search[1].replace("/home/user/app", str(space)) if search else ""
    }
    # -P: the current folder counts only when it is searched.
    told = subprocess.run(
        [sys.executable, "-P", "-c", IMPORT, command[1], str(space / app_dir)],
        cwd=space,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
