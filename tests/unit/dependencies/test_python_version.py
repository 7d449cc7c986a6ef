"""The Python of the Space, from what the manifest and the files beside it say."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.adapters.disk import Workspace
from deployer.dependencies import requirements
from deployer.dependencies.python_version import find_python
from tests.unit.bundle.conftest import write


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        (">=3.13", "3.13"),
        (">=3.9,<3.11", "3.10"),
        (">=3.9,<3.9.7||>3.9.7,<3.10", "3.9"),
        ("==3.12.*", "3.12"),
        ("no specifier", "3.11"),
        ("", "3.11"),
    ],
)
def test_the_manifest_says_which_python_it_is_for(
    tmp_path: Path, wanted: str, version: str
) -> None:
    found = find_python(
        Workspace(tmp_path), "backend", (), given=None, syntax=(3, 8), wanted=wanted
    )
    assert found.version == version


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({"backend/.python-version": "3.12.4\n"}, "3.12"),
        ({"backend/.python-version": "cpython-3.13\n"}, "3.13"),
        ({".python-version": "3.12\n"}, "3.12"),
        ({".python-version": "3.12\n", "backend/runtime.txt": "python-3.10.4"}, "3.10"),
        ({".tool-versions": "nodejs 20.1\npython 3.12.1\n"}, "3.12"),
        ({"backend/pyproject.toml": '[tool.poetry.dependencies]\npython = "~3.12"\n'}, "3.12"),
        ({"backend/pyproject.toml": '[project]\nrequires-python = ">=3.13"\n'}, "3.13"),
    ],
)
def test_the_nearest_file_wins(tmp_path: Path, files: dict[str, str], version: str) -> None:
    write(tmp_path, files)
    found = find_python(Workspace(tmp_path), "backend", (), given=None, syntax=(3, 8))
    assert found.version == version


def test_a_manifest_above_the_backend_wins_where_its_project_disagrees(tmp_path: Path) -> None:
    write(tmp_path, {"backend/pyproject.toml": '[project]\nrequires-python = ">=3.12"\n'})
    found = find_python(
        Workspace(tmp_path), "backend", (), given=None, syntax=(3, 8), wanted="==3.10.*"
    )
    assert found.version == "3.10"


def test_no_requirement_may_drop_out_by_its_marker(tmp_path: Path) -> None:
    asked = requirements.parse('fastapi ; python_version >= "3.12"\nuvicorn\n')
    found = find_python(Workspace(tmp_path), "backend", asked, given=None, syntax=(3, 8))
    assert found.version == "3.12"
