"""Judges one frontend: which of the servers that it calls is this backend, and how surely."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from deployer.errors import Notice, Where
from deployer.frontend.addresses import HOSTINGS, Address
from deployer.frontend.data_survey import notices as data_notices
from deployer.frontend.discovery import Frontend
from deployer.frontend.evidence import Belief, Witness, belief
from deployer.frontend.findings import Finding, call_witness, find
from deployer.frontend.leftovers import left_over
from deployer.frontend.relative import sends_on, unsent
from deployer.frontend.request import FrontendRequest
from deployer.frontend.shapes import public_to
from deployer.frontend.syntax import Script, parse
from deployer.frontend.unset import unset
from deployer.frontend.variables import Variable, in_force

_MAY_MATTER = re.compile(
    rb"https?://|wss?://|process\.env|import\.meta|\$env/|localhost:[0-9]"
    rb"|host(?:name)?\b[^\n]{0,12}:[0-9]{4}|://localhost"
)


class Survey(Struct, frozen=True, kw_only=True):
    """What was found in one frontend.

    ``servers`` are the marks of this backend there (``localhost:8000``, a former host, …);
    ``foreign`` is a production host that may be another service's; ``first`` the best place.
    """

    frontend: Frontend
    scripts: tuple[Script, ...]
    witness: Witness
    belief: Belief
    by_route: bool
    servers: tuple[str, ...]
    variables: tuple[Variable, ...]
    foreign: str
    current: bool
    local_url: str
    first: Where
    notices: tuple[Notice, ...] = ()


def survey(frontend: Frontend, request: FrontendRequest, *, named: bool) -> Survey:
    """The frontend judged. ``named``: a person said that it calls this backend."""
    candidates = dict(_candidates(frontend))
    parsed = {path: parse(path, content) for path, content in candidates.items()}
    scripts = tuple(script for script in parsed.values() if script is not None)
    witness = call_witness(frontend, request)
    findings = find(frontend, scripts, request, witness)
    accepted, trust = _accepted(findings, named=named)
    servers = tuple(dict.fromkeys(m for finding in accepted for m in finding.marks(witness.ports)))
    ours = {*servers, request.deployed.server}
    addresses = [address for finding in accepted for address in finding.addresses]
    unread = {path: candidates[path] for path, script in parsed.items() if script is None}
    known = (*servers, *_usual(request))
    return Survey(
        frontend=frontend,
        scripts=scripts,
        witness=witness,
        belief=trust,
        by_route=any(finding.testimony.by_route for finding in accepted),
        servers=servers,
        variables=tuple(
            variable
            for variable in _variables(findings, accepted)
            if _movable(variable, ours) and not (variable.relative and sends_on(frontend))
        ),
        foreign=next((host for f in accepted for host in _foreign(f, request, witness)), ""),
        current=any(address.server == request.deployed.server for address in addresses),
        local_url=next((_plain(a) for a in addresses if a.local), ""),
        first=_best(accepted),
        notices=(
            *_unread(unread, known),
            *_server_side(frontend, known),
            *_winning(accepted, findings, ours),
            *data_notices(frontend, servers, witness, request),
            *left_over(scripts, witness, request),
            *(() if accepted else unsent(frontend, witness, request)),
            *(() if accepted else unset(frontend, scripts, witness, request)),
        ),
    )


def _candidates(frontend: Frontend) -> Iterator[tuple[str, bytes]]:
    for path, content in frontend.sources.items():
        if _may_matter(content) and path not in frontend.data:
            yield path, content


def _may_matter(content: bytes) -> bool:
    """Whether a source is worth parsing. Most are not, which a plain search for bytes tells."""
    lower = content.lower()
    # Each of the expression's ways has one of these.
    signs = b"host" in lower or b"://" in lower or b"process.env" in lower
    signs = signs or b"import.meta" in lower or b"$env/" in lower
    return signs and _MAY_MATTER.search(lower) is not None


def _usual(request: FrontendRequest) -> list[str]:
    """Where a backend is found in development."""
    return [f"{host}:{p}" for p in request.backend_ports for host in ("localhost", "127.0.0.1")]


def _accepted(findings: list[Finding], *, named: bool) -> tuple[list[Finding], Belief]:
    """The findings to act on, and how far to trust them."""
    for least in (3, 2):
        found = [finding for finding in findings if finding.score >= least]
        if found:
            return found, Belief.SURE if named else belief(least)
    other = [finding for finding in findings if finding.score == 1 and finding.addresses]
    if named and len({address.server for f in other for address in f.addresses}) == 1:
        return other, Belief.SURE
    return [], Belief.OTHER


def _best(accepted: list[Finding]) -> Where:
    if not accepted:
        return Where()
    best = max(accepted, key=lambda finding: finding.score)
    return Where(file=best.path, line=best.line)


def _variables(findings: list[Finding], accepted: list[Finding]) -> Iterator[Variable]:
    """Accepted variables, and those whose fallback in the code is accepted."""
    kept = {name for finding in accepted for name in finding.kept}
    for finding in findings:
        variable = finding.variable
        if variable is not None and (finding in accepted or variable.name in kept):
            yield variable


def _movable(variable: Variable, ours: Collection[str]) -> bool:
    now = in_force(variable)
    return now is None or now.local or now.on_hub or now.server in ours


def _winning(
    accepted: list[Finding], findings: list[Finding], ours: Collection[str]
) -> Iterator[Notice]:
    """Values that win over what is written: in a file, or where the frontend is hosted."""
    for variable in _variables(findings, accepted):
        now = in_force(variable)
        if now is not None and not _movable(variable, ours):
            message = f"A committed file sets {variable.name} to {now.origin}, which wins."
            hint = "Change it there if that is this backend."
        else:
            message = f"If {variable.name} is set where the frontend is hosted, that value wins."
            hint = ""
        where = Where(file=variable.path, line=variable.line)
        yield Notice(message=message, hint=hint, where=where, warning=bool(hint))


def _foreign(finding: Finding, request: FrontendRequest, witness: Witness) -> list[str]:
    """Hosts elsewhere that the group calls in production and that may be another service's."""
    ours = request.deployed
    hosts = [address for address in finding.addresses if public_to(address, ours)]
    elsewhere = [a.host for a in hosts if not a.on_hub and a.server != ours.server]
    proved = witness.own_route or finding.testimony.by_route
    return [host for host in elsewhere if not (proved and host.endswith(HOSTINGS))]


def _plain(address: Address) -> str:
    return address.origin.replace("ws", "http", 1) if address.websocket else address.origin


def _unread(unread: Mapping[str, bytes], servers: tuple[str, ...]) -> Iterator[Notice]:
    for where in _lines_with(unread, servers):
        yield Notice(
            message="This file holds the backend's address but could not be read as a script.",
            hint="Change the address by hand.",
            where=where,
        )


def _server_side(frontend: Frontend, servers: tuple[str, ...]) -> Iterator[Notice]:
    if not frontend.framework.serves:
        return
    for where in _lines_with(frontend.server_side, servers):
        yield Notice(
            message="This code runs on the frontend's server and keeps its address.",
            hint="Set the variable that it reads where the frontend is hosted.",
            where=where,
            warning=False,
        )


def _lines_with(files: Mapping[str, bytes], servers: tuple[str, ...]) -> Iterator[Where]:
    for path, content in files.items():
        position = min((at for s in servers if (at := content.find(s.encode())) >= 0), default=-1)
        if position >= 0:
            yield Where(file=path, line=content[:position].count(b"\n") + 1)
