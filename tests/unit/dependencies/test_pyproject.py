"""pyproject.toml, setup.cfg and setup.py, read without running anything."""

from __future__ import annotations

from tests.unit.dependencies.conftest import Failing, Installer

HEAD = '[project]\nname = "chat"\nversion = "1"\n'
NEEDS = f'{HEAD}dependencies = ["fastapi>=0.100", "uvicorn", "pytest"]\n'


def test_extras_and_groups_stay_behind(made: Installer) -> None:
    more = (
        '[project.optional-dependencies]\ndocs = ["mkdocs"]\n[dependency-groups]\ndev = ["ruff"]\n'
    )
    found = made({"backend/pyproject.toml": NEEDS + more})
    assert found.text == "fastapi>=0.100\nuvicorn\n"
    assert found.found.removed == ("pytest",)


def test_the_group_that_alone_names_the_framework_is_taken(made: Installer) -> None:
    groups = (
        '[dependency-groups]\nbase = ["httpx"]\n'
        'serve = ["fastapi", "uvicorn", {include-group = "base"}]\ndev = ["ruff"]\n'
    )
    found = made({"backend/pyproject.toml": f"{HEAD}dependencies = []\n{groups}"})
    assert found.text == "fastapi\nuvicorn\nhttpx\n"
    assert "group `serve` is installed, too" in found.notices


def test_dependencies_from_a_file_are_read_there(made: Installer) -> None:
    project = (
        f'{HEAD}dynamic = ["dependencies"]\n'
        '[tool.setuptools.dynamic]\ndependencies = {file = ["deps.txt"]}\n'
    )
    found = made(
        {"backend/pyproject.toml": project, "backend/deps.txt": "fastapi\nuvicorn\nruff\n"}
    )
    assert found.found.main == "backend/deps.txt"
    assert found.text == "fastapi\nuvicorn\n"


def test_uvs_sources_say_where_a_package_is_from(made: Installer) -> None:
    sources = (
        '[tool.uv.sources]\nuvicorn = { git = "https://github.com/me/uvicorn", rev = "0a1b" }\n'
        'pytest = { path = "libs/pytest" }\n'
    )
    found = made({"backend/pyproject.toml": NEEDS + sources})
    assert found.text == (
        "fastapi>=0.100\nuvicorn @ git+https://github.com/me/uvicorn@0a1b\n./libs/pytest\n"
    )


def test_an_index_of_uv_with_credentials_is_refused(failing: Failing) -> None:
    index = '[[tool.uv.index]]\nname = "x"\nurl = "https://me:hunter2@example.com/simple"\n'
    (problem,) = failing({"backend/pyproject.toml": NEEDS + index})
    assert str(problem.where) == "backend/pyproject.toml:7"
    assert "hunter2" not in str(problem)


def test_a_broken_file_is_refused_with_its_line(failing: Failing) -> None:
    (problem,) = failing({"backend/pyproject.toml": '[project]\nname = "x\n'})
    assert str(problem.where) == "backend/pyproject.toml:2"


def test_a_requirement_that_is_none_is_refused(failing: Failing) -> None:
    (problem,) = failing({"backend/pyproject.toml": f'{HEAD}dependencies = ["fastapi =! 3"]\n'})
    assert "can't be read" in problem.message


def test_setup_cfg_is_read(made: Installer) -> None:
    text = "[metadata]\nname = chat\n[options]\ninstall_requires =\n    fastapi\n    uvicorn>=0.3\n"
    assert made({"backend/setup.cfg": text}).text == "fastapi\nuvicorn>=0.3\n"


def test_setup_py_is_read_and_never_run(made: Installer) -> None:
    text = (
        "from setuptools import setup\nraise SystemExit(1)\n"
        "setup(name='chat', install_requires=['fastapi', 'uvicorn'])\n"
    )
    assert made({"backend/setup.py": text}).text == "fastapi\nuvicorn\n"


def test_setup_py_may_name_its_list(made: Installer) -> None:
    text = "REQUIRES = ['fastapi', 'uvicorn']\nsetup(name='x', install_requires=REQUIRES)\n"
    assert made({"backend/setup.py": text}).text == "fastapi\nuvicorn\n"
