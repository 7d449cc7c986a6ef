"""What must not reach a Space."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from deployer.errors import Exit, Problem
from tests.unit.bundle.conftest import APP, MINIMAL, Planner, write

Refusal = Callable[..., tuple[Problem, ...]]

# Made up, and put together here so that no scanner takes this file for a leak.
BODY = "q7Zt3Vb9Xk2Lm5Rn8Ws4Yd6Gh1Jf0PcAeUo"
TOKENS = [
    "hf_" + BODY[:34],
    "ghp_" + BODY + "9",
    "AKIA" + "Q7ZT3VB9XK2LM5RN",
    "AIza" + BODY[:35],
    "sk-" + BODY + BODY[:10],
    "sk-proj-" + BODY + "_" + BODY[:10],
    "gsk_" + BODY + BODY[:16],
    "eyJ" + BODY[:20] + ".eyJ" + BODY[:25] + "." + BODY,
    "postgresql://neondb_owner:" + BODY[:16] + "@ep-cool-sun-1.eu-central-1.aws.neon.tech/db",
    "-----BEGIN PRIVATE KEY-----\n" + BODY + BODY + "\n-----END PRIVATE KEY-----",
    '"-----BEGIN RSA PRIVATE KEY-----\\n' + BODY + BODY + '"',
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_credential_is_refused_with_its_line_and_never_shown(
    refused: Refusal, token: str
) -> None:
    (problem,) = refused({**MINIMAL, "backend/notes.txt": f"one\ntwo {token}\n"})
    assert problem.exit is Exit.BUNDLE
    assert str(problem.where) == "backend/notes.txt:2"
    assert token[8:16] not in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        "HF_TOKEN=hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "OPENAI_API_KEY=sk-your-openai-api-key-goes-here-please",
        "postgresql://user:password@localhost:5432/db",
        "postgresql://postgres:s3cr3tQ@db:5432/app",
        "postgresql://user:password@ep-cool.neon.tech/db",
        "postgresql://{user}:{password}@{host}/db",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkoifQ.SflKxwRJSMeKKF2QT4fw",
        "if key.startswith('-----BEGIN PRIVATE KEY-----'):",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_examples_and_look_alikes_ship(plan: Planner, text: str) -> None:
    assert ".env.example" in plan({**MINIMAL, "backend/.env.example": text}).paths


def test_a_credential_in_a_file_that_stays_behind_is_none_of_our_business(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/.env": TOKENS[0]})
    assert "backend/.env: `backend/.env` is left out" in found.notices
    assert TOKENS[0] not in found.notices


def test_a_pointer_of_git_lfs_is_refused(refused: Refusal) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 3\n"
    (problem,) = refused({**MINIMAL, "backend/index.faiss": pointer})
    assert "lfs: true" in problem.hint


@pytest.mark.parametrize("target", ["../secret.txt", "/etc/passwd"])
def test_a_link_that_leaves_the_backend_is_refused(
    refused: Refusal, tmp_path: Path, target: str
) -> None:
    write(tmp_path, {"secret.txt": "x", **MINIMAL})
    (tmp_path / "backend/link").symlink_to(target)
    (problem,) = refused({})
    assert "leaves the folder `backend`" in problem.message
    assert str(problem.where) == "backend/link"


def test_links_inside_the_backend_ship_as_what_they_point_to(plan: Planner, tmp_path: Path) -> None:
    write(tmp_path, {"backend/data/x.csv": "1,2"})
    (tmp_path / "backend/copy.csv").symlink_to("data/x.csv")
    (tmp_path / "backend/more").symlink_to("data")
    found = plan(MINIMAL)
    assert found.text("copy.csv") == "1,2"
    assert found.text("more/x.csv") == "1,2"


def test_a_left_out_link_is_no_problem(plan: Planner, tmp_path: Path) -> None:
    (tmp_path / "backend/venv/bin").mkdir(parents=True)
    (tmp_path / "backend/venv/bin/python").symlink_to("/usr/bin/python3")
    plan(MINIMAL)


def test_a_link_to_nothing_is_said_and_stays_behind(plan: Planner, tmp_path: Path) -> None:
    write(tmp_path, MINIMAL)
    (tmp_path / "backend/old.csv").symlink_to("gone.csv")
    found = plan({})
    assert "backend/old.csv: The link `backend/old.csv` points to nothing" in found.notices
    assert "old.csv" not in found.paths


@pytest.mark.parametrize("name", ["new\nline.txt", "back\\slash.txt", "bell\a.txt"])
def test_a_name_that_no_space_can_hold_is_refused(refused: Refusal, name: str) -> None:
    (problem,) = refused({**MINIMAL, f"backend/{name}": "x"})
    assert repr(name) in problem.message


def test_a_large_file_is_said(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/model.bin": b"\0" * (11 * 1024 * 1024)})
    assert "backend/model.bin: `model.bin` has 11.0 MB" in found.notices


def test_every_problem_is_told_at_once(refused: Refusal) -> None:
    files = {
        "backend/main.py": f"import broken\n{APP}",
        "backend/broken.py": "def (:\n",
        "backend/notes.txt": TOKENS[0],
    }
    places = {str(problem.where) for problem in refused(files)}
    assert places == {
        "backend/broken.py:1",
        "backend/notes.txt:1",
        "backend/requirements.txt",
    }


# --- the folder -----------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["../other", "/etc", "nowhere", "backend/main.py"])
def test_a_wrong_backend_folder_is_refused(refused: Refusal, folder: str) -> None:
    (problem,) = refused(MINIMAL, folder=folder, folder_given=True)
    assert problem.exit is Exit.CONFIGURATION
    assert str(problem.where) == "input `backend`"


@pytest.mark.parametrize("folder", ["./services/api/", "services/api"])
def test_any_spelling_of_a_folder_is_read(plan: Planner, folder: str) -> None:
    files = {"services/api/main.py": APP, "services/api/requirements.txt": "fastapi\nuvicorn\n"}
    found = plan(files, folder=folder, folder_given=True)
    assert found.backend.folder == "services/api"
    assert "main.py" in found.paths


def test_the_workspace_itself_may_be_the_backend(plan: Planner) -> None:
    found = plan(
        {"main.py": APP, "requirements.txt": "fastapi\nuvicorn\n"}, folder=".", folder_given=True
    )
    assert {"main.py", "requirements.txt", "Dockerfile", "README.md"} == found.paths


def test_a_backend_elsewhere_is_found(plan: Planner) -> None:
    files = {
        "server/app/main.py": f"from app.x import y\n{APP}",
        "server/app/x.py": "y = 1\n",
        "server/requirements.txt": "fastapi\nuvicorn\n",
        "frontend/package.json": "{}",
        ".tools/templates/main.py": APP,
    }
    assert plan(files).backend.folder == "server"


def test_a_backend_in_another_language_does_not_hide_the_one_in_python(plan: Planner) -> None:
    files = {
        "backend/index.js": "",
        "service/main.py": APP,
        "service/requirements.txt": "fastapi\nuvicorn\n",
    }
    assert plan(files).backend.folder == "service"


def test_several_backends_are_listed(refused: Refusal) -> None:
    files = {
        f"{name}/{file}": text
        for name in ("a", "b")
        for file, text in (("main.py", APP), ("requirements.txt", "x"))
    }
    (problem,) = refused(files)
    assert problem.exit is Exit.CONFIGURATION
    assert "`a`, `b`" in problem.message


def test_packages_get_the_init_files_they_lack(plan: Planner) -> None:
    found = plan(
        {
            "backend/requirements.txt": "fastapi\nuvicorn\nalembic\n",
            "backend/app/main.py": (
                f"from app.core.config import x\nfrom alembic.config import Config\n{APP}"
            ),
            "backend/app/core/config.py": "x = 1\n",
            "backend/app/models/schemas.py": "",
            "backend/alembic/env.py": "",
            "backend/scripts/x.py": "",
        }
    )
    made = {path for path in found.paths if path.endswith("__init__.py")}
    assert made == {"app/__init__.py", "app/core/__init__.py", "app/models/__init__.py"}
