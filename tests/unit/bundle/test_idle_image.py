"""A brought Dockerfile that leaves its command to a compose file."""

from __future__ import annotations

import pytest

from tests.unit.bundle.conftest import MINIMAL, Planner


def dockerfile(base: str) -> dict[str, str | bytes]:
    return {**MINIMAL, "backend/Dockerfile": f"FROM {base}\nCOPY . .\nUSER 1000\nEXPOSE 8000\n"}


@pytest.mark.parametrize("base", ["python:3.12-slim", "python", "continuumio/miniconda3"])
def test_an_image_that_starts_nothing_is_told(plan: Planner, base: str) -> None:
    assert "backend/Dockerfile:1: The image starts nothing" in plan(dockerfile(base)).notices


def test_a_base_may_bring_its_own_command(plan: Planner) -> None:
    found = plan(dockerfile("tiangolo/uvicorn-gunicorn-fastapi:python3.11"))
    assert "starts nothing" not in found.notices
