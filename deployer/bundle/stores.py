"""Databases and vector stores: shipped when the app opens them, left behind when nothing does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from deployer.bundle.ignore import TESTS
from deployer.code.path_uses import Uses
from deployer.code.paths import at
from deployer.code.source import join, parent
from deployer.model import LeftOut

DATABASES: Final = (".db", ".sqlite", ".sqlite3", ".db3", ".duckdb")
# What SQLite and DuckDB write beside a database; without it the newest rows are missing.
COMPANION: Final = re.compile(r"(?:-wal|-shm|-journal|\.wal)$")


class Kind(Struct, frozen=True):
    """A vector store on disk: a file that marks its folder, and the packages that open it."""

    name: str
    mark: re.Pattern[str]
    opened_by: tuple[str, ...]


_FRAMEWORKS: Final = ("langchain", "langchain_community", "llama_index", "haystack")
KINDS: Final = (
    Kind(
        "Chroma",
        re.compile(r"(?:(.*)/)?chroma\.sqlite3"),
        ("chromadb", "langchain_chroma", "chroma_haystack", *_FRAMEWORKS),
    ),
    Kind(
        "Qdrant",
        re.compile(r"(?:(.*)/)?collections?/[^/]+/storage\.sqlite"),
        ("qdrant_client", "langchain_qdrant", *_FRAMEWORKS),
    ),
    Kind(
        "LanceDB",
        re.compile(r"(?:(.*)/)?[^/]+\.lance/(?:data|_versions)/[^/]+"),
        ("lancedb", *_FRAMEWORKS),
    ),
    Kind("FAISS", re.compile(r"((?:.*/)?[^/]+)\.faiss"), ("faiss", "autofaiss", *_FRAMEWORKS)),
)


class App(Struct, frozen=True, kw_only=True):
    """What the app's code tells: names of files and folders, and the packages it imports."""

    folder: str
    named: frozenset[str]
    imported: frozenset[str]

    @classmethod
    def of(cls, folder: str, literals: Iterable[str], imported: frozenset[str]) -> App:
        """``literals`` are the strings in the code; each part of a path in one is a name."""
        named = {part for literal in literals for part in re.split(r"[/\\?]", literal)}
        return cls(folder=folder, named=frozenset(named), imported=imported)

    def names(self, path: str) -> bool:
        """Whether the code names a data file: its file name, or a folder that it lies in."""
        below = path.startswith(f"{self.folder}/")
        inside = path[len(self.folder) + 1 :] if below else path
        return not self.named.isdisjoint(inside.split("/"))


def unopened(paths: Iterable[str], app: App) -> dict[str, str]:
    """The files of databases and stores that nothing opens, each with the rule that says so."""
    listed = list(paths)
    left: dict[str, str] = {}
    decided: set[str] = set()
    for kind in KINDS:
        for root in sorted({m[1] or "" for path in listed if (m := kind.mark.fullmatch(path))}):
            own = set(_of_store(kind, root, listed, app.folder))
            opened = app.imported.intersection(kind.opened_by) or any(map(app.names, own))
            left |= {} if opened else dict.fromkeys(own, f"a {kind.name} store no code opens")
            decided |= own
    for path in listed:
        base = COMPANION.sub("", path)
        if base.lower().endswith(DATABASES) and path not in decided and not app.names(base):
            left[path] = "a database no code names"
    return left


def _of_store(kind: Kind, root: str, paths: Iterable[str], folder: str) -> Iterator[str]:
    """The files that make up a store; in the backend's own folder only those that are known."""
    if kind.name == "FAISS":
        return (path for path in paths if path in {f"{root}.faiss", f"{root}.pkl"})
    if root in {"", folder} or parent(root) == root:
        return (path for path in paths if kind.mark.fullmatch(path))
    return (path for path in paths if path.startswith(join(root, "")))


def named_in_tests(left_out: Iterable[LeftOut], uses: Uses, cwd: str) -> frozenset[str]:
    """Paths in left out tests that the app's code names all the same: data that it reads."""
    named = {path for use in uses.named if (path := at(use.known, cwd))}
    folders = tuple(i.path for i in left_out if i.rule in TESTS and i.path.endswith("/"))
    files = {item.path for item in left_out if item.rule in TESTS}
    return frozenset(path for path in named if path in files or path.startswith(folders))
