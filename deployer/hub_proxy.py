"""Asks an app on this machine as the Hub's proxy would: by the Space's name, from HTTPS.

An app that lets in only its own host, or that sends plain HTTP on to HTTPS, answers here as it will
there (MDN, "X-Forwarded-Proto"; the made image has uvicorn trust that header).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from deployer.model import Answer
from deployer.ports import Probe

MOST_REDIRECTS: Final = 5


class HubProxy:
    """``base`` is the app's address here, ``host`` the Space's name (``owner-name.hf.space``)."""

    def __init__(self, probe: Probe, base: str, host: str) -> None:
        self._probe, self._base, self._host = probe, base, host
        self._headers = {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-Host": host}

    def ask(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer to one request; redirects are not followed."""
        return self._probe.ask(url, method=method, headers={**self._headers, **(headers or {})})

    def get(self, url: str) -> Answer:
        """The answer; redirects inside the app are followed, here."""
        answer, seen = self.ask(url), url
        for _ in range(MOST_REDIRECTS):
            there = urlsplit(answer.location)
            if not answer.location or there.netloc not in (self._host, urlsplit(self._base).netloc):
                return answer
            path = there.path + (f"?{there.query}" if there.query else "")
            if self._base + path == seen:
                break
            seen = self._base + path
            answer = self.ask(seen)
        if not answer.location:
            return answer
        return Answer(status=answer.status, url=seen, location=seen, error="a redirect loop")
