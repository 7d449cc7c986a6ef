"""Decides which places of data files are changed, and says what to write in the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from deployer.errors import Notice, Where
from deployer.frontend import data_formats
from deployer.frontend.addresses import Address
from deployer.frontend.data_change import data_change, unproved
from deployer.frontend.data_files import Data, Kind, all_data, read_data
from deployer.frontend.data_formats import DataPlace
from deployer.frontend.discovery import Frontend
from deployer.frontend.evidence import Routes, Witness
from deployer.frontend.proxied import judge, ours
from deployer.frontend.request import FrontendRequest
from deployer.frontend.syntax import is_utf8
from deployer.model import FileChange

_PAGES = (".html", ".htm")
_BUILDS = frozenset({Kind.WORKFLOW, Kind.COMPOSE, Kind.IMAGE})
_REASONS = {
    Kind.NGINX: "nginx sends requests on to the backend's local address",
    Kind.SETTINGS: "this file also serves your own machine, and data can't choose between two",
    Kind.YAML: "this file also serves your own machine, and data can't choose between two",
    Kind.PAGE: "an attribute can't choose between two addresses",
    Kind.WEBPACK: "webpack tells its configuration no build mode by itself",
    Kind.WORKFLOW: "the token may not change workflows, and what is built here takes this value",
    Kind.COMPOSE: "what is built here takes this value, which wins over the code's",
    Kind.IMAGE: "what is built here takes this value, which wins over the code's",
}


def read_all(frontend: Frontend) -> tuple[Data, ...]:
    """The frontend's data files and the attributes of its pages."""
    pages = (
        Data(path=p, kind=Kind.PAGE, changes=False, places=tuple(data_formats.in_markup(p, c)))
        for p, c in frontend.sources.items()
        if p.lower().endswith(_PAGES) and is_utf8(c)
    )
    return (*all_data(frontend.data), *pages)


def changed(
    frontend: Frontend, servers: Collection[str], witness: Witness, request: FrontendRequest
) -> Iterator[FileChange]:
    """The data files that production alone reads, with the deployed address."""
    for data in all_data(frontend.data):
        change = _change(data, frontend.data[data.path], servers, witness, request)
        if change is not None:
            yield change


def changed_again(
    path: str, before: bytes | None, servers: Collection[str], request: FrontendRequest
) -> FileChange | None:
    """The same change in the file as it is now."""
    data = read_data(path, before) if before is not None else None
    if data is None or before is None:
        return None
    return _change(data, before, servers, bare_witness(request), request)


def bare_witness(request: FrontendRequest) -> Witness:
    """What the request alone tells of the backend."""
    return Witness(
        routes=Routes.of(request.routes),
        ports=frozenset(request.backend_ports),
        deployed=request.deployed,
        sources={},
        own_route=False,
    )


def _change(
    data: Data, before: bytes, servers: Collection[str], witness: Witness, request: FrontendRequest
) -> FileChange | None:
    if not data.changes:
        return None
    return data_change(data.path, before, _accepted(data, servers, witness), request)


def _accepted(data: Data, servers: Collection[str], witness: Witness) -> list[DataPlace]:
    return [place for place in data.places if ours(place, servers, witness)]


def notices(
    frontend: Frontend, servers: Collection[str], witness: Witness, request: FrontendRequest
) -> Iterator[Notice]:
    """What a person has to write in data files, or to say about them."""
    for data in read_all(frontend):
        if data.changes:
            yield from _of_changing(data, frontend, servers, witness, request)
            continue
        for place in data.places:
            if _matters(data, place, servers, witness):
                yield _by_hand(data, place, request)


def _of_changing(
    data: Data,
    frontend: Frontend,
    servers: Collection[str],
    witness: Witness,
    request: FrontendRequest,
) -> Iterator[Notice]:
    accepted = _accepted(data, servers, witness)
    if unproved(data.path, frontend.data[data.path], accepted, request):
        for place in accepted:
            yield _by_hand(data, place, request, "the file can't be read well enough to change it")
    for place in data.places:
        if place not in accepted and judge(place, witness).score == 2:
            yield Notice(
                message=f"{place.address.server} may be this backend; it is left as it is.",
                hint=f"To move it to the Space write: {place.address.at(request.backend_url)}",
                where=Where(file=place.path, line=place.line),
            )


def _matters(data: Data, place: DataPlace, servers: Collection[str], witness: Witness) -> bool:
    if place.address.server == witness.deployed.server:
        return False
    if data.kind in _BUILDS and not _read(place.names[0], witness.sources.values()):
        return False
    known = ours(place, servers, witness) and data.kind in (_BUILDS | {Kind.NGINX})
    return known or judge(place, witness).score >= 3


def _read(name: str, sources: Iterable[str]) -> bool:
    return any(name in source for source in sources)


def _by_hand(data: Data, place: DataPlace, request: FrontendRequest, reason: str = "") -> Notice:
    lines = _lines(data.kind, place, request)
    return Notice(
        message=f"The backend's address is left as it is: {reason or _REASONS[data.kind]}.",
        hint=f"Write by hand, for production: {lines}",
        where=Where(file=place.path, line=place.line),
        warning=data.kind is not Kind.COMPOSE,
    )


def _lines(kind: Kind, place: DataPlace, request: FrontendRequest) -> str:
    new, name = place.address.at(request.backend_url), place.names[0]
    if kind is Kind.NGINX:
        host = request.deployed.server
        return f"proxy_pass {new}; proxy_set_header Host {host}; proxy_ssl_server_name on;"
    if kind is Kind.PAGE:
        return f'{place.names[-1]}="{new}"'
    if kind is Kind.WEBPACK:
        chosen = f"argv.mode === 'production' ? '{new}' : '{_whole(place.address)}'"
        return f"{name}: JSON.stringify({chosen})"
    if kind is Kind.IMAGE:
        return f"{name}={new}"
    quoted = kind in (Kind.SETTINGS, Kind.VERCEL)
    return f'"{name}": "{new}"' if quoted else f"{name}: {new}"


def _whole(address: Address) -> str:
    return address.origin + address.rest
