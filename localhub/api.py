"""What the API's parts share: reading a request, and writing an answer as the Hub does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.accounts import Token
from localhub.hub import Hub
from localhub.refusals import Refusal, error_headers, no_such_revision
from localhub.space import Space

Endpoint = Callable[[Request], Awaitable[Response]]
SPACE = "/api/spaces/{owner}/{name}"


def route(path: str, endpoint: Endpoint, *methods: str) -> Route:
    """A route for these methods (GET by default)."""
    return Route(path, endpoint, methods=list(methods or ("GET",)))


def hub_of(request: Request) -> Hub:
    """The Hub that serves this request."""
    hub: Hub = request.app.state.hub
    return hub


def token_of(request: Request) -> Token | None:
    """Who asks; 401 for a token that nobody knows."""
    return hub_of(request).accounts.identify(request.headers)


def space_name(request: Request) -> str:
    """The ``owner/name`` in the path."""
    owner, name = request.path_params["owner"], request.path_params["name"]
    return f"{owner}/{name.removesuffix('.git')}"


def readable(request: Request) -> Space:
    """The Space of the path, for somebody who may see it."""
    return hub_of(request).readable(space_name(request), token_of(request))


def writable(request: Request) -> Space:
    """The Space of the path, for somebody who may change it."""
    return hub_of(request).writable(space_name(request), token_of(request))


def configurable(request: Request) -> Space:
    """The Space of the path, for somebody who may do more than change its files."""
    space, token = writable(request), token_of(request)
    if token is not None and token.files_only:
        raise Refusal(401, "Invalid credentials in Authorization header")
    return space


def owned(request: Request) -> Space:
    """The Space of the path, for its owner only (any role)."""
    space, token = readable(request), token_of(request)
    if not hub_of(request).accounts.belongs(token, space.name):
        raise Refusal(401 if token is None else 403, "You don't have access to this Space")
    return space


async def revision_of(request: Request, space: Space) -> str:
    """The commit that the path names."""
    name = request.path_params.get("revision", "main")
    found = await asyncio.to_thread(space.repository.find, name)
    if found is None:
        raise no_such_revision(name)
    return found


async def payload(request: Request) -> dict[str, Any]:
    """The JSON object of a request; 400 when it isn't one."""
    try:
        value = json.loads(await request.body() or b"{}")
    except ValueError:
        raise Refusal(400, "Invalid JSON body") from None
    if not isinstance(value, dict):
        raise Refusal(400, "Invalid input: expected object")
    return value


def answer(content: Any, headers: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """A JSON answer."""
    return JSONResponse(content, status, headers)


def next_page(request: Request, **changed: int) -> dict[str, str]:
    """The header that names the next page: the same query but for what changes."""
    query = [(k, v) for k, v in request.query_params.multi_items() if k not in changed]
    query += [(key, str(value)) for key, value in changed.items()]
    url = f"{hub_of(request).options.url}{request.url.path}?{urlencode(query)}"
    return {"Link": f'<{url}>; rel="next"'}


def number(text: str | None, default: int) -> int:
    """A number of the query."""
    return int(text) if text and text.isdigit() else default


def refuse(_request: Request, error: Exception) -> Response:
    """A refusal, as the Hub words it."""
    assert isinstance(error, Refusal)
    return JSONResponse(error.body, error.status, error.headers)


def refuse_unknown(_request: Request, error: Exception) -> Response:
    """Starlette's own refusals (no such path or method), in the Hub's form."""
    assert isinstance(error, HTTPException)
    return JSONResponse(
        {"error": error.detail}, error.status_code, error_headers(error.detail, None)
    )
