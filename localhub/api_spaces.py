"""The API of a Space as a whole: create, delete, describe, configure, restart, and its logs."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from localhub import commits
from localhub.api import (
    SPACE,
    answer,
    hub_of,
    owned,
    payload,
    readable,
    revision_of,
    route,
    token_of,
    writable,
)
from localhub.hub import read_setting, read_settings
from localhub.refusals import Refusal
from localhub.repository import Entry
from localhub.space import FREE_SLEEP_SECONDS, Settings, Space

VISIBILITIES = ("public", "protected", "private")


async def who_am_i(request: Request) -> Response:
    """``GET /api/whoami-v2``."""
    token = token_of(request)
    if token is None:
        raise Refusal(401, "Invalid username or password.")
    accounts = hub_of(request).accounts
    account = accounts.get(token.account)
    plan = account.plan if account else "free"
    return answer(
        {
            "type": "user",
            "id": token.account,
            "name": token.account,
            "fullname": token.account,
            "email": None,
            "emailVerified": True,
            "canPay": plan != "free",
            "isPro": plan != "free",
            "avatarUrl": "",
            "periodEnd": None,
            "orgs": [
                {"type": "org", "id": org.name, "name": org.name, "fullname": org.name}
                for org in accounts.organizations(token.account)
            ],
            "auth": {
                "type": "access_token",
                "accessToken": {"displayName": "local", "role": token.role},
            },
        }
    )


async def create(request: Request) -> Response:
    """``POST /api/repos/create``, with the whole configuration in the request."""
    body, token = await payload(request), token_of(request)
    if body.get("type") != "space":
        raise Refusal(400, "This local Hub keeps Spaces only")
    owner = body.get("organization") or (token.account if token else "")
    name = f"{owner}/{body.get('name')}"
    files = [commits.put_file(row) for row in body.get("files") or []]
    space = await hub_of(request).create(name, token, _settings(body), files)
    url = hub_of(request).page_url(name)
    return answer({"url": url, "name": name, "id": space.identifier})


def _settings(body: dict[str, Any]) -> Settings:
    default = "private" if body.get("private") else "public"
    visibility, sdk = body.get("visibility") or default, body.get("sdk")
    if visibility not in VISIBILITIES:
        raise Refusal(400, f"Invalid visibility: {visibility!r}")
    if sdk not in ("docker", "gradio", "static"):
        raise Refusal(
            400, f'Invalid input: "sdk" must be one of docker, gradio, static, not {sdk!r}'
        )
    sleep = body.get("sleepTimeSeconds", FREE_SLEEP_SECONDS)
    return Settings(
        visibility=visibility,
        sdk=sdk,
        hardware=body.get("hardware") or "cpu-basic",
        sleep_seconds=None if sleep is None or sleep < 0 else sleep,
        secrets=read_settings(body.get("secrets")),
        variables=read_settings(body.get("variables")),
    )


async def delete(request: Request) -> Response:
    """``DELETE /api/repos/delete``."""
    body, token = await payload(request), token_of(request)
    owner = body.get("organization") or (token.account if token else "")
    hub = hub_of(request)
    await hub.delete(hub.writable(f"{owner}/{body.get('name')}", token))
    return PlainTextResponse("OK")


async def listing(request: Request) -> Response:
    """``GET /api/spaces``: what the asker may see."""
    hub, token = hub_of(request), token_of(request)
    author, search = request.query_params.get("author"), request.query_params.get("search", "")
    shown = [
        {"_id": s.identifier, "id": s.name, "author": s.owner, "private": s.private, "likes": 0}
        | {"sdk": s.settings.sdk, "createdAt": s.settings.created, "tags": []}
        | {"lastModified": s.settings.created}
        for s in hub.spaces()
        if (s.settings.visibility == "public" or hub.accounts.belongs(token, s.name))
        and author in (None, s.owner)
        and search in s.name
    ]
    return answer(shown)


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
    space, body = writable(request), await payload(request)
    default = "private" if body.get("private") else space.settings.visibility
    space.settings.visibility = body.get("visibility") or default
    space.save()
    return answer({"private": space.private, "visibility": space.settings.visibility})


async def stored(request: Request) -> Response:
    """Secrets and variables: read, set (one a request), delete (a missing one is no error)."""
    kind = request.url.path.rpartition("/")[2]
    public = kind == "variables"
    space = writable(request)
    if request.method != "GET":
        body = await payload(request)
        key, setting = read_setting(body)
        space.change(kind, key, None if request.method == "DELETE" else setting)
        if not public:
            return answer({})
    values = getattr(space.settings, kind)
    return answer({key: setting.shown(public=public) for key, setting in values.items()})


async def restart(request: Request) -> Response:
    """``POST …/restart[?factory=true]``."""
    space = writable(request)
    factory = request.query_params.get("factory", "").lower() == "true"
    await hub_of(request).restart(space, factory=factory)
    return answer(space.runtime())


async def pause(request: Request) -> Response:
    """``POST …/pause``."""
    space = writable(request)
    await space.life.rest("PAUSED")
    return answer(space.runtime())


async def resize(request: Request) -> Response:
    """``POST …/hardware`` and ``POST …/sleeptime``."""
    space, body = writable(request), await payload(request)
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


async def no_harnesses(_request: Request) -> Response:
    """``GET /api/agent-harnesses``: the client asks once a day for its user agent; we have none."""
    return answer({"standardEnvVars": [], "harnesses": {}})


ROUTES = [
    route("/api/whoami-v2", who_am_i),
    route("/api/agent-harnesses", no_harnesses),
    route("/api/repos/create", create, "POST"),
    route("/api/repos/delete", delete, "DELETE"),
    route("/api/spaces", listing),
    route(SPACE, info),
    route(SPACE + "/revision/{revision:path}", info),
    route(SPACE + "/auth-check", auth_check),
    route(SPACE + "/auth-check/write", auth_check),
    route(SPACE + "/runtime", runtime),
    route(SPACE + "/settings", configure, "PUT"),
    route(SPACE + "/secrets", stored, "GET", "POST", "DELETE"),
    route(SPACE + "/variables", stored, "GET", "POST", "DELETE"),
    route(SPACE + "/restart", restart, "POST"),
    route(SPACE + "/pause", pause, "POST"),
    route(SPACE + "/hardware", resize, "POST"),
    route(SPACE + "/sleeptime", resize, "POST"),
    route(SPACE + "/logs/{kind}", logs),
]
