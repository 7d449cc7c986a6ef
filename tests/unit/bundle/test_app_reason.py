"""Why this app, and this health path."""

from __future__ import annotations

import pytest

from tests.unit.bundle.conftest import APP, MINIMAL, Planner

TWO = {**MINIMAL, "backend/admin.py": APP}


@pytest.mark.parametrize(
    ("files", "inputs", "reason"),
    [
        (MINIMAL, {}, "the only one"),
        (MINIMAL, {"app": "main:app"}, "the input app"),
        (TWO, {}, "the main one of 2"),
        (
            {**TWO, "backend/Procfile": "release: true\nweb: uvicorn admin:app\n"},
            {},
            "backend/Procfile:2 starts it",
        ),
    ],
)
def test_the_app_has_a_reason(
    plan: Planner, files: dict[str, str], inputs: dict[str, str], reason: str
) -> None:
    assert plan(files, **inputs).backend.app_reason == reason


def test_a_given_health_path_says_that_it_was_given(plan: Planner) -> None:
    assert plan(MINIMAL, health_path="/up").backend.health_reason == "the input health-path"
    assert plan(MINIMAL).backend.health_reason == ""
