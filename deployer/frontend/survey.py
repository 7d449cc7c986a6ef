"""Gathers what one frontend shows: which servers it calls, and which of them is this backend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from deployer.errors import Notice, Where
from deployer.frontend.addresses import Address, read_address
from deployer.frontend.discovery import Frontend
from deployer.frontend.evidence import Belief, Routes, Witness, belief, is_other
from deployer.frontend.request import FrontendRequest
from deployer.frontend.rewrite import groups_of
from deployer.frontend.shapes import Group, public_to
from deployer.frontend.syntax import Script, parse

_MAY_MATTER = re.compile(rb"https?://|wss?://|process\.env|import\.meta", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A line of a file."""

    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A group of addresses and its points for this backend."""

    group: Group = field(repr=False)
    score: int
    by_route: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found in one frontend.

    ``servers`` are the names of this backend there (``localhost:8000``, a former host);
    ``foreign`` is a production host elsewhere that only a branch speaks for.
    """

    frontend: Frontend
    scripts: tuple[Script, ...] = field(repr=False)
    belief: Belief
    by_route: bool
    servers: tuple[str, ...]
    foreign: str
    current: bool
    local_url: str
    first: Spot
    notices: tuple[Notice, ...] = ()


def survey(frontend: Frontend, request: FrontendRequest, *, named: bool) -> Survey:
    """The frontend judged. ``named``: a person said that it calls this backend."""
    candidates = {p: c for p, c in frontend.sources.items() if _MAY_MATTER.search(c)}
    parsed = {path: parse(path, content) for path, content in candidates.items()}
    scripts = tuple(script for script in parsed.values() if script is not None)
    findings = _findings(frontend, scripts, request)
    accepted, trust = _accepted(findings, named=named)
    servers = _servers(accepted)
    places = [place for finding in accepted for place in finding.group.places]
    unread = {path: candidates[path] for path, script in parsed.items() if script is None}
    return Survey(
        frontend=frontend,
        scripts=scripts,
        belief=trust,
        by_route=any(finding.by_route for finding in accepted),
        servers=servers,
        foreign=next((host for f in accepted for host in _foreign(f, request)), ""),
        current=any(place.address.server == request.deployed.server for place in places),
        local_url=next((_plain(p.address) for p in places if p.address.local), ""),
        first=_first(accepted),
        notices=tuple(_unread(unread, servers)),
    )


def accepts(servers: frozenset[str], request: FrontendRequest) -> Callable[[Group], bool]:
    """True for a group that calls one of ``servers`` and isn't another service there."""
    routes, ports = Routes.of(request.routes), frozenset(request.backend_ports)
    ours = {*servers, request.deployed.server}

    def accept(group: Group) -> bool:
        called = [place for place in group.places if place.address.server in ours]
        return bool(called) and not any(
            is_other(place.address, place.names, routes, ports) for place in group.places
        )

    return accept


def _findings(
    frontend: Frontend, scripts: tuple[Script, ...], request: FrontendRequest
) -> list[Finding]:
    sources = {
        path: content.decode("utf-8", "replace") for path, content in frontend.sources.items()
    }
    routes = Routes.of(request.routes)
    witness = Witness(
        routes=routes,
        ports=frozenset({*request.backend_ports, *_port(request.local_url)}),
        deployed=request.deployed,
        sources=sources,
        own_route=any(routes.used(source) for source in sources.values()),
    )
    groups = [group for script in scripts for group in groups_of(script)]
    return [_finding(group, witness) for group in groups]


def _finding(group: Group, witness: Witness) -> Finding:
    names = tuple(dict.fromkeys(name for place in group.places for name in place.names))
    addresses = [place.address for place in group.places]
    testimony = witness.hear(group.script.path, addresses, names)
    return Finding(group=group, score=testimony.score, by_route=testimony.by_route)


def _accepted(findings: list[Finding], *, named: bool) -> tuple[list[Finding], Belief]:
    """The findings to act on, and how far to trust them."""
    for least in (3, 2):
        found = [finding for finding in findings if finding.score >= least]
        if found:
            return found, Belief.SURE if named else belief(least)
    other = [f for f in findings if f.score == 1]
    if named and len({place.address.server for f in other for place in f.group.places}) == 1:
        return other, Belief.SURE
    return [], Belief.OTHER


def _servers(accepted: list[Finding]) -> tuple[str, ...]:
    places = (place for finding in accepted for place in finding.group.places)
    known = (p.address.server for p in places if p.address.local or "." in p.address.host)
    return tuple(dict.fromkeys(known))


def _foreign(finding: Finding, request: FrontendRequest) -> list[str]:
    """Hosts elsewhere that the group calls in production, where no route shows whose they are."""
    ours = request.deployed
    hosts = (p.address for p in finding.group.places if public_to(p.address, ours))
    elsewhere = [a.host for a in hosts if not a.on_hub and a.server != ours.server]
    return [] if finding.by_route else elsewhere


def _port(url: str | None) -> tuple[int, ...]:
    found = read_address(url) if url else None
    return (found.port,) if found and found.port else ()


def _plain(address: Address) -> str:
    return address.origin.replace("ws", "http", 1) if address.scheme[0] == "w" else address.origin


def _first(accepted: list[Finding]) -> Spot:
    if not accepted:
        return Spot(path="", line=0)
    group = max(accepted, key=lambda finding: finding.score).group
    return Spot(path=group.script.path, line=group.script.line(group.places[0].node))


def _unread(unread: dict[str, bytes], servers: tuple[str, ...]) -> Iterator[Notice]:
    for path, content in unread.items():
        position = min((at for s in servers if (at := content.find(s.encode())) >= 0), default=-1)
        if position >= 0:
            yield Notice(
                message="This file holds the backend's address but could not be read as a script.",
                hint="Change the address by hand.",
                where=Where(file=path, line=content[:position].count(b"\n") + 1),
            )
