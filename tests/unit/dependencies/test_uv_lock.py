"""uv.lock becomes pinned, hashed requirements for the Space."""

from __future__ import annotations

import pytest

from tests.unit.dependencies.conftest import HASH, OTHER, Failing, Installer

DEFAULT = 'registry = "https://pypi.org/simple"'
INDEX = "https://packages.example.com/simple"
PROJECT = '[project]\nname = "chat"\nversion = "1"\ndependencies = ["fastapi", "uvicorn"]\n'


def package(name: str, version: str = "1.0", source: str = "", **more: str) -> str:
    lines = [f"{key.replace('_', '-')} = {value}" for key, value in more.items()]
    return "\n".join(
        [
            "[[package]]",
            f'name = "{name}"',
            f'version = "{version}"',
            f"source = {{ {source or DEFAULT} }}",
            *lines,
            f'sdist = {{ url = "https://files.example/{name}.tar.gz", hash = "{OTHER}" }}',
            f'wheels = [{{ url = "https://files.example/{name}.whl", hash = "{HASH}" }}]\n',
        ]
    )


def lock(*packages: str, needs: str, python: str = ">=3.10") -> str:
    head = f'version = 1\nrevision = 3\nrequires-python = "{python}"\n\n'
    root = f'[[package]]\nname = "chat"\nversion = "1"\nsource = {{ virtual = "." }}\n{needs}\n'
    return head + "\n".join([*packages, root])


def needs(*names: str) -> str:
    tables = ", ".join(f'{{ name = "{name}" }}' for name in names)
    return f"dependencies = [{tables}]\n"


UVICORN = package("uvicorn", dependencies='[{ name = "click" }]')
BASE = (package("fastapi"), UVICORN, package("click"))


def test_every_reached_package_is_pinned_with_all_its_hashes(made: Installer) -> None:
    files = {"backend/uv.lock": lock(*BASE, package("alone"), needs=needs("fastapi", "uvicorn"))}
    found = made({**files, "backend/pyproject.toml": PROJECT})
    block = f" \\\n    --hash={HASH} \\\n    --hash={OTHER}\n"
    assert found.text == f"click==1.0{block}fastapi==1.0{block}uvicorn==1.0{block}"
    assert found.found.locked
    assert (found.found.kind, found.found.manifest) == ("uv.lock", "backend/uv.lock")


def test_development_groups_stay_behind(made: Installer) -> None:
    dev = '\n[package.dev-dependencies]\ndev = [{ name = "ipython" }]\n'
    text = lock(*BASE, package("ipython"), needs=needs("fastapi", "uvicorn") + dev)
    assert "ipython" not in made({"backend/uv.lock": text}).text


def test_a_test_package_goes_with_what_only_it_needs(made: Installer) -> None:
    pytest_ = package("pytest", dependencies='[{ name = "pluggy" }, { name = "click" }]')
    packages = (*BASE, pytest_, package("pluggy"))
    text = lock(*packages, needs=needs("fastapi", "uvicorn", "pytest"))
    found = made({"backend/uv.lock": text})
    assert found.pins == ["click==1.0", "fastapi==1.0", "uvicorn==1.0"]
    assert found.found.removed == ("pytest",)


def test_a_test_package_that_a_runtime_package_needs_stays(made: Installer) -> None:
    datasets = package("datasets", dependencies='[{ name = "responses" }]')
    packages = (*BASE, datasets, package("responses"))
    text = lock(*packages, needs=needs("fastapi", "uvicorn", "datasets", "responses"))
    found = made({"backend/uv.lock": text})
    assert "responses==1.0" in found.pins
    assert found.found.removed == ()


@pytest.mark.parametrize(("python", "version"), [("3.10", "1.0"), ("3.11", "2.0")])
def test_a_fork_is_resolved_for_the_python_of_the_space(
    made: Installer, python: str, version: str
) -> None:
    old, new = "python_full_version < '3.11'", "python_full_version >= '3.11'"
    forks = (
        package("numpy", "1.0", resolution_markers=f'["{old}"]'),
        package("numpy", "2.0", resolution_markers=f'["{new}"]'),
    )
    told = (
        'dependencies = [{ name = "fastapi" }, { name = "uvicorn" },'
        f' {{ name = "numpy", version = "1.0", marker = "{old}" }},'
        f' {{ name = "numpy", version = "2.0", marker = "{new}" }}]\n'
    )
    found = made({"backend/uv.lock": lock(*BASE, *forks, needs=told)}, python=python)
    assert [pin for pin in found.pins if "numpy" in pin] == [f"numpy=={version}"]


def test_what_only_windows_needs_is_not_installed(made: Installer) -> None:
    click = package("click", dependencies='[{ name = "colorama", marker = "os_name == \'nt\'" }]')
    packages = (package("fastapi"), UVICORN, click, package("colorama"))
    found = made({"backend/uv.lock": lock(*packages, needs=needs("fastapi", "uvicorn"))})
    assert "colorama" not in found.text


def test_an_extra_brings_what_it_needs(made: Installer) -> None:
    server = package("uvicorn") + (
        '\n[package.optional-dependencies]\nstandard = [{ name = "httptools" }]\n'
    )
    told = 'dependencies = [{ name = "fastapi" }, { name = "uvicorn", extra = ["standard"] }]\n'
    text = lock(package("fastapi"), server, package("httptools"), needs=told)
    assert "httptools==1.0" in made({"backend/uv.lock": text}).pins
    without = lock(
        package("fastapi"), server, package("httptools"), needs=needs("uvicorn", "fastapi")
    )
    assert "httptools" not in made({"backend/uv.lock": without}).text


def test_a_git_source_unlocks_the_hashes_and_says_so(made: Installer) -> None:
    git = package(
        "tools", source='git = "https://github.com/me/tools?rev=main&subdirectory=py#0a1b"'
    )
    text = lock(*BASE, git, needs=needs("fastapi", "uvicorn", "tools"))
    found = made({"backend/uv.lock": text})
    assert "tools @ git+https://github.com/me/tools@0a1b#subdirectory=py\n" in found.text
    assert "--hash" not in found.text
    assert "without checking hashes: `tools` comes from git" in found.notices


def test_a_public_index_beside_the_default_one_is_kept(made: Installer) -> None:
    torch = package("torch", "2.0+cpu", source=f'registry = "{INDEX}"')
    text = lock(*BASE, torch, needs=needs("fastapi", "uvicorn", "torch"))
    found = made({"backend/uv.lock": text})
    assert found.text.startswith(f"--extra-index-url {INDEX}\n")
    assert "torch==2.0+cpu \\" in found.text


def test_an_index_that_the_project_calls_guarded_is_refused(failing: Failing) -> None:
    tools = package("tools", source=f'registry = "{INDEX}"')
    index = f'[[tool.uv.index]]\nname = "x"\nurl = "{INDEX}"\nauthenticate = "always"\n'
    text = lock(*BASE, tools, needs=needs("fastapi", "uvicorn", "tools"))
    (problem,) = failing({"backend/uv.lock": text, "backend/pyproject.toml": PROJECT + index})
    assert "`tools`: This package index can't be reached" in problem.message


@pytest.mark.parametrize(
    "source",
    [
        'registry = "https://me:hunter2@packages.example.com/simple"',
        'registry = "http://localhost:3141/simple"',
        'registry = "https://nexus.corp/simple"',
        'git = "https://hunter2@github.com/me/tools#0a1b"',
        'git = "ssh://git@github.com/me/tools#0a1b"',
        'path = "../wheels/tools.whl"',
        'directory = "../tools"',
    ],
)
def test_what_a_spaces_build_can_not_reach_is_refused_with_its_line(
    failing: Failing, source: str
) -> None:
    text = lock(*BASE, package("tools", source=source), needs=needs("fastapi", "tools"))
    (problem,) = failing({"backend/uv.lock": text})
    assert str(problem.where) == f"backend/uv.lock:{text[: text.index('tools')].count(chr(10)) + 1}"
    assert "hunter2" not in str(problem)


def test_a_package_inside_the_backend_is_installed_from_there(made: Installer) -> None:
    shared = package("shared", source='editable = "libs/shared"')
    text = lock(*BASE, shared, needs=needs("fastapi", "uvicorn", "shared"))
    found = made({"backend/uv.lock": text})
    assert found.second == "./libs/shared\n"
    assert found.found.needs_code
    assert "--hash" in found.text


def test_the_roots_workspace_is_walked_from_the_member_that_is_the_backend(
    made: Installer,
) -> None:
    text = lock(*BASE, package("numpy"), needs=needs("numpy")) + package(
        "api",
        source='editable = "backend"',
        dependencies='[{ name = "fastapi" }, { name = "uvicorn" }]',
    )
    project = PROJECT.replace('name = "chat"', 'name = "api"')
    found = made({"uv.lock": text, "backend/pyproject.toml": project})
    assert found.pins == ["click==1.0", "fastapi==1.0", "uvicorn==1.0"]
    assert list(found.found.files) == ["backend/requirements.txt"]


def test_a_member_inside_the_backend_is_no_reason_to_ask_for_a_lock_that_is_there(
    made: Installer,
) -> None:
    needed = '[{ name = "fastapi" }, { name = "uvicorn" }, { name = "shared" }]'
    text = lock(*BASE, needs=needs()) + package(
        "api", source='virtual = "backend"', dependencies=needed
    )
    text += package("shared", source='editable = "backend/libs/shared"')
    project = PROJECT.replace('"uvicorn"', '"uvicorn", "shared"')
    project += "[tool.uv.sources]\nshared = { workspace = true }\n"
    found = made({"uv.lock": text, "backend/pyproject.toml": project})
    assert found.second == "./libs/shared\n"


def test_a_member_without_a_lock_is_refused(failing: Failing) -> None:
    project = PROJECT + "[tool.uv.sources]\nuvicorn = { workspace = true }\n"
    (problem,) = failing({"backend/pyproject.toml": project})
    assert "Commit uv.lock" in problem.hint


def test_a_dependency_that_the_lock_does_not_know_is_named_with_its_line(
    failing: Failing,
) -> None:
    project = PROJECT.replace('"uvicorn"', '"uvicorn",\n"httpx>=0.27"')
    text = lock(*BASE, needs=needs("fastapi", "uvicorn"))
    (problem,) = failing({"backend/uv.lock": text, "backend/pyproject.toml": project})
    assert str(problem.where) == "backend/pyproject.toml:5"
    assert "`httpx` is missing from backend/uv.lock. Run `uv lock`" in str(problem)


def test_an_unknown_version_of_the_lock_is_refused(failing: Failing) -> None:
    (problem,) = failing({"backend/uv.lock": "\nversion = 9\n"})
    assert str(problem).startswith("backend/uv.lock:2: Version 9 of uv's lock is not known")


@pytest.mark.parametrize(
    "text",
    ["version = [", "version = 1\npackage = 3", "version = 1\n[[package]]\nname = 4", "\0", ""],
)
def test_a_broken_lock_is_a_problem_of_that_file(failing: Failing, text: str) -> None:
    (problem,) = failing({"backend/uv.lock": text})
    assert problem.where
    assert problem.where.file == "backend/uv.lock"


def test_an_unreadable_marker_is_a_problem_of_that_file(failing: Failing) -> None:
    told = 'dependencies = [{ name = "fastapi", marker = "what == 3" }]\n'
    (problem,) = failing({"backend/uv.lock": lock(*BASE, needs=told)})
    assert "can't be read" in problem.message


def test_a_missing_uvicorn_comes_in_a_second_file(made: Installer) -> None:
    found = made({"backend/uv.lock": lock(package("fastapi"), needs=needs("fastapi"))})
    assert found.pins == ["fastapi==1.0"]
    assert found.second == "uvicorn[standard]\n"
    assert "requirements-unlocked.txt" in found.notices


def test_a_python_that_the_lock_is_not_for_is_said(made: Installer) -> None:
    text = lock(*BASE, needs=needs("fastapi", "uvicorn"), python=">=3.13")
    found = made({"backend/uv.lock": text}, python="3.11")
    assert "is for Python >=3.13, the Space has 3.11" in found.notices


def test_a_roots_workspace_that_asks_for_nothing_itself_is_walked_from_the_app(
    made: Installer,
) -> None:
    root = lock(*BASE, needs=needs()) + package(
        "api",
        source='virtual = "backend/api"',
        dependencies='[{ name = "fastapi" }, { name = "uvicorn" }]',
    )
    assert made({"backend/uv.lock": root.replace('"backend/api"', '"api"')}).pins == [
        "click==1.0",
        "fastapi==1.0",
        "uvicorn==1.0",
    ]


def test_a_member_outside_of_the_backend_names_the_folder_that_holds_both(
    failing: Failing,
) -> None:
    shared = package("shared", source='editable = "libs/shared"')
    api = package(
        "api",
        source='virtual = "backend"',
        dependencies='[{ name = "fastapi" }, { name = "uvicorn" }, { name = "shared" }]',
    )
    (problem,) = failing({"uv.lock": lock(*BASE, needs=needs()) + shared + api})
    assert "`backend: .`" in problem.hint
