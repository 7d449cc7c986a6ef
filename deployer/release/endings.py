"""What a red end of a wait says: how far the revision came, and the likely causes. Pure."""

from __future__ import annotations

from typing import Final

from deployer.model import Answer, Health, NotBuilt, Runtime, Unhealthy, Verdict
from deployer.release import diagnose, runtime_stage
from deployer.release.answers import Answers
from deployer.release.target import Target

NO_DOMAIN: Final = "the Hub says that the Space's domain is not ready"


def unhealthy(target: Target, answers: Answers, log: tuple[str, ...]) -> Unhealthy:
    """It runs, and its last answers speak against it."""
    verdict, answer = answers.against
    return Unhealthy(
        revision=target.revision,
        verdict=verdict,
        reached=answers.reached,
        exposed=answers.exposed,
        causes=diagnose.of_health(verdict, answer, log),
        log=log,
    )


def unreachable(target: Target, log: tuple[str, ...]) -> Unhealthy:
    """It runs, and no domain led to it in time: of its health nothing is known."""
    verdict = Verdict(health=Health.NOT_YET, reason=NO_DOMAIN)
    return Unhealthy(
        revision=target.revision,
        verdict=verdict,
        reached=False,
        causes=diagnose.of_health(verdict, Answer(status=0), log),
        log=log,
    )


def started(runtime: Runtime) -> bool:
    """Whether the image was built, and the app's own log is the one that says more."""
    return runtime.stage in runtime_stage.STARTING | {"RUNTIME_ERROR"}


def not_built(
    target: Target, runtime: Runtime, log: tuple[str, ...], *, after: float, timed_out: bool
) -> NotBuilt:
    """It did not build or start; ``after`` is for how many seconds it was waited for."""
    return NotBuilt(
        revision=target.revision,
        stage="timeout" if timed_out else runtime.stage,
        error=runtime.error or f"still {runtime.stage} after {after:.0f} s",
        causes=diagnose.of_build(runtime, log, timed_out=timed_out),
        log=log,
    )
