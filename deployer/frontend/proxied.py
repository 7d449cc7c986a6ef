"""Judges the addresses in data files: is this rewrite's destination, or this setting, the backend?

Rule: a rewrite speaks by the paths that it sends on. A client that calls ``/api/chat`` through it
proves whose route that is; a destination on the backend's local port can only be the backend.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from deployer.frontend.addresses import HOSTINGS, Address, path_of
from deployer.frontend.data_formats import DataPlace
from deployer.frontend.evidence import (
    Testimony,
    Witness,
    is_other_name,
    is_other_server,
    route_pattern,
)

# `:path*`, `:splat`, `*`, `(.*)`, `$1` and what follows them.
_WILD = re.compile(r"/?(?::\w|\(|\*|\$).*")
_OPENS = r"['\"`]"


def judge(place: DataPlace, witness: Witness) -> Testimony:
    """The points of one place."""
    if is_other(place, witness):
        return Testimony(score=0)
    if place.source is None:
        return witness.hear(place.path, (place.address,), place.names, exported=True)
    by_route = _sends_on(place, witness)
    return Testimony(score=_points(place.address, witness, by_route=by_route), by_route=by_route)


def _points(address: Address, witness: Witness, *, by_route: bool) -> int:
    known = bool(witness.routes.paths)
    if address.server == witness.deployed.server:
        return 4
    if address.local and address.port in witness.ports:
        return 4 if by_route else 3 if witness.routes.reached(_fixed(address.rest)) else 1
    if address.on_hub:
        return 3 if by_route else 1 if known else 2
    return 1 + by_route if address.host.endswith(HOSTINGS) else 0


def is_other(place: DataPlace, witness: Witness) -> bool:
    """Another kind of server's, by its port, its path or the names around it."""
    if is_other_server(place.address, witness.routes, witness.ports):
        return True
    return is_other_name((*place.names, place.source or ""), witness.routes)


def _sends_on(place: DataPlace, witness: Witness) -> bool:
    """The frontend calls a route of the backend by a path that the rewrite takes."""
    behind, before = _fixed(place.address.rest), _fixed(place.source or "")
    wild = before != (place.source or "")
    return any(
        called(before + route.removeprefix(behind), witness.sources.values())
        for route in witness.routes.paths
        if (wild and route.startswith(f"{behind}/")) or route == behind
    )


def called(path: str, sources: Iterable[str]) -> bool:
    """Some source has the path as a text of its own, or behind a constant with its beginning."""
    whole = re.compile(_OPENS + route_pattern(path))
    first, _, rest = path.strip("/").partition("/")
    base = re.compile(rf"{_OPENS}/{re.escape(first)}/?{_OPENS}")
    tail = re.compile(rf"(?:\}}|{_OPENS})/?{route_pattern(rest)}")
    # Looked for as plain text first: a frontend may have thousands of files.
    found = [source for source in sources if f"/{first}" in source or rest.split("{")[0] in source]
    if any(whole.search(source) for source in found):
        return True
    return bool(rest) and all(any(p.search(s) for s in found) for p in (base, tail))


def _fixed(pattern: str) -> str:
    """A pattern up to its first placeholder, without the slash before it."""
    return _WILD.sub("", path_of(pattern)).rstrip("/")


def ours(place: DataPlace, servers: Collection[str], witness: Witness) -> bool:
    """Its address is one that the backend goes by, and nothing speaks for another service."""
    return place.address.server in servers and not is_other(place, witness)
