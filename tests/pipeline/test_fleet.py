"""`fleet`: the plan of all Spaces, one Space with its entry's inputs, and what a run came to."""

from __future__ import annotations

import io
import json
import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec import Struct, field

from deployer.adapters.disk import Workspace
from deployer.cli import main
from deployer.context import Context
from deployer.fleet_entry import apply_entry
from deployer.given import read_settings
from tests.pipeline.scene import FILES
from tests.real.program import read_outputs

VALUES = {"GEMINI_API_KEY": "k-7Qx1-fleet-9Zk2", "DATABASE_URL_B": "postgresql://db.example.com/b"}
SPACES = """
    defaults:
      secrets: [GEMINI_API_KEY]
    spaces:
      - space: acme/a
        canary: true
      - space: acme/b
        secrets: {DATABASE_URL: DATABASE_URL_B}
      - space: acme/c
        backend: other
"""


class Said(Struct, frozen=True, kw_only=True):
    """What a run left."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str


class Repository(Struct, kw_only=True):
    """A checkout with two backends and a list of Spaces."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(textwrap.dedent(text))

    def plan(self, **inputs: str) -> Said:
        for name in ("output", "summary"):
            (self.folder.parent / name).unlink(missing_ok=True)
        stream = io.StringIO()
        code = main(self.environ(**{"mode": "plan", **inputs}), [], stream)
        summary = self.folder.parent / "summary"
        return Said(
            code=code,
            log=stream.getvalue(),
            outputs=read_outputs(self.folder.parent / "output"),
            summary=summary.read_text(),
        )

    def environ(self, **inputs: str) -> dict[str, str]:
        given = {"fleet": "spaces.yml", **inputs}
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.folder),
            "GITHUB_OUTPUT": str(self.folder.parent / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder.parent / "summary"),
            "RUNNER_TEMP": str(self.folder.parent),
            **{f"INPUT_{name.upper()}": value for name, value in given.items()},
            **self.environment,
        }


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(folder=tmp_path / "checkout")
    for path, text in FILES.items():
        made.write(path, text)
        if path.startswith("backend/"):
            made.write(path.replace("backend/", "other/"), text)
    made.write("spaces.yml", SPACES)
    return made


# --- the plan of all ------------------------------------------------------------------------------


def test_the_plan_emits_the_matrix_and_shows_every_backend_once(repository: Repository) -> None:
    said = repository.plan()
    assert (said.code, said.outputs["status"]) == (0, "planned")
    rows = json.loads(said.outputs["matrix"])["include"]
    assert [(row["space"], row["backend"]) for row in rows] == [
        ("acme/a", "backend"),
        ("acme/b", "backend"),
        ("acme/c", "other"),
    ]
    assert "| canary | 1 | `acme/a` |" in said.summary
    assert said.summary.count("| `other` | `app.main:app` |") == 1


def test_a_job_without_the_secrets_plans_and_says_which_it_lacks(repository: Repository) -> None:
    said = repository.plan()
    assert "no value for `GEMINI_API_KEY`, `DATABASE_URL_B`" in said.log


def test_a_job_that_is_handed_secrets_must_have_them_all(repository: Repository) -> None:
    repository.environment["FLEET_SECRETS"] = json.dumps({**VALUES, "DATABASE_URL_B": ""})
    said = repository.plan()
    assert said.code == 2
    assert (
        "::error title=Configuration,file=spaces.yml,line=8::`DATABASE_URL` of acme/b" in said.log
    )
    assert "matrix" not in said.outputs
    assert VALUES["GEMINI_API_KEY"] not in said.log.replace(
        "::add-mask::" + VALUES["GEMINI_API_KEY"], ""
    )


@pytest.mark.parametrize("text", ['{"A": "hunter2-hunter2"}', '{"A": hunter2-hunter2}'])
def test_the_fleet_s_secrets_are_masked_before_anything_is_said(
    repository: Repository, text: str
) -> None:
    repository.environment["FLEET_SECRETS"] = text
    lines = repository.plan().log.splitlines()
    last = max(number for number, line in enumerate(lines) if line.startswith("::add-mask::"))
    assert all(line.startswith("::add-mask::") for line in lines[:last])
    assert any("hunter2-hunter2" in line for line in lines[: last + 1])
    assert not any("hunter2-hunter2" in line for line in lines[last + 1 :])


def test_what_a_deploy_would_refuse_is_said_of_all_backends_at_once(repository: Repository) -> None:
    repository.write("other/app/main.py", "app = 1\n")
    repository.write("backend/requirements.txt", "fastapi\nuvicorn\n-e /nowhere\n")
    repository.write(
        "spaces.yml", textwrap.dedent(SPACES) + "  - space: acme/d\n    app: no.such:app\n"
    )
    said = repository.plan()
    assert said.code == 2
    assert "file=spaces.yml,line=12" in said.log  # the app that is none
    assert "other" in said.summary
    assert said.outputs["status"] == "failed"


def test_only_plans_those(repository: Repository) -> None:
    said = repository.plan(only="acme/b, *-none acme/c")
    assert said.code == 2
    assert "`*-none` fits no Space" in said.log
    rows = json.loads(repository.plan(only="acme/b\nacme/c").outputs["matrix"])["include"]
    assert [row["space"] for row in rows] == ["acme/b", "acme/c"]


def test_a_wrong_file_is_told_with_its_line(repository: Repository) -> None:
    repository.write("spaces.yml", "spaces:\n  - space: acme\n")
    said = repository.plan()
    assert said.code == 2
    assert "::error title=Configuration,file=spaces.yml,line=2::`space`: `acme` must be" in said.log


def test_without_a_space_no_other_mode_takes_a_fleet(repository: Repository) -> None:
    said = repository.plan(mode="deploy")
    assert said.code == 2
    assert "Only `mode: plan` of a `fleet` does without" in said.log


# --- one Space ------------------------------------------------------------------------------------


def test_a_space_of_the_fleet_is_planned_with_its_own_inputs(repository: Repository) -> None:
    repository.environment["FLEET_SECRETS"] = json.dumps(VALUES)
    said = repository.plan(space="acme/b", backend="nowhere", title="Kept")
    assert said.code == 2  # the backend that the workflow gives stands, as the file gives none
    assert "nowhere" in said.log
    said = repository.plan(space="acme/c", backend="nowhere")
    assert said.code == 0, said.log
    assert VALUES["GEMINI_API_KEY"] not in said.summary


def test_its_names_stand_for_its_own_values(repository: Repository) -> None:
    environ = repository.environ(space="ACME/b", secrets="FROM_THE_WORKFLOW")
    environ |= {"FLEET_SECRETS": json.dumps(VALUES), "DATABASE_URL": "of somebody else"}
    context = Context(workspace=str(repository.folder), environment=environ)
    inputs, its = apply_entry(environ, context, Workspace(repository.folder))
    settings = read_settings(inputs)
    assert (str(settings.space), settings.frontend) == ("acme/b", ())
    assert settings.secrets is not None
    assert settings.secrets.reveal() == "GEMINI_API_KEY\nDATABASE_URL"
    assert its.environment["DATABASE_URL"] == VALUES["DATABASE_URL_B"]


def test_a_space_that_the_file_lacks_is_refused(repository: Repository) -> None:
    said = repository.plan(space="acme/z")
    assert said.code == 2
    assert "`acme/z` is none of the Spaces in `spaces.yml`" in said.log


# --- what a run came to ---------------------------------------------------------------------------


def leave(repository: Repository, space: str, **facts: object) -> None:
    place = repository.folder / ".fleet-receipts" / f"fleet-{space.replace('/', '--')}"
    place.mkdir(parents=True, exist_ok=True)
    receipt = {"space": space, "status": "healthy", "exitCode": 0, **facts}
    (place / "receipt.json").write_text(json.dumps(receipt))


def test_what_is_left_becomes_the_next_matrix(repository: Repository) -> None:
    leave(repository, "acme/a")
    problem = {"exitCode": 6, "message": "Not <healthy>.", "hint": "Mend it."}
    leave(repository, "acme/b", status="rolled-back", exitCode=6, problems=[problem])
    said = repository.plan(receipts=".fleet-receipts")
    assert (said.code, said.outputs["status"]) == (6, "failed")
    assert said.outputs["repeat"] == "acme/b acme/c"
    rows = json.loads(said.outputs["matrix"])["include"]
    assert [row["space"] for row in rows] == ["acme/b", "acme/c"]
    assert (said.outputs["canary"], len(json.loads(said.outputs["waves"]))) == ("", 1)
    assert "`acme/b`: **Not \\<healthy\\>.** Mend it. (exit code 6)" in said.summary
    assert "| failed, put back | 1 |" in said.summary
    receipt = json.loads(Path(said.outputs["receipt"]).read_text())
    assert receipt["repeat"] == ["acme/b", "acme/c"]


def test_one_cause_of_many_spaces_is_one_point(repository: Repository) -> None:
    problem = {"exitCode": 4, "message": "The Hub is down.", "hint": ""}
    for name in "abc":
        leave(repository, f"acme/{name}", status="failed", exitCode=4, problems=[problem])
    summary = repository.plan(receipts=".fleet-receipts").summary
    assert "- `acme/a`, `acme/b`, `acme/c`: **The Hub is down.** (exit code 4)" in summary


def test_a_fleet_that_is_done_is_green(repository: Repository) -> None:
    for name in "abc":
        leave(repository, f"acme/{name}", status="unchanged")
    said = repository.plan(receipts=".fleet-receipts")
    assert (said.code, said.outputs["status"]) == (0, "unchanged")
    assert (said.outputs["repeat"], said.outputs["matrix"]) == ("", "")
    leave(repository, "acme/a")
    assert repository.plan(receipts=".fleet-receipts").outputs["status"] == "healthy"


def test_without_receipts_all_is_left_to_do(repository: Repository) -> None:
    shutil.rmtree(repository.folder / ".fleet-receipts", ignore_errors=True)
    said = repository.plan(receipts=".fleet-receipts")
    assert said.code == 4
    assert "3 of 3 Spaces left no receipt" in said.log
