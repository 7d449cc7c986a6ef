"""What in a requirements file no Space's build can install, or would leak."""

from __future__ import annotations

import pytest

from deployer.errors import Exit
from tests.unit.dependencies.conftest import Failing, Installer

FULL = "fastapi\nuvicorn\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--extra-index-url https://me:hunter2@example.com/simple", "would ship"),
        ("--index-url=https://hunter2@example.com/simple", "would ship"),
        ("-i https://${USER}:${TOKEN}@example.com/simple", "from the environment"),
        ("--extra-index-url ${INDEX_URL}", "from the environment"),
        ("--find-links https://me:hunter2@example.com/wheels", "would ship"),
        ("--extra-index-url http://localhost:8080/simple", "can't be reached"),
        ("--extra-index-url http://10.0.0.7/simple", "can't be reached"),
        (
            "-i https://d-1.d.codeartifact.eu-west-1.amazonaws.com/pypi/r/simple/",
            "can't be reached",
        ),
        ("tools @ git+https://hunter2@github.com/me/tools", "would ship"),
        ("git+https://${TOKEN}@github.com/me/tools", "from the environment"),
        ("tools @ git+ssh://git@github.com/me/tools", "no SSH key"),
        ("# https://me:hunter2@example.com/simple", "would ship"),
        ("-e ../common", "lies outside"),
        ("shared @ file:///home/me/shared", "of the computer that wrote"),
        ("shared @ file:///C:/me/shared.whl", "of the computer that wrote"),
        ("qdrant-client=1.0", "no requirement that pip can read"),
        ("pip install numpy", "no requirement that pip can read"),
        ("./libs/gone", "can't be installed"),
        ("./wheels/gone-1.0-py3-none-any.whl", "can't be installed"),
    ],
)
def test_a_line_is_refused_with_its_place_and_without_its_secret(
    failing: Failing, line: str, says: str
) -> None:
    (problem,) = failing({"backend/requirements.txt": f"{FULL}{line}\n"})
    assert problem.exit is Exit.BUNDLE
    assert str(problem.where) == "backend/requirements.txt:3"
    assert says in problem.message
    assert problem.hint
    assert "hunter2" not in str(problem)


@pytest.mark.parametrize(
    "line",
    [
        "--extra-index-url https://download.example.com/whl/cpu",
        "--find-links https://example.com/wheels.html",
        "tools @ git+https://github.com/me/tools@v1",
        "tools @ git+https://git@github.com/me/tools",
        "tools @ https://example.com/tools-1.0-py3-none-any.whl",
        "https://example.com/tools-1.0-py3-none-any.whl",
        "# -i https://${TOKEN}@example.com/simple",
        "tools==1.0  # asked by me@example.com, https://example.com/@me",
    ],
)
def test_a_line_that_leaks_nothing_stays_as_it_is(made: Installer, line: str) -> None:
    found = made({"backend/requirements.txt": f"{FULL}{line}\n"})
    assert found.text == f"{FULL}{line}\n"
    assert not found.found.needs_code


@pytest.mark.parametrize(
    "line", ["-e .", ".", "./libs/x[all]", "-e file:./libs/x", "x @ file:libs/x", "-e ./libs/x"]
)
def test_an_own_package_is_installed_from_its_folder(made: Installer, line: str) -> None:
    files = {"backend/pyproject.toml": "", "backend/libs/x/setup.py": ""}
    found = made({**files, "backend/requirements.txt": f"{FULL}{line}\n"})
    assert found.text == f"{FULL}{line}\n"
    assert found.found.needs_code


@pytest.mark.parametrize(
    ("comment", "stays"),
    [
        ("    # via datasets\n", True),
        ("    # via\n    #   -r requirements.in\n    #   datasets\n", True),
        ("    # via -r requirements.in\n", False),
        ("    # via\n    #   -r dev.txt\n    #   pytest-cov\n", False),
        ("", False),
    ],
)
def test_a_locked_test_package_stays_where_another_package_needs_it(
    made: Installer, comment: str, stays: bool
) -> None:
    block = f"responses==1.0 \\\n    --hash=sha256:aa\n{comment}"
    text = f"fastapi==1.0 --hash=sha256:aa\n{block}uvicorn==1.0 --hash=sha256:bb\n"
    found = made({"backend/requirements.txt": text})
    assert ("responses" in found.pins[1]) is stays
    assert found.found.removed == (() if stays else ("responses",))


def test_hashes_on_some_lines_only_are_said(made: Installer) -> None:
    found = made({"backend/requirements.txt": f"{FULL}httpx==1.0 --hash=sha256:aa\n"})
    assert "`fastapi` has no hash, and others have" in found.notices
