"""Pipfile.lock, and a Pipfile that has none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.dependencies.conftest import HASH, Failing, Installer

PIPFILE = (
    '[[source]]\nname = "pypi"\nurl = "https://pypi.org/simple"\nverify_ssl = true\n\n'
    '[packages]\nfastapi = "*"\nuvicorn = {version = "==1.0", extras = ["standard"]}\n'
    'colorama = {version = "*", sys_platform = "== \'win32\'"}\nmock = "*"\n\n'
    '[dev-packages]\npytest = "*"\n\n[requires]\npython_version = "3.12"\n'
)
NAMES = ("fastapi", "uvicorn", "httptools", "colorama", "mock")


def lock(**changed: Any) -> str:
    default = {name: {"hashes": [HASH], "version": "==1.0"} for name in NAMES}
    default["colorama"]["markers"] = "sys_platform == 'win32'"
    meta = {
        "hash": {"sha256": "00"},
        "pipfile-spec": 6,
        "requires": {"python_version": "3.12"},
        "sources": [{"name": "pypi", "url": "https://pypi.org/simple", "verify_ssl": True}],
    }
    meta |= changed.pop("meta", {})
    develop = {"pytest": {"hashes": [HASH], "version": "==1.0"}}
    found = {"_meta": meta, "default": default | changed, "develop": develop}
    return json.dumps(found, indent=4)


def test_the_default_packages_are_locked(made: Installer) -> None:
    files = {"backend/Pipfile.lock": lock(), "backend/Pipfile": PIPFILE}
    found = made(files, python="3.12")
    assert found.text == "".join(
        f"{name}==1.0 \\\n    --hash={HASH}\n" for name in ("fastapi", "httptools", "uvicorn")
    )
    assert found.found.removed == ("mock",)
    assert "is for Python" not in found.notices


def test_a_test_package_that_only_another_package_brought_stays(made: Installer) -> None:
    files = {"backend/Pipfile.lock": lock(), "backend/Pipfile": PIPFILE.replace('mock = "*"\n', "")}
    assert "mock==1.0" in made(files).pins


def test_git_is_written_as_pip_takes_it(made: Installer) -> None:
    tools = {"git": "https://github.com/me/tools.git", "ref": "0a1b"}
    found = made({"backend/Pipfile.lock": lock(tools=tools)})
    assert "tools @ git+https://github.com/me/tools.git@0a1b\n" in found.text


@pytest.mark.parametrize(
    "url", ["https://${USER}:${TOKEN}@nexus.example.com/simple", "https://me:hunter2@example.com/"]
)
def test_a_source_with_credentials_is_refused(failing: Failing, url: str) -> None:
    meta = {"sources": [{"name": "nexus", "url": url}]}
    tools = {"version": "==1.0", "index": "nexus", "hashes": [HASH]}
    (problem,) = failing({"backend/Pipfile.lock": lock(meta=meta, tools=tools)})
    assert "`tools`" in problem.message
    assert "hunter2" not in str(problem)
    assert problem.where
    assert problem.where.line


def test_a_package_of_the_pipfile_that_the_lock_lacks_is_named(failing: Failing) -> None:
    files = {
        "backend/Pipfile.lock": lock(),
        "backend/Pipfile": f'{PIPFILE}[packages.httpx]\nversion="*"\n',
    }
    (problem,) = failing(files)
    assert "`httpx` is missing from backend/Pipfile.lock" in problem.message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{\n"_meta": {"pipfile-spec": 7}}', "backend/Pipfile.lock:2"),
        ('{\n"_meta": ', "backend/Pipfile.lock:2"),
        ("[]", "backend/Pipfile.lock:1"),
        ("[" * 100_000, "backend/Pipfile.lock"),
    ],
)
def test_a_broken_lock_is_refused_with_its_line(failing: Failing, text: str, place: str) -> None:
    (problem,) = failing({"backend/Pipfile.lock": text})
    assert str(problem.where) == place


def test_a_pipfile_alone_becomes_requirements(made: Installer) -> None:
    found = made({"backend/Pipfile": PIPFILE})
    assert found.text == "fastapi\nuvicorn[standard]==1.0\ncolorama ; sys_platform == 'win32'\n"
    assert found.found.removed == ("mock",)
    assert not found.found.locked
