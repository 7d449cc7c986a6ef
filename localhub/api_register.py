"""The API of the register: who asks, which Spaces there are, create and delete."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from localhub import commits
from localhub.api import answer, hub_of, next_page, number, payload, route, token_of
from localhub.hub import read_settings
from localhub.refusals import Refusal
from localhub.space import FREE_SLEEP_SECONDS, Settings

VISIBILITIES = ("public", "protected", "private")
LISTED = 20  # a page is smaller than the Hub's, so that a test can fill more than one


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
    if token is not None and token.files_only:
        raise Refusal(401, "Invalid credentials in Authorization header")
    await hub.delete(hub.writable(f"{owner}/{body.get('name')}", token))
    return PlainTextResponse("OK")


async def listing(request: Request) -> Response:
    """``GET /api/spaces``: what the asker may see, in pages that a ``Link`` header joins."""
    hub, token, query = hub_of(request), token_of(request), request.query_params
    author, search = query.get("author"), query.get("search", "")
    shown = [
        {"_id": s.identifier, "id": s.name, "author": s.owner, "private": s.private, "likes": 0}
        | {"sdk": s.settings.sdk, "createdAt": s.settings.created, "tags": []}
        | {"lastModified": s.settings.created}
        for s in hub.spaces()
        if (s.settings.visibility == "public" or hub.accounts.belongs(token, s.name))
        and author in (None, s.owner)
        and search in s.name
    ]
    start, limit = number(query.get("cursor"), 0), number(query.get("limit"), LISTED)
    more = len(shown) > start + limit
    page = next_page(request, cursor=start + limit) if more else {}
    return answer(shown[start : start + limit], page)


async def no_harnesses(_request: Request) -> Response:
    """``GET /api/agent-harnesses``: the client asks once a day for its user agent; we have none."""
    return answer({"standardEnvVars": [], "harnesses": {}})


ROUTES = [
    route("/api/whoami-v2", who_am_i),
    route("/api/agent-harnesses", no_harnesses),
    route("/api/repos/create", create, "POST"),
    route("/api/repos/delete", delete, "DELETE"),
    route("/api/spaces", listing),
]
