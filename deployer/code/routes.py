"""The app's HTTP routes, prefixes resolved, and the pages that FastAPI itself adds."""

from __future__ import annotations

from msgspec import Struct

from deployer.code.abstract import Function, Router, inner_app
from deployer.code.execute import Interpreter
from deployer.code.project import Project
from deployer.code.routing import served
from deployer.model import Route

# FastAPI's own pages, the most telling first: argument and default (FastAPI reference, `FastAPI`).
PAGES = (("docs_url", "/docs"), ("redoc_url", "/redoc"), ("openapi_url", "/openapi.json"))


class Serves(Struct, frozen=True, kw_only=True):
    """What an app serves: its routes in the order in which they match, and FastAPI's pages."""

    routes: tuple[Route, ...] = ()
    pages: tuple[str, ...] = ()


def read_app(project: Project, path: str, name: str) -> Serves:
    """What ``name`` in ``path``, an app or a factory of one, serves."""
    interpreter = Interpreter(project)
    value = interpreter.module(path).names.get(name)
    made = interpreter.result(value) if isinstance(value, Function) else value
    router = inner_app(made)
    if router is None:
        return Serves()
    found: dict[tuple[str, str], Route] = {}
    for route in served(router):
        found.setdefault((route.method, route.path), route)
    return Serves(routes=tuple(found.values()), pages=_pages(router))


def _pages(router: Router) -> tuple[str, ...]:
    given = {name: router.options.get(name, default) for name, default in PAGES}
    if given["openapi_url"] is None:
        return ()
    return tuple(page for page in given.values() if isinstance(page, str) and page[:1] == "/")
