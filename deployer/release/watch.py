"""Waits until our revision runs and is healthy, or until it surely isn't. Never hangs.

A single failed read changes nothing: only a Hub that stays silent for ``SILENCE`` seconds ends the
wait. Every loop is bounded by the deadline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from deployer.errors import HubRefused
from deployer.model import (
    Answer,
    Healthy,
    NotBuilt,
    Outcome,
    Runtime,
    Superseded,
    Unhealthy,
    Verdict,
)
from deployer.ports import World
from deployer.release import endings, marker, runtime_stage
from deployer.release.answers import Answers
from deployer.release.logs import Logs
from deployer.release.pace import Pace
from deployer.release.progress import Progress
from deployer.release.runtime_stage import Step, Watch
from deployer.release.target import Target

SILENCE: Final = 300.0
BETWEEN_PROBES: Final = 1.0
VISIT_FOR: Final = 30.0
RUNTIME_WHILE_PROBING: Final = 5.0
NOT_RESTARTED: Final = (
    "A Trusted Publisher's token may not do that: restart the Space by hand, or give `hf-token`."
)


def wait(target: Target, world: World) -> Outcome:
    """The outcome of a release. Raises ``HubRefused`` when the Hub stays silent or refuses."""
    return _Vigil(target, world).keep()


class _Vigil:
    """One wait: the state that lives between two looks at the Space."""

    def __init__(self, target: Target, world: World) -> None:
        self.target = target
        self.world = world
        self.start = world.clock.now()
        self.watch = Watch(
            target=target.revision,
            before=target.before,
            tells=target.tells,
            pushed=target.pushed and target.before is not None,
            configured=target.configured,
            time=target.timeout,
            restarted=None if target.rebuild else 0.0,
        )
        self.runtime = Runtime(stage="unknown")
        self.heard = self.start
        self.silent: HubRefused | None = None
        self.progress = Progress(world.clock, world.console)
        self.logs = Logs(target.space, target.health_url, world)
        self.pace = Pace(target.space, self.logs, world)
        self.asleep_since: float | None = None
        self.woken = False

    def keep(self) -> Outcome:
        try:
            while self.elapsed < self.target.timeout:
                outcome = self._look()
                if outcome is not None:
                    return outcome
                self.pace.rest(self.elapsed, self.target.timeout - self.elapsed)
            return self._timed_out()
        finally:
            self.logs.close()
            self.pace.close()

    @property
    def elapsed(self) -> float:
        return self.world.clock.now() - self.start

    def _timed_out(self) -> Outcome:
        """The end of the time. Of a Hub that is silent by now, nothing is known about the build."""
        outcome = self._overtaken()
        if outcome is None and self.silent is not None:
            raise self.silent
        if runtime_stage.unreachable(self.watch, self.runtime, self.elapsed):
            return outcome or endings.unreachable(self.target, self.logs.end_of("run"))
        return outcome or self._not_built(timed_out=True)

    def _look(self) -> Outcome | None:
        """One look at the runtime; an outcome when the wait is over."""
        if not self._read_runtime():
            return None
        self.progress.tell(self.runtime.stage)
        self._follow_logs()
        actions: Mapping[Step, Callable[[], Outcome | None]] = {
            Step.FAIL: lambda: self._overtaken() or self._not_built(timed_out=False),
            Step.WAKE: self._wake,
            Step.REBUILD: self._rebuild,
            Step.PEEK: self._peek,
            Step.PROBE: self._probe,
            Step.WAIT: self._superseded,
        }
        return actions[runtime_stage.next_step(self.watch, self.runtime, self.elapsed)]()

    def _read_runtime(self) -> bool:
        try:
            self.runtime = self.world.space_runtime.now(self.target.space)
        except HubRefused as refused:
            if not refused.passing or self.world.clock.now() - self.heard > SILENCE:
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
            if not refused.passing:
                raise
            return None
        if head == self.target.revision:
            return None
        return Superseded(revision=self.target.revision, by=head)

    def _wake(self) -> None:
        """A visit wakes a sleeping Space; one that is paused, or sleeps on, is restarted once."""
        now = self.world.clock.now()
        since = self.asleep_since = now if self.asleep_since is None else self.asleep_since
        patient = now - since < VISIT_FOR or not self.target.restart
        if self.runtime.stage == "SLEEPING" and patient:
            self._ask()
        elif not self.woken:
            self.woken = True
            self._restart(f"The Space is {self.runtime.stage}; restarting it.", factory=False)

    def _rebuild(self) -> Outcome | None:
        """Have the Hub build our revision once more; where it may not be asked, only say so."""
        outcome = self._overtaken()
        if outcome is not None:
            return outcome
        stands = f"{self.runtime.stage} at {(self.runtime.revision or 'no commit')[:10]}"
        try:
            self._restart(f"The Space stays {stands}; having it built once more.", factory=True)
        except HubRefused as refused:
            self.world.console.line(f"It could not be restarted: {refused}")
        return None

    def _restart(self, why: str, *, factory: bool) -> None:
        self.watch = replace(self.watch, restarted=self.elapsed)
        if self.world.trusted_publisher:
            self.world.console.line(f"{why} {NOT_RESTARTED}")
            return
        self.world.console.line(why)
        self.world.space_runtime.restart(self.target.space, factory=factory)

    def _peek(self) -> Outcome | None:
        """Ask the app whose revision it is, where the Hub doesn't say."""
        ours = marker.is_ours(self._ask(), self.target.marker)
        self.watch = replace(self.watch, answered=ours)
        return self._probe() if ours else None

    def _ask(self) -> Answer:
        return self.world.probe.get(self.target.health_url, space_token=self.target.token)

    def _probe(self) -> Outcome | None:
        """Probe until enough healthy answers came in a row; None when the runtime moved on."""
        answers = Answers(self.target, self.world)
        self.target = replace(self.target, answered=0)
        while self.elapsed < self.target.timeout:
            answer = self._ask()
            verdict = answers.take(answer)
            self.progress.tell(f"{self.runtime.stage}, health: {verdict.reason}")
            if answers.enough:
                return self._confirmed(verdict, answer, answers)
            if answers.hopeless:
                break
            if self.watch.restarted is None and (
                answers.foreign_for >= runtime_stage.patience(self.watch)
            ):
                return self._rebuild()
            self.world.clock.sleep(BETWEEN_PROBES)
            if not answers.healthy and not self._still_serving(every=RUNTIME_WHILE_PROBING):
                return None
        return self._overtaken() or self._unhealthy(answers)

    def _still_serving(self, *, every: float = 0.0) -> bool:
        """Whether the runtime, read again when ``every`` seconds have passed, still is ours."""
        if self.world.clock.now() - self.heard >= every and not self._read_runtime():
            return every > 0
        self._follow_logs()
        return runtime_stage.next_step(self.watch, self.runtime, self.elapsed) is Step.PROBE

    def _confirmed(self, verdict: Verdict, answer: Answer, answers: Answers) -> Outcome | None:
        """The answers count only when the runtime still says that they were our revision's."""
        if not self._still_serving():
            return self._overtaken()
        # Where the Hub doesn't say which revision runs, it may be one that came after ours.
        newer = self._overtaken() if self.runtime.revision is None else None
        return newer or Healthy(
            revision=self.target.revision,
            answers=answers.healthy,
            exposed=answers.exposed,
            neutral=verdict.neutral,
            proof=""
            if self.runtime.revision
            else marker.proof(answer, self.target.marker, pushed=self.watch.pushed),
        )

    def _unhealthy(self, answers: Answers) -> Unhealthy:
        return endings.unhealthy(self.target, answers, self.logs.end_of("run"))

    def _not_built(self, *, timed_out: bool) -> NotBuilt:
        log = self.logs.end_of("run" if endings.started(self.runtime) else "build")
        return endings.not_built(
            self.target, self.runtime, log, after=self.elapsed, timed_out=timed_out
        )

    def _follow_logs(self) -> None:
        """Follow the build log once our build has begun, then the run log; print what came."""
        if self.watch.left and self.runtime.stage in runtime_stage.BUILDING:
            self.logs.follow("build")
        elif self.watch.left and self.runtime.stage in runtime_stage.STARTING:
            self.logs.follow("run")
        self.logs.show()
