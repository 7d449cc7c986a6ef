"""Judges the backend's CORS answers as a browser does.

Source of the rules: the Fetch standard, "CORS protocol" and "CORS-preflight fetch".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct, field

from deployer.model import Answer, Route

CHAT: Final = re.compile(r"chat|query|ask|message|completion|question|rag", re.IGNORECASE)
# Methods that need no permission by name (Fetch standard, "CORS-safelisted method").
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
# A login that stands before CORS answers without its headers; the client, logged in, gets further.
_LOGIN: Final = frozenset({401, 403})
CONTENT_TYPE: Final = "content-type"  # as `application/json` it needs a preflight


class Asked(Struct, frozen=True, kw_only=True):
    """One request as a browser on ``origin`` would send it.

    ``wants`` is the method that a preflight asks for; empty for the simple request itself.
    """

    origin: str
    path: str
    wants: str = ""

    @property
    def method(self) -> str:
        return "OPTIONS" if self.wants else "GET"

    @property
    def headers(self) -> Mapping[str, str]:
        """What the browser adds."""
        if not self.wants:
            return {"Origin": self.origin}
        return {
            "Origin": self.origin,
            "Access-Control-Request-Method": self.wants,
            "Access-Control-Request-Headers": CONTENT_TYPE,
        }

    def __str__(self) -> str:
        return f"the preflight of {self.wants} {self.path}" if self.wants else f"GET {self.path}"


class Judgement(Struct, frozen=True, kw_only=True):
    """What the browser would do. ``blocked`` says why, in words; ``unknown``: nothing was heard."""

    asked: Asked
    blocked: str = ""
    unknown: str = ""


class Permission(Struct, frozen=True, kw_only=True):
    """The ``Access-Control-Allow-…`` headers of an answer."""

    origin: str | None = None
    credentials: bool = False
    methods: frozenset[str] = field(default=frozenset())
    headers: frozenset[str] = field(default=frozenset())


def requests_from(origin: str, health_path: str, routes: Iterable[Route]) -> tuple[Asked, ...]:
    """A simple request and a preflight to the health path, and to the chat route where one is."""
    found = [Asked(origin=origin, path=health_path)]
    found.append(Asked(origin=origin, path=health_path, wants="GET"))
    chat = chat_route(routes)
    if chat is not None:
        found.append(Asked(origin=origin, path=chat.path))
        found.append(Asked(origin=origin, path=chat.path, wants=chat.method))
    return tuple(found)


def chat_route(routes: Iterable[Route]) -> Route | None:
    """The route that a chat client calls: a POST without parameters, best by its name."""
    posts = [route for route in routes if route.method == "POST" and "{" not in route.path]
    named = [route for route in posts if CHAT.search(route.path)]
    return min(named or posts, key=lambda route: len(route.path), default=None)


def judge(asked: Asked, answer: Answer, *, credentials: bool) -> Judgement:
    """What a browser makes of ``answer``. ``credentials``: the client sends cookies along."""
    said = answer.error or f"HTTP {answer.status}"
    if answer.status in {0, 429} or answer.status >= 500:
        return Judgement(asked=asked, unknown=said)
    if not asked.wants and answer.status in _LOGIN and not permission(answer.headers).origin:
        return Judgement(asked=asked, unknown=f"{said}, it asks for a login first")
    return Judgement(asked=asked, blocked=next(_faults(asked, answer, credentials), ""))


def _faults(asked: Asked, answer: Answer, credentials: bool) -> Iterator[str]:
    if asked.wants and answer.location:
        yield "it is redirected, and a browser follows no redirect of a preflight"
    given = permission(answer.headers)
    yield from _origin_faults(asked.origin, given, credentials)
    if asked.wants and not 200 <= answer.status < 300:
        yield f"it answers HTTP {answer.status}, and a browser wants success"
    if asked.wants and not _allowed(asked.wants, given.methods, credentials, SAFE_METHODS):
        yield f"`Access-Control-Allow-Methods` lacks {asked.wants}"
    if asked.wants and not _allowed(CONTENT_TYPE, given.headers, credentials):
        yield f"`Access-Control-Allow-Headers` lacks {CONTENT_TYPE}"


def _origin_faults(origin: str, given: Permission, credentials: bool) -> Iterator[str]:
    if given.origin is None:
        yield "it answers without `Access-Control-Allow-Origin`"
    elif given.origin == "*" and credentials:
        yield "`Access-Control-Allow-Origin` is `*`, which no browser takes with credentials"
    elif given.origin not in ("*", origin):
        yield f"`Access-Control-Allow-Origin` is `{given.origin[:100]}`"
    elif credentials and not given.credentials:
        yield "`Access-Control-Allow-Credentials` is not `true`, and the client sends credentials"


def permission(headers: Mapping[str, str]) -> Permission:
    """The permission that an answer's headers give; names in lower case."""
    return Permission(
        origin=headers.get("access-control-allow-origin"),
        credentials=headers.get("access-control-allow-credentials") == "true",
        methods=_listed(headers.get("access-control-allow-methods", "")),
        headers=_listed(headers.get("access-control-allow-headers", "").lower()),
    )


def _allowed(
    wanted: str, given: frozenset[str], credentials: bool, free: frozenset[str] = frozenset()
) -> bool:
    # With credentials, `*` is a name like any other.
    return wanted in given or wanted in free or ("*" in given and not credentials)


def _listed(value: str) -> frozenset[str]:
    return frozenset(part.strip() for part in value.split(",") if part.strip())
