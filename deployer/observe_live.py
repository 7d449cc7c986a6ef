"""After health: whether a browser on the frontend's origins gets answers, and what it calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from deployer.act import Release
from deployer.credentials import origins
from deployer.errors import Notice, Where
from deployer.live import cors, look
from deployer.live.cors import Judgement
from deployer.live.look import Browser, Clock, Seen
from deployer.live.page import FrontendStatus
from deployer.model import Backend, FrontendPlan
from deployer.plan import Plan
from deployer.ports import World
from deployer.run import Run

_FRONTEND_URL: Final = Where(input="frontend-url")


class Live(Struct, frozen=True, kw_only=True):
    """``status`` is the output ``frontend-status``, "" without a ``frontend-url``; ``faults`` are
    those of the notices that say which origins a browser would block."""

    status: str = ""
    faults: tuple[Notice, ...] = ()
    notices: tuple[Notice, ...] = ()


class Checked(Struct, frozen=True, kw_only=True):
    """What a browser on each origin would do. ``in_words`` is "" where no origin is given."""

    in_words: str = ""
    notices: tuple[Notice, ...] = ()


def look_at_frontend(run: Run, decided: Plan, release: Release) -> None:
    """Keep what a browser on each ``frontend-url`` would see. Changes nothing."""
    space, urls = release.space, run.settings.frontend_url or ()
    if space.visibility == "private":
        return
    live = observe(urls, decided.bundle.backend, decided.frontend, space.host, run.world)
    run.trail.note(*live.notices)
    know(run, live)


def know(run: Run, live: Live) -> None:
    """Keep what the live frontend was seen to do."""
    run.trail.know(frontend=replace(run.trail.report.frontend, status=live.status))
    if live.status:
        run.world.console.line(f"The live frontend: {live.status}.")


def observe(
    frontend_urls: Sequence[str], backend: Backend, plan: FrontendPlan, host: str, world: World
) -> Live:
    """What the live frontend was seen to do with the app at ``host``."""
    found = origins.frontend_origins(frontend_urls).origins
    if not found:
        return Live()
    judged = {
        origin: _judged(
            origin, backend, world.probe, world.clock, base=host, credentials=plan.credentials
        )
        for origin in found
    }
    heard = tuple(_cors_notices(judged, origins.remedy(backend, found)))
    faults = tuple(notice for notice in heard if notice.warning)
    seen = {url: _look(url, plan, host, world) for url in dict.fromkeys(frontend_urls)}
    statuses = [FrontendStatus.BLOCKED] if faults else []
    statuses += [each.status for each in seen.values()]
    worst = next(status for status in FrontendStatus if status in statuses)
    return Live(
        status=worst.value,
        faults=faults,
        notices=(
            *heard,
            *(note for url, each in seen.items() for note in _page_notices(url, each)),
        ),
    )


def check_origins(
    frontend_urls: Sequence[str],
    backend: Backend,
    browser: Browser,
    clock: Clock,
    *,
    base: str,
    credentials: bool,
) -> Checked:
    """Whether the app at ``base`` lets a browser on the frontend's origins in."""
    found = origins.frontend_origins(frontend_urls).origins
    judged = {
        origin: _judged(origin, backend, browser, clock, base=base, credentials=credentials)
        for origin in found
    }
    every = [each for judgements in judged.values() for each in judgements]
    words = "let in" if every else ""
    words = "not all could be asked for" if any(each.unknown for each in every) else words
    words = "blocked by CORS" if any(each.blocked for each in every) else words
    notices = tuple(_cors_notices(judged, origins.remedy(backend, found)))
    return Checked(in_words=words, notices=notices)


def _judged(
    origin: str, backend: Backend, browser: Browser, clock: Clock, *, base: str, credentials: bool
) -> tuple[Judgement, ...]:
    asked = cors.requests_from(origin, backend.health_path, backend.routes)
    return look.check_cors(asked, base, browser, clock, credentials=credentials)


def _look(url: str, plan: FrontendPlan, host: str, world: World) -> Seen:
    space = urlsplit(host).netloc
    old = [server for server in plan.servers if "." in server or ":" in server]
    local = urlsplit(plan.local_url).netloc
    return look.look_at(
        url, world.probe, world.clock, space=space, old=(*old, *([local] if local else []))
    )


def _cors_notices(judged: dict[str, tuple[Judgement, ...]], remedy: str) -> Iterator[Notice]:
    """One for each origin: the first fault explains the others."""
    for origin, each in judged.items():
        blocked = next((j for j in each if j.blocked), None)
        unknown = next((j for j in each if j.unknown), None)
        if blocked is not None:
            yield Notice(
                message=f"A browser on `{origin}` is blocked by CORS at {blocked.asked}: "
                f"{blocked.blocked}.",
                hint=remedy,
                where=_FRONTEND_URL,
            )
        elif unknown is not None:
            yield Notice(
                message=f"Whether `{origin}` is allowed could not be seen: {unknown.asked} "
                f"got no usable answer ({unknown.unknown}).",
                where=_FRONTEND_URL,
                warning=False,
            )


def _page_notices(url: str, seen: Seen) -> Iterable[Notice]:
    if seen.broken:
        yield Notice(
            message=f"A script of `{url}` reads `process.env.{seen.broken}`, which no browser has: "
            "it ends in “process is not defined”.",
            hint="Nothing puts the variable's value there when the frontend is built. Merge the "
            "rewritten client and build it again.",
            where=_FRONTEND_URL,
        )
    if seen.status is FrontendStatus.STALE:
        yield Notice(
            message=f"`{url}` still calls an older address of the backend.",
            hint="It calls this Space when it is built again from the rewritten client, unless a "
            "variable in its host's dashboard overrides the file.",
            where=_FRONTEND_URL,
            warning=False,
        )
    if seen.status is FrontendStatus.UNKNOWN:
        yield Notice(
            message=f"Which backend `{url}` calls could not be seen: {seen.reason}.",
            where=_FRONTEND_URL,
            warning=False,
        )
