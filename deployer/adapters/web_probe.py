"""One bounded HTTP request to the running app or its frontend.

Bounded in every direction: time in all, bytes read, redirects followed. The Hub's token goes only
to the host that was asked for (decision 5 of docs/decisions), never across a redirect. Sent by the
HTTP library that huggingface_hub brings, which is imported by then (decision 106).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from deployer import __version__
from deployer.adapters.begun import begun
from deployer.adapters.tls import certificates
from deployer.model import Answer, Secret

if TYPE_CHECKING:
    import httpx2

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 10.0
# In all, for one probe: a server that sends a byte now and then would hold us for ever.
TOTAL_SECONDS: Final = 20.0
MOST_BYTES: Final = 5_000_000  # a frontend's largest script; health answers are small
MOST_REDIRECTS: Final = 5


class WebProbe:
    """``ports.Probe``; connections are reused from probe to probe."""

    def __init__(self, *, seconds: float = TOTAL_SECONDS) -> None:
        self._seconds = seconds
        self._clients: dict[bool, httpx2.Client] = {}  # by whether they heed the job's proxies

    def get(self, url: str, *, space_token: Secret | None = None) -> Answer:
        """The answer; redirects inside the host are followed. Never raises."""
        return self._within(url, lambda: self._follow(url, space_token))

    def ask(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer to one request, redirects not followed. Never raises."""
        return self._within(url, lambda: self._once(url, method, headers or {}))

    def _within(self, url: str, asking: Callable[[], Answer]) -> Answer:
        """The answer, in the time there is.

        Asked in a thread: neither the name's look-up nor a trickle of headers has a time limit of
        its own. One that is late is left to itself, and its connection with it.
        """
        answer = begun(asking)
        try:
            failure = answer.exception(timeout=self._seconds)
        except TimeoutError:
            self._clients = {}
            return Answer(status=0, url=url, error=f"no answer within {self._seconds:.0f} s")
        # An app can send what the libraries did not foresee, such as a length beyond all numbers.
        return answer.result() if failure is None else _no_answer(url, failure)

    def _follow(self, url: str, space_token: Secret | None) -> Answer:
        seen = url
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._once(seen, "GET", _token(seen, space_token))
            target = urljoin(seen, answer.location) if answer.location else ""
            if not target or not _same_host(url, target):
                return answer
            seen = target
        return Answer(status=answer.status, url=seen, location=seen, error="a redirect loop")

    def _once(self, url: str, method: str, more: Mapping[str, str]) -> Answer:
        headers = {
            "User-Agent": f"hf-space-deploy/{__version__}",
            "Accept": "application/json, */*",
            **more,
        }
        with self._client(url).stream(method, url, headers=headers) as response:
            return _answer(url, response, time.monotonic() + self._seconds)

    def _client(self, url: str) -> httpx2.Client:
        import httpx2

        # A rehearsed app's address lies on this machine, where no proxy can look for it.
        proxies = not (urlsplit(url).hostname or "").startswith("127.")
        client = self._clients.get(proxies)
        if client is None:
            client = self._clients[proxies] = httpx2.Client(
                verify=certificates(),
                trust_env=proxies,
                # No password of the runner's .netrc or of an address gets into the request.
                auth=lambda request: request,
                timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            )
        return client


def _no_answer(url: str, failure: BaseException) -> Answer:
    return Answer(status=0, url=url, error=f"no answer ({type(failure).__name__})")


def _token(url: str, space_token: Secret | None) -> Mapping[str, str]:
    if space_token is None or not _confidential(url):
        return {}
    return {"X-HF-Authorization": f"Bearer {space_token.reveal()}"}


def _answer(url: str, response: httpx2.Response, until: float) -> Answer:
    location = response.headers.get("Location", "") if response.has_redirect_location else ""
    return Answer(
        status=response.status_code,
        headers=dict(response.headers),
        body=b"" if location else _body(response, until),
        url=url,
        location=urljoin(url, location) if location else "",
    )


def _body(response: httpx2.Response, until: float) -> bytes:
    """At most ``MOST_BYTES`` decoded bytes; no more is unpacked than that."""
    parts, size = [], 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size >= MOST_BYTES or time.monotonic() >= until:
            break
    return b"".join(parts)[:MOST_BYTES]


def _confidential(url: str) -> bool:
    """Whether nobody between can read the request: TLS, or this machine (a local Hub)."""
    address = urlsplit(url)
    return address.scheme == "https" or address.hostname in ("localhost", "127.0.0.1", "::1")


def _same_host(one: str, other: str) -> bool:
    """The same host, whatever the scheme: http to https is the Hub's own redirect."""
    first, second = urlsplit(one), urlsplit(other)
    if first.scheme == second.scheme:
        return first.netloc == second.netloc
    default = second.scheme == "https" and second.netloc == second.hostname
    return default and first.hostname == second.hostname
