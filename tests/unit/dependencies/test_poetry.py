"""poetry.lock of every version, and Poetry's tables without a lock."""

from __future__ import annotations

import pytest

from deployer.dependencies import poetry_versions
from tests.unit.dependencies.conftest import HASH, OTHER, Failing, Installer

PROJECT = (
    '[tool.poetry]\nname = "chat"\n\n[tool.poetry.dependencies]\npython = "^3.10"\n'
    'fastapi = "^1.0"\nuvicorn = {version = "^1.0", extras = ["standard"]}\n'
    'pytest = "^1.0"\nredis = {version = "^1", optional = true}\n\n'
    '[tool.poetry.group.dev.dependencies]\nipython = "*"\n'
)
ALL = f'{{file = "x.whl", hash = "{HASH}"}}, {{file = "x.tar.gz", hash = "{OTHER}"}}'
FILES = f"files = [{ALL}]\n"
NAMES = ("fastapi", "uvicorn", "httptools", "pytest", "pluggy", "redis", "ipython", "colorama")
DETAILS = {
    "uvicorn": (
        '[package.dependencies]\nhttptools = {version = ">=0.5", optional = true, markers ='
        ' "extra == \\"standard\\""}\n'
        'colorama = {version = ">=0.4", markers = "sys_platform == \\"win32\\""}\n'
        '[package.extras]\nstandard = ["httptools (>=0.5)"]\n'
    ),
    "pytest": '[package.dependencies]\npluggy = ">=0.5,<2"\n',
}


def lock(version: str, *, more: str = "", **changed: str) -> str:
    """A lock in the form that Poetry wrote in its time."""
    parts = []
    for name in NAMES:
        dev = name == "ipython"
        rows = [f'name = "{name}"', 'version = "1.0"', "optional = false"]
        if version == "1.1":
            rows.append(f'category = "{"dev" if dev else "main"}"')
        if version == "2.1":
            rows.append(f'groups = ["{"dev" if dev else "main"}"]')
        table = "" if version == "1.1" else FILES
        parts.append(
            "\n".join(["[[package]]", *rows, table + changed.get(name, DETAILS.get(name, ""))])
        )
    files = "".join(f"{name} = [{ALL}]\n" for name in NAMES)
    end = f'[metadata]\nlock-version = "{version}"\npython-versions = "^3.10"\n'
    return "\n".join(
        [*parts, more, end + (f"[metadata.files]\n{files}" if version == "1.1" else "")]
    )


@pytest.mark.parametrize("version", ["1.1", "2.0", "2.1"])
def test_the_main_part_of_every_version_is_locked(made: Installer, version: str) -> None:
    found = made({"backend/poetry.lock": lock(version), "backend/pyproject.toml": PROJECT})
    block = f" \\\n    --hash={HASH} \\\n    --hash={OTHER}\n"
    assert found.text == f"fastapi==1.0{block}httptools==1.0{block}uvicorn==1.0{block}"
    assert found.found.removed == ("pytest",)
    assert found.found.locked


def test_a_standard_project_table_tells_the_roots_as_well(made: Installer) -> None:
    project = '[project]\nname = "chat"\ndependencies = ["fastapi (>=1.0,<2.0)", "uvicorn"]\n'
    found = made({"backend/poetry.lock": lock("2.1"), "backend/pyproject.toml": project})
    assert found.pins == ["fastapi==1.0", "uvicorn==1.0"]


@pytest.mark.parametrize("version", ["1.1", "2.1"])
def test_without_its_project_the_lock_says_what_is_main(made: Installer, version: str) -> None:
    found = made({"backend/poetry.lock": lock(version)})
    assert "fastapi==1.0" in found.pins
    assert "ipython" not in found.text


def test_a_lock_that_tells_nothing_alone_is_refused(failing: Failing) -> None:
    (problem,) = failing({"backend/poetry.lock": lock("2.0")})
    assert "without its pyproject.toml" in problem.message


def test_a_dependency_that_the_lock_lacks_is_named_with_its_line(failing: Failing) -> None:
    project = PROJECT.replace("redis =", 'httpx = "*"\nredis =')
    (problem,) = failing({"backend/poetry.lock": lock("2.0"), "backend/pyproject.toml": project})
    assert str(problem.where) == "backend/pyproject.toml:9"
    assert "poetry lock" in problem.hint


def test_an_unknown_version_is_refused(failing: Failing) -> None:
    (problem,) = failing({"backend/poetry.lock": '[metadata]\nlock-version = "7.0"\n'})
    assert str(problem).startswith("backend/poetry.lock:2: Version '7.0'")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (
            'type = "git"\nurl = "https://github.com/me/tools.git"\nresolved_reference = "0a1b"\n',
            "tools @ git+https://github.com/me/tools.git@0a1b\n",
        ),
        (
            'type = "url"\nurl = "https://example.com/tools.whl"\n',
            "tools @ https://example.com/tools.whl",
        ),
        ('type = "legacy"\nurl = "https://packages.example.com/simple"\n', "tools==1.0"),
    ],
)
def test_other_sources_are_written_as_pip_takes_them(
    made: Installer, source: str, line: str
) -> None:
    more = f'[[package]]\nname = "tools"\nversion = "1.0"\n{FILES}[package.source]\n{source}'
    project = PROJECT.replace("redis =", 'tools = "*"\nredis =')
    found = made({"backend/poetry.lock": lock("2.0", more=more), "backend/pyproject.toml": project})
    assert line in found.text


def test_a_folder_outside_of_the_backend_is_refused(failing: Failing) -> None:
    source = '[package.source]\ntype = "directory"\nurl = "../common"\n'
    more = f'[[package]]\nname = "shared"\nversion = "1.0"\n{source}'
    project = PROJECT.replace("redis =", 'shared = {path = "../common"}\nredis =')
    (problem,) = failing(
        {"backend/poetry.lock": lock("2.0", more=more), "backend/pyproject.toml": project}
    )
    assert "`../common`" in problem.message


def test_tables_without_a_lock_become_requirements(made: Installer) -> None:
    project = (
        '[tool.poetry.dependencies]\npython = "^3.10"\nfastapi = "^0.115"\n'
        'uvicorn = {extras = ["standard"], version = "~0.30"}\nhttpx = "*"\n'
        'tomli = {version = "^2", python = "<3.11"}\n'
        'tools = {git = "https://github.com/me/tools.git", tag = "v1"}\n'
        'wheel = {url = "https://example.com/wheel-1.whl"}\n'
        'redis = {version = "1", optional = true}\n'
        'pandas = [{version = "^1", python = "<3.9"}, {version = "^2", platform = "linux"}]\n'
        '[tool.poetry.dev-dependencies]\npytest = "*"\n'
    )
    assert made({"backend/pyproject.toml": project}).text == (
        "fastapi>=0.115,<0.116\n"
        "uvicorn[standard]>=0.30,<0.31\n"
        "httpx\n"
        'tomli>=2,<3 ; (python_full_version < "3.11")\n'
        "tools @ git+https://github.com/me/tools.git@v1\n"
        "wheel @ https://example.com/wheel-1.whl\n"
        'pandas>=1,<2 ; (python_full_version < "3.9")\n'
        'pandas>=2,<3 ; sys_platform == "linux"\n'
    )


@pytest.mark.parametrize(
    ("constraint", "specifiers"),
    [
        ("^1.2.3", [">=1.2.3,<2"]),
        ("^0.2.3", [">=0.2.3,<0.3"]),
        ("^0.0.3", [">=0.0.3,<0.0.4"]),
        ("^0.0", [">=0.0,<0.1"]),
        ("^0", [">=0,<1"]),
        ("~1.2.3", [">=1.2.3,<1.3"]),
        ("~1.2", [">=1.2,<1.3"]),
        ("~1", [">=1,<2"]),
        ("~=1.4", ["~=1.4"]),
        ("1.2.*", ["==1.2.*"]),
        ("1.2", ["==1.2"]),
        ("*", [""]),
        (">= 1.2, < 1.5", [">=1.2,<1.5"]),
        (">=3.9,<3.9.7 || >3.9.7,<4.0", [">=3.9,<3.9.7", ">3.9.7,<4.0"]),
    ],
)
def test_constraints_are_read_as_poetry_reads_them(constraint: str, specifiers: list[str]) -> None:
    assert poetry_versions.alternatives(constraint) == specifiers
