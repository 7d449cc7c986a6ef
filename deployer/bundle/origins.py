"""Which environment name the CORS code takes its origins from, and in which form."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from deployer.bundle.apps import FunctionNode
from deployer.bundle.environment import (
    MAPPINGS,
    READERS,
    field_name,
    is_settings,
)
from deployer.bundle.project import Project
from deployer.bundle.source import dotted_name, statements
from deployer.bundle.values import argument, class_fields, class_of, keyword, text
from deployer.model import OriginSetting

DEPTH = 10
LISTS = ("list", "List", "Sequence", "set", "Set", "tuple", "Tuple")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an expression stands: its file, the function around it, the class of ``self``."""

    path: str
    body: tuple[ast.stmt, ...] = ()
    owner: ast.ClassDef | None = None


def find_origins(project: Project, paths: Iterable[str]) -> OriginSetting | None:
    """The setting behind ``allow_origins``, or None when no environment name reaches it."""
    for path in paths:
        module = project.code.module(path)
        for place, value in _cors(path, module.tree) if module else ():
            found = next(_flow(project, place, value, DEPTH), None)
            if found is not None:
                return found
    return None


def has_cors(project: Project, paths: Iterable[str]) -> bool:
    """Whether the code adds CORS headers at all."""
    modules = (project.code.module(path) for path in paths)
    return any(True for m in modules if m for _ in _cors(m.path, m.tree))


def _cors(path: str, tree: ast.Module) -> Iterator[tuple[_Place, ast.expr]]:
    bodies = [tuple(tree.body)]
    bodies += [tuple(n.body) for n in ast.walk(tree) if isinstance(n, FunctionNode)]
    for body in reversed(bodies):
        for node in ast.walk(ast.Module(body=list(body), type_ignores=[])):
            if isinstance(node, ast.Call) and _is_cors(node):
                value = keyword(node, "allow_origins")
                if value is not None:
                    yield _Place(path, body), value


def _is_cors(call: ast.Call) -> bool:
    named = [dotted_name(item) or "" for item in (call.func, *call.args)]
    return any(name.rpartition(".")[2] == "CORSMiddleware" for name in named)


def _flow(project: Project, place: _Place, node: ast.expr, depth: int) -> Iterator[OriginSetting]:
    """The settings whose value flows into ``node``."""
    if depth == 0:
        return
    match node:
        case ast.Name(id=name):
            yield from _name(project, place, name, depth)
        case ast.Attribute():
            yield from _attribute(project, place, node, depth)
        case ast.Subscript(value=owner, slice=key) if dotted_name(owner) in MAPPINGS:
            yield from _setting(text(project, place.path, key), place.path, node.lineno)
        case ast.Call():
            yield from _call(project, place, node, depth)
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            for item in items:
                starred = isinstance(item, ast.Starred)
                for found in _flow(project, place, item, depth - 1):
                    yield found if starred else replace(found, single=True)
        case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
            yield from _flow(project, place, node.generators[0].iter, depth - 1)
        case _:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield from _flow(project, place, child, depth - 1)


def _setting(name: str | None, path: str, line: int) -> Iterator[OriginSetting]:
    if name:
        yield OriginSetting(name=name, file=path, line=line)


def _name(project: Project, place: _Place, name: str, depth: int) -> Iterator[OriginSetting]:
    local = list(_values_of(place.body, name))
    for value in local:
        yield from _flow(project, place, value, depth - 1)
    if local:
        return
    found = project.lookup(place.path, name)
    module = project.code.module(found.path) if found and found.path else None
    if found and module and isinstance(found.node, ast.expr):
        inner = _Place(found.path, tuple(module.tree.body))
        for value in _values_of(inner.body, found.name):
            yield from _flow(project, inner, value, depth - 1)


def _values_of(body: tuple[ast.stmt, ...], name: str) -> Iterator[ast.expr]:
    """What is assigned, appended and added to a name in a body."""
    for statement in statements(body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case (
                ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value)
                | ast.AugAssign(target=ast.Name(id=target), value=value)
            ) if target == name:
                yield value
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr=attr)) as call
            ):
                if target == name and call.args:
                    # `append` adds one origin, `extend` as many as it is given.
                    single = attr in {"append", "add", "insert"}
                    yield ast.List(elts=[call.args[-1]]) if single else call.args[0]


def _attribute(
    project: Project, place: _Place, node: ast.Attribute, depth: int
) -> Iterator[OriginSetting]:
    name = dotted_name(node)
    if name is None:
        yield from _flow(project, place, node.value, depth - 1)
        return
    owner, _, member = name.rpartition(".")
    if owner in {"self", "cls"} and place.owner is not None:
        yield from _member(project, place.path, place.owner, member, depth)
        return
    made = class_of(project, place.path, owner)
    if made is not None:
        yield from _member(project, made[0], made[1], member, depth)
        return
    found = project.lookup(place.path, name)
    module = project.code.module(found.path) if found and found.path else None
    if found and module and isinstance(found.node, ast.expr) and "." not in found.name:
        yield from _flow(
            project, _Place(found.path, tuple(module.tree.body)), found.node, depth - 1
        )


def _member(
    project: Project, path: str, owner: ast.ClassDef, member: str, depth: int
) -> Iterator[OriginSetting]:
    """A class's field, property or method."""
    for item in owner.body:
        match item:
            case ast.FunctionDef(name=name, body=body) if name == member:
                place = _Place(path, tuple(body), owner)
                yield from _returned(project, place, depth)
                return
            case ast.AnnAssign(target=ast.Name(id=name)) if name == member:
                yield from _field(project, path, owner, item, depth)
                return
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == member:
                yield from _flow(project, _Place(path, tuple(owner.body), owner), value, depth - 1)
                return
    for base in owner.bases:
        found = project.lookup(path, dotted_name(base) or "")
        if found and isinstance(found.node, ast.ClassDef):
            yield from _member(project, found.path, found.node, member, depth - 1)


def _field(
    project: Project, path: str, owner: ast.ClassDef, item: ast.AnnAssign, depth: int
) -> Iterator[OriginSetting]:
    assert isinstance(item.target, ast.Name)
    if is_settings(project, path, owner):
        yield OriginSetting(
            name=field_name(project, path, owner, item.target.id),
            as_json=_wants_json(project, path, owner, item.annotation),
            file=path,
            line=item.lineno,
        )
    elif item.value is not None:
        yield from _flow(project, _Place(path, tuple(owner.body), owner), item.value, depth - 1)


def _wants_json(project: Project, path: str, owner: ast.ClassDef, annotation: ast.expr) -> bool:
    """pydantic-settings decodes a list field as JSON before any validator sees the text.

    So a validator that splits at commas does not help; ``NoDecode``, ``enable_decoding=False`` or
    a union with ``str`` does (pydantic-settings documentation, Parsing environment variables).
    """
    written = ast.unparse(annotation)
    config = class_fields(owner).get("model_config")
    decoding = keyword(config, "enable_decoding") if isinstance(config, ast.Call) else None
    if "NoDecode" in written or (isinstance(decoding, ast.Constant) and decoding.value is False):
        return False
    inner = annotation
    if isinstance(inner, ast.Subscript) and dotted_name(inner.value) in {"Annotated", "Optional"}:
        inner = inner.slice.elts[0] if isinstance(inner.slice, ast.Tuple) else inner.slice
    return any(_is_list(part) for part in _union(inner)) and not any(
        dotted_name(part) == "str" for part in _union(inner)
    )


def _union(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return [*_union(left), *_union(right)]
        case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=items)):
            return [part for item in items for part in _union(item)]
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _union(inner)
    return [node]


def _is_list(node: ast.expr) -> bool:
    inner = node.value if isinstance(node, ast.Subscript) else node
    return (dotted_name(inner) or "").rpartition(".")[2] in LISTS


def _call(project: Project, place: _Place, call: ast.Call, depth: int) -> Iterator[OriginSetting]:
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
        found_any = False
        for found in _flow(project, place, call.func, depth - 1):
            found_any = True
            yield found
        if not found_any:
            yield from _flow(project, place, call.func.value, depth - 1)
    else:
        yield from _own_function(project, place, function, depth)
    for value in call.args:
        yield from _flow(project, place, value, depth - 1)


def _own_function(
    project: Project, place: _Place, function: str, depth: int
) -> Iterator[OriginSetting]:
    found = project.lookup(place.path, function) if function else None
    if found and isinstance(found.node, FunctionNode):
        inner = _Place(found.path, tuple(found.node.body))
        yield from _returned(project, inner, depth)


def _returned(project: Project, place: _Place, depth: int) -> Iterator[OriginSetting]:
    for statement in statements(place.body):
        if isinstance(statement, ast.Return) and statement.value is not None:
            yield from _flow(project, place, statement.value, depth - 1)
