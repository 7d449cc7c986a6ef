"""Which path tells whether the app is healthy."""

from __future__ import annotations

import re

from msgspec import Struct

from deployer.code.routes import Serves
from deployer.errors import Notice, Where
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


class HealthPath(Struct, frozen=True, kw_only=True):
    """The path to probe; ``found`` is false when the code has none of its own for it."""

    path: str
    found: bool
    notice: Notice | None = None


def find_health(given: str | None, serves: Serves, app: str) -> HealthPath:
    """The given path, else the best GET route that answers anybody, else one that is offered."""
    if given is not None:
        return HealthPath(path=given, found=True)
    gets = [r for r in serves.routes if r.method == "GET" and "{" not in r.path]
    shut = [route for route in gets if not route.open]
    paths = [route.path for route in gets if route.open]
    paths.sort(key=lambda path: path.count("/"))  # the app's own before one of its parts
    best = _best(paths)
    if best is not None:
        return HealthPath(path=best, found=True)
    for path in sorted(paths, key=len):
        if INDEX.fullmatch(path):
            return HealthPath(path=path, found=True, notice=_instead(app, path, shut))
    if serves.pages:
        page = serves.pages[0]
        return HealthPath(path=page, found=False, notice=_instead(app, page, shut))
    return HealthPath(path=DEFAULT, found=False, notice=_missing(app))


def _best(paths: list[str]) -> str | None:
    for pattern in RANKED:
        for path in paths:
            if re.fullmatch(pattern, path.rstrip("/") or "/", re.IGNORECASE):
                return path
    return None


def _instead(app: str, used: str, shut: list[Route]) -> Notice:
    refused = next((r for r in shut if _best([r.path])), None)
    why = f"; `{refused.path}` wants credentials or parameters" if refused else ""
    return Notice(
        message=f"`{app}` has no health route that anybody may call{why}. `{used}` is probed.",
        hint="Add one that checks its services, or set the input `health-path`.",
        where=Where(file=refused.file, line=refused.line) if refused and refused.file else None,
        warning=refused is not None,
    )


def _missing(app: str) -> Notice:
    return Notice(
        message=f"No health route was found in `{app}`; `{DEFAULT}` is probed.",
        hint="Add a GET route there, or set the input `health-path`.",
    )
