"""One HTTP client for GitHub's REST and GraphQL APIs: timeouts, retries, the token's care.

Facts: "Rate limits for the REST API" (retry-after, x-ratelimit-*) and "Using the REST API".
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct, field

from deployer.model import Secret
from deployer.model.quiet import Quiet
from deployer.scrub import scrub

if TYPE_CHECKING:
    import requests

TIMEOUT = (5, 30)  # seconds to connect, seconds between bytes
WAITS = (1.0, 2.0, 4.0)
LONGEST_WAIT = 60.0
SECONDARY = 60.0  # of a secondary limit that says no time: "at least one minute"
PASSING = frozenset({500, 502, 503, 504})


class NoAnswer(Exception):
    """GitHub gave no usable answer: the connection broke or the server failed. Scrubbed."""


class Reply(Quiet, frozen=True, kw_only=True):
    """One answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """The parsed body; None when it is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def said(self) -> str:
        """Status and message, for a refusal; of a rejected value also what is wrong with it."""
        content = self.json()
        if not isinstance(content, dict):
            return f"HTTP {self.status}"
        listed = content.get("errors")
        errors = [e.get("message", "") for e in listed or () if isinstance(e, dict)]
        words = [str(content.get("message", "")), *map(str, errors if listed else ())]
        return " ".join((f"HTTP {self.status}", *filter(None, words)))

    def makes_sense(self, form: Callable[[Any], object]) -> bool:
        """Whether ``form`` can read the content of a success; no other status promises any."""
        if self.status not in (200, 201):
            return True
        try:
            form(json.loads(self.body))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return False
        return True

    @property
    def limited(self) -> bool:
        """Refused for the rate, not for a missing permission: both may come as 403."""
        spent = "retry-after" in self.headers or self.spent or "rate limit" in self.said.lower()
        return self.status == 429 or (self.status == 403 and spent)

    @property
    def spent(self) -> bool:
        """Whether the window's requests are used up. Every answer tells when it ends."""
        return self.headers.get("x-ratelimit-remaining") == "0"


class GitHubApi(Struct, frozen=True, kw_only=True, dict=True):
    """``sleep`` waits for seconds, ``clock`` gives seconds since 1970 (for x-ratelimit-reset).

    ``speed`` shortens the time limits, where ``sleep`` is shortened too (adapters/clock.py).
    """

    token: Secret
    api_url: str = "https://api.github.com"
    graphql_url: str = "https://api.github.com/graphql"
    sleep: Callable[[float], None] = time.sleep
    speed: float = 1.0
    clock: Callable[[], float] = time.time

    def get(self, path: str, form: Callable[[Any], object] = len) -> Reply:
        """GET below the API's address, repeated while it fails in passing; raises ``NoAnswer``.

        ``form`` reads the content, and raises what reading raises when it has another form.
        """
        url = f"{self.api_url.rstrip('/')}/{path}"
        for wait in WAITS:
            try:
                reply = self._within_limits("GET", url)
            except NoAnswer:
                self.sleep(wait)
                continue
            if reply.status not in PASSING and reply.makes_sense(form):
                return reply
            self.sleep(wait)
        reply = self._within_limits("GET", url)
        if not reply.makes_sense(form):
            raise NoAnswer("an answer that makes no sense")
        return reply

    def change(self, verb: str, path: str, content: Any = None) -> Reply:
        """A write below the API's address, sent once; raises ``NoAnswer``: effect unknown."""
        reply = self._within_limits(verb, f"{self.api_url.rstrip('/')}/{path}", content)
        if reply.status in PASSING:
            raise NoAnswer(reply.said)
        return reply

    def graphql(self, query: str, variables: Mapping[str, Any]) -> Reply:
        """One POST; raises ``NoAnswer`` when its effect is unknown."""
        content = {"query": query, "variables": variables}
        reply = self._within_limits("POST", self.graphql_url, content)
        if reply.status in PASSING:
            raise NoAnswer(reply.said)
        return reply

    def may_push(self, clone_url: str) -> bool | None:
        """Whether git's own door would let this token push; None when that can't be told.

        It is the request with which every ``git push`` starts (gitprotocol-http, "Smart service
        git-receive-pack"), and it changes nothing.
        """
        if not _same_site(clone_url, self.api_url):
            return None
        basic = base64.b64encode(f"x-access-token:{self.token.reveal()}".encode()).decode()
        url = f"{clone_url}/info/refs?service=git-receive-pack"
        try:
            status = self._send("GET", url, authorization=f"Basic {basic}").status
        except NoAnswer:
            return None
        return {200: True, 401: False, 403: False}.get(status)

    @cached_property
    def _session(self) -> requests.Session:
        import requests

        session = requests.Session()
        session.headers.update(
            {
                "Accept": "application/vnd.github+json",
                "User-Agent": "hf-space-deploy",
                "X-GitHub-Api-Version": "2022-11-28",
            }
        )
        return session

    def _send(self, verb: str, url: str, content: Any = None, authorization: str = "") -> Reply:
        import requests

        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
            # As `auth` and not as a header: a ~/.netrc of the runner would replace a header.
            bearer = f"Bearer {self.token.reveal()}"
            request.headers["Authorization"] = authorization or bearer
            return request

        connect, read = TIMEOUT
        limits = (connect / self.speed, read / self.speed)
        try:
            got = self._session.request(verb, url, json=content, auth=sign, timeout=limits)
        except requests.RequestException as error:
            raise NoAnswer(scrub(str(error), (self.token.reveal(),))) from None
        headers = {name.lower(): value for name, value in got.headers.items()}
        return Reply(status=got.status_code, headers=headers, body=got.content)

    def _within_limits(self, verb: str, url: str, content: Any = None) -> Reply:
        """The reply; one that only says "too fast" had no effect and is asked for again."""
        for wait in WAITS:
            reply = self._send(verb, url, content)
            if not reply.limited or (delay := self._delay(reply, wait)) > LONGEST_WAIT:
                return reply
            self.sleep(delay)
        return self._send(verb, url, content)

    def _delay(self, reply: Reply, wait: float) -> float:
        """Seconds that GitHub asks for, else ``wait``."""
        asked = reply.headers.get("retry-after", "")
        if asked.isdigit():
            return float(asked)
        reset = reply.headers.get("x-ratelimit-reset", "")
        if reply.spent and reset.isdigit():
            return max(wait, float(reset) - self.clock())
        return SECONDARY if "secondary" in reply.said else wait


def _same_site(one: str, other: str) -> bool:
    """Whether two addresses belong to one GitHub, so that the token may go to both."""
    first, second = urlsplit(one), urlsplit(other)
    names = {first.netloc, f"api.{first.netloc}"}
    return first.scheme == second.scheme and second.netloc in names
