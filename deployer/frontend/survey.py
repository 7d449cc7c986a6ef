"""Gathers what one frontend shows: which servers it calls, and which of them is this backend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from deployer.errors import Notice, Where
from deployer.frontend.addresses import Address, read_address
from deployer.frontend.discovery import Frontend
from deployer.frontend.evidence import Belief, Routes, Testimony, Witness, belief, is_other
from deployer.frontend.places import Place
from deployer.frontend.request import DEFAULT_LOCAL_URL, FrontendRequest
from deployer.frontend.rewrite import groups_of
from deployer.frontend.shapes import Group, public_to
from deployer.frontend.syntax import Script, parse
from deployer.frontend.variables import Variable, find_variables, in_force

_MAY_MATTER = re.compile(rb"https?://|wss?://|process\.env|import\.meta", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A line of a file."""

    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A group of addresses, or a build variable, and its points for this backend."""

    group: Group | None = field(default=None, repr=False)
    variable: Variable | None = None
    testimony: Testimony

    @property
    def places(self) -> tuple[Place, ...]:
        """The places of the group."""
        return self.group.places if self.group else ()

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The addresses that are written somewhere."""
        written = tuple(place.address for place in self.places if not place.assumed)
        return (*written, *(self.variable.values.values() if self.variable else ()))

    @property
    def spot(self) -> Spot:
        """Where it stands."""
        if self.group is not None:
            line = self.group.script.line(self.group.places[0].node)
            return Spot(path=self.group.script.path, line=line)
        if self.variable is not None:
            return Spot(path=self.variable.path, line=self.variable.line)
        return Spot(path="", line=0)


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
    variables: tuple[Variable, ...]
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
    addresses = [address for finding in accepted for address in finding.addresses]
    unread = {path: candidates[path] for path, script in parsed.items() if script is None}
    return Survey(
        frontend=frontend,
        scripts=scripts,
        belief=trust,
        by_route=any(finding.testimony.by_route for finding in accepted),
        servers=servers,
        variables=_variables(findings, accepted, request),
        foreign=next((host for f in accepted for host in _foreign(f, request)), ""),
        current=any(address.server == request.deployed.server for address in addresses),
        local_url=next((_plain(a) for a in addresses if a.local), ""),
        first=max(accepted, key=_points).spot if accepted else Spot(path="", line=0),
        notices=(*_unread(unread, servers), *_server_side(frontend, servers)),
    )


def accepts(servers: frozenset[str], request: FrontendRequest) -> Callable[[Group], bool]:
    """True for a group that calls one of ``servers`` and isn't another service there."""
    routes, ports = Routes.of(request.routes), frozenset(request.backend_ports)
    ours = {*servers, request.deployed.server}

    def accept(group: Group) -> bool:
        called = any(place.server in ours for place in group.places)
        return called and not any(
            is_other(place.address, place.names, routes, ports) for place in group.places
        )

    return accept


def _findings(
    frontend: Frontend, scripts: tuple[Script, ...], request: FrontendRequest
) -> list[Finding]:
    witness = _witness(frontend, request)
    local = request.local_url or DEFAULT_LOCAL_URL
    groups = (g for script in scripts for g in groups_of(script, frontend.framework, local))
    found = [Finding(group=group, testimony=_hear(witness, group)) for group in groups]
    for variable in find_variables(frontend, scripts):
        heard = witness.hear(variable.path, tuple(variable.values.values()), variable.names)
        found.append(Finding(variable=variable, testimony=heard))
    return found


def _witness(frontend: Frontend, request: FrontendRequest) -> Witness:
    routes = Routes.of(request.routes)
    sources = {p: content.decode("utf-8", "replace") for p, content in frontend.sources.items()}
    return Witness(
        routes=routes,
        ports=frozenset({*request.backend_ports, *_port(request.local_url)}),
        deployed=request.deployed,
        sources=sources,
        own_route=any(routes.used(source) for source in sources.values()),
    )


def _hear(witness: Witness, group: Group) -> Testimony:
    names = tuple(dict.fromkeys(name for place in group.places for name in place.names))
    addresses = [place.address for place in group.places if not place.assumed]
    return witness.hear(group.script.path, addresses, names)


def _points(finding: Finding) -> int:
    return finding.testimony.score


def _accepted(findings: list[Finding], *, named: bool) -> tuple[list[Finding], Belief]:
    """The findings to act on, and how far to trust them."""
    for least in (3, 2):
        found = [finding for finding in findings if _points(finding) >= least]
        if found:
            return found, Belief.SURE if named else belief(least)
    other = [finding for finding in findings if _points(finding) == 1 and finding.addresses]
    if named and len({address.server for f in other for address in f.addresses}) == 1:
        return other, Belief.SURE
    return [], Belief.OTHER


def _servers(accepted: list[Finding]) -> tuple[str, ...]:
    written = [address for finding in accepted for address in finding.addresses]
    known = [address.server for address in written if address.local or "." in address.host]
    assumed = [p.server for finding in accepted for p in finding.places if p.assumed]
    return tuple(dict.fromkeys([*known, *assumed]))


def _variables(
    findings: list[Finding], accepted: list[Finding], request: FrontendRequest
) -> tuple[Variable, ...]:
    """Accepted variables, and those whose fallback in the code is accepted."""
    servers = {*_servers(accepted), request.deployed.server}
    names = {name for finding in accepted for place in finding.places for name in place.names}
    found = []
    for finding in findings:
        variable = finding.variable
        if variable is None or not _points(finding):
            continue
        now = in_force(variable)
        ours = now is None or now.local or now.on_hub or now.server in servers
        if ours and (finding in accepted or (variable.fallback and names & {*variable.names[1:]})):
            found.append(variable)
    return tuple(found)


def _foreign(finding: Finding, request: FrontendRequest) -> list[str]:
    """Hosts elsewhere that the group calls in production, where no route shows whose they are."""
    ours = request.deployed
    hosts = [address for address in finding.addresses if public_to(address, ours)]
    elsewhere = [a.host for a in hosts if not a.on_hub and a.server != ours.server]
    return [] if finding.testimony.by_route else elsewhere


def _port(url: str | None) -> tuple[int, ...]:
    found = read_address(url) if url else None
    return (found.port,) if found and found.port else ()


def _plain(address: Address) -> str:
    return address.origin.replace("ws", "http", 1) if address.websocket else address.origin


def _unread(unread: Mapping[str, bytes], servers: tuple[str, ...]) -> Iterator[Notice]:
    for path, line in _lines_with(unread, servers):
        yield Notice(
            message="This file holds the backend's address but could not be read as a script.",
            hint="Change the address by hand.",
            where=Where(file=path, line=line),
        )


def _server_side(frontend: Frontend, servers: tuple[str, ...]) -> Iterator[Notice]:
    for path, line in _lines_with(frontend.server_side, (*servers, "localhost:8000")):
        yield Notice(
            message="This code runs on the frontend's server and keeps its address.",
            hint="Set the variable that it reads where the frontend is hosted.",
            where=Where(file=path, line=line),
            warning=False,
        )


def _lines_with(files: Mapping[str, bytes], servers: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for path, content in files.items():
        position = min((at for s in servers if (at := content.find(s.encode())) >= 0), default=-1)
        if position >= 0:
            yield path, content[:position].count(b"\n") + 1
