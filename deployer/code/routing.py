"""Routers as the user's code puts them together, and the routes that come of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from deployer.code.abstract import (
    Adds,
    Class,
    Depends,
    Function,
    Instance,
    Outside,
    Router,
    Value,
    inner_app,
)
from deployer.code.source import walk
from deployer.model import Route

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
GUARDS = re.compile(
    r"auth|token|verify|require|current_?(active_?)?user|login|permission|admin|api_?key|jwt"
    r"|credential|security|bearer|protect",
    re.IGNORECASE,
)
DEEP = 12  # routers nested deeper than this are a cycle


def set_up(router: Router, named: dict[str, Value]) -> None:
    """Take the arguments of ``APIRouter(…)`` or ``FastAPI(…)``."""
    router.options |= named
    prefix, routes = named.get("prefix"), named.get("routes")
    router.prefix = prefix if isinstance(prefix, str) else router.prefix
    router.guarded = any_guards(named.get("dependencies"))
    for each in routes if isinstance(routes, list | tuple) else ():
        hang(router, each, "")


def methods_of(name: str, given: Value) -> tuple[str, ...]:
    """The methods of a route that ``router.name(…, methods=given)`` adds."""
    if name in METHODS:
        return (name.upper(),)
    if isinstance(given, list | tuple):
        return tuple(each.upper() for each in given if isinstance(each, str))
    return () if name in {"websocket", "trace"} else ("GET",)


def add_route(adds: Adds, function: Function | None, *, asks: bool) -> None:
    """File the route; ``asks``: its function wants credentials or parameters."""
    for method in adds.methods:
        adds.router.routes.append(
            Route(
                method=method,
                path=adds.path,
                summary=adds.summary or function_summary(function),
                file=adds.file,
                line=adds.line,
                open=not (adds.guarded or asks),
            )
        )


def hang(router: Router, child: Value, prefix: Value, *, guarded: bool = False) -> None:
    """``child`` serves below ``prefix`` of ``router``."""
    inner = inner_app(child)
    if inner is not None and inner is not router:
        router.children.append((prefix if isinstance(prefix, str) else "", inner, guarded))


def wrapped(app: Value) -> Value:
    """A foreign wrapper around an app: it serves what the app serves."""
    outer, inner = Router(is_app=True), inner_app(app)
    if inner is not None:
        outer.options = inner.options
        outer.children.append(("", inner, False))
    return outer


def guards(dependency: Value) -> bool:
    """Whether a dependency is called like one that wants credentials."""
    match dependency:
        case Function(node=ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name)):
            return bool(GUARDS.search(name))
        case Instance(cls=cls) | (Class() as cls):
            return any(GUARDS.search(name) for name in (cls.name, *cls.foreign))
        case Outside(dotted=dotted):
            return bool(GUARDS.search(dotted))
    return False


def any_guards(dependencies: Value) -> bool:
    values = dependencies if isinstance(dependencies, list | tuple) else ()
    return any(isinstance(each, Depends) and each.guards for each in values)


def answers_with_file(function: Function | None) -> bool:
    """Whether a route hands out a file, say a frontend's page: that may well not be there."""
    nodes = walk(function.node) if function else ()
    calls = (node.func for node in nodes if isinstance(node, ast.Call))
    names = (call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls)
    return any(name == "FileResponse" for name in names)


def function_summary(function: Function | None) -> str:
    """The docstring's first line, else the function's name made readable."""
    node = function.node if function else None
    if node is None or isinstance(node, ast.Lambda):
        return ""
    lines = (ast.get_docstring(node) or "").strip().splitlines()
    if lines:
        return lines[0].strip()
    return node.name.strip("_").replace("_", " ").capitalize()


def served(
    router: Router, prefix: str = "", *, guarded: bool = False, above: Iterable[Router] = ()
) -> Iterator[Route]:
    """Every route below a router, prefixes added up, in the order in which they match."""
    line = (*above, router)
    if len(line) > DEEP or router in line[:-1]:
        return
    base, guarded = prefix + router.prefix, guarded or router.guarded
    for route in router.routes:
        path = re.sub(r"^/*", "/", base + route.path)
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", path)  # `{id:int}` is `{id}` in the docs
        yield Route(
            method=route.method,
            path=path,
            summary=route.summary,
            file=route.file,
            line=route.line,
            open=route.open and not guarded,
        )
    for inner, child, shut in router.children:
        yield from served(child, base + inner, guarded=guarded or shut, above=line)
