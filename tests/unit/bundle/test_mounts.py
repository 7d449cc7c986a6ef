"""Bind mounts of a brought Dockerfile are sources of its build, like COPY."""

from __future__ import annotations

from collections.abc import Callable

from deployer.errors import Problem
from tests.unit.bundle.conftest import MINIMAL, Planner

RUN = (
    "FROM python:3.11\nUSER 1000\nRUN --mount=type=cache,target=/root/.cache/uv \\\n"
    "    --mount=type=bind,source=uv.lock,target=uv.lock \\\n    uv sync\n"
    "COPY backend /app\nCMD uvicorn main:app --host 0.0.0.0 --port 7860\n"
)


def test_what_a_bind_mount_names_at_the_root_comes_along(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/Dockerfile": RUN, "uv.lock": "version = 1\n"})
    assert {"uv.lock", "backend/main.py", "Dockerfile"} <= found.paths


def test_a_bind_mount_of_what_is_not_there_is_refused(
    refused: Callable[..., tuple[Problem, ...]],
) -> None:
    copies = RUN.replace("COPY backend /app", "COPY . /app")
    problems = refused({**MINIMAL, "backend/Dockerfile": copies})
    assert "`uv.lock` is copied here" in str(problems[0])


def test_mounts_of_caches_and_other_stages_name_no_file_of_the_bundle(plan: Planner) -> None:
    mounts = "RUN --mount=type=secret,id=key --mount=type=bind,from=made,source=/x,target=/x true\n"
    dockerfile = f"FROM python:3.11\nCOPY . .\n{mounts}CMD uvicorn main:app --host 0.0.0.0\n"
    assert "x" not in plan({**MINIMAL, "backend/Dockerfile": dockerfile}).paths
