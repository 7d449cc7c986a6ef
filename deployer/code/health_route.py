"""Which path tells whether the app is healthy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from deployer.errors import Notice
from deployer.model import Route

DEFAULT = "/api/health"
# Best first. The first group are the names by which people mean this very thing.
RANKED = (
    r"/api/health",
    r"/health",
    r"/healthz",
    r"/api/v\d+/health",
    r"(/.*)?/(health|healthz|healthcheck|health[-_]check)",
    r"(/.*)?/health/?(live|ready|status)?",
    r"(/.*)?/(livez|readyz|live|ready|readiness|liveness)",
    r"(/.*)?/(status|ping|up|alive|heartbeat)",
    r"(/.*)?/[^/]*(health|status|ping)[^/]*",
)

INDEX = re.compile(r"/(api/?)?(v\d+/?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPath:
    """The path to probe; ``found`` is false when the code has none of its own for it."""

    path: str
    found: bool
    notice: Notice | None = None


def find_health(given: str | None, routes: Iterable[Route], app: str) -> HealthPath:
    """The given path, else the best GET route without parameters, else an offer that says so."""
    if given is not None:
        return HealthPath(path=given, found=True)
    paths = [route.path for route in routes if route.method == "GET" and "{" not in route.path]
    paths.sort(key=lambda path: path.count("/"))  # the app's own before one of its parts
    for pattern in RANKED:
        for path in paths:
            if re.fullmatch(pattern, path.rstrip("/") or "/", re.IGNORECASE):
                return HealthPath(path=path, found=True)
    for path in sorted(paths, key=len):
        if INDEX.fullmatch(path):
            return HealthPath(path=path, found=True, notice=_instead(app, path))
    return HealthPath(path=DEFAULT, found=False, notice=_missing(app))


def _instead(app: str, used: str) -> Notice:
    return Notice(
        message=f"`{app}` has no health route; its route `{used}` is probed instead.",
        hint="Add one that checks its services, or set the input `health-path`.",
        warning=False,
    )


def _missing(app: str) -> Notice:
    return Notice(
        message=f"No health route was found in `{app}`; `{DEFAULT}` is probed.",
        hint="Add a GET route there, or set the input `health-path`; `/docs` often answers.",
    )
