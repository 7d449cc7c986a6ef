"""What the app needs from outside the backend folder comes along, and is found where it runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from deployer.errors import Exit, Problem
from tests.unit.bundle.conftest import APP, MINIMAL, Plan, Planner

Refusal = Callable[..., tuple[Problem, ...]]
NEEDS = {"backend/requirements.txt": "fastapi\nuvicorn\n"}
FRONTEND = {"frontend/package.json": "{}", "frontend/src/app.js": "1"}
SERVES = """
import asyncio, json, sys
sys.path.insert(0, sys.argv[2])
from uvicorn.importer import import_from_string
app = import_from_string(sys.argv[1])
answers = []
async def send(message):
    answers.append(message)
async def receive():
    return {"type": "http.request", "body": b""}
scope = {"type": "http", "method": "GET", "path": "/read", "headers": [], "query_string": b"",
         "raw_path": b"/read", "root_path": "", "http_version": "1.1", "scheme": "http"}
asyncio.run(app(scope, receive, send))
print(answers[-1]["body"].decode())
"""


def reading(code: str, what: str) -> str:
    """An app that answers ``/read`` with the value of ``what``, once ``code`` has run."""
    return f"{code}\n{APP}\n\n@app.get('/read')\ndef read():\n    return {what}\n"


def answer(found: Plan, place: Path) -> Any:
    """What the bundle answers on ``/read``, started where and as its Dockerfile says."""
    for path in found.paths:
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(found.content(path))
    docker = found.text("Dockerfile")
    command = json.loads(docker.splitlines()[-1].removeprefix("CMD "))
    app_dir = command[command.index("--app-dir") + 1] if "--app-dir" in command else "."
    run_in = re.findall(r"^WORKDIR (\S+)", docker, re.MULTILINE)[-1]
    search = re.search(r"PYTHONPATH=(\S+)", docker)
    told = subprocess.run(
        [sys.executable, "-P", "-c", SERVES, command[1], app_dir],
        cwd=re.sub(r"^(\$HOME|/home/user)/app", str(place), run_in),
        env=dict(os.environ)
        | {"PYTHONPATH": search[1].replace("/home/user/app", str(place)) if search else ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


HERE = "from pathlib import Path\nimport os, sys\nHERE = Path(__file__).resolve()\n"
REACHES: dict[str, tuple[Mapping[str, str], set[str]]] = {
    "a package beside a backend that is run from the root": (
        {
            "backend/main.py": reading(
                "from shared.models import X\nfrom backend.own import y", "[X, y]"
            ),
            "backend/own.py": "y = 1\n",
            "shared/__init__.py": "",
            "shared/models.py": "from pathlib import Path\n"
            "X = int((Path(__file__).parent / 'x.txt').read_text())\n",
            "shared/x.txt": "7",
        },
        {"shared/__init__.py", "shared/models.py", "shared/x.txt"},
    ),
    "a folder without __init__": (
        {
            "backend/main.py": reading("from shared import models", "[models.X, 1]"),
            "shared/models.py": "X = 7\n",
        },
        {"shared/models.py"},
    ),
    "a folder that the code adds to sys.path": (
        {
            "backend/app/main.py": reading(
                f"{HERE}sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', "
                "'common'))\nimport numbers_of\nfrom app.own import y",
                "[numbers_of.X, y]",
            ),
            "backend/app/own.py": "y = 1\n",
            "common/numbers_of.py": "from further import X\n",
            "common/further.py": "X = 7\n",
            "common/unused.py": "",
        },
        {"common/numbers_of.py", "common/further.py"},
    ),
    "the folder above, added to sys.path": (
        {
            "backend/main.py": reading(
                f"{HERE}sys.path.append(str(HERE.parents[1]))\n"
                "from common.db import X\nfrom own import y",
                "[X, y]",
            ),
            "backend/own.py": "y = 1\n",
            "common/db.py": "X = 7\n",
        },
        {"common/db.py"},
    ),
    "a path from the working directory": (
        {
            "backend/main.py": reading("X = int(open('../content/x.txt').read())", "[X, 1]"),
            "content/x.txt": "7",
            "content/not-named.txt": "",
        },
        {"content/x.txt"},
    ),
    "a folder by parents": (
        {
            "backend/app/main.py": reading(
                f"{HERE}SKILLS = HERE.parents[2] / 'skills'\n"
                "X = [p.read_text() for p in SKILLS.glob('*.md')]",
                "[int(X[0]), len(X)]",
            ),
            "skills/a.md": "7",
        },
        {"skills/a.md"},
    ),
    "constants across modules": (
        {
            "backend/app/config.py": "import os\nBASE_DIR = os.path.dirname(os.path.dirname("
            "os.path.dirname(os.path.abspath(__file__))))\n"
            "DOCS = os.path.join(BASE_DIR, 'docs')\n",
            "backend/app/main.py": reading(
                "from app.config import DOCS\nX = int(open(f'{DOCS}/a.md').read())", "[X, 1]"
            ),
            "docs/a.md": "7",
            "docs/b.md": "",
        },
        {"docs/a.md"},
    ),
    "a field of the settings": (
        {
            "backend/main.py": reading(
                f"{HERE}class Settings:\n    root = HERE.parent.parent\n    data = root / 'data'\n"
                "settings = Settings()\nX = int((settings.data / 'x').read_text())",
                "[X, 1]",
            ),
            "data/x": "7",
            "data/y": "",
        },
        {"data/x"},
    ),
    "what a function gives back": (
        {
            "backend/main.py": reading(
                f"{HERE}def root():\n    here = HERE.parent\n    return here.parent\n"
                "X = int((root() / 'x.txt').read_text())",
                "[X, 1]",
            ),
            "x.txt": "7",
        },
        {"x.txt"},
    ),
    "a database by its address": (
        {
            "backend/main.py": reading(
                "import sqlite3\nURL = 'sqlite:///../data/x.db'\n"
                "with sqlite3.connect(URL.removeprefix('sqlite:///')) as c:\n"
                "    X = len(list(c.execute('pragma database_list')))",
                "[X + 6, 1]",
            ),
            "data/x.db": "",
            "data/y.db": "",
        },
        {"data/x.db"},
    ),
    "a build that git ignores": (
        {
            "backend/main.py": reading(
                "from fastapi.staticfiles import StaticFiles\n"
                "S = StaticFiles(directory='../frontend/dist')\n"
                "X = int(open('../frontend/dist/x').read())",
                "[X, 1]",
            ),
            ".gitignore": "dist/\n",
            "frontend/dist/x": "7",
        },
        {"frontend/dist/x"},
    ),
}


@pytest.mark.parametrize("case", REACHES)
def test_what_lies_outside_comes_along_and_works(
    plan: Planner, tmp_path_factory: pytest.TempPathFactory, case: str
) -> None:
    files, wanted = REACHES[case]
    found = plan({**NEEDS, **FRONTEND, **files})
    outside = {path for path in found.paths if "/" in path and not path.startswith("backend/")}
    outside |= found.paths & {"x.txt"}
    assert outside - {"common/__init__.py", "shared/__init__.py"} == wanted - {"shared/__init__.py"}
    assert answer(found, tmp_path_factory.mktemp("space")) == [7, 1]
    assert "lies outside the backend and is brought along" in found.notices


def test_a_file_named_from_the_root_is_found_where_the_app_runs(
    plan: Planner, tmp_path_factory: pytest.TempPathFactory
) -> None:
    code = reading("X = int(open('backend/data/x').read())", "[X, 1]")
    found = plan({**NEEDS, "backend/main.py": code, "backend/data/x": "7"})
    assert "backend/data/x" in found.paths
    assert answer(found, tmp_path_factory.mktemp("space")) == [7, 1]


def test_tests_of_a_package_that_comes_along_stay_behind(plan: Planner) -> None:
    found = plan(
        {
            **NEEDS,
            "backend/main.py": f"from shared.x import y\n{APP}",
            "shared/x.py": "y = 1\n",
            "shared/tests/test_x.py": "",
        }
    )
    assert found.left_out["shared/tests/"] == ("tests/", "built-in")


def test_of_a_package_that_holds_a_frontend_only_modules_come(plan: Planner) -> None:
    found = plan(
        {
            **NEEDS,
            "backend/main.py": f"from web.api.x import y\n{APP}",
            "web/package.json": "{}",
            "web/src/a.js": "",
            "web/api/x.py": "y = 1\n",
        }
    )
    assert {path for path in found.paths if path.startswith("web/")} == {"web/api/x.py"} | {
        path for path in found.paths if path.endswith("__init__.py")
    }


def test_a_package_that_holds_the_backend_does_not_come_whole(plan: Planner) -> None:
    found = plan(
        {
            "src/backend/requirements.txt": "fastapi\nuvicorn\n",
            "src/backend/main.py": f"from src.common.x import y\nimport src.backend.z\n{APP}",
            "src/backend/z.py": "w = 1\n",
            "src/common/x.py": "y = 1\n",
            "src/worker/x.py": "",
        }
    )
    assert found.backend.app == "src.backend.main:app"
    assert "src/common/x.py" in found.paths
    assert "src/worker/x.py" not in found.paths


def test_a_key_in_what_comes_along_is_refused(refused: Refusal) -> None:
    (problem,) = refused(
        {
            **NEEDS,
            "backend/main.py": f"D = open('../content/x.txt').read()\n{APP}",
            "content/x.txt": "\nhf_" + "aB3dE5gH7jK9mN1pQ3sT5vX7zA9cF2hL4w",
        }
    )
    assert str(problem.where) == "content/x.txt:2"


def test_an_environment_file_outside_never_comes(plan: Planner) -> None:
    code = f"from pathlib import Path\nD = open(Path(__file__).parents[1] / '.env').read()\n{APP}"
    found = plan({**NEEDS, "backend/main.py": code, ".env": "K=v\n"})
    assert not any(path.endswith(".env") for path in found.paths)


def test_a_build_that_is_not_there_is_told(plan: Planner) -> None:
    mount = (
        "from fastapi.staticfiles import StaticFiles\nS = StaticFiles(directory='../web/dist')\n"
    )
    found = plan({**NEEDS, "backend/main.py": f"{mount}{APP}"})
    assert "backend/main.py:2: The app reads `web/dist`, which is not in" in found.notices
    assert found.bundle.notices[0].warning


@pytest.mark.parametrize(
    "guard",
    [
        "import os\nD = '../web/dist'\nif os.path.exists(D):\n    S = StaticFiles(directory=D)",
        "try:\n    S = StaticFiles(directory='../web/dist')\nexcept RuntimeError:\n    pass",
    ],
)
def test_a_build_that_the_code_looks_for_first_is_no_warning(plan: Planner, guard: str) -> None:
    code = f"from fastapi.staticfiles import StaticFiles\n{guard}\n{APP}"
    found = plan({**NEEDS, "backend/main.py": code})
    (notice,) = [n for n in found.bundle.notices if "web/dist" in n.message]
    assert not notice.warning


@pytest.mark.parametrize(
    "line",
    [
        "open('../out/x.txt', 'w')",
        "Path('../out').mkdir(parents=True)",
        "load_dotenv('../config.env')",
        "REPO = Path(__file__).resolve().parents[1]",
        "if __name__ == '__main__':\n    open('../content/x.txt')",
        "def f(name):\n    return open(f'../{name}.txt')",
        "def at(a):\n    if a:\n        return '..'\n    return '.'\n"
        "def f(a):\n    return open(at(a) + '/content/x.txt')",
    ],
)
def test_what_the_server_does_not_read_stays_behind(plan: Planner, line: str) -> None:
    code = f"from pathlib import Path\nfrom dotenv import load_dotenv\n{line}\n{APP}"
    found = plan(
        {
            "backend/requirements.txt": "fastapi\nuvicorn\npython-dotenv\n",
            "backend/main.py": code,
            "content/x.txt": "",
            "out/x.txt": "",
            "config.env": "",
        }
    )
    assert found.paths >= {"main.py", "requirements.txt"}
    assert not found.bundle.notices


def test_a_script_that_the_app_does_not_import_brings_nothing(plan: Planner) -> None:
    found = plan(
        {
            **NEEDS,
            "backend/main.py": APP,
            "backend/ingest.py": "D = open('../content/x.txt')\nfrom tools_of import y\n",
            "content/x.txt": "",
            "tools_of.py": "y = 1\n",
        }
    )
    assert {"main.py", "ingest.py"} <= found.paths


def test_a_folder_over_the_limit_stays_behind_and_is_told(plan: Planner) -> None:
    found = plan(
        {
            **NEEDS,
            "backend/main.py": f"import os\nD = os.listdir('../content')\n{APP}",
            "content/x.bin": b"\0" * (51 * 1024 * 1024),
        }
    )
    assert "`content` outside the backend is read here. It has 51 MB" in found.notices
    assert not any("content" in path for path in found.paths)


def test_the_input_ignore_holds_for_what_comes_along(plan: Planner) -> None:
    found = plan(
        {
            **NEEDS,
            "backend/main.py": f"import os\nD = os.listdir('../content')\n{APP}",
            "content/x.md": "",
            "content/big.pdf": "",
        },
        ignore=["content/*.pdf"],
    )
    assert "content/x.md" in found.paths
    assert found.left_out["content/big.pdf"] == ("content/*.pdf", "input ignore")


def test_a_link_outside_is_not_followed(plan: Planner, tmp_path: Path) -> None:
    (tmp_path / "content").symlink_to("/etc")
    code = f"D = open('../content/passwd').read()\n{APP}"
    found = plan({**NEEDS, "backend/main.py": code})
    assert not any("passwd" in path for path in found.paths)


def test_a_missing_module_stays_a_matter_of_its_own(refused: Refusal) -> None:
    (problem,) = refused(
        {**NEEDS, "backend/main.py": f"from .gone import x\n{APP}", "backend/__init__.py": ""}
    )
    assert problem.exit is Exit.BUNDLE


SERVING = "from fastapi.staticfiles import StaticFiles\nS = StaticFiles(directory='static')\n"


def test_static_files_that_were_built_into_the_backend_ship(plan: Planner) -> None:
    files = {**NEEDS, "backend/main.py": f"{SERVING}{APP}", ".gitignore": "static/\n"}
    assert "static/index.html" in plan({**files, "backend/static/index.html": ""}).paths


def test_static_files_that_are_not_there_are_told(plan: Planner) -> None:
    found = plan({**NEEDS, "backend/main.py": f"{SERVING}{APP}"})
    assert "backend/main.py:2: The app reads `backend/static`" in found.notices


def test_a_folder_that_the_code_makes_itself_is_not_missing(plan: Planner) -> None:
    code = f"import os\nos.makedirs('static', exist_ok=True)\n{SERVING}{APP}"
    (notice,) = plan({**NEEDS, "backend/main.py": code}).bundle.notices
    assert not notice.warning


def test_a_folder_that_only_shares_an_installed_package_s_name_stays_behind(plan: Planner) -> None:
    found = plan(
        {
            "backend/requirements.txt": "fastapi\nuvicorn\nopenai-agents\n",
            "backend/main.py": f"from agents import Agent\n{APP}",
            "agents/__init__.py": "def plan(): ...\n",
        }
    )
    assert "agents/__init__.py" not in found.paths


def test_a_text_that_looks_like_a_path_is_not_missed(plan: Planner) -> None:
    code = f"LINK = {{'text': '../docs/intro.md'}}\n{APP}"
    assert not plan({**NEEDS, "backend/main.py": code}).bundle.notices


STATIC = (
    "from pathlib import Path\nfrom fastapi.staticfiles import StaticFiles\n"
    "StaticFiles(directory=Path(__file__).parent / 'static/assets')\n"
)


def test_static_files_that_an_own_dockerfile_does_not_make_are_told(plan: Planner) -> None:
    own = "FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD uvicorn main:app --host 0.0.0.0\n"
    found = plan({**MINIMAL, "backend/main.py": STATIC + APP, "backend/Dockerfile": own})
    assert "backend/main.py:3: The app reads `backend/static/assets`" in found.notices


@pytest.mark.parametrize(
    "line", ["RUN mkdir -p static/assets", "COPY --from=web /dist ./static", "RUN ./build static"]
)
def test_static_files_that_an_own_dockerfile_makes_are_not(plan: Planner, line: str) -> None:
    own = f"FROM node AS web\nFROM python:3.12\nCOPY . .\n{line}\nCMD uvicorn main:app --host 0\n"
    found = plan({**MINIMAL, "backend/main.py": STATIC + APP, "backend/Dockerfile": own})
    assert "The app reads" not in found.notices
