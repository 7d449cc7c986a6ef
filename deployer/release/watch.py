"""Waits until our revision runs and is healthy, or until it surely isn't. Never hangs.

A single failed read changes nothing: only a Hub that stays silent for ``SILENCE`` seconds ends the
wait. Every loop is bounded by the deadline.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from deployer.errors import HubRefused
from deployer.model import (
    Answer,
    Health,
    Healthy,
    NotBuilt,
    Outcome,
    Runtime,
    Secret,
    SpaceId,
    Superseded,
    Unhealthy,
    Verdict,
)
from deployer.ports import LogTail, World
from deployer.release import diagnose, health, runtime_stage
from deployer.release.runtime_stage import Step, Watch

SILENCE: Final = 300.0
# An answer that is not healthy may still turn: services come up late (docs/reference/health.md).
PATIENCE: Final = 120.0
BETWEEN_PROBES: Final = 1.0
VISIT_FOR: Final = 30.0
RUNTIME_WHILE_PROBING: Final = 5.0
PROGRESS_EVERY: Final = 15.0
LOG_LINES: Final = 400
TOO_LATE: Final = "too few healthy answers before the time was over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is waited for. ``before`` is None when nothing was pushed or changed."""

    space: SpaceId
    revision: str
    health_url: str
    before: Runtime | None
    successes: int
    timeout: float
    token: Secret | None = None  # only for a private Space

    def after(self, before: Runtime) -> Target:
        """The same, once more, after a change that the runtime has yet to show."""
        return replace(self, before=before)


def wait(target: Target, world: World) -> Outcome:
    """The outcome of a release. Raises ``HubRefused`` when the Hub stays silent or refuses."""
    return _Vigil(target, world).keep()


class _Vigil:
    """One wait: the state that lives between two looks at the Space."""

    def __init__(self, target: Target, world: World) -> None:
        self.target = target
        self.world = world
        self.start = world.clock.now()
        self.watch = Watch(target=target.revision, before=target.before)
        self.runtime = Runtime(stage="unknown")
        self.heard = self.start
        self.silent: HubRefused | None = None
        self.told = ("", self.start)
        self.logs: dict[str, deque[str]] = {}
        self.tails: dict[str, LogTail] = {}
        self.asleep_since: float | None = None
        self.restarted = False

    def keep(self) -> Outcome:
        try:
            while self.elapsed < self.target.timeout:
                outcome = self._look()
                if outcome is not None:
                    return outcome
                self.world.clock.sleep(self._pause())
            return self._timed_out()
        finally:
            for tail in self.tails.values():
                tail.close()

    @property
    def elapsed(self) -> float:
        return self.world.clock.now() - self.start

    def _timed_out(self) -> Outcome:
        """The end of the time. Of a Hub that is silent by now, nothing is known about the build."""
        outcome = self._overtaken()
        if outcome is None and self.silent is not None:
            raise self.silent
        return outcome or self._not_built(timed_out=True)

    def _look(self) -> Outcome | None:
        """One look at the runtime; an outcome when the wait is over."""
        if not self._read_runtime():
            return None
        self._tell(self.runtime.stage)
        self._follow_logs()
        match runtime_stage.next_step(self.watch, self.runtime, self.elapsed):
            case Step.FAIL:
                return self._overtaken() or self._not_built(timed_out=False)
            case Step.WAKE:
                self._wake()
            case Step.PROBE:
                return self._probe()
            case Step.WAIT:
                return self._superseded()
        return None

    def _read_runtime(self) -> bool:
        try:
            self.runtime = self.world.space_runtime.now(self.target.space)
        except HubRefused as refused:
            if not is_passing(refused) or self.world.clock.now() - self.heard > SILENCE:
                raise
            self.world.console.line(f"The Hub did not answer ({refused}); asking again.")
            self.silent = refused
            return False
        self.silent = None
        self.heard = self.world.clock.now()
        self.watch = runtime_stage.observe(self.watch, self.runtime, self.elapsed)
        return True

    def _superseded(self) -> Outcome | None:
        """A revision that is neither ours nor the one before: somebody may have pushed."""
        before = self.target.before.revision if self.target.before else None
        expected = (None, self.target.revision, before)
        return None if self.runtime.revision in expected else self._overtaken()

    def _overtaken(self) -> Outcome | None:
        """The outcome when the Space's head is no longer our commit."""
        try:
            head = self.world.space_runtime.head(self.target.space)
        except HubRefused as refused:
            if not is_passing(refused):
                raise
            return None
        if head == self.target.revision:
            return None
        return Superseded(revision=self.target.revision, by=head)

    def _wake(self) -> None:
        """A visit wakes a sleeping Space; one that is paused, or sleeps on, is restarted once."""
        now = self.world.clock.now()
        since = self.asleep_since = now if self.asleep_since is None else self.asleep_since
        if self.runtime.stage == "SLEEPING" and now - since < VISIT_FOR:
            self.world.probe.get(self.target.health_url, space_token=self.target.token)
        elif not self.restarted:
            self.restarted = True
            self.world.console.line(f"The Space is {self.runtime.stage}; restarting it.")
            self.world.space_runtime.restart(self.target.space)

    def _probe(self) -> Outcome | None:
        """Probe until enough healthy answers came in a row; None when the runtime moved on."""
        healthy, unhealthy_since = 0, None
        against = (Verdict(health=Health.NOT_YET, reason=TOO_LATE), Answer(status=0))
        while self.elapsed < self.target.timeout:
            answer = self.world.probe.get(self.target.health_url, space_token=self.target.token)
            verdict = health.judge(answer)
            healthy = healthy + 1 if verdict.health is Health.HEALTHY else 0
            self._tell(f"{self.runtime.stage}, health: {verdict.reason}")
            if healthy >= self.target.successes:
                return self._confirmed(verdict, healthy)
            against = against if healthy else (verdict, answer)
            unhealthy_since = self._since(verdict, unhealthy_since)
            if self.world.clock.now() - unhealthy_since >= PATIENCE:
                break
            self.world.clock.sleep(BETWEEN_PROBES)
            if healthy == 0 and not self._still_serving(every=RUNTIME_WHILE_PROBING):
                return None
        return self._overtaken() or self._unhealthy(*against)

    def _since(self, verdict: Verdict, since: float | None) -> float:
        """Since when the answers speak against health without a break; now when they don't."""
        now = self.world.clock.now()
        return since if verdict.health is Health.UNHEALTHY and since is not None else now

    def _still_serving(self, *, every: float = 0.0) -> bool:
        """Whether the runtime, read again when ``every`` seconds have passed, still is ours."""
        if self.world.clock.now() - self.heard >= every and not self._read_runtime():
            return every > 0
        self._follow_logs()
        return runtime_stage.next_step(self.watch, self.runtime, self.elapsed) is Step.PROBE

    def _confirmed(self, verdict: Verdict, answers: int) -> Outcome | None:
        """The answers count only when the runtime still says that they were our revision's."""
        if not self._still_serving():
            return self._overtaken()
        return Healthy(revision=self.target.revision, answers=answers, neutral=verdict.neutral)

    def _unhealthy(self, verdict: Verdict, answer: Answer) -> Unhealthy:
        self._follow_logs("run")
        log = self._tail("run")
        return Unhealthy(
            revision=self.target.revision,
            verdict=verdict,
            causes=diagnose.of_health(verdict, answer, log),
            log=log,
        )

    def _not_built(self, *, timed_out: bool) -> NotBuilt:
        kind = (
            "run" if self.runtime.stage in runtime_stage.STARTING | {"RUNTIME_ERROR"} else "build"
        )
        self._follow_logs(kind)
        log = self._tail(kind)
        return NotBuilt(
            revision=self.target.revision,
            stage="timeout" if timed_out else self.runtime.stage,
            error=self.runtime.error
            or (f"still {self.runtime.stage} after {self.elapsed:.0f} s" if timed_out else ""),
            causes=diagnose.of_build(self.runtime, log, timed_out=timed_out),
            log=log,
        )

    # --- logs and progress ------------------------------------------------------------------

    def _follow_logs(self, kind: str | None = None) -> None:
        """Follow the build log once our build has begun, then the run log; print what came."""
        if kind is None and self.watch.left:
            kind = "build" if self.runtime.stage in runtime_stage.BUILDING else None
            kind = "run" if self.runtime.stage in runtime_stage.STARTING else kind
        if kind is not None and kind not in self.tails:
            self.tails[kind] = self.world.space_runtime.follow(self.target.space, kind)
            self.logs[kind] = deque(maxlen=LOG_LINES)
        for each, tail in self.tails.items():
            self._print(each, tail.lines())

    def _print(self, kind: str, lines: Iterable[str]) -> None:
        # The app's access log of our own probes: one a second, it would push out all the rest.
        ours = f'"GET {urlsplit(self.target.health_url).path} HTTP/'
        for line in (line for line in lines if ours not in line):
            self.logs[kind].append(line)
            self.world.console.line(f"| {line}")

    def _tail(self, kind: str) -> tuple[str, ...]:
        """The log's end; a log that was just opened is given a few seconds to arrive."""
        for _ in range(5):
            self.world.clock.sleep(0.5)
            lines = self.tails[kind].lines()
            self._print(kind, lines)
            if self.logs[kind] and not lines:
                break
        return tuple(self.logs[kind])

    def _tell(self, state: str) -> None:
        """Progress: a line whenever the state changes, and every 15 s while it doesn't."""
        said, when = self.told
        now = self.world.clock.now()
        if state != said or now - when >= PROGRESS_EVERY:
            self.told = (state, now)
            self.world.console.line(f"{self.elapsed:5.0f} s  {state}")

    def _pause(self) -> float:
        """Seconds until the next look: short while a change is near, then within the rate limit."""
        if self.elapsed < 30:
            return 0.5 if self.elapsed < 5 else 1.0
        return 2.0 if self.elapsed < 120 else 5.0


def is_passing(refused: HubRefused) -> bool:
    """Whether asking again may help: no answer, a rate limit, a fault of the Hub's own."""
    return refused.status in (0, 408, 425, 429) or refused.status >= 500
