"""The port of the Space, from what a brought Dockerfile starts."""

from __future__ import annotations

import pytest

from tests.unit.bundle.conftest import APP, MINIMAL, Planner

POETRY = '[tool.poetry.scripts]\nstart = "app.main:start"\n'
PROJECT = '[project]\nname = "x"\nversion = "1"\nscripts = {start = "app.main:start"}\n'
START = f"import uvicorn\n{APP}\n\ndef start():\n    uvicorn.run('app.main:app', port=8123)\n"


def started(plan: Planner, command: str, **files: str) -> int:
    dockerfile = f"FROM python:3.11\nCOPY . .\nUSER 1000\nCMD {command}\n"
    return plan({**MINIMAL, **files, "backend/Dockerfile": dockerfile}).backend.app_port


@pytest.mark.parametrize(
    ("command", "port"),
    [
        ('["fastapi", "run", "--workers", "4"]', 8000),
        ("uvicorn main:app --host 0.0.0.0", 8000),
        ('["uv", "run", "uvicorn", "main:app", "--host", "0.0.0.0"]', 8000),
        ("uvicorn main:app --host 0.0.0.0 --port 8005", 8005),
        ("gunicorn main:app -b 0.0.0.0:7860", 7860),
        ('["./start"]', 7860),
    ],
)
def test_a_server_that_is_told_no_port_listens_on_its_own(
    plan: Planner, command: str, port: int
) -> None:
    assert started(plan, command) == port


@pytest.mark.parametrize("manifest", [POETRY, PROJECT])
def test_the_port_of_a_console_script_stands_in_its_module(plan: Planner, manifest: str) -> None:
    files = {"backend/app/main.py": START, "backend/pyproject.toml": manifest}
    assert started(plan, '["poetry", "run", "start"]', **files) == 8123


def test_a_pyproject_that_is_no_toml_names_no_script(plan: Planner) -> None:
    assert started(plan, '["start"]', **{"backend/pyproject.toml": "= x"}) == 7860
