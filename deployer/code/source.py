"""One Python file, parsed and never run: its statements, imports and definitions."""

from __future__ import annotations

import ast
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from deployer.code.imports import Import, imports_in
from deployer.code.syntax import OLDEST, Version, made_plain, version_of, version_of_broken


class Broken(Struct, frozen=True, kw_only=True):
    """A file that doesn't parse here; from ``since`` on, if not ``OLDEST``, it may elsewhere."""

    path: str
    line: int
    message: str
    since: Version = OLDEST


Definition = ast.expr | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Module(Struct, frozen=True, kw_only=True):
    """A parsed file: every node but ``SIGNS``, what it imports, and what its top level defines.

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


def parse(path: str, content: bytes) -> tuple[Module | None, Broken | None]:
    """The file's tree and why it doesn't parse; both for a newer Python that could be read."""
    broken = None
    try:
        tree = _tree(content)
        nodes = tuple(walk(tree))
        since = version_of(nodes, content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        broken = _broken(path, content, error)
        plain = _read_anyway(content) if broken.since > OLDEST else None
        if plain is None:
            return None, broken
        tree, nodes, since = plain, tuple(walk(plain)), broken.since
    try:
        return _module(path, tree, nodes, since), broken
    except RecursionError as error:
        return None, _broken(path, content, error)


def _module(path: str, tree: ast.Module, nodes: tuple[ast.AST, ...], since: Version) -> Module:
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


# Operators and contexts: a third of all nodes, and nothing is read from them.
SIGNS = frozenset(
    sign
    for kind in (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)
    for sign in kind.__subclasses__()
)


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below ``node``, in order, without ``SIGNS``."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [i for i in value if isinstance(i, ast.AST) and type(i) not in SIGNS]
        elif isinstance(value, ast.AST) and type(value) not in SIGNS:
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """``node`` and all below it but ``SIGNS``, as ``ast.walk`` gives them but in half its time."""
    nodes = [node]
    for each in nodes:  # which grows
        yield each
        nodes += children(each)


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
