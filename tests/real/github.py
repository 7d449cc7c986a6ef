"""A local GitHub with a token that may write and one that may only read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.localgithub.schema import SchemaMissing, schema
from tests.localgithub.server import serving
from tests.localgithub.state import Grant, LocalGitHub
from tests.real.checkout import READER, WRITER
from tests.real.need import missing


@contextmanager
def github_with_tokens(root: Path) -> Iterator[LocalGitHub]:
    """A running GitHub whose repositories lie below ``root``; skips where its schema is missing."""
    try:
        schema()
    except SchemaMissing as sentence:
        missing(str(sentence))
    github = LocalGitHub(root=root)
    github.grants = {WRITER: Grant(installation=True), READER: Grant(write=False)}
    with serving(github):
        yield github
