"""Gathers what one frontend shows: which servers it calls, and which of them is this backend."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from deployer.errors import Notice, Where
from deployer.frontend.addresses import Address, read_address
from deployer.frontend.branches import Side
from deployer.frontend.discovery import Frontend, framework_at
from deployer.frontend.evidence import (
    Belief,
    Routes,
    Testimony,
    Witness,
    belief,
    is_other_caller,
    is_other_name,
    is_other_server,
)
from deployer.frontend.places import Place
from deployer.frontend.request import DEFAULT_LOCAL_URL, FrontendRequest
from deployer.frontend.rewrite import Accept, groups_of
from deployer.frontend.shapes import Group, public_to
from deployer.frontend.syntax import Script, parse
from deployer.frontend.variables import Variable, find_variables, in_force

# Hosts where a backend like this is put by hand; its routes tell that it is the same one.
_HOSTINGS = (
    *(".onrender.com", ".railway.app", ".fly.dev", ".herokuapp.com", ".vercel.app", ".koyeb.app"),
    *(".netlify.app", ".replit.app", ".repl.co", ".ngrok-free.app", ".ngrok.io", ".run.app"),
    *(".azurewebsites.net", ".pythonanywhere.com", ".cyclic.app", ".deta.dev", ".glitch.me"),
)
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

    ``servers`` are the marks of this backend there (``localhost:8000``, a former host, …);
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
    witness = _witness(frontend, request)
    findings = _findings(frontend, scripts, request, witness)
    accepted, trust = _accepted(findings, named=named)
    servers = _servers(accepted, witness.ports)
    addresses = [address for finding in accepted for address in finding.addresses]
    unread = {path: candidates[path] for path, script in parsed.items() if script is None}
    return Survey(
        frontend=frontend,
        scripts=scripts,
        belief=trust,
        by_route=any(finding.testimony.by_route for finding in accepted),
        servers=servers,
        variables=_variables(findings, accepted, {*servers, request.deployed.server}),
        foreign=next((host for f in accepted for host in _foreign(f, request, witness)), ""),
        current=any(address.server == request.deployed.server for address in addresses),
        local_url=next((_plain(a) for a in addresses if a.local), ""),
        first=max(accepted, key=_points).spot if accepted else Spot(path="", line=0),
        notices=(*_unread(unread, servers), *_server_side(frontend, servers)),
    )


def accepts(marks: frozenset[str], request: FrontendRequest) -> Accept:
    """What of a group calls this backend by one of ``marks`` (``Survey.servers``), or None.

    Another service at the same address is refused, and so are other ports in the same choice.
    """
    routes, ports = Routes.of(request.routes), frozenset(request.backend_ports)
    ours = {*marks, request.deployed.server}

    def accept(group: Group) -> Group | None:
        if not any(place.server in ours for place in group.places):
            return None
        if any(_is_other(place, routes, ports, ours) for place in group.places):
            return None
        kept = (p for p in group.places if p.server in ours or _may_be_deployed(p))
        return replace(group, places=tuple(kept))

    return accept


def _may_be_deployed(place: Place) -> bool:
    """Not another local port; but a local Hub's Space is local, and serves as production."""
    return place.side is Side.PRODUCTION or not place.address.local


def _is_other(place: Place, routes: Routes, ports: frozenset[int], ours: Collection[str]) -> bool:
    if is_other_server(place.address, routes, ports):
        return True
    if is_other_caller((*place.names, *place.scopes)):
        return True
    known = routes.whole(place.address.rest) or any(_mark(n) in ours for n in place.names[:2])
    return not known and is_other_name(place.names, routes)


def _mark(name: str) -> str:
    """What stands for a name that the backend's routes are called through."""
    return f"name {name}"


def _findings(
    frontend: Frontend, scripts: tuple[Script, ...], request: FrontendRequest, witness: Witness
) -> list[Finding]:
    local = request.local_url or DEFAULT_LOCAL_URL
    built = {s.path: framework_at(s.path, frontend.root, frontend.framework) for s in scripts}
    groups = (g for script in scripts for g in groups_of(script, built[script.path], local))
    found = [Finding(group=group, testimony=_hear(witness, group)) for group in groups]
    for variable in find_variables(frontend, scripts):
        heard = witness.hear(variable.path, tuple(variable.values.values()), variable.names)
        if heard.by_route or not is_other_name(variable.names, witness.routes):
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
    scopes = [scope for place in group.places for scope in place.scopes[:2]]
    names = tuple(dict.fromkeys([*(n for p in group.places for n in p.names), *scopes]))
    addresses = [place.address for place in group.places if not place.assumed]
    heard = witness.hear(group.script.path, addresses, names)
    marks = {_mark(name) for name in names} if heard.by_route else set()
    routes, ports = witness.routes, witness.ports
    if any(_is_other(place, routes, ports, marks) for place in group.places):
        return Testimony(score=0)
    return heard


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


def _servers(accepted: list[Finding], ports: frozenset[int]) -> tuple[str, ...]:
    """Every mark of this backend: its servers, variables without a value, and names."""
    found: list[str] = []
    for finding in accepted:
        local = [address for address in finding.addresses if address.local]
        usual = [address for address in local if address.port in ports] or local
        public = [a for a in finding.addresses if not a.local and "." in a.host]
        found += [address.server for address in (*usual, *public)]
        found += [place.server for place in finding.places if place.assumed]
        if finding.testimony.by_route:
            found += [_mark(name) for place in finding.places for name in place.names[:2]]
    return tuple(dict.fromkeys(found))


def _variables(
    findings: list[Finding], accepted: list[Finding], servers: Collection[str]
) -> tuple[Variable, ...]:
    """Accepted variables, and those whose fallback in the code is accepted."""
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


def _foreign(finding: Finding, request: FrontendRequest, witness: Witness) -> list[str]:
    """Hosts elsewhere that the group calls in production and that may be another service's."""
    ours = request.deployed
    hosts = [address for address in finding.addresses if public_to(address, ours)]
    elsewhere = [a.host for a in hosts if not a.on_hub and a.server != ours.server]
    proved = witness.own_route or finding.testimony.by_route
    return [host for host in elsewhere if not (proved and host.endswith(_HOSTINGS))]


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
