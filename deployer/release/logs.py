"""The Space's logs during a wait: which are followed, what is shown, what is kept of their end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from deployer.model import SpaceId
from deployer.ports import LogTail, World

KEPT_LINES: Final = 400


class Logs:
    """The build log and the app's, each followed from when it is first asked for."""

    def __init__(self, space: SpaceId, health_url: str, world: World) -> None:
        self._space = space
        self._world = world
        # The app's access log of our own probes: one a second, it would push out all the rest.
        self._ours = f'"GET {urlsplit(health_url).path} HTTP/'
        self._kept: dict[str, deque[str]] = {}
        self._tails: dict[str, LogTail] = {}

    def follow(self, kind: str) -> None:
        """Follow ``build`` or ``run`` from now on."""
        if kind not in self._tails:
            self._tails[kind] = self._world.space_runtime.follow(self._space, kind)
            self._kept[kind] = deque(maxlen=KEPT_LINES)

    def show(self) -> bool:
        """Print what came; whether the app itself said something."""
        came = {kind: self._print(kind, tail.lines()) for kind, tail in self._tails.items()}
        return came.get("run", False)

    def end_of(self, kind: str) -> tuple[str, ...]:
        """The log's end; one that was just opened is given a few seconds to arrive."""
        self.follow(kind)
        self.show()
        for _ in range(5):
            self._world.clock.sleep(0.5)
            lines = self._tails[kind].lines()
            self._print(kind, lines)
            if self._kept[kind] and not lines:
                break
        return tuple(self._kept[kind])

    def close(self) -> None:
        """Stop reading."""
        for tail in self._tails.values():
            tail.close()

    def _print(self, kind: str, lines: Iterable[str]) -> bool:
        said = [line for line in lines if self._ours not in line]
        for line in said:
            self._kept[kind].append(line)
            self._world.console.line(f"| {line}")
        return bool(said)
