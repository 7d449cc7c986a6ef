"""The HTTP client that huggingface_hub is given: time limits, one try, the rate limit's word."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from deployer.adapters.rate_limit import RateLimit
from deployer.adapters.tls import certificates

if TYPE_CHECKING:
    import httpx2

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 20.0
RUNTIME_SECONDS: Final = 10.0
# A stream of events is silent while nothing changes, and is then opened anew.
EVENTS_SECONDS: Final = 60.0
# Above the 60 s after which the Hub itself gives up on a commit.
WRITE_SECONDS: Final = 90.0
BUSY: Final = "another conflicting operation is in progress"
LIMIT: Final = RateLimit()  # of this process: the library has one HTTP client for all


def client(speed: float) -> Any:
    """The library's HTTP client, with time limits, whose requests are sent once (``OneTry``).

    Raises ``httpx2.ProxyError`` for a proxy in the environment that can't be used, and
    ``UnreadableCertificates``.
    """
    import httpx2
    from huggingface_hub.utils._http import hf_request_event_hook

    class OneTry(httpx2.Client):
        """Says no at once where the library would send a request again by its own rules.

        It does so for some requests only, up to five times beside ours, and waits however long an
        answer says.
        """

        def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
            try:
                return super().send(request, **options)
            except httpx2.RequestError as failure:
                raise httpx2.RequestError(type(failure).__name__, request=request) from failure

    with contextlib.suppress(ValueError, ImportError, httpx2.InvalidURL):
        return OneTry(
            verify=certificates(),
            event_hooks={
                "request": [hf_request_event_hook, partial(limit_time, speed=speed)],
                "response": [_stop_when_busy, LIMIT.read, _stop_when_failing],
            },
            follow_redirects=True,
        )
    raise httpx2.ProxyError("of no form that is known here")


def limit_time(request: httpx2.Request, *, speed: float = 1.0) -> None:
    """A time limit for every request: the library has none, and for some says so explicitly."""
    import httpx2

    path, connect = request.url.path, CONNECT_SECONDS / speed
    if "/logs/" in path:  # a log may be silent for long; it has a limit of its own
        return
    limit = RUNTIME_SECONDS if path.endswith("/runtime") else ANSWER_SECONDS
    if path.endswith("/events"):
        limit = EVENTS_SECONDS
    if request.method == "PUT" or "/commit/" in path or path.endswith("/repos/create"):
        limit = WRITE_SECONDS
    request.extensions["timeout"] = httpx2.Timeout(limit / speed, connect=connect).as_dict()


def _stop_when_busy(response: httpx2.Response) -> None:
    """Raise where the library would send a creation again for ever, without a pause."""
    import httpx2

    if response.status_code == 409 and response.url.path.endswith("/repos/create"):
        response.read()
        if BUSY in response.text:
            raise httpx2.HTTPStatusError(BUSY, request=response.request, response=response)


def _stop_when_failing(response: httpx2.Response) -> None:
    """Raise for the answers that the library would ask for again."""
    if response.status_code in (408, 429) or response.status_code >= 500:
        from huggingface_hub.utils import hf_raise_for_status  # type: ignore[attr-defined]

        response.read()
        hf_raise_for_status(response)
