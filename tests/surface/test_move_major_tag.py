"""tools/move_major_tag.sh: the one command that changes what users' workflows run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAKE = """#!/bin/bash
echo "$*" >>"$RECORD"
[[ $2 != */git/ref/tags/* ]] || exit "$MISSING"
"""


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Where a gh that only notes what it is asked writes that."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "gh").write_text(FAKE)
    (programs / "gh").chmod(0o755)
    return tmp_path / "record"


def move(record: Path, *, exists: bool) -> list[str]:
    """What gh was asked when v1.2.3 was released."""
    subprocess.run(
        ["bash", ROOT / "tools" / "move_major_tag.sh", "v1.2.3", "a" * 40],
        env={
            "PATH": f"{record.parent / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_REPOSITORY": "octo/deploy",
            "RECORD": str(record),
            "MISSING": "0" if exists else "1",
        },
        check=True,
        capture_output=True,
    )
    return record.read_text().splitlines()


def test_a_tag_that_is_there_is_moved(record: Path) -> None:
    _, change = move(record, exists=True)
    assert change.startswith("api repos/octo/deploy/git/refs/tags/v1 --method PATCH")
    assert f"sha={'a' * 40} --field force=true" in change


def test_the_first_release_of_a_major_version_makes_its_tag(record: Path) -> None:
    _, change = move(record, exists=False)
    assert change.startswith("api repos/octo/deploy/git/refs --method POST")
    assert f"ref=refs/tags/v1 --raw-field sha={'a' * 40}" in change
