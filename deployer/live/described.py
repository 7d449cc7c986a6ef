"""The routes that a running app tells of itself, in FastAPI's own description (``/openapi.json``).

An app that gives none, or another page in its place, has no routes here: nothing depends on it.
"""

from __future__ import annotations

import json
from typing import Any, Final

from deployer.model import Answer, Route

METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})
MOST: Final = 500


def routes_of(answer: Answer) -> tuple[Route, ...]:
    """The routes, in the description's order; empty for anything else."""
    if not 200 <= answer.status < 300:
        return ()
    try:
        paths = json.loads(answer.body)["paths"]
        found = [(method, path) for path, each in paths.items() for method in each]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ()
    return tuple(_route(method, path) for method, path in found if _is_route(method, path))[:MOST]


def _is_route(method: Any, path: Any) -> bool:
    plain = isinstance(path, str) and path.startswith("/") and path.isprintable()
    return plain and " " not in path and method in METHODS


def _route(method: str, path: str) -> Route:
    return Route(method=method.upper(), path=path)
