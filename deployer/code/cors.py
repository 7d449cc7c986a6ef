"""Where the app adds CORS headers, and the expression that its allowed origins come from."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import replace

from deployer.code.project import Project
from deployer.code.source import dotted_name, walk
from deployer.code.values import keyword, text

STEPS = 50_000  # statements looked at for one CORS call: more is a riddle
SCOPES = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef)


class Place(Struct, frozen=True):
    """Where an expression stands: its file, the function around it, the class of ``self``."""

    path: str
    body: tuple[ast.stmt, ...] = ()
    owner: ast.ClassDef | None = None
    steps: Iterator[int] = field(default_factory=lambda: iter(range(STEPS)))

    def at(self, path: str, body: Iterable[ast.stmt], owner: ast.ClassDef | None = None) -> Place:
        """Another place on the same way, with what is left of the steps."""
        return replace(self, path=path, body=tuple(body), owner=owner)

    def afford(self) -> bool:
        """Whether another look through the body is within the steps."""
        return next(islice(self.steps, len(self.body), None), None) is not None


def has_cors(project: Project, paths: Iterable[str]) -> bool:
    """Whether the code adds CORS headers at all."""
    return any(True for path in paths for _ in cors_origins(project, path))


def cors_origins(project: Project, path: str) -> Iterator[tuple[Place, ast.expr]]:
    """Every ``allow_origins``, with the innermost function around it."""
    if not project.code.mentions(path, (b"CORSMiddleware",)):
        return
    module = project.code.module(path)
    bodies = [tuple(n.body) for n in (module.nodes if module else ()) if isinstance(n, SCOPES)]
    for body in reversed(bodies):
        for node in walk(ast.Module(body=list(body), type_ignores=[])):
            if isinstance(node, ast.Call) and _is_cors(project, path, node):
                value = keyword(node, "allow_origins") or _spread(project, path, node)
                if value is not None:
                    yield Place(path, body), value


def _spread(project: Project, path: str, call: ast.Call) -> ast.expr | None:
    """``**options`` with ``allow_origins`` among them."""
    for item in call.keywords:
        name = dotted_name(item.value) if item.arg is None else None
        found = project.lookup(path, name) if name else None
        match found.node if found else None:
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                return next(
                    (v for k, v in pairs if text(project, path, k) == "allow_origins"), None
                )
    return None


def _is_cors(project: Project, path: str, call: ast.Call) -> bool:
    for item in (call.func, *call.args[:1]):
        name = dotted_name(item) or ""
        found = project.lookup(path, name) if name else None
        if (found.outside if found else name).rpartition(".")[2] == "CORSMiddleware":
            return True
    return False
