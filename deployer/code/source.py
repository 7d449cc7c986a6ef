"""The backend's Python code, parsed and never run: modules, imports, and what a name stands for.

Every path is workspace-relative. A file is read and parsed at most once per run.
"""

from __future__ import annotations

import ast
import tokenize
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from deployer.code.imports import Import, imports_in
from deployer.code.syntax import OLDEST, Version, made_plain, version_of, version_of_broken
from deployer.ports import Files

# Bytes. People write less; a generated file of more takes seconds and tells nothing.
LONGEST = 600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A file that doesn't parse here; from ``since`` on, if not ``OLDEST``, it may elsewhere."""

    path: str
    line: int
    message: str
    since: Version = OLDEST


Definition = ast.expr | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A parsed file: every node, what it imports, and what its top level defines.

    ``first`` are the values that names are given first; ``bound`` the imports by the name they
    bind, the last one winning as it does when run; ``stars`` those of everything.
    """

    path: str
    tree: ast.Module
    nodes: tuple[ast.AST, ...]
    imports: tuple[Import, ...]
    definitions: dict[str, Definition]
    since: Version
    first: dict[str, ast.expr]
    bound: dict[str, Import]
    stars: tuple[Import, ...]


class Code:
    """The Python files that may ship, read on demand."""

    def __init__(self, files: Files, paths: Iterable[str]) -> None:
        self._files = files
        self._paths = {path for path in paths if path.endswith(".py")}
        self._folders = {
            str(parent) for path in self._paths for parent in PurePosixPath(path).parents
        }
        self._names = {
            *(PurePosixPath(path).stem for path in self._paths),
            *(folder.rpartition("/")[2] for folder in self._folders),
        }
        self._modules: dict[str, Module | None] = {}
        self._broken: dict[str, Broken] = {}
        self._too_long: list[str] = []

    @property
    def paths(self) -> list[str]:
        """Every Python file, sorted."""
        return sorted(self._paths)

    @property
    def broken(self) -> dict[str, Broken]:
        """The files that were asked for and don't parse."""
        return self._broken

    @property
    def too_long(self) -> tuple[str, ...]:
        """The files that were asked for and not parsed for their length."""
        return tuple(self._too_long)

    def mentions(self, path: str, words: Sequence[bytes]) -> bool:
        """Whether the raw file contains one of ``words``: a cheap test before parsing."""
        content = self._files.read(path) or b""
        return any(word in content for word in words)

    def text(self, path: str) -> str:
        """The file as text, whatever its encoding."""
        return (self._files.read(path) or b"").decode("utf-8", "replace")

    def module(self, path: str) -> Module | None:
        """The parsed file, or None when it doesn't parse (then ``broken`` says why)."""
        if path not in self._modules:
            self._modules[path] = self._parse(path)
        return self._modules[path]

    def locate(self, dotted: str, root: str) -> str | None:
        """The file of module ``dotted`` below the search path entry ``root``."""
        base = join(root, dotted.replace(".", "/"))
        for path in (f"{base}/__init__.py", f"{base}.py"):
            if path in self._paths:
                return path
        return None

    def has_name(self, name: str) -> bool:
        """Whether a Python file or a folder with some is called ``name``, wherever it lies."""
        return name in self._names

    def has_folder(self, path: str) -> bool:
        """Whether Python files lie somewhere below ``path``."""
        return path in self._folders

    def _parse(self, path: str) -> Module | None:
        content = self._files.read(path) or b""
        if len(content) > LONGEST:
            self._too_long.append(path)
            return None
        try:
            tree = _tree(content)
            nodes = tuple(ast.walk(tree))
            since = version_of(nodes, content)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            broken = _broken(path, content, error)
            self._broken[path] = broken
            plain = _read_anyway(content) if broken.since > OLDEST else None
            if plain is None:
                return None
            tree, nodes, since = plain, tuple(ast.walk(plain)), broken.since
        imports = tuple(imports_in(tree.body))
        return Module(
            path=path,
            tree=tree,
            nodes=nodes,
            imports=imports,
            definitions=dict(_definitions(tree.body)),
            first=first_values(tree.body),
            since=since,
            bound={found.bound: found for found in imports},
            stars=tuple(found for found in imports if found.name == "*"),
        )


def _tree(content: bytes) -> ast.Module:
    with warnings.catch_warnings():
        # The user's invalid escapes are not our warnings.
        warnings.simplefilter("ignore")
        return ast.parse(content)


def _broken(path: str, content: bytes, error: Exception) -> Broken:
    if not isinstance(error, SyntaxError):
        return Broken(path=path, line=1, message=str(error) or "too deeply nested")
    since = version_of_broken(error, content)
    return Broken(path=path, line=error.lineno or 1, message=error.msg or "", since=since)


def _read_anyway(content: bytes) -> ast.Module | None:
    """The tree of a file for a newer Python, if only f-strings and generics are in the way."""
    try:
        return _tree(made_plain(content))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return None


def join(folder: str, name: str) -> str:
    """``folder/name`` in workspace form, where ``.`` is the workspace."""
    return name if folder in {"", "."} else f"{folder}/{name}"


def parent(path: str) -> str:
    """The folder of ``path``; ``.`` at the top."""
    return str(PurePosixPath(path).parent)


def dotted_name(node: ast.expr) -> str | None:
    """``a.b.c`` for a chain of attributes on a name, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body and of its ``if``, ``try``, ``with`` and loops; no inner scope."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        # A server imports the file: what stands under `__name__ == "__main__"` never happens.
        blocks = ("orelse",) if is_main_guard(node) else ("body", "orelse", "finalbody")
        for block in blocks:
            yield from statements(getattr(node, block, []))
        for inner in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
            yield from statements(inner.body)


def is_main_guard(node: ast.stmt) -> bool:
    """Whether it is ``if __name__ == "__main__"``."""
    test = node.test if isinstance(node, ast.If) else None
    return isinstance(test, ast.Compare) and dotted_name(test.left) == "__name__"


def _definitions(body: list[ast.stmt]) -> Iterator[tuple[str, Definition]]:
    for node in statements(body):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node
            case _:
                yield from assigned(node)


def assigned(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The plain names that a statement gives a value."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            yield from ((target.id, value) for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value


def first_values(body: Iterable[ast.stmt]) -> dict[str, ast.expr]:
    """First assignments: ``app = Wrapper(app)`` wraps what ``app`` was before."""
    first: dict[str, ast.expr] = {}
    for statement in statements(body):
        for name, value in assigned(statement):
            first.setdefault(name, value)
    return first
