"""Python files in memory, read by the modules of ``deployer/code``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from deployer.code.files import Code
from deployer.code.project import Project
from deployer.model import Digest, WorkspaceEntry, WorkspaceKind

Make = Callable[[Mapping[str, str]], Project]


class Sources:
    """A workspace of texts; it can't be written to."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = {path: content.encode() for path, content in files.items()}

    def walk(self, folder: str, descend: Callable[[str], bool]) -> Iterator[WorkspaceEntry]:
        for path, content in self._files.items():
            yield WorkspaceEntry(path=path, kind=WorkspaceKind.FILE, size=len(content))

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def digest(self, path: str) -> Digest:
        raise AssertionError(f"{path} needs no digest here")

    def write(self, path: str, content: bytes) -> None:
        raise AssertionError(f"{path} must not be written")


def project(files: Mapping[str, str], *roots: str) -> Project:
    """The files as a project that is run from ``roots``, else from the workspace itself."""
    return Project(code=Code(Sources(files), files), roots=roots or (".",))


@pytest.fixture
def workspace() -> Callable[[Mapping[str, str]], Sources]:
    return Sources
