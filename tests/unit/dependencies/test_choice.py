"""Which of several manifests is taken, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.adapters.disk import Workspace
from deployer.dependencies.manifest import OwnInstall, find_manifest, install
from tests.unit.bundle.conftest import write
from tests.unit.dependencies.conftest import Failing, Installer
from tests.unit.dependencies.test_uv_lock import BASE, lock, needs

FULL = "fastapi\nuvicorn\n"
LOCK = lock(*BASE, needs=needs("fastapi", "uvicorn"))
CONDA = "dependencies:\n- pip: [fastapi]\n"
PROJECT = '[project]\nname = "chat"\ndependencies = ["fastapi", "uvicorn"]\n'


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        ({"requirements.txt": FULL, "uv.lock": LOCK}, "requirements.txt"),
        ({"requirements.txt": "httpx\n", "uv.lock": LOCK}, "uv.lock"),
        ({"requirements.txt": "# none yet\n", "pyproject.toml": PROJECT}, "pyproject.toml"),
        ({"requirements.txt": "", "requirements-prod.txt": FULL}, "requirements-prod.txt"),
        ({"uv.lock": LOCK, "pyproject.toml": PROJECT}, "uv.lock"),
        ({"requirements.in": FULL, "uv.lock": LOCK}, "uv.lock"),
        ({"requirements.in": FULL}, "requirements.in"),
        ({"requirements_api.txt": FULL, "requirements-dev.txt": FULL}, "requirements_api.txt"),
        ({"requirements/api.txt": FULL, "requirements/test.txt": FULL}, "requirements/api.txt"),
        ({"requirements-linux.txt": FULL, "poetry.lock": "", "uv.lock": LOCK}, "uv.lock"),
        ({"Requirements.TXT": FULL}, "Requirements.TXT"),
        ({"requirements.txt": "fastapi-users\n", "Pipfile": ""}, "requirements.txt"),
        ({"pyproject.toml": "[tool.ruff]\n", "environment.yml": CONDA}, "environment.yml"),
    ],
)
def test_the_first_that_names_the_framework_is_taken(
    made: Installer, files: dict[str, str], taken: str
) -> None:
    found = made({f"backend/{name}": text for name, text in files.items()}).found
    assert found.manifest == f"backend/{taken}"


def test_the_reason_names_what_was_passed_over(made: Installer) -> None:
    found = made({"backend/requirements.txt": "httpx\n", "backend/uv.lock": LOCK})
    assert found.found.reason == "the first that names fastapi; `backend/requirements.txt` does not"
    assert f"The Space installs from `backend/uv.lock`: {found.found.reason}." in found.notices


@pytest.mark.parametrize(
    "files",
    [
        {"backend/requirements.txt": "fastapi\n", "requirements.txt": FULL},
        {"backend/requirements.txt": "httpx\n", "requirements.txt": "pandas\n"},
    ],
)
def test_the_backends_own_comes_before_the_roots(made: Installer, files: dict[str, str]) -> None:
    assert made(files).found.manifest == "backend/requirements.txt"


@pytest.mark.parametrize(
    ("name", "text"), [("uv.lock", LOCK), ("pyproject.toml", PROJECT), ("requirements.txt", FULL)]
)
def test_the_roots_is_taken_where_the_backend_has_none(
    made: Installer, name: str, text: str
) -> None:
    found = made({name: text})
    assert found.found.manifest == name
    assert found.found.main == "backend/requirements.txt"


def test_a_framework_that_is_not_fastapi_is_looked_for_by_its_import(
    made: Installer,
) -> None:
    files = {"backend/requirements.txt": "httpx\n", "backend/requirements-prod.txt": "litestar\n"}
    assert made(files, "litestar").found.manifest == "backend/requirements-prod.txt"


def test_a_package_by_its_folder_counts_with_what_it_asks_for(made: Installer) -> None:
    files = {
        "backend/requirements.txt": "-e .\n",
        "backend/pyproject.toml": PROJECT,
        "requirements.txt": FULL,
    }
    assert made(files).found.manifest == "backend/requirements.txt"


def test_a_broken_lock_is_not_passed_over_in_silence(failing: Failing) -> None:
    files = {"backend/uv.lock": "version =", "backend/pyproject.toml": PROJECT}
    assert "backend/uv.lock" in str(failing(files)[0])


def test_condas_refusal_counts_only_where_nothing_else_is_there(made: Installer) -> None:
    files = {"backend/environment.yml": "dependencies: [fastapi]\n", "requirements.txt": FULL}
    assert made(files).found.manifest == "requirements.txt"


def test_nothing_at_all_is_refused(failing: Failing) -> None:
    (problem,) = failing({"backend/main.py": ""})
    assert "declares no dependencies" in problem.message


@pytest.mark.parametrize(
    "command",
    [
        "uv sync --frozen --no-dev",
        "pip install uv && uv sync",
        "poetry install --only main",
        "pip install poetry && poetry config virtualenvs.create false && poetry install --no-root",
        "pip install --no-cache-dir .",
        "pip install '.[prod]'",
        "pipenv install --system --deploy",
        "conda env create -f environment.yml",
    ],
)
def test_a_dockerfile_that_installs_the_project_itself_needs_nothing_made(
    tmp_path: Path, command: str
) -> None:
    write(tmp_path, {"backend/requirements.txt": FULL, "backend/uv.lock": LOCK})
    own = OwnInstall(copied=["pyproject.toml"], commands=[command])
    chosen = find_manifest(Workspace(tmp_path), "backend", frozenset(), own)
    assert chosen is None or install(chosen, "3.11").files == {}


def test_what_a_dockerfile_installs_itself_is_told_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, {"backend/requirements.txt": FULL, "backend/uv.lock": LOCK})
    own = OwnInstall(commands=["uv sync --frozen"])
    chosen = find_manifest(Workspace(tmp_path), "backend", frozenset(), own)
    assert chosen is not None
    found = install(chosen, "3.11")
    assert (found.manifest, found.kind, found.locked) == ("backend/uv.lock", "uv.lock", True)
    assert found.names == {"click", "fastapi", "uvicorn"}
    assert found.notices == ()


def test_what_a_dockerfile_copies_from_the_root_stays_there(tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": f"{FULL}pytest\n"})
    own = OwnInstall(copied=["requirements.txt"], commands=["pip install -r requirements.txt"])
    chosen = find_manifest(Workspace(tmp_path), "backend", frozenset(), own)
    assert chosen is not None
    assert install(chosen, "3.11").files == {"requirements.txt": FULL.encode()}


def test_what_a_dockerfile_copies_is_what_it_installs(tmp_path: Path) -> None:
    write(tmp_path, {"backend/requirements.txt": FULL, "backend/requirements-api.txt": FULL})
    own = OwnInstall(copied=["./requirements-api.txt"], commands=["pip install -r x"])
    chosen = find_manifest(Workspace(tmp_path), "backend", frozenset(), own)
    assert chosen is not None
    assert chosen.manifest.path == "backend/requirements-api.txt"


def test_a_manifest_of_starlette_alone_is_passed_over_by_an_app_of_fastapi(
    made: Installer,
) -> None:
    files = {"backend/requirements.txt": "starlette\n", "backend/uv.lock": LOCK}
    assert made(files, "fastapi", "starlette").found.manifest == "backend/uv.lock"


def test_what_is_missing_belongs_into_the_file_that_a_lock_is_made_from(made: Installer) -> None:
    assert made({"backend/uv.lock": LOCK}).found.declared_in == "backend/pyproject.toml"
    assert made({"backend/requirements.txt": FULL}).found.declared_in == "backend/requirements.txt"


def test_a_manifest_that_is_passed_over_is_named_once(made: Installer) -> None:
    found = made({"backend/requirements.txt": "httpx\n", "backend/uv.lock": LOCK}).found
    assert found.reason == "the first that names fastapi; `backend/requirements.txt` does not"
