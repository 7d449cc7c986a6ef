"""The names that the code reads from its environment, with their defaults."""

from __future__ import annotations

import pytest

from deployer.code.environment import read_environment
from tests.unit.code.conftest import project

PYDANTIC = "from pydantic import *\nfrom pydantic_settings import *\nfrom typing import *\n"
BASE = f"{PYDANTIC}class B(BaseSettings):\n    a: str\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f"{PYDANTIC}class S(BaseSettings):\n"
         f"    model_config = {{'env_prefix': 'X_'}}\n    a: str\n",
         {"X_A": None}),
        (f"{PYDANTIC}class S(BaseSettings, env_prefix='X_'):\n    a: str\n", {"X_A": None}),
        (f"{BASE}    class Config:\n        env_prefix = 'X_'\nclass S(B):\n    b: str = '1'\n",
         {"X_A": None, "X_B": "1"}),
        (f"{BASE}class S(B):\n    model_config = SettingsConfigDict(env_prefix='X_')\n",
         {"X_A": None}),
        (f"{BASE}class S(B):\n    a: str = 'x'\n", {"A": "x"}),
        (f"{PYDANTIC}class S(BaseSettings):\n    a: Annotated[str, Field(alias='Y')]\n",
         {"Y": None}),
        (f"{PYDANTIC}class D(BaseModel):\n    url: str\n    n: int = 5\nclass S(BaseSettings):\n"
         "    model_config = SettingsConfigDict(env_nested_delimiter='__')\n    db: D\n",
         {"DB__URL": None, "DB__N": "5"}),
        (f"{PYDANTIC}class D(BaseSettings):\n"
         "    model_config = SettingsConfigDict(env_prefix='D_')\n"
         "    url: str\nclass S(BaseSettings):\n    db: D = D()\n",
         {"D_URL": None}),
        ("from typing import Optional\nfrom pydantic import BaseSettings\n"
         "class S(BaseSettings):\n    a: Optional[str]\n", {"A": ""}),
        ("from os import environ as e, getenv as g\nX = e['A'], e.get('B', 'b'), g('C', 'c')\n",
         {"A": None, "B": "b", "C": "c"}),
        ("import os as system\nKEY = 'A'\nX = system.environ[KEY + '_B']\n", {"A_B": None}),
        ("import os\ndef env(name, default=None):\n    return os.environ.get(name, default)\n"
         "X = env('A', 'a')\n", {"A": "a"}),
        ("from environs import env, Env\nmine = Env()\nX = env.str('A'), mine.int('B', 4)\n",
         {"A": None, "B": "4"}),
        ("from decouple import AutoConfig\nconfig = AutoConfig()\nX = config('A', default=None)\n",
         {"A": ""}),
    ],
)  # fmt: skip
def test_names_are_read_with_their_defaults(code: str, expected: dict[str, str | None]) -> None:
    found = read_environment(project({"main.py": code}), ["main.py"])
    assert {item.name: item.default for item in found} == expected
    assert {item.name for item in found if item.required} == {
        name for name, default in expected.items() if default is None
    }
