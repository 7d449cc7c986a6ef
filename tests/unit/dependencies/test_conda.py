"""environment.yml: pip's part counts, conda's does not reach a Space."""

from __future__ import annotations

import pytest

from tests.unit.dependencies.conftest import Failing, Installer

ENVIRONMENT = (
    "name: chat\ndependencies:\n  - python=3.12\n  - pip\n{conda}  - pip:\n      - fastapi>=0.1\n"
    "      - uvicorn\n      - pytest\n"
)


def environment(*conda: str) -> str:
    return ENVIRONMENT.format(conda="".join(f"  - {name}\n" for name in conda))


@pytest.mark.parametrize("name", ["environment.yml", "environment.yaml"])
def test_the_pip_part_becomes_requirements(made: Installer, name: str) -> None:
    found = made({f"backend/{name}": environment()}, python="3.12")
    assert found.text == "fastapi>=0.1\nuvicorn\n"
    assert "is for Python" not in found.notices


def test_a_conda_package_that_the_app_imports_is_refused_by_name(failing: Failing) -> None:
    text = environment("numpy=1.26", "conda-forge::pytorch>=2", "nodejs")
    (problem,) = failing({"backend/environment.yml": text}, "numpy", "torch")
    assert str(problem.where) == "backend/environment.yml:5"
    assert "`numpy`, `pytorch`" in problem.message
    assert "`pip:`" in problem.hint


def test_a_conda_package_that_the_app_does_not_import_is_left_and_said(made: Installer) -> None:
    found = made({"backend/environment.yml": environment("nodejs", "numpy=1.26")})
    assert "not installed: nodejs, numpy" in found.notices


@pytest.mark.parametrize("text", ["dependencies: [", "- a\n- b\n", "\t", "a: &a [*a]\n*"])
def test_a_broken_file_is_refused(failing: Failing, text: str) -> None:
    (problem,) = failing({"backend/environment.yml": text})
    assert problem.where
    assert problem.where.file == "backend/environment.yml"


def test_what_pip_installs_as_well_is_no_reason_to_refuse(made: Installer) -> None:
    text = environment("numpy=1.26").replace("- uvicorn", "- numpy==1.26\n      - uvicorn")
    found = made({"backend/environment.yml": text}, "numpy")
    assert "numpy==1.26\n" in found.text
