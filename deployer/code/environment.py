"""Which names the backend's code reads from its environment, and which have no default."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from deployer.code.demands import asked_for, demanded
from deployer.code.project import Project
from deployer.code.settings_class import inherited, named, settings_names, shown
from deployer.code.source import Module, dotted_name, walk
from deployer.code.values import argument, text
from deployer.model import EnvironmentName

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What the platform or the image sets by itself.
GIVEN = frozenset(
    ["PORT", "HOME", "PATH", "HOSTNAME", "PWD", "USER", "PYTHONPATH", "SPACE_ID", "SPACE_HOST"]
)
READERS = ("os.getenv", "os.environ.get", "environ.get", "getenv", "os.environ.setdefault")
MAPPINGS = ("os.environ", "environ")
READS = (b"env", b"onfig")  # no file without one of them reads a name


def read_environment(project: Project, paths: Iterable[str]) -> tuple[EnvironmentName, ...]:
    """Every name read in ``paths``, sorted; a name read twice is required if once it is."""
    found: dict[str, EnvironmentName] = {}
    wrappers = _wrappers(project, paths := tuple(paths))
    owners = inherited(project, paths)
    words = (*READS, *(name.encode() for name in wrappers))
    for path in paths:
        module = project.code.module(path)
        reads = module is not None and project.code.mentions(path, words)
        names = _names(project, module, wrappers) if module and reads else ()
        for item in (*names, *(settings_names(project, module, owners) if module else ())):
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
    looks_up = project.code.mentions(path, (b"environ",))
    asked = asked_for(module, MAPPINGS) if looks_up else frozenset()
    for node in module.nodes:
        match node:
            case ast.Subscript(value=owner, slice=key, ctx=ast.Load()):
                if _of_os(module, owner) in MAPPINGS:
                    required = id(node) not in asked
                    yield from named(path, node, text(project, path, key), None, required=required)
            case ast.Call():
                fallback = fallbacks.get(id(node))
                yield from _read_by_call(project, module, node, fallback, needed)
                position = wrappers.get((dotted_name(node.func) or "").rpartition(".")[2])
                if position is not None:
                    name = text(project, path, argument(node, position, ""))
                    given = text(project, path, argument(node, position + 1, "default"))
                    yield from named(path, node, name, given, required=False)


def _wrappers(project: Project, paths: Iterable[str]) -> dict[str, int]:
    """The user's own functions that read a name they are given: the argument's position."""
    found: dict[str, int] = {}
    for path in paths:
        module = project.code.module(path) if project.code.mentions(path, READS) else None
        for node in module.nodes if module else ():
            if isinstance(node, ast.FunctionDef):
                arguments = [item.arg for item in node.args.args if item.arg not in {"self", "cls"}]
                for read in _names_read(node):
                    if read in arguments:
                        found[node.name] = arguments.index(read)
    return found


def _names_read(function: ast.FunctionDef) -> Iterator[str]:
    for node in walk(function):
        match node:
            case ast.Call(func=func, args=[ast.Name(id=name), *_]) if dotted_name(func) in READERS:
                yield name
            case ast.Subscript(value=owner, slice=ast.Name(id=name)):
                if dotted_name(owner) in MAPPINGS:
                    yield name


def _read_by_call(
    project: Project, module: Module, call: ast.Call, fallback: str | None, needed: frozenset[int]
) -> Iterator[EnvironmentName]:
    path, function = module.path, _of_os(module, call.func)
    name = text(project, path, argument(call, 0, "key"))
    given = argument(call, 1, "default")
    default = text(project, path, given) if given is not None else fallback
    if given is not None and default is None:
        default = shown(given)
    if function in READERS:
        required = id(call) in needed and not default
        yield from named(path, call, name, None if required else default, required=required)
    elif _is_config(project, path, function):
        yield from named(path, call, name, default, required=given is None)


def _of_os(module: Module, node: ast.expr) -> str:
    """The dotted name; that of ``os`` and its members however they are imported."""
    name = dotted_name(node) or ""
    first, dot, rest = name.partition(".")
    found = module.bound.get(first)
    if found is None or found.module != "os":
        return name
    return f"os.{found.name}{dot}{rest}" if found.name else f"os{dot}{rest}"


def _reads(call: ast.Call) -> bool:
    return (dotted_name(call.func) or "") in READERS


def _is_config(project: Project, path: str, function: str) -> bool:
    """python-decouple's ``config("X")``, Starlette's ``config = Config(".env")``, environs."""
    found = project.lookup(path, function.partition(".")[0]) if function else None
    if found is None:
        return False
    if found.outside:
        return found.outside in {"decouple.config", "environs.env"}
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
