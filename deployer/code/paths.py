"""Paths that the code spells out, worked out without running it.

A path that hangs on ``__file__`` begins with ``HERE``, one that hangs on the working directory with
``CWD``; what follows is joined, climbed and formatted like any other text. Where only running the
code would tell, there is no answer.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from msgspec import Struct, field
from msgspec.structs import replace

from deployer.code import values
from deployer.code.project import Project
from deployer.code.source import dotted_name, statements

HERE = "/workspace:"  # no path of a real program begins like these
CWD = "/cwd:"
DEPTH = 24  # constants of constants, and a call for each step up
STEPS = 600  # for one expression: more is a riddle, not a path
TOTAL = 100_000  # for one file
LONG = 5_000  # a longer text is no path
# The expressions that can be a text.
KINDS = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.BinOp, ast.JoinedStr),
    *(ast.Subscript, ast.BoolOp, ast.Call),
)

Function = ast.FunctionDef | ast.AsyncFunctionDef

_WORDS = {"os.pardir": "..", "os.curdir": ".", "os.sep": "/", "os.path.sep": "/"}
_MAKERS = ("Path", "PurePath", "PosixPath", "PurePosixPath")
_SAME = frozenset(("absolute", "expanduser", "as_posix", "expandvars", "fspath", "str"))
_PLAIN = frozenset(("resolve", "abspath", "realpath", "normpath"))


class Reader(Struct, frozen=True, kw_only=True):
    """Works out expressions of one file; ``local`` holds what the function assigns."""

    project: Project
    path: str
    local: Mapping[str, ast.expr] = field(default_factory=dict)
    steps: Iterator[int] = field(default_factory=lambda: iter(range(STEPS)))
    total: Iterator[int] = field(default_factory=lambda: iter(range(TOTAL)))

    def read(self, node: ast.expr | None) -> str | None:
        """What ``node`` is as a text, a path of this module's kind included."""
        if not isinstance(node, KINDS):
            return None
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        fresh = Reader(project=self.project, path=self.path, local=self.local, total=self.total)
        return fresh.text(node)

    def text(self, node: ast.expr | None, depth: int = DEPTH) -> str | None:
        """As ``read``, with what is left of the steps."""
        if depth <= 0 or next(self.steps, None) is None or next(self.total, None) is None:
            return None
        known: str | None = None
        match node:
            case ast.Constant(value=str() as value):
                known = value
            case ast.Name() | ast.Attribute():
                known = self._named(node, depth - 1)
            case ast.Call():
                known = self._called(node, depth - 1)
            case ast.expr():
                known = self._combined(node, depth - 1)
        return known

    def _combined(self, node: ast.expr, depth: int) -> str | None:
        known: str | None = None
        match node:
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                known = self._joined([left, right], depth)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                known = self._put_together([left, right], depth)
            case ast.JoinedStr(values=parts):
                plain = [p.value if isinstance(p, ast.FormattedValue) else p for p in parts]
                known = self._put_together(plain, depth)
            case ast.Subscript(value=ast.Attribute(value=inner, attr="parents"), slice=index):
                known = self._above(inner, index, depth)
            case ast.BoolOp(op=ast.Or(), values=options):
                texts = (self.text(option, depth) for option in options)
                known = next((item for item in texts if item), None)
        return known

    def dotted(self, node: ast.expr) -> str:
        """The full name of what is called: ``os.path.join`` however it was imported."""
        name = dotted_name(node)
        if name is None:
            return node.attr if isinstance(node, ast.Attribute) else ""
        found = self.project.lookup(self.path, name)
        return found.outside if found and found.outside else name

    def within(self, function: Function) -> Reader:
        """The reader for a function's body, which sees what surrounds it, too."""
        return replace(self, local={**self.local, **_assigned(function)})

    def _named(self, node: ast.Name | ast.Attribute, depth: int) -> str | None:
        if isinstance(node, ast.Name):
            if node.id == "__file__":
                return f"{HERE}/{self.path}"
            if node.id in self.local:
                return self.text(self.local[node.id], depth)
        elif node.attr == "parent":
            return _climbed(self.text(node.value, depth), 1)
        word = _WORDS.get(self.dotted(node))
        return word if word else self._defined(dotted_name(node) or "", depth)

    def _defined(self, name: str, depth: int) -> str | None:
        found = self.project.lookup(self.path, name) if name else None
        if found and isinstance(found.node, ast.expr) and "." not in found.name:
            return replace(self, path=found.path, local={}).text(found.node, depth)
        owner, _, attribute = name.rpartition(".")
        made = values.class_of(self.project, self.path, owner) if owner else None
        if made is None:
            return None
        fields = values.given_fields(made[1])
        return replace(self, path=made[0], local=fields).text(fields.get(attribute), depth)

    def _called(self, call: ast.Call, depth: int) -> str | None:
        name = self.dotted(call.func)
        last = name.rpartition(".")[2]
        method = call.func.value if isinstance(call.func, ast.Attribute) else None
        subject = call.args[0] if call.args else method
        known: str | None
        if last in _MAKERS or name in {"os.path.join", "posixpath.join"}:
            known = _anchored(self._joined(call.args, depth)) if call.args else CWD
        elif last in {"getcwd", "cwd"}:
            known = CWD
        elif last == "dirname":
            known = _climbed(self.text(subject, depth), 1)
        elif last == "joinpath" and method is not None:
            known = self._joined([method, *call.args], depth)
        elif last in _SAME | _PLAIN:
            known = self.text(subject, depth)
            known = _flat(known) if last in _PLAIN else known
        else:
            known = self._default(call, name, depth)
        return known

    def _default(self, call: ast.Call, name: str, depth: int) -> str | None:
        """What ``os.getenv("X", default)`` and ``Field(default)`` give when nobody says more."""
        if name.endswith(("getenv", "environ.get")):
            return self.text(values.argument(call, 1, "default"), depth)
        if name.rpartition(".")[2] == "Field":
            return self.text(values.argument(call, 0, "default"), depth)
        return self._returned(call, depth)

    def _returned(self, call: ast.Call, depth: int) -> str | None:
        """What a function of the user's gives back, if it has one way to."""
        name = dotted_name(call.func)
        found = self.project.lookup(self.path, name) if name else None
        if found is None or not isinstance(found.node, ast.FunctionDef):
            return None
        given = _returns(found.node)
        if len(given) != 1:
            return None
        inside = replace(self, path=found.path, local={}).within(found.node)
        return inside.text(given[0], depth)

    def _joined(self, nodes: list[ast.expr], depth: int) -> str | None:
        known = [text for node in nodes if (text := self.text(node, depth)) is not None]
        return posixpath.join(*known) if known and len(known) == len(nodes) else None

    def _put_together(self, nodes: list[ast.expr], depth: int) -> str | None:
        known = [text for node in nodes if (text := self.text(node, depth)) is not None]
        whole = len(known) == len(nodes) and sum(map(len, known)) <= LONG
        return "".join(known) if whole else None

    def _above(self, inner: ast.expr, index: ast.expr, depth: int) -> str | None:
        if isinstance(index, ast.Constant) and isinstance(index.value, int):
            return _climbed(self.text(inner, depth), index.value + 1)
        return None


@lru_cache(maxsize=256)
def _assigned(function: Function) -> dict[str, ast.expr]:
    """What a function's names stand for, the last value of each."""
    found: dict[str, ast.expr] = {}
    for item in statements(function.body):
        match item:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = value
    return found


@lru_cache(maxsize=256)
def _returns(function: ast.FunctionDef) -> tuple[ast.expr | None, ...]:
    """What a function gives back, by its ways to."""
    ways = statements(function.body)
    return tuple(each.value for each in ways if isinstance(each, ast.Return))


def at(known: str, folder: str) -> str | None:
    """The workspace path that a text means for a program run in ``folder``; None outside.

    A plain text is one relative to the working directory.
    """
    if known.startswith(HERE):
        inside = known.removeprefix(HERE).lstrip("/")
    else:
        inside = posixpath.join(folder, known.removeprefix(CWD).lstrip("/"))
        if known.startswith("/") and not known.startswith(CWD):
            return None
    found = posixpath.normpath(inside or ".")
    outside = found.startswith(("/", "..")) or "\0" in found or "\n" in found
    return None if outside or len(found) > 500 else found


def _anchored(known: str | None) -> str | None:
    return known if known is None or known.startswith("/") else posixpath.join(CWD, known)


def _climbed(known: str | None, steps: int) -> str | None:
    step: Callable[[str], str] = posixpath.dirname
    for _ in range(min(steps, DEPTH)):
        known = step(known) if known else known
    return known


def _flat(known: str | None) -> str | None:
    """Without ``..``, but for a path of which only the running program knows the beginning."""
    return posixpath.normpath(known) if known and known.startswith(f"{HERE}/") else known
