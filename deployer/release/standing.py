"""Waits until an app that runs on this machine is healthy, or until it surely isn't."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import Final

from deployer.model import (
    Answer,
    Cause,
    Healthy,
    NotBuilt,
    Runtime,
    SpaceId,
    Unhealthy,
)
from deployer.ports import RunningApp, World
from deployer.release import diagnose
from deployer.release.answers import Answers
from deployer.release.causes import TIMED_OUT
from deployer.release.logs import KEPT_LINES
from deployer.release.progress import Progress
from deployer.release.target import Target

BETWEEN_PROBES: Final = 0.5
# An app that says where it listens, and answers nowhere else, won't do so later.
ELSEWHERE: Final = 15.0
LAST_WORDS: Final = 1.0
IDLE: Final = Cause(
    title="The start command ends by itself, and nothing serves",
    remedy="Start a server, such as `uvicorn app.main:app --host 0.0.0.0 --port 7860`.",
)
# What a probe says of an app that takes the connection, and no more.
HANGING: Final = re.compile(r"ReadTimeout|no answer within")
HANGS: Final = Cause(
    title="The app takes connections and never answers its health path",
    remedy="It may wait for a service, or its start may block the event loop. Answer the health "
    "path at once, with time limits on what it asks, or set `health-path` to one that does.",
)


class Standing:
    """One started app. ``ask`` asks its health path once; ``started_after`` is when, in seconds,
    the first healthy answer came, None without one."""

    def __init__(
        self,
        app: RunningApp,
        ask: Callable[[], Answer],
        world: World,
        *,
        space: SpaceId,
        health_path: str,
        port: int,
        successes: int,
        timeout: float,
        marker: str,
    ) -> None:
        self.started_after: float | None = None
        self._app, self._ask, self._world = app, ask, world
        self._target = Target(
            space=space,
            revision="",
            health_url=app.url + health_path,
            before=None,
            successes=successes,
            timeout=timeout,
            marker=marker,
        )
        self._ours, self._port = f'"GET {health_path} HTTP/', port
        self._log: deque[str] = deque(maxlen=KEPT_LINES)
        self._answers = Answers(self._target, world)
        self._start = world.clock.now()

    def wait(self) -> Healthy | Unhealthy | NotBuilt:
        """What became of it, at the latest when the time is over."""
        progress = Progress(self._world.clock, self._world.console)
        while self._elapsed < self._target.timeout:
            code = self._app.ended()
            if code is not None:
                return self._ended(code)
            verdict = self._answers.take(self._ask())
            self._show()
            progress.tell(f"health: {verdict.reason}")
            if self._answers.healthy and self.started_after is None:
                self.started_after = self._elapsed
            if self._answers.enough:
                return Healthy(
                    revision="",
                    answers=self._answers.healthy,
                    neutral=verdict.neutral,
                    exposed=self._answers.exposed,
                )
            if self._answers.hopeless or self._listens_elsewhere():
                break
            self._world.clock.sleep(BETWEEN_PROBES)
        return self._unhealthy() if self._answers.reached or self._hangs else self._silent()

    @property
    def _elapsed(self) -> float:
        return self._world.clock.now() - self._start

    @property
    def _hangs(self) -> bool:
        """Whether it took the connection, and gave no answer."""
        return HANGING.search(self._answers.against[1].error) is not None

    def _show(self) -> None:
        """Print what the app said, our own probes aside."""
        for line in self._app.lines():
            if self._ours not in line:
                self._log.append(line)
                self._world.console.line(f"| {line}")

    def _listens_elsewhere(self) -> bool:
        if self._answers.reached or self._elapsed < ELSEWHERE:
            return False
        return bool(diagnose.of_listening(self._log, self._port))

    def _ended(self, code: int) -> NotBuilt:
        self._world.clock.sleep(LAST_WORDS)
        self._show()
        error = f"it ended with exit code: {code}"
        runtime = Runtime(stage="RUNTIME_ERROR", error=error)
        causes = diagnose.of_build(runtime, tuple(self._log), timed_out=False)
        return self._not_built("RUNTIME_ERROR", error, causes or ((IDLE,) if code == 0 else ()))

    def _silent(self) -> NotBuilt:
        error = f"nothing answered on port {self._port} within {self._elapsed:.0f} s"
        runtime = Runtime(stage="APP_STARTING", error=error)
        causes = diagnose.of_build(runtime, tuple(self._log), timed_out=False)
        listens = diagnose.of_listening(self._log, self._port)
        return self._not_built("timeout", error, causes or listens or (TIMED_OUT,))

    def _not_built(self, stage: str, error: str, causes: tuple[Cause, ...]) -> NotBuilt:
        return NotBuilt(revision="", stage=stage, error=error, causes=causes, log=tuple(self._log))

    def _unhealthy(self) -> Unhealthy:
        self._show()
        verdict, answer = self._answers.against
        return Unhealthy(
            revision="",
            verdict=verdict,
            reached=True,
            exposed=self._answers.exposed,
            causes=diagnose.of_health(verdict, answer, self._log) or self._hanging(),
            log=tuple(self._log),
        )

    def _hanging(self) -> tuple[Cause, ...]:
        return () if self._answers.reached or not self._hangs else (HANGS,)
