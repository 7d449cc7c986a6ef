"""One way to call the Hub: huggingface_hub with time limits, retries and readable refusals.

The client has no time limit of its own and retries only some calls (its ``http_backoff``); this
module gives it a client factory with limits, and repeats whatever may be repeated.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from deployer import __version__
from deployer.adapters.begun import begun
from deployer.adapters.hub_errors import explain, is_lasting
from deployer.adapters.hub_http import BUSY, LIMIT, client
from deployer.model import Secret
from deployer.ports import Clock
from deployer.scrub import scrub

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub import HfApi

Value = TypeVar("Value")

PUBLIC_HUB: Final = "https://huggingface.co"
ATTEMPTS: Final = 5
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
# The Hub counts requests in windows of 5 minutes: what it asks to wait until the next is waited.
WINDOW: Final = 300.0
# A Hub that gives no answer at all is asked again for so long, but once in any case.
SILENT_SECONDS: Final = 60.0


class HubClient:
    """Calls the Hub with one token. The library is imported at the first call: it costs 0.2 s."""

    def __init__(
        self,
        *,
        endpoint: str,
        token: Secret | None,
        clock: Clock,
        scrub: Callable[[str], str] = scrub,
        speed: float = 1.0,
    ) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.token = token
        self.clock = clock
        self._scrub = scrub
        self._speed = speed
        self._api: HfApi | None = None
        self._ready = False

    @property
    def api(self) -> HfApi:
        """The library's client, made once."""
        if self._api is None:
            self._make_ready()
            from huggingface_hub import HfApi

            self._api = HfApi(endpoint=self.endpoint, **self._caller())
        return self._api

    def begin(self, path: str, **parameters: Any) -> Future[httpx2.Response]:
        """A GET that is under way at once: before ``HfApi``, half of the library, is imported.

        Its answer is for a ``request`` of ``call`` to read, as its first try.
        """
        self._make_ready()
        from huggingface_hub import get_session
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

        url, headers = f"{self.endpoint}/{path}", build_hf_headers(**self._caller())
        # Made here: a thread would take turns with what goes on meanwhile, and send late. What is
        # wrong with the environment is told where the answer is needed.
        with contextlib.suppress(*_failures()):
            get_session()
        return begun(lambda: get_session().get(url, params=parameters, headers=headers))

    def _make_ready(self) -> None:
        """Import what the library's requests go by; it changes the environment meanwhile."""
        if self._ready:
            return
        with _settings(self.endpoint):
            from huggingface_hub import set_client_factory

        # It prints a Hub's warnings as they come: unscrubbed, and as commands to the runner.
        logging.getLogger("huggingface_hub").setLevel(logging.CRITICAL)
        set_client_factory(partial(client, self._speed))
        self._ready = True

    def _caller(self) -> dict[str, Any]:
        return {
            # False, not None: without a token of ours, none from the machine is used.
            "token": self.token.reveal() if self.token else False,
            "library_name": "hf-space-deploy",
            "library_version": __version__,
        }

    def call(
        self,
        doing: str,
        request: Callable[[HfApi], Value],
        *,
        attempts: int = ATTEMPTS,
        again: Callable[[int], bool] | None = None,
    ) -> Value:
        """The request's value. ``doing`` completes "The Hub refused to …".

        Raises ``HubRefused``; passing faults are repeated ``attempts`` times in all, with growing
        pauses or as the Hub's RateLimit or Retry-After header says. ``again`` tells by the HTTP
        status what is a passing fault, for a request that must not take effect twice.
        """
        passing = again or is_passing
        start = self.clock.now()
        for attempt in range(1, attempts + 1):
            try:
                with warnings.catch_warnings():
                    # The library's advice (on sleep times, on .parquet files) is for its callers.
                    warnings.simplefilter("ignore")
                    return request(self.api)
            except _failures() as failure:
                status, message = _read(failure)
                enough = _is_enough(failure, attempt, self.clock.now() - start)
                hopeless = enough or is_lasting(status, message)
                if attempt == attempts or hopeless or not passing(status):
                    known = (self.token.reveal(),) if self.token else ()
                    said = self._scrub(scrub(message, known))
                    wait = _told(failure) or 0.0
                    raise explain(status, said, doing, https=self.is_https, wait=wait) from None
                self.clock.sleep(_pause(failure, attempt))
        raise AssertionError("unreachable: the loop returns or raises")

    def spacing(self) -> float:
        """Seconds to leave between two requests, from what the last answer says of the limit."""
        return LIMIT.spacing()

    @property
    def is_https(self) -> bool:
        """Over https the library turns a 401 into "not found"."""
        return self.endpoint.startswith("https://")


@contextlib.contextmanager
def _settings(endpoint: str) -> Iterator[None]:
    """Settings that huggingface_hub reads once, when it is imported; the process keeps its own."""
    before = dict(os.environ)
    os.environ |= {
        "HF_ENDPOINT": endpoint,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    }
    # With HF_DEBUG the client logs request bodies, secrets included.
    for name in ("HF_DEBUG", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_OIDC_RESOURCE"):
        os.environ.pop(name, None)
    if endpoint != PUBLIC_HUB:
        # Off the real Hub there is no xet service, and the client demands it without asking.
        os.environ["HF_HUB_DISABLE_XET"] = "1"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _failures() -> tuple[type[Exception], ...]:
    """What a request can raise: HTTP and network errors, and an answer that isn't what it says.

    ``ValueError`` covers broken JSON and a README that the Hub refuses; ``LookupError``,
    ``TypeError`` and ``AttributeError`` an answer of another shape, ``RecursionError`` one that is
    nested without end.
    """
    import httpx2

    shape = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
    return (httpx2.HTTPError, OSError, *shape)


def _read(failure: Exception) -> tuple[int, str]:
    """The HTTP status (0: no answer; -1: the answer makes no sense) and the Hub's own words."""
    response = getattr(failure, "response", None)
    if response is not None and str(failure) == BUSY:
        return 423, BUSY
    if response is not None:
        return int(response.status_code), str(getattr(failure, "server_message", "") or "")
    if isinstance(failure, ValueError) and "Invalid metadata in README" in str(failure):
        return 400, str(failure)
    if isinstance(failure, OSError) or type(failure).__module__.startswith("httpx2"):
        return 0, _innermost(failure)
    return -1, type(failure).__name__


def _innermost(failure: BaseException) -> str:
    """The name of what failed first: the library's own says "ConnectError" of a bad certificate."""
    inner = failure
    for _ in range(10):
        cause = inner.__cause__ or inner.__context__
        if not isinstance(cause, OSError) and not type(cause).__module__.startswith("http"):
            break
        inner = cause or inner
    return type(inner).__name__


def is_passing(status: int) -> bool:
    """Whether the same request may well succeed when it is sent again."""
    return status in (-1, 0, 408, 423, 429) or status >= 500


def _pause(failure: Exception, attempt: int) -> float:
    """Seconds until the next try: what the Hub says, else 1, 2, 4, 8."""
    told = _told(failure)
    if told is not None:
        return told + 0.5 if told <= WINDOW else LONGEST_PAUSE
    return FIRST_PAUSE * 2.0 ** (attempt - 1)


def _is_enough(failure: Exception, attempt: int, passed: float) -> bool:
    """Whether one more try would take longer than it is worth. One failure alone never is."""
    told = _told(failure) or 0.0
    silent = _read(failure)[0] == 0 and passed > SILENT_SECONDS
    late = told > WINDOW or passed + _pause(failure, attempt) > WINDOW + LONGEST_PAUSE
    return attempt > 1 and (silent or late)


def _told(failure: Exception) -> float | None:
    """The seconds that the Hub itself asks to wait."""
    response = getattr(failure, "response", None)
    status, headers = getattr(response, "status_code", 0), getattr(response, "headers", {})
    # Retry-After by RFC 9110. RateLimit: "api";r=0;t=12 (the Hub's rate limits page) stands in
    # every answer and speaks of this one only when nothing remains.
    told = re.fullmatch(r"\s*(\d{1,6})\s*", headers.get("Retry-After", ""))
    if told is None and status == 429:
        told = re.search(r"\br=0;t=(\d{1,6})", headers.get("RateLimit", "").replace(" ", ""))
    return float(told.group(1)) if told and status in (429, 503) else None
