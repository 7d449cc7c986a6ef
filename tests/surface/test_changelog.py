"""tools/changelog.py, the gate of a release."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import changelog

TWO = """\
# Changelog

## [Unreleased]

## [1.2.3] - 2026-11-23

### Fixed

- A thing.

## [1.2.2] - 2026-10-01

- An older thing.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose files all name 1.2.3."""
    (tmp_path / "deployer").mkdir()
    (tmp_path / "deployer" / "__init__.py").write_text('__version__ = "1.2.3"\n')
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    (tmp_path / "CHANGELOG.md").write_text(TWO)
    return tmp_path


def test_the_notes_are_the_version_s_own_section(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert changelog.main(["v1.2.3"], root) == 0
    assert capsys.readouterr().out == "### Fixed\n\n- A thing.\n"


UNCHANGED = ("CHANGELOG.md", "", "")


@pytest.mark.parametrize(
    ("tag", "change", "said"),
    [
        ("v1.2", UNCHANGED, "`v1.2` is no tag of a release"),
        ("v1.2.3-rc.1", UNCHANGED, "`v1.2.3-rc.1` is no tag of a release"),
        ("v1.2.2", UNCHANGED, "has 1.2.3 above 1.2.2: v1 would go back"),
        ("v1.2.3", ("pyproject.toml", "1.2.3", "1.2.2"), "pyproject.toml names version 1.2.2"),
        ("v1.2.3", ("deployer/__init__.py", "1.2.3", "2.0"), "__init__.py names version 2.0"),
        ("v1.2.3", ("CHANGELOG.md", "[1.2.3] -", "[1.2.4] -"), "no heading `## [1.2.3] - "),
        ("v1.2.3", ("CHANGELOG.md", " - 2026-11-23", ""), "no heading `## [1.2.3] - "),
        ("v1.2.3", ("CHANGELOG.md", "### Fixed\n\n- A thing.\n", ""), "says nothing below [1.2.3]"),
        ("v1.2.3", ("CHANGELOG.md", "ased]\n", "ased]\n\n- New.\n"), "[Unreleased] to [1.2.3]"),
    ],
)
def test_what_is_no_release_is_refused_with_the_reason(
    root: Path,
    capsys: pytest.CaptureFixture[str],
    tag: str,
    change: tuple[str, str, str],
    said: str,
) -> None:
    path = root / change[0]
    _, old, new = change
    path.write_text(path.read_text().replace(old, new) if old else TWO)
    assert changelog.main([tag], root) == 1
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""


def test_this_repository_names_one_version() -> None:
    assert len({version for _, version in changelog.named_versions(changelog.ROOT)}) == 1
