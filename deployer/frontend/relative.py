"""Finds clients that call the backend's routes on their own host, where nothing sends them on.

A development proxy does it on the developer's machine alone; in production the calls would end at
the frontend's host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from deployer.errors import Notice, Where
from deployer.frontend.data_files import Kind, all_data
from deployer.frontend.discovery import Frontend, is_build_config
from deployer.frontend.environment import joined
from deployer.frontend.evidence import Routes, Witness, route_pattern
from deployer.frontend.request import FrontendRequest

# What sends requests on in production, by whatever address; or another host for all of them.
_SENDS_ON = re.compile(
    r"\brewrites\b|\brouteRules\b|\bproxyRequest\b|createProxyMiddleware|http-proxy"
)
_OTHER_BASE = re.compile(
    r"\bbase_?(?:url|uri|path)\b['\"]?\s*[:=](?!\s*(?:['\"`]/|['\"`]['\"`]))", re.IGNORECASE
)
# The build is put where the backend serves it.
_BESIDE_BACKEND = re.compile(r"\boutDir\b['\"]?\s*:\s*[^,}\n]*\.\./")
_CALL = r"(?:fetch|ofetch|useFetch|useSWR|EventSource|request|get|post|put|patch|delete|axios|ky)"
_PROXY = re.compile(r"\bproxy\b")
_SENDERS = frozenset({Kind.NGINX, Kind.VERCEL, Kind.NETLIFY, Kind.REDIRECTS})


def unsent(frontend: Frontend, witness: Witness, request: FrontendRequest) -> Iterator[Notice]:
    """The first such call, with the lines that send all of them on."""
    found = next(_calls(frontend, witness.routes), None)
    if found is None or _handled(frontend):
        return
    path, line, called = found
    first = called.strip("/").split("/")[0]
    proxied = any(_PROXY.search(c) for p, c in _texts(frontend) if is_build_config(p))
    only = "only a development proxy sends on" if proxied else "nothing sends on to the backend"
    yield Notice(
        message=f"The client calls {called} on its own host, which {only}.",
        hint=f"{_lines(frontend, first, called, request.backend_url)} "
        "(nothing, if the backend serves the frontend itself).",
        where=Where(file=path, line=line),
        warning=frontend.framework.bundled,
    )


def _calls(frontend: Frontend, routes: Routes) -> Iterator[tuple[str, int, str]]:
    """Calls of whole routes by a relative path: file, line and route."""
    for path, shown in _texts(frontend):
        if is_build_config(path) or path in frontend.data:
            continue
        for route in routes.paths:
            pattern = rf"\b{_CALL}(?:<[^()]*?>)?\(\s*['\"`]{route_pattern(route)}"
            there = route.split("{")[0] in shown
            match = re.search(pattern, shown) if there else None
            if match is not None and not _own(frontend, route):
                yield path, shown.count("\n", 0, match.start()) + 1, route
        for line, route in _based(shown, routes):
            if not _own(frontend, route):
                yield path, line, route


def _based(shown: str, routes: Routes) -> Iterator[tuple[int, str]]:
    """Calls through a relative base (``API = '/api'``, ``baseURL: '/api'``): its line, a route."""
    for base in routes.bases:
        names = "|".join(re.escape(name) for name in routes.callers(base, shown))
        given = rf"(?:\b(?:{names})\s*(?::\s*string\s*)?=|\bbaseU(?:RL|rl)['\"]?\s*:)\s*"
        match = re.search(rf"{given}['\"`]{re.escape(base)}/?['\"`]", shown) if names else None
        if match is not None:
            route = next(path for path in routes.paths if path.startswith(f"{base}/"))
            yield shown.count("\n", 0, match.start()) + 1, route


def _own(frontend: Frontend, route: str) -> bool:
    """The frontend has a server that answers this path itself."""
    fixed = route.split("{", maxsplit=1)[0].strip("/")
    paths = (*frontend.sources, *frontend.server_side)
    places = (f"app/{fixed}", f"pages/{fixed}", f"routes/{fixed}", f"server/{fixed}")
    if any(place in path for path in paths for place in places):
        return True
    catches = re.compile(
        r"(?:^|/)(?:app|pages|routes|server)/api/(?:\[|proxy|server|\$)|(?:^|/)functions/"
    )
    return any(catches.search(path) for path in paths) or any(
        path.startswith(joined(frontend.root, "api/")) for path in paths
    )


def sends_on(frontend: Frontend) -> bool:
    """Something in production sends requests on from the frontend's own host."""
    if any(data.kind in _SENDERS and data.places for data in all_data(frontend.data)):
        return True
    return any(_SENDS_ON.search(shown) for _, shown in _texts(frontend))


def _handled(frontend: Frontend) -> bool:
    patterns = (_OTHER_BASE, _BESIDE_BACKEND)
    found = any(p.search(shown) for _, shown in _texts(frontend) for p in patterns)
    return found or sends_on(frontend)


def _texts(frontend: Frontend) -> Iterable[tuple[str, str]]:
    both = {**frontend.sources, **frontend.server_side}
    return ((path, content.decode("utf-8", "replace")) for path, content in both.items())


def _lines(frontend: Frontend, first: str, called: str, url: str) -> str:
    """The rewrite to add, in the hosting's form where its file is there."""
    whole = called.strip("/") == first
    inside = {path.rsplit("/", 1)[-1] for path in frontend.data}
    if "netlify.toml" in inside or "_redirects" in inside:
        source, to = (f"/{first}", f"{url}/{first}") if whole else (f"/{first}/*", "")
        to = to or f"{url}/{first}/:splat"
        return f"Add to `{joined(frontend.root, 'public/_redirects')}`: {source} {to} 200"
    tail = "" if whole else "/:path*"
    rule = f"/{first}{tail}"
    if frontend.framework.name == "Next.js":
        return (
            f"Add to next.config: async rewrites() {{ return [{{ source: '{rule}', "
            f"destination: '{url}{rule}' }}]; }}"
        )
    shown = f'"rewrites": [{{ "source": "{rule}", "destination": "{url}{rule}" }}]'
    return f"On Vercel add to `{joined(frontend.root, 'vercel.json')}`: {shown}"
