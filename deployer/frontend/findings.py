"""Gathers every address and build variable of a frontend, each with its points for this backend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from deployer.frontend.acceptance import is_other, mark
from deployer.frontend.addresses import Address, read_address
from deployer.frontend.chains import read_chain
from deployer.frontend.data_files import all_data
from deployer.frontend.data_formats import DataPlace
from deployer.frontend.discovery import Frontend, framework_at, is_vite
from deployer.frontend.environment import Framework
from deployer.frontend.evidence import Routes, Testimony, Witness, is_other_name
from deployer.frontend.places import Place
from deployer.frontend.proxied import judge
from deployer.frontend.request import DEFAULT_LOCAL_URL, FrontendRequest
from deployer.frontend.rewrite import groups_of
from deployer.frontend.shapes import Group
from deployer.frontend.syntax import Script
from deployer.frontend.variables import Variable, chosen_variables, find_variables


class Finding(Struct, frozen=True, kw_only=True):
    """A group of addresses, or a build variable. ``kept`` are variables that it stands beside."""

    path: str
    line: int
    testimony: Testimony
    group: Group | None = None
    variable: Variable | None = None
    data: DataPlace | None = None
    kept: tuple[str, ...] = ()

    @property
    def score(self) -> int:
        """Its points."""
        return self.testimony.score

    @property
    def places(self) -> tuple[Place, ...]:
        """The places of the group."""
        return self.group.places if self.group else ()

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The addresses that are written somewhere."""
        written = tuple(place.address for place in self.places if not place.assumed)
        sent = (self.data.address,) if self.data else ()
        return (*written, *(self.variable.values.values() if self.variable else ()), *sent)

    def marks(self, ports: frozenset[int]) -> Iterator[str]:
        """What the backend goes by here: servers, variables without a value, names."""
        local = [address for address in self.addresses if address.local]
        usual = [address for address in local if address.port in ports] or local
        yield from (address.server for address in usual)
        yield from (a.server for a in self.addresses if not a.local and not a.private)
        yield from (place.server for place in self.places if place.assumed)
        if self.testimony.by_route:
            names = (name for place in self.places for name in place.names[:2])
            yield from (mark(name) for name in names if is_other_name((name,), Routes(paths=())))


def find(
    frontend: Frontend, scripts: Iterable[Script], request: FrontendRequest, witness: Witness
) -> list[Finding]:
    """Everything in the frontend that could be the backend's address."""
    local = request.local_url or DEFAULT_LOCAL_URL
    found = []
    for script in scripts:
        built = framework_at(script.path, frontend.root, frontend.framework)
        found += [_of(group, built, witness) for group in groups_of(script, built, local)]
    return [*found, *_variables(frontend, scripts, witness), *_data(frontend, witness)]


def _data(frontend: Frontend, witness: Witness) -> Iterator[Finding]:
    for data in all_data(frontend.data):
        for place in data.places if data.changes else ():
            heard = judge(place, witness)
            yield Finding(path=place.path, line=place.line, testimony=heard, data=place)


def call_witness(frontend: Frontend, request: FrontendRequest) -> Witness:
    """What the frontend's sources and the request tell about the backend."""
    routes = Routes.of(request.routes)
    sources = {
        path: content.decode("utf-8", "replace")
        for path, content in frontend.sources.items()
        if not is_vite(path)
    }
    given = read_address(request.local_url) if request.local_url else None
    return Witness(
        routes=routes,
        ports=frozenset({*request.backend_ports, *([given.port] if given and given.port else [])}),
        deployed=request.deployed,
        sources=sources,
        own_route=any(routes.used(source) for source in sources.values()),
    )


def _of(group: Group, framework: Framework, witness: Witness) -> Finding:
    chains = [read_chain(place.use, place.top, framework) for place in group.places]
    chosen = [name for place in group.places for name in chosen_variables(place.top, framework)]
    return Finding(
        path=group.script.path,
        line=group.script.line(group.places[0].node),
        testimony=_heard(group, witness),
        group=group,
        kept=(*(name for chain in chains for name in chain.kept), *chosen),
    )


def _heard(group: Group, witness: Witness) -> Testimony:
    scopes = [scope for place in group.places for scope in place.scopes[:2]]
    names = tuple(dict.fromkeys([*(n for p in group.places for n in p.names), *scopes]))
    addresses = [place.address for place in group.places if not place.assumed]
    exported = any(place.exported for place in group.places)
    heard = witness.hear(group.script.path, addresses, names, exported=exported)
    marks = {mark(name) for name in names} if heard.by_route else set()
    other = is_other(group, witness.routes, witness.ports, marks)
    return Testimony(score=0) if other else heard


def _variables(
    frontend: Frontend, scripts: Iterable[Script], witness: Witness
) -> Iterator[Finding]:
    for variable in find_variables(frontend, scripts):
        values = tuple(variable.values.values())
        heard = witness.hear(variable.path, values, variable.names, exported=True)
        other = is_other_name(variable.names, witness.routes)
        base = "" if other or heard.by_route else _base(variable, witness)
        heard = Testimony(score=3, by_route=True) if base else heard
        if heard.by_route or not other:
            beside = replace(witness.deployed, rest=base) if base else variable.beside
            yield Finding(
                path=variable.path,
                line=variable.line,
                testimony=heard,
                variable=replace(variable, beside=beside),
            )


def _base(variable: Variable, witness: Witness) -> str:
    """The path that a variable without any value must have for the calls to reach a route."""
    valued = variable.values or variable.fallback or variable.beside
    return "" if valued else witness.base_of(variable.path, variable.names)
