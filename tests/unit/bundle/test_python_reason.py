"""Why the Space gets the Python that it gets."""

from __future__ import annotations

import pytest

from tests.unit.bundle.conftest import MINIMAL, Planner

PROJECT = '[project]\nname = "x"\nrequires-python = ">=3.12"\ndependencies = ["fastapi"]\n'


@pytest.mark.parametrize(
    ("files", "inputs", "reason"),
    [
        ({}, {}, "nothing asks for another"),
        ({}, {"python_version": "3.12"}, "the input python-version"),
        ({".python-version": "3.13\n"}, {}, ".python-version says so"),
        ({"backend/runtime.txt": "python-3.12.1"}, {}, "backend/runtime.txt says so"),
        ({"backend/pyproject.toml": PROJECT}, {}, "the project asks for >=3.12"),
        ({"backend/Dockerfile": "FROM python:3.10\n"}, {}, "the brought image is python:3.10"),
        (
            {"backend/other.py": "type X = int\n"},
            {"app": "main:app"},
            "nothing asks for another",
        ),
        (
            {"backend/main.py": f"type X = int\n{MINIMAL['backend/main.py']}"},
            {},
            "the code's syntax needs it",
        ),
        (
            {"backend/requirements.txt": 'fastapi\nuvicorn\ntomli-w; python_version >= "3.12"\n'},
            {},
            "the packages' markers need it",
        ),
    ],
)
def test_the_version_has_a_reason(
    plan: Planner, files: dict[str, str], inputs: dict[str, str], reason: str
) -> None:
    assert plan({**MINIMAL, **files}, **inputs).backend.python_reason == reason
