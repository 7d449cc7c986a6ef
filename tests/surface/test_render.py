"""action.yml and the documents say what the code's tables say."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployer import settings
from deployer.errors import Exit
from deployer.report.outputs import OUTPUTS
from tools import render

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
README = (ROOT / "README.md").read_text()
NAMES = [row.name for row in settings.INPUTS]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The rendered files alone, free to spoil."""
    for name in render.TARGETS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_nothing_has_drifted_from_the_code() -> None:
    assert render.drift(ROOT) == {}


def test_check_names_the_file_that_drifted(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copy / "action.yml"
    path.write_text(path.read_text().replace("${{ inputs.space }}", "${{ inputs.backend }}"))
    assert render.main(["--check"], root=copy) == 1
    assert "+        INPUT_SPACE: ${{ inputs.space }}" in capsys.readouterr().out


def test_rendering_mends_what_check_finds(copy: Path) -> None:
    path = copy / "README.md"
    path.write_text(re.sub(r"\| `space-url`.*\n", "", path.read_text()))
    assert render.main([], root=copy) == 0
    assert render.main(["--check"], root=copy) == 0
    assert "| `space-url` |" in path.read_text()


def test_a_file_without_its_markers_is_an_error() -> None:
    with pytest.raises(ValueError, match="BEGIN inputs"):
        render.rendered("no markers here\n", {"inputs": render.inputs_table})


def test_every_input_stands_in_the_action() -> None:
    assert list(ACTION["inputs"]) == NAMES


def test_every_input_is_handed_to_the_program_through_env() -> None:
    env = ACTION["runs"]["steps"][-1]["env"]
    for name in NAMES:
        variable = "INPUT_" + name.upper().replace("-", "_")
        assert env[variable] == f"${{{{ inputs.{name} }}}}"


def test_every_output_is_the_program_s() -> None:
    values = {name: output["value"] for name, output in ACTION["outputs"].items()}
    assert values == {row.name: f"${{{{ steps.deploy.outputs.{row.name} }}}}" for row in OUTPUTS}


def test_the_github_token_comes_by_itself_and_the_hub_s_does_not() -> None:
    defaults = {name: each.get("default") for name, each in ACTION["inputs"].items()}
    assert (defaults["github-token"], defaults["hf-token"]) == ("${{ github.token }}", "")


def test_only_the_space_is_required() -> None:
    required = [name for name, each in ACTION["inputs"].items() if each["required"]]
    assert required == ["space"]


@pytest.mark.parametrize("name", NAMES)
def test_every_input_has_help_and_stands_in_the_readme(name: str) -> None:
    row = next(row for row in settings.INPUTS if row.name == name)
    assert f"| `{name}` | {row.shown_default} | {row.help} |" in README
    assert row.help.endswith(".")


@pytest.mark.parametrize("code", list(Exit))
def test_every_exit_code_has_its_row(code: Exit) -> None:
    assert f"| {int(code)} | {code.meaning} |" in README


def test_the_marketplace_takes_the_action() -> None:
    assert len(ACTION["description"].strip()) < 125
    assert {"name", "author", "branding"} <= set(ACTION)


# --- hygiene of the composite --------------------------------------------------------------------

SCRIPTS = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_expression_stands_inside_a_script(script: str) -> None:
    assert "${{" not in script


def test_the_action_s_own_folder_is_named_by_the_environment() -> None:
    text = (ROOT / "action.yml").read_text()
    assert "github.action_path" not in text
    assert "$GITHUB_ACTION_PATH/" in text


def test_python_takes_the_place_of_the_shell_so_that_signals_reach_it() -> None:
    deploy = ACTION["runs"]["steps"][-1]
    assert deploy["id"] == "deploy"
    assert deploy["run"].startswith('exec "$ACTION_PYTHON" -I ')


def test_other_actions_are_pinned_by_commit() -> None:
    used = [step["uses"] for step in ACTION["runs"]["steps"] if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", name) for name in used)
