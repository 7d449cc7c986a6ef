"""Strings that the code spells out: constants, f-strings, defaults, settings fields."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache

from deployer.code.project import Project
from deployer.code.source import dotted_name, statements, walk

DEPTH = 8
LONG = 5_000  # a longer text is data


def text(project: Project, path: str, node: ast.expr | None, depth: int = DEPTH) -> str | None:
    """The string that ``node`` means in ``path``, or None when only running it would tell."""
    if node is None or not depth:
        return None
    texts, key = project.notes.texts, (path, id(node))
    if key not in texts:
        texts[key] = None  # what leads back to itself is not known
        texts[key] = _text(project, path, node, depth)
    return texts[key]


def _text(project: Project, path: str, node: ast.expr, depth: int) -> str | None:
    known: str | None = None
    match node:
        case ast.Constant(value=str() as value):
            known = value
        case ast.JoinedStr(values=parts):
            known = _joined([_part(project, path, part, depth) for part in parts])
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            known = _joined([text(project, path, side, depth - 1) for side in (left, right)])
        case ast.Name() | ast.Attribute() as name:
            known = _named(project, path, name, depth)
        case ast.Call() as call:
            known = _default(project, path, call, depth)
        case ast.BoolOp(op=ast.Or(), values=values):
            known = next((t for v in values if (t := text(project, path, v, depth - 1))), None)
    return known


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument."""
    return next((item.value for item in call.keywords if item.arg == name), None)


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """An argument given by position or by keyword."""
    return call.args[position] if len(call.args) > position else keyword(call, name)


@lru_cache(maxsize=256)
def class_fields(node: ast.ClassDef) -> dict[str, ast.expr | None]:
    """A class's fields and what they are set to, also by its ``__init__``."""
    fields: dict[str, ast.expr | None] = {}
    for item in statements((*_set_up(node), *node.body)):
        match item:
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                fields[name] = value or fields.get(name)
            case ast.Assign(targets=[ast.Name() | ast.Attribute() as target], value=value):
                fields[(dotted_name(target) or "").removeprefix("self.")] = value
    return fields


@lru_cache(maxsize=256)
def given_fields(node: ast.ClassDef) -> dict[str, ast.expr]:
    """The fields of ``class_fields`` that are set to something."""
    return {name: value for name, value in class_fields(node).items() if value is not None}


def _set_up(node: ast.ClassDef) -> list[ast.stmt]:
    made = (item for item in node.body if isinstance(item, ast.FunctionDef))
    return next((item.body for item in made if item.name == "__init__"), [])


def class_of(project: Project, path: str, owner: str) -> tuple[str, ast.ClassDef] | None:
    """The user's class that the object ``owner`` (``settings``) is made from, and its file."""
    found = project.lookup(path, owner)
    if found is None or found.node is None or found.name != found.name.partition(".")[0]:
        return None
    match found.node:
        case ast.ClassDef() as node:
            return found.path, node
        case ast.Call(func=func) if name := dotted_name(func):
            return made_by(project, found.path, name)
    return None


def made_by(project: Project, path: str, name: str) -> tuple[str, ast.ClassDef] | None:
    """The class that calling ``name`` makes: itself, or what the function returns."""
    found = project.lookup(path, name)
    match found.node if found else None:
        case ast.ClassDef() as node:
            assert found is not None
            return found.path, node
        case ast.FunctionDef() as node if (inner := _called_for(node)) and inner != name:
            assert found is not None
            return made_by(project, found.path, inner)
    return None


@lru_cache(maxsize=256)
def _called_for(function: ast.FunctionDef) -> str | None:
    """What a function calls for the value that it returns first."""
    for item in walk(ast.Module(body=function.body, type_ignores=[])):
        match item:
            case ast.Return(value=ast.Call(func=func)) if name := dotted_name(func):
                return name
    return None


def _joined(parts: list[str | None]) -> str | None:
    known = [part for part in parts if part is not None]
    whole = len(known) == len(parts) and sum(map(len, known)) <= LONG
    return "".join(known) if whole else None


def _part(project: Project, path: str, node: ast.expr, depth: int) -> str | None:
    inner = node.value if isinstance(node, ast.FormattedValue) else node
    return text(project, path, inner, depth - 1)


def _named(project: Project, path: str, node: ast.expr, depth: int) -> str | None:
    name = (dotted_name(node) or "").removesuffix(".value")  # of an enumeration's member
    found = project.lookup(path, name) if name else None
    if found and isinstance(found.node, ast.expr) and "." not in found.name:
        return text(project, found.path, found.node, depth - 1)
    owner, _, field = name.rpartition(".")
    made = class_of(project, path, owner) if owner else None
    if made is None:
        return None
    return text(project, made[0], class_fields(made[1]).get(field), depth - 1)


def _default(project: Project, path: str, call: ast.Call, depth: int) -> str | None:
    """The default of ``os.getenv("X", "default")`` and ``Field("default")``; ``str`` methods."""
    name = dotted_name(call.func) or ""
    if name.endswith(("getenv", "environ.get")):
        return text(project, path, argument(call, 1, "default"), depth - 1)
    if name.rpartition(".")[2] == "Field":
        return text(project, path, argument(call, 0, "default"), depth - 1)
    method = _STRING_METHODS.get(getattr(call.func, "attr", ""))
    if method and isinstance(call.func, ast.Attribute):
        inner = text(project, path, call.func.value, depth - 1)
        chars = text(project, path, argument(call, 0, "chars"), depth - 1)
        return None if inner is None else method(inner, chars)
    return None


_STRING_METHODS: dict[str, Callable[[str, str | None], str]] = {
    "strip": lambda value, chars: value.strip(chars),
    "rstrip": lambda value, chars: value.rstrip(chars),
    "lstrip": lambda value, chars: value.lstrip(chars),
    "lower": lambda value, _: value.lower(),
}
