"""Lists, once for all that look for something there, the files that could be a frontend's.

Rule: dependencies, builds, tests and examples are nobody's source: their folders are not entered.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator

from msgspec import Struct

from deployer.model import WorkspaceKind
from deployer.ports import Files

_IGNORED_FOLDERS = frozenset(
    {
        *("node_modules", "bower_components", "jspm_packages", "vendor", "third_party"),
        *("build", "dist", "out", "output", "coverage", "storybook-static", "_site"),
        *("test", "tests", "testing", "__tests__", "__mocks__", "mocks"),
        *("e2e", "cypress", "playwright"),
        *("spec", "specs", "fixtures", "stories", "example", "examples", "samples"),
        *("mock", "mock-server", "k6", "loadtest", "load-test", "load-tests", "benchmarks"),
        *("venv", "env", "virtualenv", "site-packages", "__pycache__", "huggingface-spaces"),
    }
)
_KEPT_DOT_FOLDERS = frozenset({".vitepress", ".vuepress"})
GITHUB = (".github", ".github/workflows")  # which publish frontends, and are none


class Listed(Struct, frozen=True, kw_only=True):
    """A file's path and size in bytes. ``named``: a person gave this very path."""

    path: str
    size: int = 0
    named: bool = False


def list_files(
    files: Files, paths: tuple[str, ...] | None, backend_folder: str
) -> tuple[Listed, ...]:
    """The files at and below ``paths`` (None: the workspace), each once."""
    found: dict[str, Listed] = {}
    for file in _listed(files, ("",) if paths is None else paths, backend_folder):
        if file.named or file.path not in found:
            found[file.path] = file
    return tuple(found.values())


def _listed(files: Files, paths: tuple[str, ...], backend_folder: str) -> Iterator[Listed]:
    for path in paths:
        if path and files.read(path) is not None:
            yield Listed(path=path, named=True)
            continue
        for entry in files.walk(path or ".", _descender(path or ".", backend_folder)):
            if entry.kind is WorkspaceKind.FILE:
                yield Listed(path=entry.path, size=entry.size)


def _descender(start: str, backend_folder: str) -> Callable[[str], bool]:
    """Which folders below ``start`` are a frontend's own, or say where it is published."""
    backend = posixpath.normpath(backend_folder)

    def descend(folder: str) -> bool:
        name = folder.rpartition("/")[2]
        if folder == start or folder in GITHUB:
            return True
        if folder == backend != "." or name.lower() in _IGNORED_FOLDERS:
            return False
        if folder.startswith(".github/") and not start.startswith(".github/"):
            return False
        return not name.startswith(".") or name in _KEPT_DOT_FOLDERS

    return descend
