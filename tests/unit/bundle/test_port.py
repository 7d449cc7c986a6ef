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


SCRIPTS = {
    "variable of the shell": (
        "sh start.sh",
        {"start.sh": ': "${PORT:=8100}"\nuvicorn \\\n  --port "$PORT" main:app\n'},
    ),
    "default of the shell": (
        '["./bin/run.sh"]',
        {"bin/run.sh": 'P="${P:-8100}"\nexec uvicorn main:app --port "$P"\n'},
    ),
    "absolute": ('["sh", "/srv/run.sh"]', {"run.sh": "gunicorn main:app -b 0.0.0.0:8100\n"}),
    "environment": (
        "python run.py",
        {"run.py": "import os, uvicorn\nuvicorn.run(app, port=int(os.getenv('PORT', '8100')))\n"},
    ),
    "variable": (
        "uv run run.py",
        {"run.py": "port: int = 8100\nuvicorn.run(app, host=h('x'), port=port, reload=True)\n"},
    ),
    "command in Python": ("python run.py", {"run.py": "os.system('uvicorn main:app --port 8100')"}),
    "module": ("python -m shop", {"shop/__main__.py": "uvicorn.run('main:app', port=8100)\n"}),
    "gunicorn": ("gunicorn main:app", {"gunicorn.conf.py": "bind = '127.0.0.1:8100'\n"}),
    "named configuration": (
        "gunicorn main:app -c conf/g.py",
        {"conf/g.py": "import os\nbind = f\"0.0.0.0:{os.environ.get('PORT', 8100)}\"\n"},
    ),
}


@pytest.mark.parametrize("case", SCRIPTS)
def test_the_port_stands_in_what_is_started(plan: Planner, case: str) -> None:
    command, files = SCRIPTS[case]
    dockerfile = f"FROM python:3.11\nWORKDIR /srv\nCOPY . .\nUSER 1000\nCMD {command}\n"
    backend = {f"backend/{path}": content for path, content in files.items()}
    found = plan({**MINIMAL, **backend, "backend/Dockerfile": dockerfile})
    assert found.backend.app_port == 8100


def test_what_the_dockerfile_sets_beats_a_default(plan: Planner) -> None:
    script = {"backend/run.py": "uvicorn.run(app, port=int(os.getenv('PORT', 8100)))\n"}
    dockerfile = "FROM python:3.11\nENV PORT=9000\nCOPY . .\nCMD python run.py\n"
    assert plan({**MINIMAL, **script, "backend/Dockerfile": dockerfile}).backend.app_port == 9000


def test_a_started_server_without_a_port_has_its_own(plan: Planner) -> None:
    script = {"backend/run.py": "import uvicorn\nuvicorn.run('main:app', host='0.0.0.0')\n"}
    assert started(plan, "python run.py", **script) == 8000


def test_a_port_that_only_root_may_have_is_told(plan: Planner) -> None:
    dockerfile = "FROM python:3.11\nCOPY . .\nUSER 1000\nCMD uvicorn main:app --port 80\n"
    found = plan({**MINIMAL, "backend/Dockerfile": dockerfile})
    assert "backend/Dockerfile:4: Port 80 is below 1024" in found.notices


def test_a_pyproject_that_is_no_toml_names_no_script(plan: Planner) -> None:
    assert started(plan, '["start"]', **{"backend/pyproject.toml": "= x"}) == 7860
