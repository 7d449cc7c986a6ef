"""requirements.txt as the Space gets it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.dependencies import requirements
from deployer.errors import Exit, Problem
from tests.unit.bundle.conftest import APP, MINIMAL, Planner

Refusal = Callable[..., tuple[Problem, ...]]
CODE = {"backend/main.py": APP}


def test_test_packages_go_and_everything_else_stays(plan: Planner) -> None:
    source = (
        "# web\r\nfastapi==0.115.0  # pinned\r\nuvicorn[standard]\r\npytest>=8\r\n"
        "PyTest_Asyncio\r\n\r\n# data\r\nmypy\r\nhttpx\r\n"
    )
    found = plan({**CODE, "backend/requirements.txt": source})
    assert found.content("requirements.txt") == (
        b"# web\r\nfastapi==0.115.0  # pinned\r\nuvicorn[standard]\r\n\r\n# data\r\nhttpx\r\n"
    )
    assert "mypy, pytest, pytest-asyncio" in found.notices


def test_a_file_with_nothing_to_remove_ships_untouched(plan: Planner) -> None:
    found = plan(MINIMAL)
    assert found.file("requirements.txt").source == "backend/requirements.txt"


def test_a_test_package_that_the_app_imports_stays(plan: Planner) -> None:
    files = {
        "backend/main.py": f"import responses\n{APP}",
        "backend/requirements.txt": "fastapi\nuvicorn\nresponses\npytest\n",
    }
    assert plan(files).text("requirements.txt") == "fastapi\nuvicorn\nresponses\n"


def test_hashes_go_with_their_requirement(plan: Planner) -> None:
    source = (
        "fastapi==0.115.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
        "pytest==8.3.0 \\\n    --hash=sha256:cc \\\n    --hash=sha256:dd\n    # via -r dev.in\n"
        "uvicorn==0.32.0 --hash=sha256:ee\n"
    )
    found = plan({**CODE, "backend/requirements.txt": source})
    assert found.text("requirements.txt") == (
        "fastapi==0.115.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
        "    # via -r dev.in\nuvicorn==0.32.0 --hash=sha256:ee\n"
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_any_encoding_is_read_and_utf_8_is_written(plan: Planner, encoding: str) -> None:
    source = "# für alle\r\nfastapi\r\nuvicorn\r\npytest\r\n".encode(encoding)
    found = plan({**CODE, "backend/requirements.txt": source})
    assert found.text("requirements.txt") == "# für alle\r\nfastapi\r\nuvicorn\r\n"


def test_a_missing_uvicorn_is_added_and_said(plan: Planner) -> None:
    found = plan({**CODE, "backend/requirements.txt": "fastapi"})
    assert found.text("requirements.txt") == "fastapi\nuvicorn[standard]\n"
    assert "uvicorn is missing" in found.notices


def test_fastapi_standard_brings_uvicorn(plan: Planner) -> None:
    found = plan({**CODE, "backend/requirements.txt": "fastapi[standard]\n"})
    assert found.text("requirements.txt") == "fastapi[standard]\n"


def test_beside_hashes_uvicorn_comes_in_a_file_of_its_own(plan: Planner) -> None:
    found = plan({**CODE, "backend/requirements.txt": "fastapi==1.0 --hash=sha256:aa\n"})
    assert found.text("requirements.txt") == "fastapi==1.0 --hash=sha256:aa\n"
    assert found.text("requirements-unlocked.txt") == "uvicorn[standard]\n"
    assert (
        "RUN pip install --no-cache-dir -r requirements.txt \\\n"
        "    && pip install --no-cache-dir -r requirements-unlocked.txt\n"
    ) in found.text("Dockerfile")
    assert "requirements.txt requirements-unlocked.txt ./" in found.text("Dockerfile")


def test_no_manifest_is_refused(refused: Refusal) -> None:
    (problem,) = refused(CODE)
    assert problem.exit is Exit.BUNDLE
    assert "requirements.txt" in problem.message


def test_included_files_are_cleaned_and_copied_before_the_installation(plan: Planner) -> None:
    found = plan(
        {
            **CODE,
            "backend/requirements.txt": "-r requirements/base.txt\n-c limits.txt\nuvicorn\n",
            "backend/requirements/base.txt": "fastapi\npytest\n",
            "backend/limits.txt": "fastapi<1\n",
        }
    )
    assert found.text("requirements/base.txt") == "fastapi\n"
    docker = found.text("Dockerfile")
    assert "COPY --chown=user requirements.txt limits.txt ./\n" in docker
    assert "COPY --chown=user requirements/base.txt requirements/\n" in docker


def test_a_missing_include_is_named(refused: Refusal) -> None:
    (problem,) = refused({**CODE, "backend/requirements.txt": "uvicorn\n-r gone.txt\n"})
    assert str(problem.where) == "backend/requirements.txt:2"


def test_includes_may_go_up_inside_the_backend_and_not_out_of_the_repository(
    plan: Planner, refused: Refusal
) -> None:
    files = {
        **CODE,
        "backend/requirements.txt": "-r more/base.txt\nuvicorn\n",
        "backend/more/base.txt": "-c ../limits.txt\nfastapi\n",
        "backend/limits.txt": "fastapi<1\n",
        "limits.txt": "",
    }
    assert "limits.txt" in plan(files).paths
    (problem,) = refused({**files, "backend/more/base.txt": "-c ../../../limits.txt\n"})
    assert "lies outside `backend`" in problem.message


def test_what_is_included_from_outside_the_backend_comes_along_and_nothing_is_lost(
    plan: Planner,
) -> None:
    found = plan(
        {
            **CODE,
            "backend/requirements.txt": "-r ../common/base.txt  # common\nuvicorn\nhttpx\n",
            "common/base.txt": "-c limits.txt\nfastapi\npytest\n",
            "common/limits.txt": "fastapi<1\n",
        }
    )
    text = found.text("requirements.txt")
    assert text == "-r requirements-brought/common/base.txt  # common\nuvicorn\nhttpx\n"
    assert found.text("requirements-brought/common/base.txt") == "-c limits.txt\nfastapi\n"
    assert "requirements-brought/common/limits.txt" in found.paths


def test_a_manifest_above_the_backend_may_include_from_beside_it(plan: Planner) -> None:
    files = {
        "svc/api/main.py": CODE["backend/main.py"],
        "svc/requirements.txt": "-r ../base.txt\nuvicorn\n",
        "base.txt": "fastapi\n",
    }
    found = plan(files, folder="svc/api", folder_given=True)
    assert found.text("requirements.txt") == "-r requirements-brought/base.txt\nuvicorn\n"
    assert found.text("requirements-brought/base.txt") == "fastapi\n"


def test_a_line_that_pip_can_not_read_is_said(plan: Planner) -> None:
    found = plan({**CODE, "backend/requirements.txt": "fastapi\nuvicorn\npytz>=2011k\n"})
    assert "backend/requirements.txt:3: `pytz>=2011k` is no requirement" in found.notices


def test_the_roots_manifest_is_used_when_the_backend_has_none(plan: Planner) -> None:
    found = plan({**CODE, "requirements.txt": "fastapi\nuvicorn\npytest\n"})
    assert found.text("requirements.txt") == "fastapi\nuvicorn\n"


def test_a_variant_is_taken_and_said(plan: Planner) -> None:
    found = plan({**CODE, "backend/requirements-prod.txt": "fastapi\nuvicorn\n"})
    assert "pip install --no-cache-dir -r requirements-prod.txt" in found.text("Dockerfile")
    assert "backend/requirements-prod.txt" in found.notices


def test_dependencies_of_a_pyproject_become_requirements(plan: Planner) -> None:
    project = '[project]\nname = "x"\ndependencies = ["fastapi>=0.100", "uvicorn", "pytest"]\n'
    found = plan({**CODE, "backend/pyproject.toml": project})
    assert found.text("requirements.txt") == "fastapi>=0.100\nuvicorn\n"


def test_an_index_with_a_password_is_refused_without_showing_it(refused: Refusal) -> None:
    source = "--extra-index-url https://me:hunter2@packages.example.com/simple\nfastapi\nuvicorn\n"
    (problem,) = refused({**CODE, "backend/requirements.txt": source})
    assert str(problem.where) == "backend/requirements.txt:1"
    assert "hunter2" not in str(problem)


def test_an_own_package_is_copied_before_it_is_installed(plan: Planner) -> None:
    files = {"backend/requirements.txt": "uvicorn\n-e .\n", "backend/pyproject.toml": ""}
    docker = plan({**CODE, **files}).text("Dockerfile")
    assert docker.index("COPY --chown=user . .") < docker.index("pip install")
    assert docker.count("COPY") == 1


def test_system_libraries_come_with_the_packages_that_need_them(plan: Planner) -> None:
    source = "fastapi\nuvicorn\npytesseract\npsycopg[binary]\n"
    docker = plan({**CODE, "backend/requirements.txt": source}).text("Dockerfile")
    assert "gcc g++ curl tesseract-ocr \\" in docker


# --- properties -----------------------------------------------------------------------------------

RUNTIME = st.sampled_from(
    ["fastapi", "Uvicorn[standard]", "httpx", "pydantic_settings", "testtools"]
)
TEST = st.sampled_from(["pytest", "PyTest_Cov", "pytest.asyncio", "ruff", "types-requests", "MyPy"])
HASHES = st.lists(st.text("0123456789abcdef", min_size=8, max_size=8), max_size=3)
END = st.sampled_from(["\n", "\r\n"])


@st.composite
def entry(draw: st.DrawFn) -> tuple[str, str, bool]:
    """A requirement with its hashes: its name, its text, and whether it is for tests."""
    test = draw(st.booleans())
    name = draw(TEST if test else RUNTIME)
    end = draw(END)
    hashes = "".join(f" \\{end}    --hash=sha256:{digest}" for digest in draw(HASHES))
    comment = draw(st.sampled_from(["", "  # why", ' ; python_version >= "3.9"']))
    text = f"{name}==1.0{comment if not hashes else ''}{hashes}{end}"
    return name, text, test


@given(st.lists(entry()))
def test_what_stays_is_what_stood_there_and_nothing_needed_is_lost(
    entries: list[tuple[str, str, bool]],
) -> None:
    cleaned = requirements.clean("".join(text for _, text, _ in entries).encode())
    assert cleaned.content.decode() == "".join(text for _, text, test in entries if not test)


@given(st.text())
def test_any_text_is_read_and_no_line_of_it_invented(text: str) -> None:
    cleaned = requirements.clean(text.encode("utf-8", "surrogatepass"))
    kept = cleaned.content.decode()
    assert len(kept) <= len(requirements.decode(text.encode("utf-8", "surrogatepass")))


def test_what_only_windows_has_is_left_out_unless_its_marker_says_so(plan: Planner) -> None:
    needs = "fastapi\nuvicorn\npywin32==306\npypiwin32==223; sys_platform == 'win32'\n"
    found = plan({**CODE, "backend/requirements.txt": needs})
    assert "pywin32==306" not in found.text("requirements.txt")
    assert "pypiwin32==223" in found.text("requirements.txt")
    assert "Left out of the Space's requirements: pywin32." in found.notices
