"""A Dockerfile of the backend's own, and the folder that it is built from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from deployer.errors import Problem
from tests.unit.bundle.conftest import APP, MINIMAL, Plan, Planner

Refusal = Callable[..., tuple[Problem, ...]]
START = 'USER 1000\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"]\n'
FRONTEND = {"frontend/package.json": "{}", "frontend/src/a.js": ""}
COMPOSE = """services:
  api:
    build:
      context: .
      dockerfile: backend/Dockerfile
  web:
    build: ./frontend
"""


def dockerfile(*lines: str, start: str = START) -> str:
    return "\n".join(("FROM python:3.12-slim", "WORKDIR /app", *lines, start))


def copied(found: Plan) -> set[str]:
    made = {"README.md", "Dockerfile", ".hf-space-deploy.json"}
    return {path for path in found.paths if path not in made}


def test_what_a_dockerfile_copies_from_the_root_ships(plan: Planner) -> None:
    own = dockerfile(
        "COPY pyproject.toml uv.lock ./", "COPY backend/ ./backend", "COPY ./content ./content"
    )
    found = plan(
        {
            **MINIMAL,
            **FRONTEND,
            "backend/Dockerfile": own,
            "pyproject.toml": "[project]\nname = 'x'\nversion = '1'\n",
            "uv.lock": "",
            "content/a.md": "",
            "other/b.md": "",
        }
    )
    assert found.text("Dockerfile") == own
    assert copied(found) == {
        *("backend/Dockerfile", "backend/main.py", "backend/requirements.txt"),
        *("pyproject.toml", "uv.lock", "content/a.md"),
    }


def test_the_root_s_dockerignore_counts_then_and_the_backend_s_does_not(plan: Planner) -> None:
    found = plan(
        {
            **MINIMAL,
            "backend/Dockerfile": dockerfile("COPY backend ./backend", "COPY content ./content"),
            "backend/.dockerignore": "main.py\n",
            ".dockerignore": "content/draft.md\nbackend/draft.md\n",
            "backend/draft.md": "",
            "content/a.md": "",
            "content/draft.md": "",
        }
    )
    assert {"backend/main.py", "content/a.md"} <= found.paths
    assert not any("draft" in path for path in found.paths)


def test_wildcards_are_looked_up_in_the_context(plan: Planner) -> None:
    found = plan(
        {
            **MINIMAL,
            "backend/Dockerfile": dockerfile("COPY backend ./backend", "COPY content/*.md ./c/"),
            "content/a.md": "",
            "content/a.pdf": "",
        }
    )
    assert "content/a.md" in found.paths
    assert "content/a.pdf" not in found.paths


def test_a_compose_file_says_the_context(plan: Planner) -> None:
    found = plan(
        {
            **MINIMAL,
            **FRONTEND,
            "docker-compose.yml": COMPOSE,
            "backend/Dockerfile": dockerfile("COPY . ."),
            "common/x.py": "",
            "docs/a.md": "",
        }
    )
    assert {"backend/main.py", "common/x.py"} <= found.paths
    assert found.left_out["frontend/"][0] == "package.json (a frontend)"
    assert not any(path.startswith(("frontend/", "docs/")) for path in found.paths)


@pytest.mark.parametrize(
    "declared",
    [
        {"backend/fly.toml": "[build]\ndockerfile = 'Dockerfile'\ncontext = '..'\n"},
        {"fly.toml": "[build]\ndockerfile = 'backend/Dockerfile'\n"},
        {
            "render.yaml": "services:\n- {type: web, dockerfilePath: ./backend/Dockerfile,"
            " dockerContext: .}\n- 1\n"
        },
    ],
)
def test_what_other_hosts_are_told_says_the_context(
    plan: Planner, declared: Mapping[str, str]
) -> None:
    own = {"backend/Dockerfile": dockerfile("COPY . ."), "common/x.py": ""}
    assert {"backend/main.py", "common/x.py"} <= plan({**MINIMAL, **own, **declared}).paths


@pytest.mark.parametrize("path", ["backend/fly.toml", "render.yaml"])
@pytest.mark.parametrize(
    "content",
    [
        *(b"[", b"\xff\xfe", b"build: 1", b"services: 1", b"build = 1", b"a = " + b"[" * 9999),
        b"[build]\ndockerfile = '/etc/passwd'\n",
        b"[build]\ndockerfile = 'x'\ncontext = '../../..'\n",
        b"services: [{dockerfilePath: ../../x}]\n",
        b'[build]\ndockerfile = "x\\u0000"\n',
    ],
)
def test_a_host_s_file_that_says_nothing_is_passed_over(
    plan: Planner, path: str, content: bytes
) -> None:
    files = {**MINIMAL, "backend/Dockerfile": dockerfile("COPY . ."), path: content}
    assert "main.py" in plan(files).paths


@pytest.mark.parametrize("content", [b"services: [", b"services:\n  a: 1\n", b"- x\n", b"\xff\xfe"])
def test_a_compose_file_that_is_none_is_passed_over(plan: Planner, content: bytes) -> None:
    files = {**MINIMAL, "backend/Dockerfile": dockerfile("COPY . ."), "compose.yml": content}
    assert "main.py" in plan(files).paths


def test_a_copy_from_above_the_context_is_refused(refused: Refusal) -> None:
    (problem,) = refused(
        {
            **MINIMAL,
            "backend/Dockerfile": dockerfile("COPY ../common ./common", "COPY . ."),
            "common/x.py": "",
        }
    )
    assert str(problem.where) == "backend/Dockerfile:3"
    assert "which Docker refuses" in problem.message
    assert "`COPY common`" in problem.hint


ROOT: dict[str, Mapping[str, str]] = {
    "by name": {"Dockerfile": dockerfile("COPY backend/ .")},
    "whole": {
        "Dockerfile": dockerfile("COPY . .", start=START.replace("main:app", "backend.main:app"))
    },
    "beside others": {"docker/backend.Dockerfile": dockerfile("COPY backend/ .")},
    "for the Hub": {
        "Dockerfile": "FROM nginx\n",
        "Dockerfile.hf": dockerfile("COPY backend/ ."),
    },
    "named by compose": {
        "compose.yaml": COMPOSE.replace("backend/Dockerfile", "ops/api"),
        "ops/api": dockerfile("COPY backend/ ."),
    },
}


@pytest.mark.parametrize("case", ROOT)
def test_a_dockerfile_outside_that_builds_the_backend_is_its_own(plan: Planner, case: str) -> None:
    found = plan({**MINIMAL, **FRONTEND, **ROOT[case]})
    assert "FROM python:3.12-slim" in found.text("Dockerfile")
    assert "backend/main.py" in found.paths
    assert not any(path.startswith("frontend/") for path in found.paths)


FOREIGN = {
    "nginx": "FROM node:20 AS web\nCOPY . .\nFROM nginx\nCOPY --from=web /backend /x\n"
    'CMD ["python3", "-m", "backend"]\n',
    "node": 'FROM node:20\nCOPY backend/api.json .\nCMD ["node", "x.js"]\n',
    "another service": dockerfile("COPY worker/ ."),
    "a library": "FROM python:3.12\nCOPY backend/ .\n",
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_root_dockerfile_of_something_else_is_left_alone(plan: Planner, case: str) -> None:
    found = plan(
        {**MINIMAL, "Dockerfile": FOREIGN[case], "worker/x.py": "", "backend/api.json": ""}
    )
    assert "Made by hf-space-deploy" in found.text("Dockerfile")
    assert "main.py" in found.paths


def test_a_frontend_that_a_stage_builds_ships(plan: Planner) -> None:
    stages = "FROM node:20 AS web\nCOPY frontend/ ./\nRUN npm ci && npm run build\n"
    own = stages + dockerfile("COPY backend/ .", "COPY --from=web /dist ./static")
    found = plan({**MINIMAL, **FRONTEND, "Dockerfile": own})
    assert {"frontend/package.json", "frontend/src/a.js"} <= found.paths


def test_the_backend_s_own_dockerfile_goes_before_the_root_s(plan: Planner) -> None:
    found = plan(
        {
            **MINIMAL,
            "backend/Dockerfile": dockerfile("COPY . ."),
            "Dockerfile": dockerfile("COPY backend/ ."),
        }
    )
    assert "main.py" in found.paths


def test_the_input_ignore_has_one_made_instead_of_the_root_s(plan: Planner) -> None:
    found = plan({**MINIMAL, "Dockerfile": dockerfile("COPY backend/ .")}, ignore=["Dockerfile"])
    assert "Made by hf-space-deploy" in found.text("Dockerfile")


def test_what_the_app_reads_and_the_dockerfile_does_not_copy_is_told(plan: Planner) -> None:
    found = plan(
        {
            **MINIMAL,
            "backend/main.py": f"D = open('../content/x').read()\n{APP}",
            "backend/Dockerfile": dockerfile("COPY . ."),
            "content/x": "",
        }
    )
    assert "backend/main.py:1: The app reads `content/x`, which `backend/Dockerfile`" in (
        found.notices
    )


def test_a_frontend_that_a_command_builds_ships(plan: Planner) -> None:
    own = dockerfile("COPY . .", "RUN cd frontend && npm ci && npm run build")
    found = plan({**FRONTEND, "main.py": APP, "requirements.txt": "fastapi\n", "Dockerfile": own})
    assert "frontend/src/a.js" in found.paths


def test_a_dockerfile_for_development_comes_last(plan: Planner) -> None:
    compose = COMPOSE.replace("backend/Dockerfile", "Dockerfile.dev")
    developed = dockerfile("COPY backend/ .", "RUN pip install watchfiles")
    built = dockerfile("COPY backend/ .")
    files = {"compose.yaml": compose, "Dockerfile.dev": developed, "Dockerfile": built}
    assert plan({**MINIMAL, **files}).text("Dockerfile") == built
