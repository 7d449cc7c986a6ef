"""Files and folders that the app writes by fixed names, read from its code."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from deployer.code.paths import Reader
from deployer.code.project import Project
from deployer.code.source import walk
from deployer.code.values import argument, keyword

# Calls whose first argument is a file that they make, in a folder that must be there.
FILES = {
    **dict.fromkeys(
        ("FileHandler", "RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler"),
        "filename",
    ),
    "basicConfig": "filename",  # logging
    "sqlite3.connect": "database",
    "aiosqlite.connect": "database",
    "TinyDB": "path",
    "shelve.open": "filename",
    "logger.add": "sink",  # loguru, which makes the folder itself where it may
    "duckdb.connect": "database",
}
# Calls that make a folder, or a store in one. They need a place they may write to.
FOLDERS = {
    **dict.fromkeys(("makedirs", "os.mkdir"), "name"),
    **dict.fromkeys(("PersistentClient", "QdrantClient"), "path"),
    "Chroma": "persist_directory",
    "lancedb.connect": "uri",
}
_BY_KEYWORD = ("basicConfig", "QdrantClient", "Chroma")  # their first argument is something else
_METHODS = ("mkdir", "touch", "write_text", "write_bytes")
SQLITE = re.compile(r"sqlite(?:\+\w+)?:///(?:file:)?([^?\s]+)")
# A setting called like a place, with a default such as `/data/uploads`.
_PLACE_NAME = re.compile(r"(?i)dir|folder|file|path|db|database|stor|logs?$|cache|upload|data")
_NO_PLACE = re.compile(r"(?i)url|prefix|route|endpoint")
_ROOTED = re.compile(r"/(?:data|app|code|var|opt|srv|mnt|storage|home|root)(?:/|$)")


class Place(Struct, frozen=True, kw_only=True):
    """What the code writes. ``known`` is as ``code.paths`` gives it; ``file``: not a folder.

    ``made``: the code makes this folder itself.
    """

    known: str
    path: str
    line: int
    file: bool
    made: bool = False

    @property
    def folder(self) -> str:
        """The folder that must be there, or writable."""
        return posixpath.dirname(self.known) if self.file else self.known


def find_places(project: Project, closure: Iterable[str]) -> tuple[Place, ...]:
    """Every place that the files of ``closure`` write to, as far as reading tells."""
    found: list[Place] = []
    for path in closure:
        module = project.code.module(path)
        reader = Reader(project=project, path=path)
        for node in module.nodes if module else ():
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    inside = reader.within(node)
                    calls = (n for n in walk(node) if isinstance(n, ast.Call))
                    found += (place for call in calls for place in _of_call(inside, call))
                case ast.Call():
                    found += _of_call(reader, node)
                case ast.Constant(value=str() as value):
                    found += _of_url(value, path, node.lineno)
                case (
                    ast.Assign(targets=[ast.Name(id=name)])
                    | ast.AnnAssign(target=ast.Name(id=name))
                ) if node.value is not None:
                    found += _of_setting(reader, name, node.value)
    return tuple(dict.fromkeys(place for place in found if place.known.strip(" /")))


def _of_url(value: str, path: str, line: int) -> Iterator[Place]:
    """SQLAlchemy's form: three slashes and a relative path, or four and an absolute one."""
    match = SQLITE.match(value)
    if match and match[1] != ":memory:" and "{" not in match[1]:
        yield Place(known=match[1], path=path, line=line, file=True)


def _of_setting(reader: Reader, name: str, value: ast.expr) -> Iterator[Place]:
    known = reader.read(value) if _PLACE_NAME.search(name) and not _NO_PLACE.search(name) else None
    if known and _ROOTED.match(known):
        is_file = "." in known.rpartition("/")[2]
        yield Place(known=known, path=reader.path, line=value.lineno, file=is_file)


def _of_call(reader: Reader, node: ast.Call) -> Iterator[Place]:
    name = reader.dotted(node.func)
    last = name.rpartition(".")[2]
    target, is_file, made = _target(node, name, last)
    known = reader.read(target) if target is not None else None
    if known and "://" not in known and "\n" not in known and known != ":memory:":
        yield Place(known=known, path=reader.path, line=node.lineno, file=is_file, made=made)


def _target(node: ast.Call, name: str, last: str) -> tuple[ast.expr | None, bool, bool]:
    """The argument that names what is written, whether as a file, and whether as a new folder."""
    for table, is_file in ((FILES, True), (FOLDERS, False)):
        for known in (name, last, ".".join(name.split(".")[-2:])):
            if known in table:
                by_name = known in _BY_KEYWORD
                found = keyword(node, table[known]) if by_name else argument(node, 0, table[known])
                return found, is_file, not is_file
    if last == "open" and _writes(node):
        return _opened(node, name), True, False
    if last in _METHODS and isinstance(node.func, ast.Attribute):
        return node.func.value, last != "mkdir", last == "mkdir"
    return None, False, False


def _opened(node: ast.Call, name: str) -> ast.expr | None:
    """What ``open(path, "w")`` or ``path.open("w")`` opens."""
    if name in {"open", "io.open", "aiofiles.open", "codecs.open"}:
        return argument(node, 0, "file")
    return node.func.value if isinstance(node.func, ast.Attribute) else None


def _writes(node: ast.Call) -> bool:
    modes = [*node.args[:2], *(item.value for item in node.keywords if item.arg == "mode")]
    texts = [m.value for m in modes if isinstance(m, ast.Constant) and isinstance(m.value, str)]
    return any(re.fullmatch(r"[rwaxbt+]{1,3}", text) and set(text) & set("wax+") for text in texts)
