"""What the contract suites share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.localgithub.state import LocalGitHub
from tests.real.github import github_with_tokens


@pytest.fixture
def local_github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalGitHub]:
    """A local GitHub with a token that may write and one that may read; no git settings of ours."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    with github_with_tokens(tmp_path / "github") as github:
        yield github
