"""What the code imports or needs and no requirement brings: said when sure, else nothing."""

from __future__ import annotations

import pytest

from deployer.dependencies.imported import installed_by_hand, missing
from deployer.dependencies.requirements import parse
from tests.unit.code.conftest import project

BASE = "fastapi\nuvicorn\n"
PYTHON = (3, 11)


def lacking(
    code: str, requirements: str = BASE, python: tuple[int, int] = PYTHON, **others: str
) -> list[str]:
    """The distributions that the notices say to add."""
    files = {"main.py": code, **{f"{name}.py": text for name, text in others.items()}}
    found = missing(
        project(files),
        "main.py",
        parse(requirements),
        manifest="requirements.txt",
        python=python,
    )
    return [notice.hint.split("`")[1] for notice in found]


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("from fastapi import Form\ndef f(x=Form(...)): ...\n", "python-multipart"),
        ("import fastapi\ndef f(x: fastapi.UploadFile): ...\n", "python-multipart"),
        (
            "from fastapi.security import OAuth2PasswordRequestForm as F\nX = F\n",
            "python-multipart",
        ),
        ("async def f(request):\n    await request.form()\n", "python-multipart"),
        (
            "from pydantic import BaseModel, EmailStr\nclass A(BaseModel):\n    e: EmailStr\n",
            "email-validator",
        ),
        ("from fastapi.templating import Jinja2Templates\nt = Jinja2Templates('t')\n", "jinja2"),
        (
            "from starlette.middleware.sessions import SessionMiddleware\nX = SessionMiddleware\n",
            "itsdangerous",
        ),
        ("app = make()\n@app.websocket('/ws')\nasync def ws(s): ...\n", "websockets"),
        ("URL = 'postgresql+asyncpg://u@h/d'\n", "asyncpg"),
        ("URL = 'sqlite+aiosqlite:///x.db'\n", "aiosqlite"),
        ("URL = u.replace('postgresql://', 'postgresql+psycopg://')\n", "psycopg"),
        ("create_engine('postgresql://u@host/d')\n", "psycopg2-binary"),
        ("CryptContext(schemes=['bcrypt'])\n", "bcrypt"),
    ],
)
def test_a_silent_need_is_told(code: str, wanted: str) -> None:
    assert lacking(code) == [wanted]


@pytest.mark.parametrize(
    ("code", "requirements"),
    [
        ("from fastapi import Form\nX = Form()\n", "fastapi[standard]\n"),
        ("from fastapi import Form\nX = Form()\n", "fastapi\nPython_Multipart==0.0.9\n"),
        ("from pydantic import EmailStr\nX = EmailStr\n", "fastapi\npydantic[email]\n"),
        ("@app.websocket('/ws')\nasync def ws(s): ...\n", "uvicorn[standard]\n"),
        ("from forms import Form\nX = Form()\n", "fastapi\nforms\n"),
        ("CryptContext(schemes=['bcrypt'])\n", "passlib[bcrypt]\n"),
        ("create_engine('postgresql://u@host/d')\n", "sqlalchemy\nasyncpg\n"),
        ("X = url.startswith('postgresql+asyncpg://')\n", BASE),
        ("X = 'postgresql://u@host/d'\n", BASE),
    ],
)
def test_a_need_that_is_met_is_not(code: str, requirements: str) -> None:
    assert lacking(code, requirements) == []


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("import PIL.Image\n", "pillow"),
        ("from jose import jwt\n", "python-jose"),
        ("import google.generativeai as genai\n", "google-generativeai"),
        ("from google import genai\n", "google-genai"),
        ("import psycopg2\n", "psycopg2-binary"),
        ("from langchain_openai import ChatOpenAI\n", "langchain-openai"),
        ("from llama_index.llms.groq import Groq\n", "llama-index-llms-groq"),
        ("import requests\n", "requests"),
        ("import asyncpg, asyncpg.pool\n", "asyncpg"),
        ("import something_unheard_of\n", "something-unheard-of"),
    ],
)
def test_an_import_that_nothing_provides_is_told(code: str, wanted: str) -> None:
    assert lacking(code) == [wanted]


@pytest.mark.parametrize(
    ("code", "requirements"),
    [
        ("import pydantic, starlette, anyio, typing_extensions\n", BASE),
        ("import numpy\n", "pandas\n"),
        ("import httpx\n", "openai\n"),
        ("import cv2\n", "opencv-contrib-python\n"),
        ("import psycopg2\n", "psycopg2\n"),
        ("import llama_index.core\n", "llama-index\n"),
        ("import langchain_core\n", "langchain\n"),
        ("import requests\n", "fastapi\nsome-client\n"),
        ("import slugify\n", "python-slugify\n"),
        ("import redis\n", "redis-om\n"),
        ("from google.cloud import translate\n", BASE),
        ("import json, tomllib\n", BASE),
        ("try:\n    import ujson\nexcept ImportError:\n    ujson = None\n", BASE),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n", BASE),
        ("def f():\n    import torch\n", BASE),
        ("import torch\n", "-e .\n"),
        ("import local\n", BASE),
    ],
)
def test_an_import_that_may_be_provided_is_not(code: str, requirements: str) -> None:
    assert lacking(code, requirements, local="") == []


def test_only_what_the_app_surely_imports_counts() -> None:
    assert (
        lacking("import a\n", a="try:\n    import b\nexcept ImportError: ...\n", b="import torch\n")
        == []
    )


def test_a_hash_lock_is_complete() -> None:
    locked = (
        "fastapi==1 --hash=sha256:00\nopenai==1 --hash=sha256:00\nsome-client==1 --hash=sha256:00\n"
    )
    assert lacking("import requests\n", locked) == ["requests"]


def test_the_standard_library_is_that_of_the_chosen_python() -> None:
    assert lacking("import tomllib\n", python=(3, 10)) == ["tomllib"]
    assert lacking("import distutils.util\n", python=(3, 11)) == []
    assert lacking("import distutils.util\n", python=(3, 12)) == ["setuptools"]


def test_the_line_and_the_file_to_change_are_named() -> None:
    (notice,) = missing(
        project({"main.py": "import os\nimport boto3\n"}),
        "main.py",
        parse(BASE),
        manifest="backend/requirements.txt",
        python=PYTHON,
    )
    assert str(notice.where) == "main.py:2"
    assert "`backend/requirements.txt`" in notice.hint


def test_what_a_dockerfile_installs_by_hand_is_provided() -> None:
    lines = ['pip install --no-cache-dir -r requirements.txt "uvicorn[standard]==0.30" boto3>=1']
    assert {"uvicorn", "boto3"} <= installed_by_hand(lines)


@pytest.mark.parametrize(
    ("code", "requirements"),
    [
        ("from newspaper import Article\n", f"{BASE}newspaper3k\n"),
        ("from fpdf import FPDF\n", f"{BASE}fpdf2\n"),
        ("import thing\n", f"{BASE}thing4k\n"),
        ("import langchain_google_genai\n", f"{BASE}langchain[google-genai]\n"),
    ],
)
def test_a_fork_with_a_number_and_an_extra_of_a_family_are_what_is_imported(
    code: str, requirements: str
) -> None:
    assert lacking(code, requirements) == []


def test_of_a_package_and_its_fork_the_kept_one_is_proposed() -> None:
    assert lacking("from fpdf import FPDF\n") == ["fpdf2"]


def test_an_own_module_in_other_case_is_named_and_no_package_of_others() -> None:
    (notice,) = missing(
        project({"main.py": "from Services.Chat import ask\n", "services/chat.py": "ask = 1\n"}),
        "main.py",
        parse(BASE),
        manifest="requirements.txt",
        python=PYTHON,
    )
    assert "the file is called `services/chat.py`" in notice.message
    assert "capital letters" in notice.hint
    assert "Add" not in notice.hint
