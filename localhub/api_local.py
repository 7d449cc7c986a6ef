"""What only a local Hub has: counters, the request journal, faults, switches, and the pages."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, fields
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from localhub import pages
from localhub.accounts import PLANS
from localhub.api import answer, hub_of, payload, readable, route, space_name
from localhub.refusals import Refusal, no_such_repository
from localhub.space import Space
from localhub.wire import Fault, Wire

LOCAL = "/api/local/spaces/{owner}/{name}"
SHOWN_LOG_LINES = 400


def _space(request: Request) -> Space:
    space = hub_of(request).peek(space_name(request))
    if space is None:
        raise no_such_repository(signed_in=True)
    return space


def _wire(request: Request) -> Wire:
    wire: Wire = request.app.state.wire
    return wire


async def stats(request: Request) -> Response:
    """How often things happened: commits, builds, restarts, starts, requests."""
    space = _space(request)
    facts = {**asdict(space.counters), "visits": list(space.counters.visits)}
    return answer({**facts, "stage": space.life.stage, "sha": space.life.revision})


async def state(request: Request) -> Response:
    """All that the Space's page shows; not for private Spaces."""
    space = _space(request)
    if space.private:
        readable(request)
    life = space.life
    return answer(
        {
            **asdict(space.counters),
            "visits": list(space.counters.visits),
            "stage": life.stage,
            "sha": life.revision,
        }
        | {"errorMessage": life.error, "host": space.host}
        | {"build": life.build_log.lines(SHOWN_LOG_LINES)}
        | {"run": life.run_log.lines(SHOWN_LOG_LINES)}
    )


async def sleep(request: Request) -> Response:
    """Send a Space to sleep now."""
    space = _space(request)
    await space.life.rest("SLEEPING")
    return answer(space.runtime())


async def journal(request: Request) -> Response:
    """Every request to the Hub since its start, or since the journal was cleared (DELETE)."""
    entries = _wire(request).journal
    if request.method == "DELETE":
        entries.clear()
    return answer(list(entries))


async def faults(request: Request) -> Response:
    """GET, add (POST) and clear (DELETE) faults; see ``wire.Fault``."""
    wire = _wire(request)
    if request.method == "DELETE":
        wire.faults.clear()
    if request.method == "POST":
        wire.faults.append(_filled(Fault, await payload(request)))
    return answer([asdict(fault) for fault in wire.faults])


async def quirks(request: Request) -> Response:
    """Switch the answers that the documentation leaves open; see ``counts.Quirks``."""
    current = hub_of(request).quirks
    for name, value in (await payload(request)).items():
        if not hasattr(current, name):
            raise Refusal(400, f"No such quirk: {name}")
        setattr(current, name, bool(value))
    return answer(asdict(current))


async def plan(request: Request) -> Response:
    """Move an account to another plan: ``{"plan": "free"}``."""
    wanted, name = (await payload(request)).get("plan"), request.path_params["account"]
    if wanted not in PLANS or hub_of(request).accounts.get(name) is None:
        raise Refusal(400, f"No account {name!r} or no plan {wanted!r}")
    hub_of(request).accounts.change_plan(name, wanted)
    return answer({"plan": wanted})


async def publisher(request: Request) -> Response:
    """Name the Trusted Publisher of a Space: ``{"space": "owner/name", "repository": …}``."""
    body = await payload(request)
    hub_of(request).accounts.trust(str(body.get("space")), str(body.get("repository")))
    return answer(body)


def _filled(kind: type[Fault], body: dict[str, Any]) -> Fault:
    unknown = body.keys() - {one.name for one in fields(kind)}
    if unknown:
        raise Refusal(400, f"A fault has no {', '.join(sorted(unknown))}")
    return kind(**body)


async def home(request: Request) -> Response:
    """``/``: the Spaces that anybody may see."""
    shown = [s for s in hub_of(request).spaces() if not s.private]
    return HTMLResponse(pages.index([(s.name, s.life.stage, s.host) for s in shown]))


async def page(request: Request) -> Response:
    """``/spaces/OWNER/NAME``; a protected Space's files aren't listed."""
    space = _space(request)
    if space.private:
        readable(request)
    files: list[str] = []
    if space.settings.visibility == "public" and (head := space.life.head):
        found = await asyncio.to_thread(space.repository.entries, head, recursive=True)
        files = [entry.path for entry in found or [] if entry.kind == "file"]
    return HTMLResponse(pages.space(space.name, space.host, space.life.stage, files=files))


ROUTES = [
    route(LOCAL + "/stats", stats),
    route(LOCAL + "/state", state),
    route(LOCAL + "/sleep", sleep, "POST"),
    route("/api/local/requests", journal, "GET", "DELETE"),
    route("/api/local/faults", faults, "GET", "POST", "DELETE"),
    route("/api/local/quirks", quirks, "POST"),
    route("/api/local/accounts/{account}", plan, "POST"),
    route("/api/local/publishers", publisher, "POST"),
    route("/", home),
    route("/spaces/{owner}/{name}", page),
    route("/spaces/{owner}/{name}/commit/{revision}", page),
    route("/spaces/{owner}/{name}/settings", page),
]
