"""Which environment name the CORS code takes its origins from, and in which form."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec.structs import replace

from deployer.code.apps import FunctionNode
from deployer.code.cors import Place, cors_origins
from deployer.code.decoding import wants_json
from deployer.code.environment import MAPPINGS, READERS
from deployer.code.project import Project
from deployer.code.settings_class import field_name, is_settings
from deployer.code.source import dotted_name, statements
from deployer.code.values import argument, class_of, made_by, text
from deployer.model import EnvironmentName, OriginSetting

DEPTH = 10
PLACES = 20  # of one file: people have one or two
USUAL = ("ALLOWED_ORIGINS", "CORS_ORIGINS", "CORS_ALLOWED_ORIGINS", "BACKEND_CORS_ORIGINS")


def find_origins(
    project: Project, paths: Iterable[str], environment: Iterable[EnvironmentName]
) -> OriginSetting | None:
    """The setting behind ``allow_origins``, or None when no environment name reaches it.

    Where the way there can't be followed, a name that the code reads and people use for it.
    """
    computed = False
    for path in paths:
        for place, value in islice(cors_origins(project, path), PLACES):
            found = next(_flow(project, place, value, DEPTH), None)
            if found is not None:
                return found
            computed = computed or not _is_fixed(value)
    return _by_name(environment) if computed else None


def _is_fixed(value: ast.expr) -> bool:
    return isinstance(value, ast.List | ast.Tuple) and all(
        isinstance(item, ast.Constant) for item in value.elts
    )


def _by_name(environment: Iterable[EnvironmentName]) -> OriginSetting | None:
    known = {item.name: item for item in environment}
    for name in USUAL:
        if name in known:
            return OriginSetting(name=name, file=known[name].file, line=known[name].line)
    return None


def _flow(project: Project, place: Place, node: ast.expr, depth: int) -> Iterator[OriginSetting]:
    """The settings whose value flows into ``node``."""
    match node if depth and place.afford() else None:
        case ast.Name(id=name):
            yield from _name(project, place, name, depth)
        case ast.Attribute() as member:
            yield from _attribute(project, place, member, depth)
        case ast.Call() as call:
            yield from _call(project, place, call, depth)
        case ast.Subscript(value=owner, slice=key) if dotted_name(owner) in MAPPINGS:
            yield from _setting(text(project, place.path, key), place.path, node.lineno)
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            yield from _items(project, place, items, depth)
        case ast.expr() as other:
            for child in _inner(other):
                yield from _flow(project, place, child, depth - 1)


def _items(
    project: Project, place: Place, items: list[ast.expr], depth: int
) -> Iterator[OriginSetting]:
    for item in items:
        starred = isinstance(item, ast.Starred)
        for found in _flow(project, place, item, depth - 1):
            yield found if starred else replace(found, single=True)


def _inner(node: ast.expr) -> list[ast.expr]:
    """Of a comprehension what it runs over, of a choice its sides, else every part."""
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        return [node.generators[0].iter]
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]


def _setting(name: str | None, path: str, line: int) -> Iterator[OriginSetting]:
    if name:
        yield OriginSetting(name=name, file=path, line=line)


def _name(project: Project, place: Place, name: str, depth: int) -> Iterator[OriginSetting]:
    local = list(_values_of(place.body, name))
    for value in local:
        yield from _flow(project, place, value, depth - 1)
    if local:
        return
    found = project.lookup(place.path, name)
    module = project.code.module(found.path) if found and found.path else None
    if found and module and isinstance(found.node, ast.expr):
        inner = place.at(found.path, module.tree.body)
        for value in _values_of(inner.body, found.name):
            yield from _flow(project, inner, value, depth - 1)


def _values_of(body: tuple[ast.stmt, ...], name: str) -> Iterator[ast.expr]:
    """What is assigned, appended and added to a name (``x`` or ``self.x``) in a body."""
    for statement in statements(body):
        match statement:
            case ast.Assign(targets=[target], value=value) if dotted_name(target) == name:
                yield value
            case ast.AnnAssign(target=target, value=ast.expr() as value) if _is(target, name):
                yield value
            case ast.AugAssign(target=target, value=value) if _is(target, name):
                yield value
            case ast.If(test=ast.NamedExpr(target=target, value=value)) if _is(target, name):
                yield value
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=target, attr=attr)) as call):
                if _is(target, name) and call.args:
                    # `append` adds one origin, `extend` as many as it is given.
                    single = attr in {"append", "add", "insert"}
                    yield ast.List(elts=[call.args[-1]]) if single else call.args[0]


def _is(target: ast.expr, name: str) -> bool:
    return dotted_name(target) == name


def _attribute(
    project: Project, place: Place, node: ast.Attribute, depth: int
) -> Iterator[OriginSetting]:
    """``settings.origins``: a member of what ``settings`` is made from, or a name in a module."""
    made = _class(project, place, node.value)
    if made is not None:
        inner = place.at(made[0], made[1].body, made[1])
        yield from _member(project, inner, made[1], node.attr, depth)
        return
    name = dotted_name(node)
    found = project.lookup(place.path, name) if name else None
    module = project.code.module(found.path) if found and found.path else None
    if found and module and isinstance(found.node, ast.expr) and "." not in found.name:
        inner = place.at(found.path, module.tree.body)
        yield from _flow(project, inner, found.node, depth - 1)
    elif name is None:
        yield from _flow(project, place, node.value, depth - 1)


def _class(project: Project, place: Place, owner: ast.expr) -> tuple[str, ast.ClassDef] | None:
    """The user's class that an object is an instance of."""
    if isinstance(owner, ast.Call):
        return made_by(project, place.path, dotted_name(owner.func) or "")
    name = dotted_name(owner) or ""
    if name in {"self", "cls"} and place.owner is not None:
        return place.path, place.owner
    for value in _values_of(place.body, name):
        if isinstance(value, ast.Call):
            return made_by(project, place.path, dotted_name(value.func) or "")
    return class_of(project, place.path, name) if name else None


def _member(
    project: Project, place: Place, owner: ast.ClassDef, member: str, depth: int
) -> Iterator[OriginSetting]:
    """A class's field, property or method, or what its ``__init__`` sets; bases come last."""
    for item in owner.body:
        match item:
            case ast.FunctionDef(name=name, body=body) if name == member:
                yield from _returned(project, place.at(place.path, body, owner), depth)
            case ast.FunctionDef(name="__init__" | "model_post_init", body=body):
                inside = place.at(place.path, body, owner)
                for value in _values_of(inside.body, f"self.{member}"):
                    yield from _flow(project, inside, value, depth - 1)
            case ast.AnnAssign(target=target) if _is(target, member):
                yield from _field(project, place, owner, item, depth)
            case ast.Assign(targets=[target], value=value) if _is(target, member):
                yield from _flow(project, place, value, depth - 1)
    for path, base in _bases(project, place, owner, depth):
        yield from _member(project, place.at(path, base.body, base), base, member, depth - 1)


def _bases(
    project: Project, place: Place, owner: ast.ClassDef, depth: int
) -> Iterator[tuple[str, ast.ClassDef]]:
    for base in owner.bases if depth > 0 else ():
        found = project.lookup(place.path, dotted_name(base) or "")
        if place.afford() and found and isinstance(found.node, ast.ClassDef):
            yield found.path, found.node


def _field(
    project: Project, place: Place, owner: ast.ClassDef, item: ast.AnnAssign, depth: int
) -> Iterator[OriginSetting]:
    assert isinstance(item.target, ast.Name)
    path = place.path
    if is_settings(project, path, owner):
        yield OriginSetting(
            name=field_name(project, path, owner, item.target.id),
            as_json=wants_json(owner, item.annotation),
            file=path,
            line=item.lineno,
        )
    elif item.value is not None:
        yield from _flow(project, place, item.value, depth - 1)


def _call(project: Project, place: Place, call: ast.Call, depth: int) -> Iterator[OriginSetting]:
    function = dotted_name(call.func) or ""
    if function in READERS or function.rpartition(".")[2] == "config":
        yield from _setting(
            text(project, place.path, argument(call, 0, "key")), place.path, call.lineno
        )
        return
    if function.endswith("json.loads"):
        for found in _flow(project, place, call.args[0], depth - 1) if call.args else ():
            yield replace(found, as_json=True)
        return
    if isinstance(call.func, ast.Attribute):
        yield from _flow(project, place, call.func, depth - 1)
        yield from _flow(project, place, call.func.value, depth - 1)
    yield from _own_function(project, place, function, depth)
    for value in (*call.args, *(item.value for item in call.keywords)):
        yield from _flow(project, place, value, depth - 1)


def _own_function(
    project: Project, place: Place, function: str, depth: int
) -> Iterator[OriginSetting]:
    found = project.lookup(place.path, function) if function else None
    if found and isinstance(found.node, FunctionNode):
        inner = place.at(found.path, found.node.body)
        yield from _returned(project, inner, depth)


def _returned(project: Project, place: Place, depth: int) -> Iterator[OriginSetting]:
    for statement in statements(place.body):
        if isinstance(statement, ast.Return) and statement.value is not None:
            yield from _flow(project, place, statement.value, depth - 1)
