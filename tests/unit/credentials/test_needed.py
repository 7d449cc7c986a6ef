"""What the code can't do without is missed before the deploy, where nobody gives it."""

from __future__ import annotations

import io
from pathlib import Path

from deployer.cli import main
from deployer.credentials.needed import lacking
from deployer.model import Configuration, EnvironmentName, StoredSetting
from tests.unit.credentials.backends import backend


def needs(name: str) -> EnvironmentName:
    return EnvironmentName(name=name, required=True, file="backend/main.py", line=3)


def messages(*environment: EnvironmentName, given: frozenset[str] = frozenset()) -> list[str]:
    return [str(notice) for notice in lacking(backend(*environment), given, Configuration())]


def test_a_name_that_nobody_gives_is_warned_of_with_its_place() -> None:
    (message,) = messages(needs("GEMINI_API_KEY"))
    assert message.startswith("backend/main.py:3: The code needs `GEMINI_API_KEY`")
    assert message.endswith("Name it in the input `secrets`.")


def test_what_is_no_secret_belongs_to_the_variables() -> None:
    (message,) = messages(needs("QDRANT_COLLECTION"))
    assert "`variables`" in message


def test_what_the_workflow_gives_is_not_lacking_in_whatever_case() -> None:
    assert messages(needs("gemini_api_key"), given=frozenset({"GEMINI_API_KEY"})) == []


def test_what_the_space_has_is_not_lacking() -> None:
    stored = Configuration(secrets={"KEY": StoredSetting(name="KEY")})
    assert lacking(backend(needs("KEY")), frozenset(), stored) == ()


def test_a_name_with_a_default_or_from_the_hub_is_not_lacking() -> None:
    assert messages(EnvironmentName(name="LOG_LEVEL", default="INFO"), needs("SPACE_ID")) == []


def test_a_plan_says_it_before_anything_is_deployed(tmp_path: Path) -> None:
    folder = tmp_path / "backend"
    folder.mkdir()
    (folder / "requirements.txt").write_text("fastapi\nuvicorn\n")
    (folder / "main.py").write_text(
        "import os\nfrom fastapi import FastAPI\napp = FastAPI()\nKEY = os.environ['APP_KEY']\n"
    )
    environ = {
        "GITHUB_WORKSPACE": str(tmp_path),
        "RUNNER_TEMP": str(tmp_path),
        "INPUT_SPACE": "ada/chatbot",
        "INPUT_MODE": "plan",
    }
    stream = io.StringIO()
    assert main(environ, [], stream) == 0
    assert "warning: backend/main.py:4: The code needs `APP_KEY`" in stream.getvalue()
