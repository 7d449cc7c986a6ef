"""Routes, health path, environment, origins and Python version, read from the code."""

from __future__ import annotations

import pytest

from tests.unit.bundle.conftest import APP, MINIMAL, Plan, Planner

REQUIREMENTS = {"backend/requirements.txt": "fastapi\nuvicorn\n"}


def routes(found: Plan) -> list[tuple[str, str]]:
    return [(route.method, route.path) for route in found.backend.routes]


# --- routes ---------------------------------------------------------------------------------------


def test_prefixes_add_up_through_nested_routers(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/app/main.py": (
                "from fastapi import FastAPI\nfrom app.api import router as api\n"
                "app = FastAPI()\napp.include_router(api, prefix='/api')\n"
            ),
            "backend/app/api/__init__.py": "from .v1 import router\n",
            "backend/app/api/v1.py": "from fastapi import APIRouter\nfrom app.api import chat\n"
            "router = APIRouter(prefix='/v1')\n"
            "router.include_router(chat.router, prefix='/chat')\n",
            "backend/app/api/chat.py": "from fastapi import APIRouter\nrouter = APIRouter()\n"
            "@router.post('')\nasync def ask(): ...\n@router.get('/{id}/history')\n"
            "def history(): ...\n",
        }
    )
    assert routes(found) == [("POST", "/api/v1/chat"), ("GET", "/api/v1/chat/{id}/history")]


def test_constants_f_strings_and_settings_are_resolved(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/main.py": "from fastapi import FastAPI\nfrom config import settings, PREFIX\n"
            "import config\napp = FastAPI()\n"
            "@app.get(f'{settings.api}/health')\ndef a(): ...\n"
            "@app.get(PREFIX + '/b')\ndef b(): ...\n@app.get(f'{config.PREFIX}/c')\ndef c(): ...\n"
            "@app.get(config.Paths.D.value)\ndef d(): ...\n"
            "@app.get(config.own.path)\ndef e(): ...\n",
            "backend/config.py": "from pydantic_settings import BaseSettings\nPREFIX = '/x'\n"
            "from enum import Enum\nclass Paths(str, Enum):\n    D = '/d'\n"
            "class Own:\n    path: str\n    def __init__(self):\n        self.path = '/e'\n"
            "own = Own()\n"
            "class Settings(BaseSettings):\n    api: str = '/api'\nsettings = Settings()\n",
        }
    )
    paths = [path for _, path in routes(found)]
    assert paths == ["/api/health", "/x/b", "/x/c", "/d", "/e"]


def test_routes_of_a_factory_and_of_functions_it_calls_are_read(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/main.py": "from fastapi import FastAPI\nfrom routing import register\n"
            "def create_app():\n    app = FastAPI()\n    register(app)\n"
            "    @app.get('/health')\n    def health(): ...\n    return app\napp = create_app()\n",
            "backend/routing.py": "import users\ndef register(target):\n"
            "    for module in (users,):\n"
            "        target.include_router(module.router, prefix='/u')\n",
            "backend/users.py": "from fastapi import APIRouter\nrouter = APIRouter()\n"
            "@router.api_route('/me', methods=['GET', 'PUT'])\ndef me(): ...\n",
        }
    )
    assert set(routes(found)) == {("GET", "/health"), ("GET", "/u/me"), ("PUT", "/u/me")}


def test_texts_that_a_function_holds_itself_are_resolved(plan: Planner) -> None:
    code = (
        "from fastapi import APIRouter, FastAPI\nimport settings\n"
        "def register(target, prefix='/v1'):\n    base = settings.BASE\n"
        "    router = APIRouter(prefix=base)\n"
        "    @router.get('/health')\n    def health(): ...\n"
        "    target.include_router(router, prefix=prefix)\napp = FastAPI()\nregister(app)\n"
    )
    files = {**REQUIREMENTS, "backend/main.py": code, "backend/settings.py": "BASE = '/b'\n"}
    assert routes(plan(files)) == [("GET", "/v1/b/health")]


def test_routers_that_a_star_brings_are_found(plan: Planner) -> None:
    found = plan(
        {
            **REQUIREMENTS,
            "backend/main.py": "from fastapi import FastAPI\nfrom routers import *\n"
            "app = FastAPI()\napp.include_router(chat, prefix='/api')\n",
            "backend/routers/__init__.py": "from .chat import router as chat\n",
            "backend/routers/chat.py": "from fastapi import APIRouter\nrouter = APIRouter()\n"
            "@router.get('/chat/{id:int}')\ndef one(): ...\n",
        }
    )
    assert routes(found) == [("GET", "/api/chat/{id}")]


def test_mounted_apps_and_added_routes_are_read(plan: Planner) -> None:
    code = (
        "from fastapi import FastAPI\nsub = FastAPI()\napp = FastAPI()\n"
        "@sub.get('/x')\ndef x(): ...\ndef ping(): ...\n"
        "app.add_api_route('/ping', ping, methods=['POST'])\napp.mount('/sub/', sub)\n"
    )
    assert routes(plan({**REQUIREMENTS, "backend/main.py": code})) == [
        ("POST", "/ping"),
        ("GET", "/sub/x"),
    ]


def test_a_summary_is_given_documented_or_made_from_the_name(plan: Planner) -> None:
    code = (
        "from fastapi import FastAPI\napp = FastAPI()\n"
        "@app.get('/a', summary='Given')\ndef a():\n    '''Doc.'''\n"
        "@app.get('/b')\ndef b():\n    '''First line.\n\n    More.'''\n"
        "@app.get('/c')\ndef list_all_items(): ...\n"
    )
    found = plan({**REQUIREMENTS, "backend/main.py": code})
    assert [r.summary for r in found.backend.routes] == ["Given", "First line.", "List all items"]


# --- health ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paths", "health"),
    [
        (["/health", "/api/health"], "/api/health"),
        (["/items", "/healthz"], "/healthz"),
        (["/", "/api/v1/health"], "/api/v1/health"),
        (["/chat/status/{id}", "/ping"], "/ping"),
        (["/chat/health", "/health/"], "/health/"),
        (["/api/admin/health", "/healthcheck"], "/healthcheck"),
        (["/", "/items"], "/"),
        (["/items", "/api/"], "/api/"),
    ],
)
def test_the_best_health_path_is_found(plan: Planner, paths: list[str], health: str) -> None:
    code = "from fastapi import FastAPI\napp = FastAPI()\n" + "".join(
        f"@app.get('{path}')\ndef f{n}(): ...\n" for n, path in enumerate(paths)
    )
    found = plan({**REQUIREMENTS, "backend/main.py": code})
    assert (found.backend.health_path, found.backend.health_found) == (health, True)
    assert f"http://localhost:7860{health} || exit 1" in found.text("Dockerfile")


@pytest.mark.parametrize(
    ("options", "page"),
    [
        ("", "/docs"),
        ("docs_url='/api/docs'", "/api/docs"),
        ("docs_url=None", "/redoc"),
        ("docs_url=None, redoc_url=None", "/openapi.json"),
        ("openapi_url=None", "/api/health"),
    ],
)
def test_without_any_a_page_of_fastapi_is_probed_and_said(
    plan: Planner, options: str, page: str
) -> None:
    made = f"from fastapi import FastAPI\napp = FastAPI({options})\n"
    code = f"{made}@app.post('/health')\ndef h(): ...\n"
    found = plan({**REQUIREMENTS, "backend/main.py": code})
    assert (found.backend.health_path, found.backend.health_found) == (page, False)
    assert f"`{page}` is probed" in found.notices


@pytest.mark.parametrize(
    "route",
    [
        "@app.get('/api/health', dependencies=[Depends(get_current_user)])\ndef a(): ...\n",
        "@app.get('/api/health')\ndef a(user=Depends(get_current_user)): ...\n",
        "User = Annotated[dict, Depends(get_current_user)]\n"
        "@app.get('/api/health')\ndef a(user: User): ...\n",
        "r = APIRouter(dependencies=[Depends(verify_token)])\n"
        "@r.get('/api/health')\ndef a(): ...\napp.include_router(r)\n",
        "@app.get('/api/health')\ndef a(name: str): ...\n",
    ],
)
def test_a_route_that_turns_strangers_away_is_no_health_path(plan: Planner, route: str) -> None:
    before = (
        "from typing import Annotated\nfrom fastapi import APIRouter, Depends, FastAPI\n"
        "def get_current_user(): ...\ndef verify_token(): ...\napp = FastAPI()\n"
    )
    after = "@app.get('/ping')\ndef ping(db=Depends(dict), q: str = ''): ...\n"
    files = {**REQUIREMENTS, "backend/main.py": before + route + after}
    assert plan(files).backend.health_path == "/ping"
    notices = plan({**REQUIREMENTS, "backend/main.py": before + route}).notices
    assert "`/api/health` wants credentials or parameters" in notices


def test_a_given_health_path_is_taken(plan: Planner) -> None:
    assert plan(MINIMAL, health_path="/up").backend.health_path == "/up"


# --- environment ----------------------------------------------------------------------------------


def environment(plan: Planner, code: str) -> dict[str, tuple[str | None, bool]]:
    found = plan({**MINIMAL, "backend/main.py": code + APP})
    return {item.name: (item.default, item.required) for item in found.backend.environment}


def test_plain_reads_are_found(plan: Planner) -> None:
    code = (
        "import os\nfrom os import environ, getenv\nA = os.environ['A']\nB = os.getenv('B')\n"
        "C = os.environ.get('C', 'c')\nD = getenv('D') or 'd'\nE = environ['E']\n"
        "F = os.getenv('F', 5)\n"
        "def read(name): return os.environ.get(name)\nG = read('G')\nos.environ['H'] = 'x'\n"
    )
    assert environment(plan, code) == {
        "A": (None, True),
        "B": (None, False),
        "C": ("c", False),
        "D": ("d", False),
        "E": (None, True),
        "F": ("5", False),
        "G": (None, False),
    }


def test_settings_classes_are_read_with_prefix_alias_and_inheritance(plan: Planner) -> None:
    code = (
        "from pydantic import Field, AliasChoices\n"
        "from pydantic_settings import BaseSettings, SettingsConfigDict\n"
        "from typing import ClassVar\n"
        "class Base(BaseSettings):\n    key: str\n"
        "class Settings(Base):\n    model_config = SettingsConfigDict(env_prefix='APP_')\n"
        "    name: str = 'x'\n    size: int = Field(default=3)\n    must: str = Field(...)\n"
        "    other: str = Field(alias='real_name')\n    maybe: str | None = None\n"
        "    many: str = Field('m', validation_alias=AliasChoices('MANY', 'MORE'))\n"
        "    LIMIT: ClassVar[int] = 3\n    _private: int = 1\nsettings = Settings()\n"
    )
    assert environment(plan, code) == {
        "APP_KEY": (None, True),
        "APP_NAME": ("x", False),
        "APP_SIZE": ("3", False),
        "APP_MUST": (None, True),
        "REAL_NAME": (None, True),
        "APP_MAYBE": ("", False),
        "MANY": ("m", False),
    }


def test_decouple_and_starlette_are_read(plan: Planner) -> None:
    code = (
        "from decouple import config\nfrom starlette.config import Config\nenv = Config('.env')\n"
        "A = config('A')\nB = config('B', default='b')\nC = env('C', cast=bool, default=False)\n"
    )
    assert environment(plan, code) == {"A": (None, True), "B": ("b", False), "C": ("False", False)}


@pytest.mark.parametrize(
    "code",
    [
        'A = os.getenv("A")\nif not A:\n    raise ValueError("no A")',
        'A = os.environ.get("A", "").strip()\nif A == "":\n    sys.exit("no A")',
        'A: str | None = os.getenv("A")\nif A is None or len(A) < 3:\n    raise RuntimeError',
        'if not os.getenv("A"):\n    raise RuntimeError("no A")',
        'A = os.getenv("A")\nassert A, "no A"',
        'A = os.getenv("A")\nif not all([A, 1]):\n    raise RuntimeError("no A")',
        'def check():\n    a = os.getenv("A")\n    if not a:\n        raise ValueError\n\ncheck()',
        "class C:\n    def __init__(self):\n        self.a = os.getenv('A')\n"
        "        if not self.a:\n            raise ValueError\n\nc = C()",
        'from openai import OpenAI\nclient = OpenAI(api_key=os.getenv("A"))',
        'from sqlalchemy import create_engine\nA = os.getenv("A")\nengine = create_engine(A)',
    ],
)
def test_a_name_that_the_code_refuses_to_start_without_is_required(
    plan: Planner, code: str
) -> None:
    assert environment(plan, f"import os, sys\n{code}\n") == {"A": (None, True)}


@pytest.mark.parametrize(
    "code",
    [
        'A = os.getenv("A")\nif not A:\n    print("no A")',
        'A = os.getenv("A")\nif not A and not sys.argv:\n    raise ValueError("no A")',
        'A = os.getenv("A")\ndef later():\n    if not A:\n        raise ValueError("no A")',
        'A = os.getenv("A")\nif A:\n    raise ValueError("A is obsolete")',
        'from openai import OpenAI\nclient = OpenAI(base_url=os.getenv("A"))',
        'if "A" in os.environ:\n    A = os.environ["A"]',
        'A = os.environ["A"] if os.environ.get("A") else "a"',
        'try:\n    A = os.environ["A"]\nexcept KeyError:\n    A = "a"',
        'from openai import OpenAI\ndef later():\n    return OpenAI(api_key=os.getenv("A"))',
    ],
)
def test_a_name_that_the_app_can_start_without_is_not_required(plan: Planner, code: str) -> None:
    assert environment(plan, f"import os, sys\n{code}\n") == {"A": (None, False)}


def test_only_what_the_app_imports_counts(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/ingest.py": "import os\nX = os.environ['ONLY_HERE']\n"})
    assert found.backend.environment == ()


# --- origins --------------------------------------------------------------------------------------

CORS = "from fastapi.middleware.cors import CORSMiddleware\n"
ADD = "app.add_middleware(CORSMiddleware, allow_origins={})\n"
SETTINGS = (
    "from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict\n"
    "from typing import *\n"
)


@pytest.mark.parametrize(
    ("before", "origins", "expected"),
    [
        ("", "os.getenv('A').split(',')", ("A", False, False)),
        ("", "[o.strip() for o in os.environ['A'].split(',')]", ("A", False, False)),
        ("", "[os.getenv('A', 'x')]", ("A", False, True)),
        ("", "['http://localhost:3000', os.environ['A']]", ("A", False, True)),
        ("", "json.loads(os.environ['A'])", ("A", True, False)),
        (
            "raw = os.getenv('A')\norigins = raw.split(',') if raw else ['*']\n",
            "origins",
            ("A", False, False),
        ),
        ("origins = ['x']\norigins.append(os.getenv('A'))\n", "origins", ("A", False, True)),
        ("origins = ['x']\norigins += os.getenv('A').split(',')\n", "origins", ("A", False, False)),
        (
            "origins = []\nif site := os.getenv('A'):\n    origins.append(site)\n",
            "origins",
            ("A", False, True),
        ),
        ("", "[os.environ['A']] if os.getenv('ENV') == 'x' else ['*']", ("A", False, True)),
        ("def get():\n    return os.getenv('A').split(',')\n", "get()", ("A", False, False)),
        ("class S(BaseSettings):\n    a: list[str] = []\ns = S()\n", "s.a", ("A", True, False)),
        (
            "class S(BaseSettings):\n    a: Optional[List[str]] = None\ns = S()\n",
            "s.a",
            ("A", True, False),
        ),
        (
            "class S(BaseSettings):\n    a: list[str] | None = None\ns = S()\n",
            "s.a",
            ("A", True, False),
        ),
        (
            "class S(BaseSettings):\n    a: Annotated[list[str], NoDecode] = []\ns = S()\n",
            "s.a",
            ("A", False, False),
        ),
        (
            "class S(BaseSettings):\n    a: str | list[str] = ''\ns = S()\n",
            "s.a",
            ("A", False, False),
        ),
        (
            "class S(BaseSettings):\n    a: str = ''\n    @property\n    def origins(self):\n"
            "        return self.a.split(',')\ns = S()\n",
            "s.origins",
            ("A", False, False),
        ),
        ("class S(BaseSettings):\n    a: str = ''\ns = S()\n", "[s.a]", ("A", False, True)),
        (
            "class S:\n    def __init__(self):\n"
            "        self.origins = os.getenv('A').split(',')\ns = S()\n",
            "s.origins",
            ("A", False, False),
        ),
        (
            "class S(BaseSettings):\n    a: list[str] = []\ndef get():\n    return S()\n",
            "get().a",
            ("A", True, False),
        ),
    ],
)
def test_the_name_behind_the_origins_is_found(
    plan: Planner, before: str, origins: str, expected: tuple[str, bool, bool]
) -> None:
    code = f"import os, json\n{CORS}{SETTINGS}{before}{APP}{ADD.format(origins)}"
    found = plan({**MINIMAL, "backend/main.py": code}).backend.origins
    assert found is not None
    assert (found.name, found.as_json, found.single) == expected


def test_the_middleware_is_known_by_any_name(plan: Planner) -> None:
    code = (
        "import os\nfrom starlette.middleware.cors import CORSMiddleware as Cors\n"
        f"{APP}app = Cors(app, allow_origins=os.environ['A'].split(','))\n"
    )
    found = plan({**MINIMAL, "backend/main.py": code}).backend.origins
    assert found is not None
    assert found.name == "A"


def test_origins_among_spread_options_are_found(plan: Planner) -> None:
    code = (
        f"import os\n{CORS}OPTIONS = {{'allow_origins': os.environ['A'].split(',')}}\n"
        f"{APP}app.add_middleware(CORSMiddleware, **OPTIONS)\n"
    )
    found = plan({**MINIMAL, "backend/main.py": code}).backend.origins
    assert found is not None
    assert found.name == "A"


def test_a_usual_name_is_taken_where_the_way_to_it_can_not_be_followed(plan: Planner) -> None:
    code = f"import os, lookup\n{CORS}os.getenv('CORS_ORIGINS')\n{APP}{ADD.format('lookup.all()')}"
    found = plan({**MINIMAL, "backend/main.py": code}).backend.origins
    assert found is not None
    assert found.name == "CORS_ORIGINS"


def test_fixed_origins_have_no_name(plan: Planner) -> None:
    code = f"import os\nA = os.getenv('ALLOWED_ORIGINS')\n{CORS}{APP}{ADD.format(['*'])}"
    assert plan({**MINIMAL, "backend/main.py": code}).backend.origins is None


# --- python ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({}, "3.11"),
        ({"backend/.python-version": "3.12.4\n"}, "3.12"),
        ({"backend/runtime.txt": "python-3.10.9"}, "3.10"),
        ({"backend/pyproject.toml": '[project]\nname = "x"\nrequires-python = ">=3.12"\n'}, "3.12"),
        (
            {"backend/pyproject.toml": '[project]\nname = "x"\nrequires-python = ">=3.9,<3.11"\n'},
            "3.10",
        ),
        ({"backend/pyproject.toml": '[project]\nname = "x"\nrequires-python = ">=3.9"\n'}, "3.11"),
        (
            {
                "backend/requirements.txt": (
                    'fastapi\nuvicorn\nnumpy==2.3 ; python_version >= "3.12"\n'
                )
            },
            "3.12",
        ),
        (
            {"backend/main.py": f"import new\n{APP}", "backend/new.py": "type X = int\n"},
            "3.12",
        ),
    ],
)
def test_the_python_is_what_the_backend_asks_for(
    plan: Planner, files: dict[str, str], version: str
) -> None:
    found = plan({**MINIMAL, **files})
    assert found.backend.python_version == version
    assert f"FROM python:{version}-slim" in found.text("Dockerfile")


def test_a_given_python_wins(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/.python-version": "3.12"}, python_version="3.13")
    assert found.backend.python_version == "3.13"
