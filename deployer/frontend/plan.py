"""Decides which client of which frontend is rewritten, and shows the rest to a person.

One frontend that surely calls this backend is changed. Several, or one that only may, are shown:
``frontend`` then says which is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from deployer.errors import Notice, Where
from deployer.frontend.addresses import read_address
from deployer.frontend.content_policy import blocking
from deployer.frontend.data_files import with_data
from deployer.frontend.data_survey import changed as data_changed
from deployer.frontend.discovery import (
    find_frontends,
    is_build_config,
)
from deployer.frontend.environment import Read
from deployer.frontend.evidence import Belief
from deployer.frontend.exposed import exposed
from deployer.frontend.layout import by_hand_choice
from deployer.frontend.listing import list_files
from deployer.frontend.request import DEFAULT_LOCAL_URL, FrontendRequest
from deployer.frontend.rewrite import Rewritten
from deployer.frontend.rewriting import results
from deployer.frontend.survey import Survey, survey
from deployer.frontend.variables import env_change, production_value
from deployer.model import FileChange, FrontendPlan, FrontendState
from deployer.ports import Files

# fetch and EventSource, then axios and XMLHttpRequest.
_CREDENTIALS: Final = re.compile(
    rb"\bcredentials\s*:\s*['\"]include['\"]|\bwithCredentials\s*[:=]\s*true\b"
)


def plan_rewrites(
    request: FrontendRequest, paths: tuple[str, ...] | None, files: Files
) -> FrontendPlan:
    """The plan for the frontends at ``paths``; None: wherever they are in the workspace."""
    named = paths is not None
    listed = list_files(files, paths, request.backend_folder)
    frontends = with_data(find_frontends(listed, files.read), listed, files.read)
    surveys = [survey(frontend, request, named=named) for frontend in frontends]
    shown = tuple(notice for frontend in frontends for notice in exposed(frontend))
    plan = _decided(request, paths, surveys, files.read)
    return replace(plan, notices=(*plan.notices, *shown))


def _decided(
    request: FrontendRequest, paths: tuple[str, ...] | None, surveys: list[Survey], read: Read
) -> FrontendPlan:
    named = paths is not None
    chosen, doubts = _choose([s for s in surveys if s.belief], named=named)
    doubts = (*doubts, *_several_spaces(chosen, request)) if not named else doubts
    if not chosen:
        unbelieved = [notice for item in surveys for notice in item.notices]
        return _nothing(request, paths, unbelieved)
    return _planned(request, chosen, doubts, read)


def _choose(surveys: list[Survey], *, named: bool) -> tuple[list[Survey], tuple[Notice, ...]]:
    """The frontends to rewrite, and the doubts that keep the change from being pushed."""
    sure = [item for item in surveys if item.belief is Belief.SURE]
    if named or len(sure) == 1:
        chosen = sure or surveys
        doubts = [] if named else [item.foreign for item in chosen if item.foreign]
        return chosen, tuple(_foreign(chosen[0], host) for host in doubts)
    by_route = [item for item in sure if item.by_route]
    if len(by_route) == 1:
        return by_route, ()
    chosen = sure or surveys
    return chosen, tuple(_candidates(chosen)) if chosen else ()


def _several_spaces(chosen: list[Survey], request: FrontendRequest) -> Iterator[Notice]:
    """A frontend that calls several Spaces may mean another one by each."""
    for item in chosen:
        hosts = [s for s in item.servers if s.endswith(".hf.space")]
        others = [host for host in hosts if host != request.deployed.server]
        if len(others) > 1:
            yield Notice(
                message=f"The frontend calls several Spaces: {', '.join(others)}.",
                hint=f"If all are this backend, set `frontend: {_folder(item)}`.",
                where=item.first,
            )


def _planned(
    request: FrontendRequest,
    chosen: list[Survey],
    doubts: tuple[Notice, ...],
    read: Read,
) -> FrontendPlan:
    changes: list[FileChange] = []
    notices: list[Notice] = []
    for item in chosen:
        for path, result in results(item, request, read):
            before = item.frontend.sources.get(path)
            if result.after != before:
                changes.append(FileChange(path=path, before=before, after=result.after))
            notices += _left(path, result, request, _local_url(request, chosen))
        notices += [*item.notices, *([] if doubts else _moved(item, request))]
        changes += _variable_change(item, request, read)
        changes += data_changed(item.frontend, item.servers, item.witness, request)
        notices += blocking(item.frontend, request.deployed)
    notices = [*(doubts if changes else ()), *notices]
    state = _state(chosen, changes, doubts)
    return FrontendPlan(
        state=state,
        changes=tuple(changes),
        local_url=_local_url(request, chosen),
        framework=chosen[0].frontend.framework.name,
        notices=tuple(dict.fromkeys(notices)),
        servers=tuple(dict.fromkeys(server for item in chosen for server in item.servers)),
        credentials=any(
            b"redentials" in source and _CREDENTIALS.search(source)
            for item in chosen
            for source in item.frontend.sources.values()
        ),
    )


def _variable_change(item: Survey, request: FrontendRequest, read: Read) -> list[FileChange]:
    wanted = {v.name: production_value(v, request.deployed) for v in item.variables}
    given = {name: value for name, value in wanted.items() if value is not None}
    change = env_change(item.frontend.root, given, read)
    return [change] if change else []


def _state(
    chosen: list[Survey], changes: list[FileChange], doubts: tuple[Notice, ...]
) -> FrontendState:
    if changes:
        return FrontendState.DOUBTFUL if doubts else FrontendState.CHANGE
    current = any(item.current for item in chosen)
    return FrontendState.CURRENT if current else FrontendState.NONE


def _local_url(request: FrontendRequest, chosen: Iterable[Survey]) -> str:
    found = (item.local_url for item in chosen if item.local_url)
    return request.local_url or next(found, DEFAULT_LOCAL_URL)


def _left(path: str, result: Rewritten, request: FrontendRequest, local: str) -> Iterable[Notice]:
    mode = "process.env.NODE_ENV !== 'production'" if is_build_config(path) else ""
    for item in result.left:
        test = mode or item.test
        written = item.address if item.address and item.address.local else None
        here = written.origin + written.rest if written else local
        there = written.at(request.backend_url) if written else request.backend_url
        yield Notice(
            message=f"The backend's address is left as it is: {item.reason}.",
            hint=f"Write by hand: {by_hand_choice(here, there, test)}",
            where=Where(file=path, line=item.line),
        )


def _foreign(item: Survey, host: str) -> Notice:
    return Notice(
        message=f"In production the frontend calls {host}, which may not be this backend.",
        hint=f"To move it to the Space set `frontend: {item.first.file}`.",
        where=item.first,
    )


def _candidates(chosen: list[Survey]) -> Iterator[Notice]:
    several = len(chosen) > 1
    for item in chosen:
        name = _folder(item) if several else item.first.file
        yield Notice(
            message="Several frontends may call this backend; this is one of them."
            if several
            else "This may be the backend's address, but nothing in the code proves it.",
            hint=f"If it is the one, set `frontend: {name}`.",
            where=item.first,
        )


def _moved(item: Survey, request: FrontendRequest) -> Iterator[Notice]:
    for server in item.servers:
        if " " in server or server.startswith("process."):
            continue
        host = server.split(":")[0]
        address = read_address(f"http://{server}")
        own = address is None or address.private or host.endswith(".hf.space")
        if not own and server != request.deployed.server:
            yield Notice(
                message=f"Until now the frontend called {server} in production.",
                where=item.first,
                warning=False,
            )


def _folder(item: Survey) -> str:
    return str(item.first.file) if item.frontend.root == "." else item.frontend.root


def _nothing(
    request: FrontendRequest, paths: tuple[str, ...] | None, notices: list[Notice]
) -> FrontendPlan:
    missing = [
        Notice(
            message=f"No address of the backend was found in {path}.",
            hint=f"If it calls the backend, write '{request.backend_url}' where it is set.",
            where=Where(input="frontend"),
        )
        for path in paths or ()
    ]
    return FrontendPlan(
        state=FrontendState.NONE,
        local_url=_local_url(request, ()),
        notices=tuple(dict.fromkeys([*notices, *missing])),
    )
