"""The API of one Space: describe, configure, restart, and its logs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from localhub.api import (
    SPACE,
    answer,
    configurable,
    hub_of,
    owned,
    payload,
    readable,
    revision_of,
    route,
    writable,
)
from localhub.hub import Hub, read_setting
from localhub.refusals import Refusal
from localhub.repository import Entry
from localhub.runner import POLL_SECONDS
from localhub.space import Space


async def info(request: Request) -> Response:
    """``GET /api/spaces/{id}[/revision/{rev}]``; with ``expand`` only what is asked for."""
    space = readable(request)
    sha = await revision_of(request, space)
    blobs = request.query_params.get("blobs", "").lower() in ("true", "1")
    facts = await asyncio.to_thread(describe, space, sha, blobs=blobs)
    asked = request.query_params.getlist("expand") + request.query_params.getlist("expand[]")
    if asked:
        facts = {key: facts[key] for key in ("_id", "id", *asked) if key in facts}
    return answer(facts, {"X-Repo-Commit": sha})


def describe(space: Space, sha: str, *, blobs: bool) -> dict[str, Any]:
    """Everything that the API tells about a Space at a revision."""
    files = [e for e in space.repository.entries(sha, recursive=True) or [] if e.kind == "file"]
    card, newest = space.card(sha), space.repository.history(sha, limit=1)[0]
    return {
        "_id": space.identifier,
        "id": space.name,
        "author": space.owner,
        "sha": sha,
        "lastModified": newest.date.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "createdAt": space.settings.created,
        "private": space.private,
        "visibility": space.settings.visibility,
        "gated": False,
        "disabled": False,
        "host": space.host,
        "subdomain": space.subdomain,
        "likes": 0,
        "tags": [space.settings.sdk, "region:us"],
        "sdk": space.settings.sdk,
        "cardData": card,
        "models": card.get("models", []),
        "datasets": card.get("datasets", []),
        "region": "us",
        "xetEnabled": False,
        "usedStorage": sum(entry.size for entry in files),
        "runtime": space.runtime(),
        "siblings": [_sibling(entry, blobs=blobs) for entry in files],
    }


def _sibling(entry: Entry, *, blobs: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"rfilename": entry.path}
    if blobs:
        facts |= {"size": entry.size, "blobId": entry.oid}
    if blobs and entry.pointer:
        size = len(entry.pointer.text())
        facts["lfs"] = {"sha256": entry.pointer.oid, "size": entry.size, "pointerSize": size}
    return facts


async def auth_check(request: Request) -> Response:
    """``GET …/auth-check[/write]``."""
    (writable if request.url.path.endswith("/write") else readable)(request)
    return answer({})


async def runtime(request: Request) -> Response:
    """``GET …/runtime``."""
    return answer(readable(request).runtime())


async def configure(request: Request) -> Response:
    """``PUT …/settings``: visibility."""
    space, body = configurable(request), await payload(request)
    default = "private" if body.get("private") else space.settings.visibility
    space.settings.visibility = body.get("visibility") or default
    space.save()
    return answer({"private": space.private, "visibility": space.settings.visibility})


async def stored(request: Request) -> Response:
    """Secrets and variables: read, set (one a request), delete (a missing one is no error)."""
    kind = request.url.path.rpartition("/")[2]
    public = kind == "variables"
    space = configurable(request)
    if request.method != "GET":
        body = await payload(request)
        key, setting = read_setting(body)
        space.change(kind, key, None if request.method == "DELETE" else setting)
        if not public:
            return answer({})
    values = getattr(space.settings, kind)
    shown = {key: setting.shown(public=public) for key, setting in values.items()}
    if hub_of(request).quirks.omit_descriptions:
        shown = {key: facts | {"description": None} for key, facts in shown.items()}
    return answer(shown)


async def events(request: Request) -> Response:
    """``GET …/events``: an event stream with the runtime, now and whenever it changes.

    Its form is documented nowhere; a client can rely on nothing but that something came.
    """
    space = readable(request)
    if hub_of(request).quirks.omit_events:
        raise Refusal(404, "Not found")
    return StreamingResponse(_changes(space, hub_of(request)), media_type="text/event-stream")


async def _changes(space: Space, hub: Hub) -> AsyncIterator[bytes]:
    last: dict[str, Any] = {}
    while not hub.ending:
        if (now := space.runtime()) != last:
            last = now
            yield b"data: " + json.dumps(now).encode() + b"\n\n"
        await asyncio.sleep(POLL_SECONDS)


async def restart(request: Request) -> Response:
    """``POST …/restart[?factory=true]``."""
    space = configurable(request)
    factory = request.query_params.get("factory", "").lower() == "true"
    await hub_of(request).restart(space, factory=factory)
    return answer(space.runtime())


async def pause(request: Request) -> Response:
    """``POST …/pause``."""
    space = configurable(request)
    await space.life.rest("PAUSED")
    return answer(space.runtime())


async def resize(request: Request) -> Response:
    """``POST …/hardware`` and ``POST …/sleeptime``."""
    space, body = configurable(request), await payload(request)
    sleep = body.get("sleepTimeSeconds", body.get("seconds"))
    space.resize(hardware=body.get("flavor"), sleep_seconds=sleep)
    return answer(space.runtime())


async def logs(request: Request) -> Response:
    """``GET …/logs/{build|run}``: an event stream that ends when the log does."""
    space, kind = owned(request), request.path_params["kind"]
    if kind not in ("build", "run"):
        raise Refusal(404, f"No such log: {kind}")
    log = space.life.build_log if kind == "build" else space.life.run_log
    tail = request.query_params.get("tail", "")
    stream = log.stream(int(tail) if tail.isdigit() else None)
    return StreamingResponse(stream, media_type="text/event-stream")


ROUTES = [
    route(SPACE, info),
    route(SPACE + "/revision/{revision:path}", info),
    route(SPACE + "/auth-check", auth_check),
    route(SPACE + "/auth-check/write", auth_check),
    route(SPACE + "/runtime", runtime),
    route(SPACE + "/events", events),
    route(SPACE + "/settings", configure, "PUT"),
    route(SPACE + "/secrets", stored, "GET", "POST", "DELETE"),
    route(SPACE + "/variables", stored, "GET", "POST", "DELETE"),
    route(SPACE + "/restart", restart, "POST"),
    route(SPACE + "/pause", pause, "POST"),
    route(SPACE + "/hardware", resize, "POST"),
    route(SPACE + "/sleeptime", resize, "POST"),
    route(SPACE + "/logs/{kind}", logs),
]
