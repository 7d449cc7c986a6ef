"""Routes however the code puts its routers together; nothing of it is run."""

from __future__ import annotations

import pytest

from deployer.code.routes import read_app
from tests.unit.code.conftest import project

START = "from fastapi import APIRouter, FastAPI\n"
ITEMS = (
    "class Items:\n    def __init__(self, prefix='/items'):\n"
    "        self.router = APIRouter(prefix=prefix)\n        self._register()\n"
    "    def _register(self):\n        self.router.add_api_route('/a', self.a)\n"
    "    def a(self): ...\n"
)
MAKER = (
    "def make(prefix='/r'):\n    router = APIRouter(prefix=prefix)\n"
    "    @router.get('/a')\n    def a(): ...\n    return router\n"
)
SETTINGS = (
    "from pydantic import BaseModel, Field\nfrom pydantic_settings import BaseSettings\n"
    "class Api(BaseModel):\n    prefix: str = '/nested'\n"
    "class Base(BaseSettings):\n    API: str = Field('/api/v1')\n"
    "class Settings(Base):\n    api: Api = Api()\n"
    "def get_settings():\n    return Settings()\nsettings = Settings()\n"
)
ROUTER = "r = APIRouter()\n@r.get('/a')\ndef a(): ...\n"
APP = "app = FastAPI()\n"


def routes(code: str, **others: str) -> list[str]:
    files = {"main.py": START + code, **{f"{name}.py": text for name, text in others.items()}}
    found = read_app(project(files), "main.py", "app").routes
    return sorted(f"{route.method} {route.path}" for route in found)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f"{ITEMS}{APP}items = Items()\napp.include_router(items.router)\n", "GET /items/a"),
        (f"{ITEMS}{APP}app.include_router(Items('/x').router)\n", "GET /x/a"),
        (
            f"class A:\n    r = APIRouter()\n    @r.get('/a')\n    def a(): ...\n"
            f"{APP}app.include_router(A.r)\n",
            "GET /a",
        ),
        (
            "class Server:\n    def __init__(self):\n        self.app = FastAPI()\n"
            "        @self.app.get('/a')\n        def a(): ...\napp = Server().app\n",
            "GET /a",
        ),
        (
            f"{ROUTER}class Server(FastAPI):\n    def __init__(self):\n"
            "        super().__init__()\n        self.include_router(r, prefix='/x')\n"
            "app = Server()\n",
            "GET /x/a",
        ),
        (f"{MAKER}{APP}app.include_router(make('/api'))\n", "GET /api/a"),
        (f"{MAKER}{APP}app.include_router(make(), prefix='/api')\n", "GET /api/r/a"),
        (f"{MAKER}def both():\n    return make(prefix='/b')\n{APP}app.include_router(both())\n",
         "GET /b/a"),
        (f"{SETTINGS}{ROUTER}{APP}app.include_router(r, prefix=settings.API)\n", "GET /api/v1/a"),
        (f"{SETTINGS}{ROUTER}{APP}app.include_router(r, prefix=get_settings().API)\n",
         "GET /api/v1/a"),
        (f"{SETTINGS}{ROUTER}{APP}app.include_router(r, prefix=settings.api.prefix)\n",
         "GET /nested/a"),
        (f"C = {{'p': '/c'}}\n{ROUTER}{APP}app.include_router(r, prefix=C['p'])\n", "GET /c/a"),
        (f"V = 1\n{ROUTER}{APP}app.include_router(r, prefix=f'/v{{V}}')\n", "GET /v1/a"),
        (f"{ROUTER}{APP}app.include_router(r, prefix='{{}}/v{{}}'.format('/x', 2))\n",
         "GET /x/v2/a"),
        (f"{ROUTER}{APP}app.include_router(r, prefix='/v%s' % 3)\n", "GET /v3/a"),
        (f"{ROUTER}{APP}for p, x in {{'/x': r}}.items():\n    app.include_router(x, prefix=p)\n",
         "GET /x/a"),
        (f"{ROUTER}{APP}for one in [dict(router=r, prefix='/d')]:\n    app.include_router(**one)\n",
         "GET /d/a"),
        (f"{ROUTER}{APP}[app.include_router(x) for x in (r,)]\n", "GET /a"),
        (f"{ROUTER}every = []\nevery.append(r)\n{APP}for x in every:\n    app.include_router(x)\n",
         "GET /a"),
        (f"def sub():\n    s = FastAPI()\n    @s.get('/a')\n    def a(): ...\n    return s\n"
         f"{APP}app.mount('/api', sub())\n", "GET /api/a"),
        (f"M = ['GET', 'PUT']\n{APP}@app.api_route('/a', methods=M)\ndef a(): ...\n",
         "GET /a PUT /a"),
        (f"def register(*, app, base):\n    @app.get(f'{{base}}/a')\n    def a(): ...\n"
         f"{APP}register(app=app, base='/b')\n", "GET /b/a"),
        (f"class R:\n    def setup(self, target):\n        target.get('/a')(self.a)\n"
         f"    def a(self): ...\n{APP}R().setup(app)\n", "GET /a"),
        ("def set(a):\n    @a.get('/a')\n    def x(): ...\n    return a\napp = set(FastAPI())\n",
         "GET /a"),
        ("from fastapi.routing import APIRoute\ndef a(): ...\n"
         "app = FastAPI(routes=[APIRoute('/a', a, methods=['POST'])])\n", "POST /a"),
        (f"{ROUTER}r.prefix = '/p'\n{APP}app.include_router(r)\n", "GET /p/a"),
        (f"A, B = '/a', '/b'\n{APP}@app.get(A + B)\ndef a(): ...\n", "GET /a/b"),
        (f"{APP}get = app.get\n@get('/a')\ndef a(): ...\n", "GET /a"),
        (f"{APP}match 1:\n    case 1:\n        @app.get('/a')\n        def a(): ...\n", "GET /a"),
        (f"{APP}def at(path):\n    return app.get(path)\n@at('/a')\ndef a(): ...\n", "GET /a"),
        ("(app := FastAPI())\n@app.get('/a')\ndef a(): ...\n", "GET /a"),
        (f"{ROUTER}{APP}if debug():\n    app.include_router(r)\nelse:\n    x = 1\n", "GET /a"),
        (f"import os\n{APP}@app.get(os.getenv('P', '/p') + '/a')\ndef a(): ...\n", "GET /p/a"),
        (f"{APP}app.root_path = '/proxy'\n@app.get('/a')\ndef a(): ...\n", "GET /a"),
    ],
)  # fmt: skip
def test_routes_are_found_however_they_are_added(code: str, expected: str) -> None:
    assert " ".join(routes(code)) == expected


def test_routers_of_a_list_in_another_module_are_found() -> None:
    code = f"from registry import routers\n{APP}for r in routers:\n    app.include_router(r)\n"
    assert routes(
        code,
        registry="import importlib\nrouters: list = [importlib.import_module('one').router]\n",
        one="from fastapi import APIRouter\nrouter = APIRouter(prefix='/one')\n"
        "@router.get('')\ndef a(): ...\n",
    ) == ["GET /one"]


def test_modules_that_import_each_other_are_gone_through_once() -> None:
    code = f"{APP}import views\n"
    views = "from main import app\n@app.get('/a')\ndef a(): ...\n"
    # Python, too, sees the app here: it is made before the import.
    assert routes(code, views=views) == ["GET /a"]


@pytest.mark.parametrize(
    "code",
    [
        "x = 'a'\n" + "x = x + x\n" * 200,
        "x = [1]\n" + "x = x + x\n" * 200,
        "x = ['a']\nfor _ in [1] * 9:\n    x.extend(x)\n",
        "x = 'ab'\n" + "x = f'{x}{x}'\n" * 200,
        "def f(n):\n    return f(f(n))\nf(1)\n",
        "x = 0x" + "f" * 9000 + "\ny = f'/{x}'\n",
        "".join(f"{' ' * n}for i in '123', '456':\n" for n in range(30)) + " " * 30 + "f(i)\n",
    ],
)
def test_code_that_never_ends_or_grows_is_left(code: str) -> None:
    app = f"{APP}@app.get('/a')\ndef a(): ...\n"
    assert routes(app + code) == ["GET /a"]
