"""Asks the backend as a browser would, and fetches the live frontend with its scripts."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final, Protocol
from urllib.parse import urlsplit

from msgspec import Struct, field

from deployer.live.cors import Asked, Judgement, judge
from deployer.live.page import FrontendStatus, calls, chunks_of, scripts_of, undefined_process
from deployer.model import Answer

TRIES: Final = 3
PAUSE: Final = 2.0  # seconds between tries
MOST_SCRIPTS: Final = 80
MOST_BYTES: Final = 30_000_000  # of one frontend's scripts in all
MOST_SECONDS: Final = 60.0


class Browser(Protocol):
    """The part of the port ``Probe`` that is needed here."""

    def ask(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One answer; redirects are not followed."""

    def get(self, url: str) -> Answer:
        """One answer; redirects inside the host are followed."""


class Clock(Protocol):
    """The part of the port ``Clock`` that is needed here."""

    def now(self) -> float:
        """Seconds."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Seen(Struct, frozen=True, kw_only=True):
    """What a live page was seen to do. ``broken``: the variable that ends in "process is not
    defined"; ``reason``: why nothing is known."""

    status: FrontendStatus
    broken: str = ""
    reason: str = ""


class _Fetching(Struct):
    """A page's scripts, fetched breadth first within the bounds."""

    browser: Browser
    until: float
    clock: Clock
    texts: list[str] = field(default_factory=list)
    size: int = 0

    def full(self, count: int) -> bool:
        late = self.clock.now() > self.until
        return late or count >= MOST_SCRIPTS or self.size >= MOST_BYTES

    def fetch(self, urls: Iterable[str]) -> None:
        waiting, known = deque(urls), set(urls)
        count = 0
        while waiting and not self.full(count):
            url, count = waiting.popleft(), count + 1
            answer = self.browser.get(url)
            if not 200 <= answer.status < 300 or "html" in answer.headers.get("content-type", ""):
                continue
            text = answer.body.decode("utf-8", "replace")
            self.texts.append(text)
            self.size += len(answer.body)
            later = [chunk for chunk in chunks_of(url, text) if chunk not in known]
            known.update(later)
            waiting.extend(later)


def check_cors(
    asked: Iterable[Asked], base: str, browser: Browser, clock: Clock, *, credentials: bool
) -> tuple[Judgement, ...]:
    """What a browser would make of each request to the app at ``base``."""
    return tuple(_judged(each, base, browser, clock, credentials) for each in asked)


def _judged(
    asked: Asked, base: str, browser: Browser, clock: Clock, credentials: bool
) -> Judgement:
    judgement = Judgement(asked=asked)
    for attempt in range(1, TRIES + 1):
        answer = browser.ask(f"{base}{asked.path}", method=asked.method, headers=asked.headers)
        judgement = judge(asked, answer, credentials=credentials)
        if not judgement.unknown:
            break
        if attempt < TRIES:
            clock.sleep(PAUSE)
    return judgement


def look_at(url: str, browser: Browser, clock: Clock, *, space: str, old: tuple[str, ...]) -> Seen:
    """The frontend at ``url``: whether its scripts call the Space at ``space``, a host's name."""
    answer = browser.get(url)
    if answer.location and not answer.error:
        there = answer.location.split("?")[0][:200]
        reason = f"it sends on to {there}; give that address if it is the frontend"
        return Seen(status=FrontendStatus.UNKNOWN, reason=reason)
    if not 200 <= answer.status < 300:
        said = answer.error or f"HTTP {answer.status}"
        return Seen(status=FrontendStatus.UNKNOWN, reason=f"it can't be read ({said})")
    page = scripts_of(answer.url or url, answer.body.decode("utf-8", "replace"))
    fetching = _Fetching(browser, clock.now() + MOST_SECONDS, clock)
    own = urlsplit(url).netloc
    named = [chunk for script in page.scripts[:1] for chunk in chunks_of(script, page.inline)]
    fetching.fetch(list(dict.fromkeys([*page.scripts, *named])))
    texts = (page.inline, *fetching.texts)
    status = calls((*texts, page.settings), space, [server for server in old if server != own])
    reason = "" if status is not FrontendStatus.UNKNOWN else "its scripts name no known backend"
    return Seen(status=status, broken=undefined_process(texts), reason=reason)
