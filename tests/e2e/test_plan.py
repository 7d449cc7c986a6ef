"""Plans by the real program: what it reads, what it asks of a Hub, what it leaves behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from localhub.testing import RunningHub
from tests.real.program import ROOT, Checkout, Run

SCHEMA = json.loads((ROOT / "docs/reference/plan.schema.json").read_text())
CANARY = "cn-7Qx1-the-canary-of-this-test-9Zk2"
# Assembled, so that no scanner takes this file for a leak.
KEY = "hf_" + "Qx19Zk27Qx19Zk27Qx19Zk27Qx19Zk27Qx"


def document(run: Run) -> dict[str, Any]:
    content = json.loads(run.plan)
    jsonschema.validate(content, SCHEMA)
    return dict(content)


@pytest.fixture
def checkout(hub: RunningHub, tmp_path: Path, request: pytest.FixtureRequest) -> Checkout:
    """A backend that was never deployed, and no token under any name."""
    name = request.node.name.replace("_", "-")[:60].strip("-")
    made = Checkout(folder=tmp_path / "checkout", hub=hub, space=f"{hub.owner}/{name}")
    made.backend(version=1)
    made.environment = {"INPUT_HF_TOKEN": ""}
    return made


@pytest.fixture(scope="module")
def deployed(hub: RunningHub, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A backend that serves, with a secret and variables."""
    folder = tmp_path_factory.mktemp("deployed") / "checkout"
    made = Checkout(folder=folder, hub=hub, space=f"{hub.owner}/planned")
    made.backend(version=1)
    made.environment = {"GREETING": CANARY, "EXTRA": "e"}
    first = made.run(secrets="GREETING\nEXTRA", variables="LOG_LEVEL=INFO\nOLD=1")
    assert first.code == 0, first.log
    return made


def written(checkout: Checkout) -> dict[str, Any]:
    """What was ever done to the Space, reading aside."""
    return {k: v for k, v in checkout.hub.stats(checkout.space).items() if k != "requests"}


SAME = {"secrets": "GREETING\nEXTRA", "variables": "LOG_LEVEL=INFO\nOLD=1"}


def test_without_a_token_a_plan_asks_nothing_of_the_hub(checkout: Checkout) -> None:
    before = len(checkout.hub.requests())
    run = checkout.run(mode="plan", variables="LOG_LEVEL=INFO")
    assert (run.code, run.outputs["status"]) == (0, "planned"), run.log
    assert len(checkout.hub.requests()) == before
    content = document(run)
    assert content["target"]["compared"] is False
    assert content["backend"]["healthPath"] == "/api/health"
    assert "not looked at" in run.log
    assert "not looked at" in run.summary


def test_two_plans_of_the_same_thing_are_the_same_bytes(checkout: Checkout) -> None:
    assert checkout.run(mode="plan").plan == checkout.run(mode="plan").plan != ""


def test_a_space_that_would_be_created_is_said_so(checkout: Checkout) -> None:
    run = checkout.run(mode="plan", hf_token=checkout.hub.token, visibility="protected")
    content = document(run)["target"]
    assert (content["compared"], content["creates"]) == (True, True)
    assert content["visibility"] == "protected"
    assert "would be created (protected)" in run.summary


def test_a_plan_of_what_is_deployed_already_changes_nothing(deployed: Checkout) -> None:
    content = document(deployed.run(mode="plan", **SAME))
    assert content["target"]["effect"] == "nothing"
    assert {each["change"] for each in content["settings"]} == {"unchanged"}
    assert [content["files"][kind] for kind in ("added", "changed", "removed")] == [[], [], []]


def test_a_plan_tells_the_difference_from_the_space_and_writes_nothing(
    deployed: Checkout,
) -> None:
    deployed.write("backend/extra.py", "x = 1\n")
    before = written(deployed)
    run = deployed.run(mode="plan", prune="true", secrets="GREETING", variables=f"LOG_LEVEL={KEY}")
    (deployed.folder / "backend/extra.py").unlink()
    assert run.code == 2, "a key is no variable"
    content = document(run)
    assert "extra.py" in content["files"]["added"]
    settings = {each["name"]: each for each in content["settings"]}
    assert {name: each["change"] for name, each in settings.items()} == {
        "EXTRA": "pruned",
        "GREETING": "unchanged",
        "LOG_LEVEL": "changed",
        "OLD": "pruned",
    }
    assert (settings["LOG_LEVEL"]["before"], settings["LOG_LEVEL"]["after"]) == ("INFO", "***")
    assert content["target"]["effect"] == "build"
    assert written(deployed) == before
    assert CANARY not in run.text
    assert KEY not in run.text


def test_only_a_variable_restarts_the_space(deployed: Checkout) -> None:
    run = deployed.run(mode="plan", **{**SAME, "variables": "LOG_LEVEL=DEBUG\nOLD=1"})
    assert document(run)["target"]["effect"] == "restart"
    assert "`INFO` → `DEBUG`" in run.summary


def test_a_plan_that_is_refused_shows_what_was_found_all_the_same(checkout: Checkout) -> None:
    checkout.write("backend/data\\file.txt", "x")
    run = checkout.run(mode="plan", secrets="ABSENT")
    assert (run.code, run.outputs["status"]) == (2, "failed")
    content = document(run)
    assert {each["exitCode"] for each in content["problems"]} == {2, 3}
    assert content["exitCode"] == 2
    assert content["backend"]["app"] == "main:app"
    assert "What a deploy would refuse" in run.summary
    assert "What ships" in run.log


def test_a_plan_without_any_app_is_a_document_too(checkout: Checkout) -> None:
    checkout.write("backend/main.py", "x = 1\n")
    run = checkout.run(mode="plan")
    assert run.code != 0
    assert document(run)["backend"] is None


HOSTILE = "a|b`c\n::error::pwned\n</details> ##[error]pwned"


def test_no_name_of_a_file_speaks_in_the_log_the_summary_or_the_json(checkout: Checkout) -> None:
    name = HOSTILE.replace("/", "")
    checkout.write(f"backend/{name}.py", "x = 1\n")
    checkout.write(f"backend/{name}/{name}.log", "x")
    checkout.write("backend/.gitignore", "*.log\n")
    run = checkout.run(mode="plan")
    lines = [line for line in run.log.splitlines() if "pwned" in line]
    assert lines
    assert not [line for line in lines if "##[" in line or line.startswith(("::error::", "::e:"))]
    named = [line for line in run.log.splitlines() if line.startswith("::")]
    assert {line.split("::")[1].split(" ")[0] for line in named} <= {
        "add-mask",
        "group",
        "endgroup",
        "error",
        "warning",
    }
    assert not [line for line in run.summary.splitlines() if line.startswith("::")]
    files = [each["path"] for each in document(run)["bundle"]["files"]]
    assert f"{name}.py" in files


def test_a_plan_reads_the_code_and_runs_none_of_it(checkout: Checkout) -> None:
    app = (checkout.folder / "backend/main.py").read_text()
    checkout.write("backend/main.py", f"open('ran', 'w').close()\nimport other\n{app}")
    checkout.write("backend/other.py", "open('ran', 'w').close()\n")
    run = checkout.run(mode="plan")
    assert run.code == 0
    assert not list(checkout.folder.rglob("ran"))
    assert not list(checkout.folder.rglob("*.pyc"))
