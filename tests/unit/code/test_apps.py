"""Every app in the code, however it is made, and the commands that say which one is run."""

from __future__ import annotations

import pytest

from deployer.code.apps import find_apps
from deployer.code.choose import choose
from deployer.code.launch import launches
from tests.unit.code.conftest import Sources, project

START = "from fastapi import FastAPI\n"
ONE = f"{START}app = FastAPI()\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("(app := FastAPI())\n", ["app"]),
        ("app, other = FastAPI(), 1\n", ["app"]),
        ("import os\napp = FastAPI(docs_url=None) if os.getenv('P') else FastAPI()\n", ["app"]),
        ("match 1:\n    case 1:\n        app = FastAPI()\n", ["app"]),
        ("def setup(app):\n    return app\napp = setup(FastAPI())\n", ["app"]),
        ("def make() -> FastAPI:\n    return lib.make()\nimport lib\napp = make()\n", ["app"]),
        ("import lib\napp: FastAPI = lib.make()\n", ["app"]),
        ("app = None\ndef init():\n    global app\n    app = FastAPI()\ninit()\n", ["app"]),
        ("class S:\n    def __init__(self):\n        self.a = FastAPI()\napp = S().a\n", ["app"]),
        ("class S:\n    def build(self):\n        return FastAPI()\napp = S().build()\n", ["app"]),
        ("from fastapi_pagination import add_pagination\napp = add_pagination(FastAPI())\n",
         ["app"]),
        ("def create_app(settings):\n    return FastAPI()\n", []),
        ("async def create_app():\n    return FastAPI()\n", []),
        ("if __name__ == '__main__':\n    app = FastAPI()\n", []),
        ("from mangum import Mangum\nx = FastAPI()\nhandler = Mangum(x)\n", ["x"]),
    ],
)  # fmt: skip
def test_apps_are_found_however_they_are_made(code: str, expected: list[str]) -> None:
    assert [app.name for app in find_apps(project({"main.py": START + code}))] == expected


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("Procfile", "web: gunicorn -k uvicorn.workers.UvicornWorker -w 4 two:app\n"),
        ("Procfile", "web: gunicorn 'two:app' -b :80\n"),
        ("run.sh", "fastapi run two.py --port 80\n"),
        ("start.sh", "hypercorn two:app\n"),
        ("start.sh", "python -m two\n"),
        ("gunicorn.conf.py", "wsgi_app = 'two:app'\n"),
        ("supervisord.conf", "[program:x]\ncommand=uvicorn two:app\n"),
        ("app.yaml", "entrypoint: gunicorn two:app\n"),
        ("vercel.json", '{"builds": [{"src": "two.py", "use": "@vercel/python"}]}\n'),
        ("railway.json", '{"deploy": {"startCommand": "uvicorn two:app"}}\n'),
        ("fly.toml", '[processes]\napp = "uvicorn two:app"\n'),
        ("Makefile", "run:\n\tuvicorn two:app --reload\n"),
        ("package.json", '{"scripts": {"dev": "cd backend && uvicorn two:app"}}\n'),
        ("start.bat", "uvicorn two:app\r\n"),
        ("run_it.py", "from uvicorn import run\nrun('two:app', port=1)\n"),
        ("run_it.py", "import uvicorn\nuvicorn.run(port=1, app='two:app')\n"),
        (
            "run_it.py",
            "import uvicorn\nfrom two import app\nuvicorn.Server(uvicorn.Config(app)).run()\n",
        ),
        ("run_it.py", "import subprocess\nsubprocess.run(['uvicorn', 'two:app'])\n"),
    ],
)
def test_the_app_that_a_command_starts_is_taken(file: str, content: str) -> None:
    files = {"main.py": ONE, "two.py": ONE, file: content}
    code = project(files).code
    assert str(choose(code, ".", launches(Sources(files), "."), None)) == "two:app"
