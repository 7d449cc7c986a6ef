"""Decides which places of a script are rewritten, once it is known what the backend goes by."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from deployer.frontend.branches import Side
from deployer.frontend.discovery import is_build_config, is_vite
from deployer.frontend.evidence import Routes, is_other_caller, is_other_name, is_other_server
from deployer.frontend.places import Place
from deployer.frontend.request import FrontendRequest
from deployer.frontend.rewrite import Accept
from deployer.frontend.shapes import Group


def accepts(marks: Collection[str], request: FrontendRequest) -> Accept:
    """What of a group calls this backend by one of ``marks`` (``Survey.servers``), or None.

    Another service at the same address is refused, and so are other ports in the same choice.
    """
    routes, ports = Routes.of(request.routes), frozenset(request.backend_ports)
    ours = {*marks, request.deployed.server}

    def accept(group: Group) -> Group | None:
        if not any(place.server in ours for place in group.places):
            return None
        if is_other(group, routes, ports, ours):
            return None
        kept = (p for p in group.places if p.server in ours or _may_be_deployed(p))
        return replace(group, places=tuple(kept))

    return accept


def _may_be_deployed(place: Place) -> bool:
    """Not another local port; but a local Hub's Space is local, and serves as production."""
    return place.side is Side.PRODUCTION or not place.address.local


def is_other(group: Group, routes: Routes, ports: frozenset[int], marks: Collection[str]) -> bool:
    """True when a place of the group belongs to another service, whatever its address."""
    config = is_build_config(group.script.path)
    if is_vite(group.script.path) and not all("define" in p.names for p in group.places):
        return True
    return any(_is_other(place, routes, ports, marks, config=config) for place in group.places)


def _is_other(
    place: Place,
    routes: Routes,
    ports: frozenset[int],
    marks: Collection[str],
    *,
    config: bool,
) -> bool:
    if is_other_server(place.address, routes, ports):
        return True
    if is_other_caller((*place.names, *place.scopes), config=config):
        return True
    known = routes.whole(place.address.rest) or any(mark(n) in marks for n in place.names[:2])
    return not known and is_other_name(place.names, routes)


def mark(name: str) -> str:
    """What stands for a name that the backend's routes are called through."""
    return f"name {name}"
