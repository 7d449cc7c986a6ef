"""A log that is read in the background while the main loop polls and probes."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huggingface_hub import HfApi

MOST_WAITING = 10_000


class LogStream:
    """``ports.LogTail``: lines of a blocking source, read by a daemon thread.

    A log is a comfort, not a proof: whatever goes wrong with it ends it quietly.
    """

    def __init__(
        self, source: Callable[[], Iterable[str]], closed: threading.Event | None = None
    ) -> None:
        self._arrived: queue.Queue[str] = queue.Queue(MOST_WAITING)
        self._closed = closed or threading.Event()
        self._thread = threading.Thread(target=self._read, args=(source,), daemon=True)
        self._thread.start()

    def _read(self, source: Callable[[], Iterable[str]]) -> None:
        # The source raises whatever its HTTP library raises; nobody could act on it here.
        try:
            for text in source():
                if self._closed.is_set():
                    return
                for line in text.splitlines() or [""]:
                    self._arrived.put(line, timeout=60)
        except (OSError, ValueError, LookupError, TypeError, RuntimeError, queue.Full):
            return

    def lines(self) -> tuple[str, ...]:
        """The lines that arrived since the last call."""
        came = []
        while not self._arrived.empty():
            came.append(self._arrived.get_nowait())
        return tuple(came)

    def close(self) -> None:
        """Stop reading; the thread ends with the next line or with the process."""
        self._closed.set()


def space_log(api: HfApi, space: str, *, build: bool) -> Iterator[str]:
    """The Space's log as it comes, until it ends or can't be read any more."""
    import httpx2

    # The client's own errors are no OSError.
    with contextlib.suppress(httpx2.HTTPError):
        yield from api.fetch_space_logs(space, build=build, follow=True)


def space_events(api: HfApi, space: str, closed: threading.Event) -> Iterator[str]:
    """A line for each change of the runtime that the Hub tells, until nobody listens any more.

    What an event says is documented nowhere, so nothing is read from it but that something is new.
    """
    import httpx2
    from huggingface_hub import get_session
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    url = f"{api.endpoint}/api/spaces/{space}/events"
    headers = {**build_hf_headers(token=api.token), "Accept": "text/event-stream"}
    last = ""
    with contextlib.suppress(httpx2.HTTPError):
        while not closed.is_set():
            with (
                contextlib.suppress(httpx2.ReadTimeout),  # nothing is new: look whether to go on
                get_session().stream("GET", url, headers=headers) as response,
            ):
                kind = response.headers.get("content-type", "")
                if not response.is_success or "event-stream" not in kind:
                    return
                for line in response.iter_lines():
                    if line.startswith("data:") and line[5:].strip() and line != last:
                        last = line
                        yield line
                return
