"""What import statements bind."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from msgspec import Struct


class Import(Struct, frozen=True, kw_only=True):
    """One name that an import statement binds. ``guarded``: the app may live without it."""

    module: str
    level: int
    name: str | None
    bound: str
    line: int
    guarded: bool


def imports_in(body: Iterable[ast.AST], *, guarded: bool = False) -> Iterator[Import]:
    """Every import of a body, in order, those of inner scopes too."""
    for node in body:
        match node:
            case ast.Import() | ast.ImportFrom():
                yield from imported_by(node, guarded=guarded)
            case ast.stmt() | ast.ExceptHandler() | ast.match_case():
                inside = guarded or _guards(node)
                yield from imports_in(ast.iter_child_nodes(node), guarded=inside)


def imported_by(node: ast.Import | ast.ImportFrom, *, guarded: bool = False) -> Iterator[Import]:
    """The names that one import statement binds."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            yield _plain_import(alias, node.lineno, guarded)
        else:
            yield Import(
                module=node.module or "",
                level=node.level,
                name=alias.name,
                bound=alias.asname or alias.name,
                line=node.lineno,
                guarded=guarded,
            )


def _plain_import(alias: ast.alias, line: int, guarded: bool) -> Import:
    top = alias.name.partition(".")[0]
    return Import(
        module=alias.name,
        level=0,
        name=None,
        bound=alias.asname or top,
        line=line,
        guarded=guarded,
    )


def _guards(node: ast.AST) -> bool:
    """A function may never be called, an ``if`` be false, and a ``try`` may catch it."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.If | ast.Try)
