"""Which folder is the backend, and what of a repository is no part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from deployer.errors import Exit, Problem
from tests.unit.bundle.conftest import APP, Planner

Refusal = Callable[..., tuple[Problem, ...]]
NEEDS = "fastapi\nuvicorn\n"
NEXT = {"package.json": "{}", "src/page.tsx": "", "public/logo.svg": ""}

FOUND: dict[str, tuple[Mapping[str, str], str, str]] = {
    "another name": (
        {"server/main.py": APP, "server/requirements.txt": NEEDS},
        "server",
        "main:app",
    ),
    "a backend in another language": (
        {
            "backend/index.js": "",
            "backend/tool.py": "print(1)\n",
            "ml/app/main.py": APP,
            "ml/requirements.txt": NEEDS,
        },
        "ml",
        "app.main:app",
    ),
    "sketches beside it": (
        {
            "server/main.py": APP,
            "server/requirements.txt": NEEDS,
            **{f"{name}/app.py": APP for name in ("examples", "docs", "notebooks", "scripts")},
            **{f"{name}/main.py": APP for name in ("playground", "tutorials", "tests", "legacy")},
            "node_modules/x/main.py": APP,
            ".venv/lib/main.py": APP,
        },
        "server",
        "main:app",
    ),
    "beside a frontend at the root": (
        {**NEXT, "api/index.py": APP, "requirements.txt": NEEDS},
        "api",
        "index:app",
    ),
    "a name with hyphens": (
        {"rag-backend/app/main.py": APP, "rag-backend/requirements.txt": NEEDS},
        "rag-backend",
        "app.main:app",
    ),
    "below apps": (
        {
            "apps/api/src/main.py": APP,
            "apps/api/requirements.txt": NEEDS,
            "apps/web/package.json": "",
        },
        "apps/api",
        "src.main:app",
    ),
    "manifest at the root": (
        {"src/backend/main.py": APP, "requirements.txt": NEEDS},
        ".",
        "src.backend.main:app",
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_the_backend_is_found(plan: Planner, case: str) -> None:
    files, folder, app = FOUND[case]
    backend = plan(files).backend
    names = {app, app.rpartition("src.backend.")[2], app.rpartition("src.")[2]}
    assert backend.folder == folder
    assert backend.app in names


def test_several_are_listed_with_what_to_set(refused: Refusal) -> None:
    files = {f"services/{name}/main.py": APP for name in ("chat", "search")}
    needs = {f"services/{name}/requirements.txt": NEEDS for name in ("chat", "search")}
    (problem,) = refused({**files, **needs})
    assert problem.exit is Exit.CONFIGURATION
    assert "`services/chat`, `services/search`" in problem.message
    assert problem.hint == "Set the input, for example `backend: services/chat`."


def test_a_backend_without_an_app_and_several_elsewhere_says_so(refused: Refusal) -> None:
    files = {f"{name}/main.py": APP for name in ("chat", "search")}
    (problem,) = refused({**files, "backend/index.js": ""})
    assert "The folder `backend` holds no FastAPI app" in problem.message


def test_a_given_folder_without_an_app_is_told_of_the_one_that_has_it(refused: Refusal) -> None:
    files = {"web/tool.py": "", "server/main.py": APP, "server/requirements.txt": NEEDS}
    problem, *_ = refused(files, folder="web", folder_given=True)
    assert "`backend: server`" in problem.hint


ROOT = {
    "main.py": f"from core.x import y\n{APP}",
    "core/x.py": "y = 1\n",
    "requirements.txt": NEEDS,
}
WEB = {"frontend/package.json": "{}", "frontend/src/a.js": "", "frontend/tool.py": ""}


def test_a_backend_at_the_root_ships_without_frontend_and_documents(plan: Planner) -> None:
    found = plan({**ROOT, **WEB, "docs/a.md": "", "data/a.csv": ""})
    assert {"main.py", "core/x.py", "data/a.csv"} <= found.paths
    assert not any(path.startswith(("frontend/", "docs/")) for path in found.paths)
    assert found.left_out["frontend/"] == ("package.json (a frontend)", "built-in")
    assert found.left_out["docs/"] == ("docs/ (beside the backend)", "built-in")


def test_of_a_frontend_that_the_app_serves_only_the_build_ships(plan: Planner) -> None:
    serving = (
        "from fastapi.staticfiles import StaticFiles\nS = StaticFiles(directory='frontend/dist')"
    )
    files = {**ROOT, **WEB, "main.py": f"{serving}\n{APP}", "frontend/dist/index.html": ""}
    found = plan(files)
    assert {path for path in found.paths if path.startswith("frontend/")} == {
        "frontend/dist/index.html"
    }


@pytest.mark.parametrize(
    "line",
    [
        "import frontend.tool",
        "D = open('docs/a.md')",
        "import os\nD = os.listdir('docs')\nE = os.listdir('frontend')",
        "PAGE = 'frontend/{name}'\nTEXT = 'docs/{name}'",
    ],
)
def test_what_the_app_names_ships(plan: Planner, line: str) -> None:
    found = plan({**ROOT, **WEB, "main.py": f"{line}\n{APP}", "docs/a.md": ""})
    named = {name for name in ("frontend", "docs") if name in line}
    assert {path.split("/")[0] for path in found.paths} & {"frontend", "docs"} == named


def test_the_input_ignore_brings_a_frontend_back(plan: Planner) -> None:
    assert "frontend/src/a.js" in plan({**ROOT, **WEB}, ignore=["!frontend/"]).paths


def test_a_package_json_of_the_backend_s_own_is_no_frontend(plan: Planner) -> None:
    files = {
        "backend/main.py": APP,
        "backend/requirements.txt": NEEDS,
        "backend/package.json": "{}",
    }
    assert "package.json" in plan(files).paths


RUNS: dict[str, tuple[Mapping[str, str], str]] = {
    "relative imports in the folder itself": (
        {
            "backend/main.py": f"from .db import x\n{APP}",
            "backend/db.py": "x = 1\n",
            "requirements.txt": NEEDS,
        },
        "backend.main:app",
    ),
    "relative imports in a folder with a hyphen's neighbour": (
        {
            "rag-backend/app/main.py": f"from .db import x\n{APP}",
            "rag-backend/app/db.py": "x = 1\n",
            "rag-backend/requirements.txt": NEEDS,
        },
        "app.main:app",
    ),
    "its own name below src": (
        {
            "src/backend/main.py": f"from src.backend.db import x\n{APP}",
            "src/backend/db.py": "x = 1\n",
            "src/backend/requirements.txt": NEEDS,
        },
        "src.backend.main:app",
    ),
    "a namespace package": (
        {
            "apps/api/core/main.py": f"from core.deep.db import x\n{APP}",
            "apps/api/core/deep/db.py": "x = 1\n",
            "apps/api/requirements.txt": NEEDS,
        },
        "core.main:app",
    ),
}


@pytest.mark.parametrize("case", RUNS)
def test_a_package_keeps_the_folder_that_its_imports_name(plan: Planner, case: str) -> None:
    files, app = RUNS[case]
    found = plan(files)
    assert found.backend.app == app
    assert f"{app.partition(':')[0].replace('.', '/')}.py" in found.paths


def test_an_empty_workspace_is_said_to_lack_a_checkout(refused: Refusal) -> None:
    (problem,) = refused({})
    assert "empty" in problem.message
    assert "actions/checkout" in problem.hint
