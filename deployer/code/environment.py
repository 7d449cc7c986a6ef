"""Which names the backend's code reads from its environment, and which have no default."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from deployer.code.demands import asked_for, demanded
from deployer.code.project import Project
from deployer.code.source import Module, dotted_name
from deployer.code.values import argument, class_fields, keyword, text
from deployer.model import EnvironmentName

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What the platform or the image sets by itself.
GIVEN = frozenset(
    ["PORT", "HOME", "PATH", "HOSTNAME", "PWD", "USER", "PYTHONPATH", "SPACE_ID", "SPACE_HOST"]
)
READERS = ("os.getenv", "os.environ.get", "environ.get", "getenv", "os.environ.setdefault")
MAPPINGS = ("os.environ", "environ")


def read_environment(project: Project, paths: Iterable[str]) -> tuple[EnvironmentName, ...]:
    """Every name read in ``paths``, sorted; a name read twice is required if once it is."""
    found: dict[str, EnvironmentName] = {}
    wrappers = _wrappers(project, paths := tuple(paths))
    for path in paths:
        module = project.code.module(path)
        for item in _names(project, module, wrappers) if module else ():
            held = found.get(item.name)
            if (
                held is None
                or (item.required and held.default is None and not held.required)
                or (held.default is None and not held.required and item.default is not None)
            ):
                found[item.name] = item
    return tuple(found[name] for name in sorted(found) if name not in GIVEN)


def _names(project: Project, module: Module, wrappers: dict[str, int]) -> Iterator[EnvironmentName]:
    path = module.path
    fallbacks = dict(_or_values(project, module))
    needed = demanded(project, module, _reads)
    asked = asked_for(module, MAPPINGS)
    for node in module.nodes:
        match node:
            case ast.Subscript(value=owner, slice=key, ctx=ast.Load()):
                if dotted_name(owner) in MAPPINGS:
                    required = id(node) not in asked
                    yield from _named(path, node, text(project, path, key), None, required=required)
            case ast.Call():
                fallback = fallbacks.get(id(node))
                yield from _read_by_call(project, path, node, fallback, needed)
                position = wrappers.get((dotted_name(node.func) or "").rpartition(".")[2])
                if position is not None:
                    name = text(project, path, argument(node, position, ""))
                    yield from _named(path, node, name, None, required=False)
            case ast.ClassDef() if is_settings(project, path, node):
                yield from settings_names(project, path, node)


def _wrappers(project: Project, paths: Iterable[str]) -> dict[str, int]:
    """The user's own functions that read a name they are given: the argument's position."""
    found: dict[str, int] = {}
    for path in paths:
        module = project.code.module(path)
        for node in module.nodes if module else ():
            if isinstance(node, ast.FunctionDef):
                arguments = [item.arg for item in node.args.args if item.arg not in {"self", "cls"}]
                for read in _names_read(node):
                    if read in arguments:
                        found[node.name] = arguments.index(read)
    return found


def _names_read(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        match node:
            case ast.Call(func=func, args=[ast.Name(id=name), *_]) if dotted_name(func) in READERS:
                yield name
            case ast.Subscript(value=owner, slice=ast.Name(id=name)):
                if dotted_name(owner) in MAPPINGS:
                    yield name


def _named(
    path: str, node: ast.expr | ast.stmt, name: str | None, default: str | None, *, required: bool
) -> Iterator[EnvironmentName]:
    if name is not None and NAME.fullmatch(name):
        yield EnvironmentName(
            name=name, default=default, required=required, file=path, line=node.lineno
        )


def _read_by_call(
    project: Project, path: str, call: ast.Call, fallback: str | None, needed: frozenset[int]
) -> Iterator[EnvironmentName]:
    function = dotted_name(call.func) or ""
    name = text(project, path, argument(call, 0, "key"))
    given = argument(call, 1, "default")
    default = text(project, path, given) if given is not None else fallback
    if given is not None and default is None:
        default = _shown(given)
    if function in READERS:
        required = id(call) in needed and not default
        yield from _named(path, call, name, None if required else default, required=required)
    elif _is_config(project, path, function):
        yield from _named(path, call, name, default, required=given is None)


def _reads(call: ast.Call) -> bool:
    return (dotted_name(call.func) or "") in READERS


def _is_config(project: Project, path: str, function: str) -> bool:
    """python-decouple's ``config("X")``, Starlette's ``config = Config(".env")``, environs."""
    found = project.lookup(path, function.partition(".")[0]) if function else None
    if found is None:
        return False
    if found.outside:
        return found.outside in {"decouple.config", "decouple.config.get"}
    match found.node:
        case ast.Call(func=func) if name := dotted_name(func):
            maker = project.lookup(found.path, name)
            made_by = maker.outside if maker else ""
            return made_by in {
                "starlette.config.Config",
                "decouple.Config",
                "decouple.AutoConfig",
                "environs.Env",
            }
    return False


def _or_values(project: Project, module: Module) -> Iterator[tuple[int, str]]:
    """``os.getenv("X") or "default"``: the default, by the call's identity."""
    for node in module.nodes:
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            last = text(project, module.path, node.values[-1])
            if last is not None:
                yield from ((id(value), last) for value in node.values[:-1])


def is_settings(project: Project, path: str, node: ast.ClassDef, depth: int = 8) -> bool:
    """Whether a class is a pydantic ``BaseSettings``, directly or through the user's own."""
    for base in node.bases if depth else ():
        name = dotted_name(base)
        found = project.lookup(path, name) if name else None
        if (found is None or found.outside) and (name or "").rpartition(".")[2] == "BaseSettings":
            return True
        node_of = found.node if found else None
        if found and isinstance(node_of, ast.ClassDef):
            return is_settings(project, found.path, node_of, depth - 1)
    return False


def settings_names(project: Project, path: str, node: ast.ClassDef) -> Iterator[EnvironmentName]:
    """The environment names of a settings class's own fields."""
    prefix = settings_option(project, path, node, "env_prefix") or ""
    for item in node.body:
        match item:
            case ast.AnnAssign(target=ast.Name(id=field), annotation=annotation, value=value):
                if (
                    field.startswith("_")
                    or field == "model_config"
                    or _is_class_variable(annotation)
                ):
                    continue
                name = _alias(project, path, value) or f"{prefix}{field}".upper()
                default, required = _field_default(project, path, value)
                yield from _named(path, item, name, default, required=required)


def settings_option(project: Project, path: str, node: ast.ClassDef, option: str) -> str | None:
    """``env_prefix`` and its like, from ``model_config`` or the inner ``class Config``."""
    config = class_fields(node).get("model_config")
    if isinstance(config, ast.Call):
        return text(project, path, keyword(config, option))
    for item in node.body:
        if isinstance(item, ast.ClassDef) and item.name == "Config":
            return text(project, path, class_fields(item).get(option))
    return None


def field_name(project: Project, path: str, node: ast.ClassDef, field: str) -> str:
    """The environment name of one field."""
    prefix = settings_option(project, path, node, "env_prefix") or ""
    return _alias(project, path, class_fields(node).get(field)) or f"{prefix}{field}".upper()


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


def _field_default(project: Project, path: str, value: ast.expr | None) -> tuple[str | None, bool]:
    if _is_field(value):
        if keyword(value, "default_factory") is not None:
            return "", False
        value = argument(value, 0, "default")
    if value is None or (isinstance(value, ast.Constant) and value.value is Ellipsis):
        return None, True
    known = text(project, path, value)
    return (known if known is not None else _shown(value)), False


def _is_field(value: ast.expr | None) -> TypeGuard[ast.Call]:
    return isinstance(value, ast.Call) and (dotted_name(value.func) or "").endswith("Field")


def _shown(node: ast.expr) -> str:
    """A default as the code writes it; ``None`` and what must be computed is an empty one."""
    if isinstance(node, ast.Constant):
        return "" if node.value is None else str(node.value)
    if isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.UnaryOp):
        return ast.unparse(node)
    return ""
