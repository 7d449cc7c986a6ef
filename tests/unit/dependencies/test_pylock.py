"""pylock.toml, the lock of PEP 751."""

from __future__ import annotations

import pytest

from tests.unit.dependencies.conftest import HASH, Failing, Installer

HEAD = 'lock-version = "1.0"\ncreated-by = "uv"\nrequires-python = ">=3.10"\n'
DIGEST = HASH.removeprefix("sha256:")


def package(name: str, version: str = "1.0", *, more: str = "", origin: str = "") -> str:
    file = f'url = "https://files.example/{name}-{version}-py3-none-any.whl"'
    wheel = f'wheels = [{{ {file}, hashes = {{ sha256 = "{DIGEST}" }} }}]'
    rows = f'name = "{name}"\n' + (f'version = "{version}"\n' if version else "")
    return f"[[packages]]\n{rows}{more}{origin or wheel}\n"


BASE = (package("fastapi"), package("uvicorn"))


def test_packages_are_pinned_with_their_hashes(made: Installer) -> None:
    found = made({"backend/pylock.toml": HEAD + "".join(BASE)})
    assert found.text == "".join(
        f"{name}==1.0 \\\n    --hash={HASH}\n" for name in ("fastapi", "uvicorn")
    )
    assert found.found.locked


@pytest.mark.parametrize(
    ("marker", "stays"),
    [
        ("python_full_version < '3.11'", False),
        ("sys_platform == 'linux'", True),
        ("'dev' in dependency_groups", False),
        ("'docs' in extras", False),
    ],
)
def test_markers_are_judged_for_the_space(made: Installer, marker: str, stays: bool) -> None:
    more = package("thing", more=f'marker = "{marker}"\n')
    found = made({"backend/pylock.toml": HEAD + "".join(BASE) + more})
    assert ("thing==1.0" in found.pins) is stays


def test_test_packages_go_unless_another_needs_them(made: Installer) -> None:
    needing = package("datasets", more='dependencies = [{ name = "responses" }]\n')
    more = package("pytest") + package("responses") + needing
    found = made({"backend/pylock.toml": HEAD + "".join(BASE) + more})
    assert found.found.removed == ("pytest",)
    assert "responses==1.0" in found.pins


def test_a_commit_is_installed_from_git(made: Installer) -> None:
    url = "https://github.com/me/tools"
    origin = f'vcs = {{ type = "git", url = "{url}", commit-id = "0a1b" }}'
    more = package("tools", "", origin=origin)
    found = made({"backend/pylock.toml": HEAD + "".join(BASE) + more})
    assert f"tools @ git+{url}@0a1b\n" in found.text


@pytest.mark.parametrize(
    "text",
    ['lock-version = "9.0"\ncreated-by = "x"\npackages = []\n', "packages = 3", "lock-version", ""],
)
def test_a_lock_of_another_version_or_none_at_all_is_refused(failing: Failing, text: str) -> None:
    (problem,) = failing({"backend/pylock.toml": text})
    assert problem.where
    assert problem.where.file == "backend/pylock.toml"
