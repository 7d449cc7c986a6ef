"""What the contract suites share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.localgithub.schema import SchemaMissing, schema
from tests.localgithub.server import serving
from tests.localgithub.state import Grant, LocalGitHub
from tests.real.checkout import READER, WRITER
from tests.real.need import missing


@pytest.fixture
def local_github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalGitHub]:
    """A local GitHub with a token that may write and one that may read; no git settings of ours."""
    try:
        schema()
    except SchemaMissing as sentence:
        missing(str(sentence))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    github = LocalGitHub(root=tmp_path / "github")
    github.grants = {WRITER: Grant(installation=True), READER: Grant(write=False)}
    with serving(github):
        yield github
