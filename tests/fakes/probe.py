"""Port ``Probe`` on a fake Hub: whatever serves at this moment answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from deployer.model import Answer, Secret
from tests.fakes.hub import FakeHub, FakeSpace, digest_of_tree

WAITING_PAGE = b"<html><title>Hugging Face</title>Preparing Space</html>"


class FakeProbe:
    """``asked`` keeps url, revision that answered, and the token that came along; ``headers`` those
    of each ``ask``.

    ``pages`` are sites beside the Hub, ``local`` apps of this machine by their address; every app
    allows the origins in ``allowed``. ``stale`` is a revision that goes on answering in place of
    the one that serves.
    """

    def __init__(self, hub: FakeHub) -> None:
        self.hub = hub
        self.pages: dict[str, Answer] = {}
        self.local: dict[str, Callable[[], Answer]] = {}
        self.allowed: set[str] = set()
        self.stale: str | None = None
        self.headers: list[dict[str, str]] = []
        self.asked: list[tuple[str, str | None, Secret | None]] = []

    def get(self, url: str, *, space_token: Secret | None = None) -> Answer:
        if url in self.pages:
            return replace(self.pages[url], url=url)
        local = next((each for base, each in self.local.items() if url.startswith(base)), None)
        if local is not None:
            return replace(local(), url=url)
        self.hub.settle()
        space = next((each for each in self.hub.made.values() if url.startswith(each.host)), None)
        serving = space.serving if space else None
        self.asked.append((url, serving, space_token))
        if space is None:
            return Answer(status=0, url=url, error="no answer (ConnectError)")
        if space.visibility == "private" and not (
            space_token and space_token.reveal() == self.hub.token
        ):
            return Answer(status=404, url=url)
        return replace(self._answer(space), url=url)

    def ask(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        self.headers.append(dict(headers or {}))
        answer = self.get(url)
        origin = (headers or {}).get("Origin", "")
        if not answer.status or origin not in self.allowed:
            return answer
        permission = {
            "access-control-allow-origin": origin,
            "access-control-allow-methods": "GET, POST",
            "access-control-allow-headers": "content-type",
        }
        return replace(answer, headers={**answer.headers, **permission})

    def _answer(self, space: FakeSpace) -> Answer:
        space.counters.visits += 1
        if space.stage == "SLEEPING" and space.rollout is None:
            self.hub.restart(space)
        if space.serving is None:
            headers = {"content-type": "text/html"}
            return Answer(status=503, body=WAITING_PAGE, headers=headers)
        answering = self.stale or space.serving
        commit = next(each for each in space.commits if each.revision == answering)
        behaviour = self.hub.known[digest_of_tree(commit.files)]
        answer = behaviour.app(self.hub.clock.now() - space.since)
        return replace(answer, headers={**answer.headers, **_said(commit.files)})


def _said(files: Mapping[str, bytes]) -> Mapping[str, str]:
    """The header that the Dockerfile has uvicorn send."""
    told = re.search(rb"^ENV UVICORN_HEADERS=([\w-]+):(\w+)$", files.get("Dockerfile", b""), re.M)
    return {told[1].decode(): told[2].decode()} if told else {}
