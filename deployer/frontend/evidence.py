"""Judges whether an address in a client is this backend's, and says why.

Rule: a wrong rewrite breaks somebody's site, a missed one is reported. So a port alone is doubt,
and a name that belongs to another kind of server stands against everything but a matching route.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from functools import cache, lru_cache

from msgspec import Struct

from deployer.frontend.addresses import HOSTINGS, Address, path_of
from deployer.model import Route


class Belief(IntEnum):
    """How sure it is that an address is this backend's."""

    OTHER = 0  # another server's, or nothing speaks for it
    DOUBTFUL = 1
    SURE = 2


_BACKEND_NAME = re.compile(
    r"api|back_?end|server|base_?ur[li]|base_?path|chat|rag(?![a-z])|endpoint|(?<![a-z])bot|agent"
    r"|destination|(?<![a-z])base(?![a-z])",
    re.IGNORECASE,
)
_OTHER_NAME = re.compile(
    r"(openai|ollama|llm|lm_?studio|vllm|litellm|auth|keycloak|sso|translat|qdrant|chroma|weaviate"
    r"|milvus|pinecone|redis|elastic|opensearch|supabase|firebase|strapi|cms|hasura|storybook"
    r"|grafana|prometheus|analytics|minio|s3(?![0-9a-z])|cdn|stripe|payment|whisper|tts|stt"
    r"|diffusion|comfy|mock|metrics|sentry|posthog|langfuse|mlflow|jupyter|kafka|rabbit)",
    re.IGNORECASE,
)
_OTHER_CALL = re.compile(
    r"OpenAI|ChatOpenAI|\w*Ollama\w*|createOpenAI\w*|createAuthClient|betterAuth"
)
# In a configuration these keys are about the development server alone.
_DEVELOPMENT_KEYS = frozenset({"proxy", "devServer", "devProxy", "server", "vite"})
_LLM_PORTS = frozenset({1234, 11434})
_FRONTEND_PORTS = frozenset({3000, 4173, 4200, 5173, 6006})
_LLM_PATH = re.compile(r"/v1(?:/.*)?")
# Routes that nearly every backend has say nothing about which backend it is.
_COMMON = frozenset({"", "/", "/health", "/healthz", "/api/health", "/docs", "/openapi.json"})
# `${name}/…`, `name() + '/…'`, `get(name, '/…'`; and `name.post('/…'`.
_CALLS = (
    r"""([\w$][\w$.]*)(?:\(\))?(?:\}|\s*\+\s*['"`]|\s*,\s*['"`])""",
    r"""([\w$][\w$.]*)\.\w+(?:<[^()]*?>)?\(\s*['"`]""",
)
_END = r"""/?(?=['"`?#]|\$\{)"""
_GAP = r"""(?:\$\{[^}]*\}|[^/'"`\s?#$]+)"""


class Routes(Struct, frozen=True, kw_only=True):
    """The backend's routes, ready to be looked for in a client's source."""

    paths: tuple[str, ...]

    @classmethod
    def of(cls, routes: Iterable[Route]) -> Routes:
        """Those of ``routes`` that tell this backend from another."""
        paths = dict.fromkeys(route.path.rstrip("/") for route in routes)
        return cls(paths=tuple(path for path in paths if path not in _COMMON))

    def reached(self, path: str) -> bool:
        """``path`` is a route, or the beginning of one (a base path such as ``/api``)."""
        wanted = [part for part in path_of(path).split("/") if part]
        return any(_begins(route.strip("/").split("/"), wanted) for route in self.paths)

    def whole(self, rest: str) -> bool:
        """``rest`` is a route from beginning to end."""
        path = path_of(rest).rstrip("/")
        return any(re.fullmatch(_route(route), path) for route in self.paths)

    def callers(self, base: str, source: str) -> frozenset[str]:
        """Names that a route follows in the source: ``${name}/api/chat``, ``name + '/api/chat'``.

        Of ``this.name`` also ``name`` is one. ``base`` is the path that the address has already.
        """
        pattern = _any_of(self.paths, base)
        return _callers(pattern, source) if pattern else frozenset()

    @property
    def bases(self) -> tuple[str, ...]:
        """Beginnings that a fixed part follows, as an address may have them: ``/api``."""
        parts = [path.split("/") for path in self.paths]
        cuts = ((part, end) for part in parts for end in range(2, len(part)))
        found = ("/".join(part[:end]) for part, end in cuts if "{" not in "".join(part[: end + 1]))
        return tuple(dict.fromkeys(found))

    def used(self, source: str) -> bool:
        """Some route stands in the source, as a text of its own or after an expression."""
        pattern = _any_of(self.paths, "")
        return bool(pattern and re.search(r"""['"`}]""" + pattern, source))


@cache
def _any_of(paths: tuple[str, ...], base: str) -> str:
    """A pattern for the rest of any route behind ``base``; empty when there is none."""
    base = base.rstrip("/")
    rests = [path.removeprefix(base) for path in paths if path.startswith(f"{base}/")]
    return f"(?:{'|'.join(map(_route, rests))}){_END}" if rests else ""


@lru_cache(maxsize=1024)
def _callers(pattern: str, source: str) -> frozenset[str]:
    found = (match[1] for call in _CALLS for match in re.finditer(call + pattern, source))
    parts = (name.split(".") for name in found)
    return frozenset(".".join(name[at:]) for name in parts for at in range(len(name)))


def _begins(route: list[str], wanted: list[str]) -> bool:
    pairs = zip(route, wanted, strict=False)
    return len(wanted) <= len(route) and all(
        a == b or a.startswith("{") or b.startswith((":", "*")) for a, b in pairs
    )


def _route(path: str) -> str:
    parts = (_GAP if part.startswith("{") else re.escape(part) for part in path.split("/"))
    return "/".join(parts)


class Testimony(Struct, frozen=True, kw_only=True):
    """Points for this backend (3 is sure, 2 doubtful, 1 possible when a person names the file)."""

    score: int
    by_route: bool = False


class Witness(Struct, frozen=True, kw_only=True):
    """What is known when judging: the backend, and the sources of one frontend by path."""

    routes: Routes
    ports: frozenset[int]
    deployed: Address
    sources: Mapping[str, str]
    own_route: bool  # some route of the backend is used somewhere in this frontend

    def hear(
        self, path: str, addresses: Sequence[Address], names: tuple[str, ...], *, exported: bool
    ) -> Testimony:
        """The points of addresses that one name stands for, in the file ``path``.

        Without an address (a variable whose value stands nowhere) the names alone speak;
        ``exported`` names speak in other files, too.
        """
        by_route = any(self.routes.whole(address.rest) for address in addresses)
        bases = {"", *(path_of(address.rest) for address in addresses)}
        by_route = by_route or self._called(path, bases, names, exported=exported)
        named = any(_BACKEND_NAME.search(name) for name in names[:3])
        local = any(address.local and address.port in self.ports for address in addresses)
        hub = any(address.on_hub for address in addresses)
        if local or any(address.server == self.deployed.server for address in addresses):
            points = 2 + (hub and local)
            points += 2 if by_route else self._near_points(addresses, named=named)
        elif hub or not addresses:
            points = 2 * by_route if self.routes.paths else int(hub)
        else:
            return Testimony(score=_elsewhere(addresses, by_route), by_route=by_route)
        points += named or (hub and by_route)
        return Testimony(score=max(points, 1), by_route=by_route)

    def _near_points(self, addresses: Sequence[Address], *, named: bool) -> int:
        rests = [a.rest for a in addresses if a.rest.strip("/") and not a.websocket]
        strange = rests and not any(map(self.routes.reached, rests))
        if self.routes.paths and strange and not named:
            return -1
        return int(self.own_route and any(address.local for address in addresses))

    def base_of(self, path: str, names: tuple[str, ...]) -> str:
        """What stands before every path called through the names: ``/api`` of ``/api/chat``.

        Empty when none or several would make a route of it, or no name speaks for a backend.
        """
        if not any(_BACKEND_NAME.search(name) for name in names[:3]):
            return ""
        bases = (base for base in self.routes.bases if self._called(path, {base}, names))
        found = tuple(bases)
        return found[0] if len(found) == 1 else ""

    def _called(
        self, path: str, bases: set[str], names: tuple[str, ...], *, exported: bool = True
    ) -> bool:
        """A route is called through one of the names, which stand for one of the ``bases``."""
        near = {name for name in names[:4] if name}
        wide = {name for name in near if len(name) > 3 and "." not in name} if exported else set()
        return any(
            not self.routes.callers(base, source).isdisjoint(near if where == path else wide)
            for where, source in self.sources.items()
            if where == path or wide
            for base in bases
        )


def _elsewhere(addresses: Sequence[Address], by_route: bool) -> int:
    """Another port or hosting: a route of this backend makes it doubtful, a name nothing."""
    if by_route and any(address.host.endswith(HOSTINGS) for address in addresses):
        return 2
    local = [address for address in addresses if address.local]
    if not local or any(address.port in _FRONTEND_PORTS for address in local):
        return 0
    return 2 if by_route else 1


def is_other_server(address: Address, routes: Routes, ports: frozenset[int]) -> bool:
    """True when port or path show a language model's server."""
    if address.port in _LLM_PORTS and address.port not in ports:
        return True
    return bool(_LLM_PATH.fullmatch(address.rest)) and not routes.reached(address.rest)


def is_other_caller(names: Sequence[str], *, config: bool) -> bool:
    """True when another service's client, a server or a development proxy takes the address."""
    # Nuxt's `routeRules` send on in production, too.
    if config and "routeRules" not in names and not _DEVELOPMENT_KEYS.isdisjoint(names):
        return True
    return any(_OTHER_CALL.fullmatch(name.split(".")[-1]) for name in names)


def is_other_name(names: Iterable[str], routes: Routes) -> bool:
    """True when a name belongs to another kind of service, and no route is about that."""
    known = " ".join(routes.paths).lower()
    words = (_OTHER_NAME.search(name) for name in names)
    return any(word is not None and word[1].lower() not in known for word in words)


def route_pattern(path: str) -> str:
    """A pattern for a route, its parameters filled in, up to the end of the text it stands in."""
    return f"{_route(path)}{_END}"


def belief(score: int) -> Belief:
    """What a score comes to."""
    return Belief.SURE if score >= 3 else Belief.DOUBTFUL if score == 2 else Belief.OTHER
