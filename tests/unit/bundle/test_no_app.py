"""Why no FastAPI app was found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deployer.errors import Problem


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("from flask import Flask\n\napp = Flask(__name__)\n", "a Flask"),
        ("import flask\nx = 1\napp = flask.Flask(__name__)\n", "a Flask"),
        ("import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'x.s')\n", "a Django"),
        ("from aiohttp import web\n\napp = web.Application()\n", "an aiohttp"),
    ],
)
def test_a_backend_made_with_something_else_is_named(
    refused: Callable[..., tuple[Problem, ...]], code: str, says: str
) -> None:
    (problem,) = refused({"backend/api.py": code, "backend/requirements.txt": ""})
    assert str(problem).startswith(f"backend/api.py:3: Here {says} app is made; this action")


@pytest.mark.parametrize("code", ["from flask import request\nrequest()\n", "Flask()\n", ""])
def test_otherwise_nothing_is_said_of_another(
    refused: Callable[..., tuple[Problem, ...]], code: str
) -> None:
    (problem,) = refused({"backend/api.py": code, "backend/requirements.txt": ""})
    assert "No FastAPI app was found" in problem.message
