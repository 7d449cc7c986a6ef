"""The names that a pydantic settings class reads from the environment."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from msgspec import Struct

from deployer.code.project import Project
from deployer.code.source import Module, dotted_name
from deployer.code.values import argument, class_fields, keyword, text
from deployer.model import EnvironmentName

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
DEEP = 8  # classes inherited or nested deeper than this are a cycle

Place = tuple[str, ast.ClassDef]  # a class and the file that it stands in


class _Naming(Struct, frozen=True, kw_only=True):
    """How a class names its fields: ``prefix`` before, ``delimiter`` between nested ones."""

    prefix: str
    delimiter: str
    optional: bool = False


def is_settings(project: Project, path: str, node: ast.ClassDef) -> bool:
    """Whether a class is a pydantic ``BaseSettings``, directly or through the user's own."""
    return any(_is_base(project, *place) for place in lineage(project, path, node))


def lineage(project: Project, path: str, node: ast.ClassDef, depth: int = DEEP) -> Iterator[Place]:
    """The class and those of the user's that it inherits from, nearest first."""
    yield path, node
    for base in node.bases if depth else ():
        found = project.lookup(path, dotted_name(base) or "")
        if found and isinstance(found.node, ast.ClassDef) and found.node is not node:
            yield from lineage(project, found.path, found.node, depth - 1)


def inherited(project: Project, paths: Iterable[str]) -> frozenset[int]:
    """The classes (by identity) of which another settings class takes the fields."""
    found: set[int] = set()
    for path in paths:
        module = project.code.module(path)
        for node in module.nodes if module else ():
            if isinstance(node, ast.ClassDef) and node.bases:
                line = [each for _, each in lineage(project, path, node)]
                found |= {id(each) for each in line[1:]}
    return frozenset(found)


def settings_names(
    project: Project, module: Module, bases: frozenset[int]
) -> Iterator[EnvironmentName]:
    """The names of every settings class of a module, less those that are only ``bases``."""
    for node in module.nodes:
        if not isinstance(node, ast.ClassDef) or id(node) in bases:
            continue
        if is_settings(project, module.path, node):
            yield from _fields(project, module.path, node, naming(project, module.path, node))


def naming(project: Project, path: str, node: ast.ClassDef) -> _Naming:
    """The ``env_prefix`` and ``env_nested_delimiter`` that hold for a class."""
    return _Naming(
        prefix=_option(project, path, node, "env_prefix") or "",
        delimiter=_option(project, path, node, "env_nested_delimiter") or "",
    )


def field_name(project: Project, path: str, node: ast.ClassDef, field: str) -> str:
    """The environment name of one field."""
    prefix = _option(project, path, node, "env_prefix") or ""
    return _alias(project, path, class_fields(node).get(field)) or f"{prefix}{field}".upper()


def named(
    path: str, node: ast.expr | ast.stmt, name: str | None, default: str | None, *, required: bool
) -> Iterator[EnvironmentName]:
    """The name with its place; nothing where it is none."""
    if name is not None and NAME.fullmatch(name):
        yield EnvironmentName(
            name=name, default=default, required=required, file=path, line=node.lineno
        )


def shown(node: ast.expr) -> str:
    """A default as the code writes it; ``None`` and what must be computed is an empty one."""
    if isinstance(node, ast.Constant):
        return "" if node.value is None else str(node.value)
    if isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.UnaryOp):
        return ast.unparse(node)
    return ""


def _fields(
    project: Project, path: str, node: ast.ClassDef, how: _Naming, depth: int = DEEP
) -> Iterator[EnvironmentName]:
    seen: set[str] = set()
    for place, owner in lineage(project, path, node):
        for item in owner.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                field = item.target.id
                if field not in seen and depth:
                    seen.add(field)
                    yield from _field(project, place, item, how, depth)


def _field(
    project: Project, path: str, item: ast.AnnAssign, how: _Naming, depth: int
) -> Iterator[EnvironmentName]:
    assert isinstance(item.target, ast.Name)
    field = item.target.id
    if field.startswith("_") or field == "model_config" or _is_class_variable(item.annotation):
        return
    name = _alias(project, path, item.value) or _alias(project, path, _told(item.annotation))
    name = name or f"{how.prefix}{field}".upper()
    default, required = _default(project, path, item)
    inner = _model(project, path, item.annotation)
    if inner is not None and is_settings(project, *inner):
        return  # it reads its own names
    if inner is not None and how.delimiter:
        nested = _Naming(
            prefix=f"{name}{how.delimiter}",
            delimiter=how.delimiter,
            optional=how.optional or not required,
        )
        yield from _fields(project, *inner, nested, depth - 1)
        return
    yield from named(path, item, name, default, required=required and not how.optional)


def _model(project: Project, path: str, annotation: ast.expr) -> Place | None:
    """The user's class that a field holds."""
    name = dotted_name(annotation)
    found = project.lookup(path, name) if name else None
    if found and isinstance(found.node, ast.ClassDef):
        # An enumeration is a text, and no group of fields.
        fields = any(isinstance(item, ast.AnnAssign) for item in found.node.body)
        return (found.path, found.node) if fields else None
    return None


def _told(annotation: ast.expr) -> ast.expr | None:
    """The ``Field(…)`` in ``Annotated[str, Field(…)]``."""
    inner = annotation.slice if isinstance(annotation, ast.Subscript) else None
    parts = inner.elts if isinstance(inner, ast.Tuple) else []
    return next((part for part in parts if _is_field(part)), None)


def _option(project: Project, path: str, node: ast.ClassDef, option: str) -> str | None:
    """From ``model_config``, a keyword of the class, or the inner ``class Config``."""
    for place, owner in lineage(project, path, node):
        for value in _said(owner, option):
            known = text(project, place, value)
            if known is not None:
                return known
    return None


def _said(node: ast.ClassDef, option: str) -> Iterator[ast.expr | None]:
    yield from (item.value for item in node.keywords if item.arg == option)
    match class_fields(node).get("model_config"):
        case ast.Call() as call:
            yield keyword(call, option)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and key.value == option:
                    yield value
    for item in node.body:
        if isinstance(item, ast.ClassDef) and item.name == "Config":
            yield class_fields(item).get(option)


def _is_base(project: Project, path: str, node: ast.ClassDef) -> bool:
    for base in node.bases:
        name = dotted_name(base) or ""
        found = project.lookup(path, name) if name else None
        if (found is None or found.outside) and name.rpartition(".")[2] == "BaseSettings":
            return True
    return False


def _is_class_variable(annotation: ast.expr) -> bool:
    inner = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return (dotted_name(inner) or "").rpartition(".")[2] == "ClassVar"


def _alias(project: Project, path: str, value: ast.expr | None) -> str | None:
    """``Field(alias="X")``, ``validation_alias=AliasChoices("X", …)``, pydantic 1's ``env="X"``."""
    if not _is_field(value):
        return None
    for option in ("validation_alias", "alias", "env"):
        given = keyword(value, option)
        if isinstance(given, ast.Call):
            given = argument(given, 0, "")
        if isinstance(given, ast.List | ast.Tuple) and given.elts:
            given = given.elts[0]
        name = text(project, path, given)
        if name:
            return name.upper()
    return None


def _default(project: Project, path: str, item: ast.AnnAssign) -> tuple[str | None, bool]:
    """The default and whether there is none."""
    value = item.value
    if _is_field(value):
        if keyword(value, "default_factory") is not None:
            return "", False
        value = argument(value, 0, "default")
    if value is None or (isinstance(value, ast.Constant) and value.value is Ellipsis):
        bare = item.value is None and _is_optional_of_pydantic_1(project, path, item)
        return ("", False) if bare else (None, True)
    known = text(project, path, value)
    return (known if known is not None else shown(value)), False


def _is_optional_of_pydantic_1(project: Project, path: str, item: ast.AnnAssign) -> bool:
    """pydantic 1, where ``BaseSettings`` was its own, gave ``Optional`` fields a default."""
    found = project.lookup(path, "BaseSettings")
    optional = isinstance(item.annotation, ast.Subscript) and (
        dotted_name(item.annotation.value) or ""
    ).endswith("Optional")
    return optional and found is not None and found.outside == "pydantic.BaseSettings"


def _is_field(value: ast.expr | None) -> TypeGuard[ast.Call]:
    return isinstance(value, ast.Call) and (dotted_name(value.func) or "").endswith("Field")
