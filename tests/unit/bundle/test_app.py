"""Which app is run, and from where."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from deployer.errors import Exit, Problem
from tests.unit.bundle.conftest import APP, MINIMAL, Planner

Refusal = Callable[..., tuple[Problem, ...]]
REQUIREMENTS = {"backend/requirements.txt": "fastapi\nuvicorn\n"}


def command(plan: Any) -> str:
    return str(plan.text("Dockerfile").splitlines()[-1])


def test_the_imports_decide_from_where_the_app_is_run(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/app/main.py": f"from app.core.config import settings\n{APP}",
            "backend/app/core/config.py": "settings = 1\n",
            "backend/README.md": "Run `uvicorn backend.app.main:app`.\n",
        }
    )
    assert found.backend.app == "app.main:app"
    assert '"app.main:app"' in command(found)


def test_flat_imports_beside_main_make_its_folder_the_search_path(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/app/main.py": f"from core.config import settings\n{APP}",
            "backend/app/core/config.py": "settings = 1\n",
        }
    )
    assert found.backend.app == "main:app"
    assert '"main:app", "--app-dir", "app"' in command(found)


def test_a_src_layout_searches_src(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/src/shop/main.py": f"from shop.db import connect\n{APP}",
            "backend/src/shop/db.py": "def connect(): ...\n",
            "backend/src/shop/__init__.py": "",
        }
    )
    assert found.backend.app == "shop.main:app"
    assert '"--app-dir", "src"' in command(found)


def test_a_package_that_imports_itself_by_its_folder_keeps_that_folder(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/main.py": f"from backend.config import settings\n{APP}",
            "backend/config.py": "settings = 1\n",
            "backend/__init__.py": "",
        }
    )
    assert found.backend.app == "backend.main:app"
    assert {"backend/main.py", "backend/config.py", "Dockerfile", "README.md"} <= found.paths
    assert "COPY --chown=user backend/requirements.txt backend/" in found.text("Dockerfile")


def test_relative_imports_at_the_top_keep_the_folder_too(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/main.py": f"from .config import settings\n{APP}",
            "backend/config.py": "settings = 1\n",
        }
    )
    assert found.backend.app == "backend.main:app"
    assert "backend/config.py" in found.paths


def test_imports_from_two_places_set_the_search_path(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/app/main.py": f"from app.api import router\n{APP}",
            "backend/app/api.py": "from services.chat import answer\nrouter = 1\n",
            "backend/app/services/chat.py": "def answer(): ...\n",
        }
    )
    assert "PYTHONPATH=/home/user/app:/home/user/app/app" in found.text("Dockerfile")


def test_imports_by_the_folders_own_name_and_without_it_both_work(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/app/main.py": f"from app.x import y\nfrom backend.app.z import q\n{APP}",
            "backend/app/x.py": "y = 1\n",
            "backend/app/z.py": "q = 1\n",
        }
    )
    assert "backend/app/main.py" in found.paths
    assert "PYTHONPATH=/home/user/app/backend:/home/user/app" in found.text("Dockerfile")
    assert '"app.main:app", "--app-dir", "backend"' in command(found)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import fastapi\nserver = fastapi.FastAPI()\n", "server"),
        ("import fastapi\nfirst = fastapi.FastAPI()\napp = first\n", "app"),
        ("from fastapi import FastAPI as F\napp: F = F(title='x')\n", "app"),
        ("from fastapi import FastAPI\nclass Api(FastAPI): ...\napp = Api()\n", "app"),
        ("from fastapi import *\napp = FastAPI()\n", "app"),
        (
            "from fastapi import FastAPI\ndef create_app():\n    a = FastAPI()\n"
            "    return a\napp = create_app()\n",
            "app",
        ),
        (
            "from fastapi import FastAPI\nfrom starlette.middleware.cors import CORSMiddleware\n"
            "app = FastAPI()\napp = CORSMiddleware(app, allow_origins=['*'])\n",
            "app",
        ),
        (
            "import socketio\nfrom fastapi import FastAPI\napi = FastAPI()\n"
            "sio = socketio.AsyncServer()\n"
            "socket_app = socketio.ASGIApp(sio, other_asgi_app=api)\n",
            "socket_app",
        ),
        ("from fastapi import FastAPI\nif True:\n    app = FastAPI()\n", "app"),
        (
            "from fastapi import FastAPI\nsub = FastAPI()\napp = FastAPI()\n"
            "app.mount('/sub', sub)\n",
            "app",
        ),
    ],
)
def test_an_app_is_found_however_it_is_made(plan: Planner, code: str, name: str) -> None:
    assert plan({**REQUIREMENTS, "backend/main.py": code}).backend.app == f"main:{name}"


def test_a_factory_is_started_as_one(plan: Planner) -> None:
    code = (
        "from fastapi import FastAPI\ndef create_app(debug=False):\n"
        "    app = FastAPI()\n    return app\n"
    )
    found = plan({**REQUIREMENTS, "backend/shop/__init__.py": code})
    assert found.backend.app == "shop:create_app"
    assert '"shop:create_app", "--factory"' in command(found)


def test_an_app_local_to_a_function_is_none(refused: Refusal) -> None:
    code = (
        "from fastapi import FastAPI\ndef run(port):\n    app = FastAPI()\n    serve(app, port)\n"
    )
    (problem,) = refused({**REQUIREMENTS, "backend/main.py": code})
    assert problem.exit is Exit.BUNDLE
    assert "No FastAPI app" in problem.message


def test_tests_and_scripts_are_no_candidates(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/scripts/main.py": APP, "backend/test_main.py": APP})
    assert found.backend.app == "main:app"


def test_an_app_that_another_one_imports_is_a_part_of_it(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/main.py": "from admin.app import app as admin\n"
            + APP
            + "app.mount('/admin', admin)\n",
            "backend/admin/app.py": APP,
        }
    )
    assert found.backend.app == "main:app"


def test_the_module_that_calls_the_factory_is_the_entry(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/app/main.py": "from app.factory import create_app\napp = create_app()\n",
            "backend/app/factory.py": "from fastapi import FastAPI\ndef create_app():\n"
            "    app = FastAPI()\n    return app\n",
        }
    )
    assert found.backend.app == "app.main:app"


def test_a_re_export_beside_the_package_is_the_entry(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/main.py": "from shop.factory import app\n",
            "backend/shop/factory.py": APP,
        }
    )
    assert found.backend.app == "main:app"
    assert found.backend.health_path == "/health"


def test_a_package_that_exports_its_own_app_is_not_the_entry(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/app/__init__.py": "from .main import app\n",
            "backend/app/main.py": APP,
        }
    )
    assert found.backend.app == "app.main:app"


def test_several_apps_and_no_way_to_tell_are_listed(refused: Refusal) -> None:
    (problem,) = refused({**MINIMAL, "backend/app.py": APP})
    assert problem.exit is Exit.CONFIGURATION
    assert "`app:app` (backend/app.py:3)" in problem.message
    assert "`main:app` (backend/main.py:3)" in problem.message
    assert str(problem.where) == "input `app`"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("backend/Procfile", "web: uvicorn app:app --port $PORT\n"),
        ("backend/start.sh", "#!/bin/sh\nexec uvicorn \\\n  app:app\n"),
        ("backend/app.py", f"{APP}\nimport uvicorn\nuvicorn.run('app:app', port=8000)\n"),
        ("docker-compose.yml", "services:\n  api:\n    command: uvicorn app:app\n"),
    ],
)
def test_among_several_the_one_that_is_started_wins(plan: Planner, file: str, content: str) -> None:
    assert plan({**MINIMAL, "backend/app.py": APP, file: content}).backend.app == "app:app"


def test_the_app_of_an_own_dockerfile_wins(plan: Planner) -> None:
    docker = (
        "FROM python:3.12-slim\nCOPY . .\n"
        'CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "7860"]\n'
    )
    found = plan({**MINIMAL, "backend/app.py": APP, "backend/Dockerfile": docker})
    assert found.backend.app == "app:app"


def test_a_given_app_is_taken(plan: Planner) -> None:
    assert plan({**MINIMAL, "backend/app.py": APP}, app="app:app").backend.app == "app:app"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("main", "not an app as uvicorn takes it"),
        ("main:app; rm -rf /", "not an app as uvicorn takes it"),
        ("nowhere:app", "no module `nowhere`"),
        ("main:nothing", "defines no `nothing`"),
    ],
)
def test_a_wrong_app_is_refused_with_what_was_found(
    refused: Refusal, given: str, says: str
) -> None:
    (problem,) = refused(MINIMAL, app=given)
    assert problem.exit is Exit.CONFIGURATION
    assert says in problem.message
    assert str(problem.where) == "input `app`"


def test_nothing_of_the_users_code_is_run(plan: Planner, tmp_path: Any) -> None:
    trap = textwrap.dedent(f"""
        import pathlib
        pathlib.Path({str(tmp_path / "ran")!r}).write_text("ran")
        """)
    plan(
        {
            **MINIMAL,
            "backend/main.py": trap + APP,
            "backend/sitecustomize.py": trap,
            "backend/setup.py": trap,
        }
    )
    assert not (tmp_path / "ran").exists()


def test_a_syntax_error_that_the_app_imports_is_named(refused: Refusal) -> None:
    (problem,) = refused(
        {**MINIMAL, "backend/main.py": f"import db\n{APP}", "backend/db.py": "x = 1\ndef (:\n"}
    )
    assert str(problem.where) == "backend/db.py:2"
    assert problem.exit is Exit.BUNDLE


def test_a_syntax_error_elsewhere_is_only_noticed(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/notes.py": "x = 1\ndef (:\n"})
    assert "backend/notes.py:2: Syntax error" in found.notices


@pytest.mark.parametrize("line", ["def (:", "type X = = 3"])
def test_a_broken_app_file_is_named_and_not_only_missed(refused: Refusal, line: str) -> None:
    problems = refused({**MINIMAL, "backend/main.py": f"{APP}{line}\n"})
    assert "backend/main.py:9" in {str(problem.where) for problem in problems}


def test_newer_syntax_raises_the_python_of_the_space(plan: Planner) -> None:
    code = APP + "\ndef line(words):\n    return f\"{'\\n'.join(words)}\"\n"
    assert plan({**MINIMAL, "backend/main.py": code}).backend.python_version == "3.12"


@pytest.mark.parametrize(
    "line", ["type Words[T] = list[T]", "def first[T](x: T) -> T: ...", "class Box[T](list): ..."]
)
def test_an_app_file_for_a_newer_python_is_read_all_the_same(plan: Planner, line: str) -> None:
    found = plan({**MINIMAL, "backend/main.py": f"{line}\n{APP}"}).backend
    assert (found.app, found.python_version) == ("main:app", "3.12")


def test_a_missing_module_of_the_own_package_is_refused(refused: Refusal) -> None:
    files = {
        **REQUIREMENTS,
        "backend/app/__init__.py": "",
        "backend/app/main.py": f"from app.gone import x\n{APP}",
    }
    (problem,) = refused(files)
    assert str(problem.where) == "backend/app/main.py:1"
    assert "`app.gone`" in problem.message


def test_an_import_from_outside_that_is_ignored_is_named(refused: Refusal) -> None:
    (problem,) = refused(
        {**MINIMAL, "backend/main.py": f"from shared import x\n{APP}", "shared.py": "x = 1\n"},
        ignore=["shared.py"],
    )
    assert str(problem.where) == "backend/main.py:1"
    assert "shared.py" in problem.message
    assert "`backend: .`" in problem.hint


def test_an_import_that_may_fail_is_left_alone(plan: Planner) -> None:
    code = f"try:\n    from app.gone import x\nexcept ImportError:\n    x = None\n{APP}"
    plan({**REQUIREMENTS, "backend/app/__init__.py": "", "backend/app/main.py": code})


def test_syntax_that_is_newer_than_the_given_python_names_the_input_to_set(
    refused: Callable[..., tuple[Problem, ...]],
) -> None:
    newer = {**MINIMAL, "backend/main.py": "type Name = str\n" + APP}
    (problem,) = refused(newer, python_version="3.11")
    assert str(problem.where) == "backend/main.py:1"
    assert "python-version: '3.12'" in problem.hint


def test_a_rule_that_takes_all_of_the_code_is_what_the_message_asks_for(
    refused: Callable[..., tuple[Problem, ...]],
) -> None:
    (problem,) = refused(MINIMAL, ignore=("main.py",))
    assert "No Python file in it ships" in problem.message
    assert "`ignore`" in problem.hint
