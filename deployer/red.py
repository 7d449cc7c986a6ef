"""The problem that a red outcome comes to, the likely cause in front of everything else. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from deployer.errors import Exit, Problem
from deployer.model import Cause, NotBuilt, Superseded, Unhealthy

END_OF_LOG = "The end of the Space's log, in the job summary and above, says more."
UNPROVED = (
    "Not known: the Hub broke off before {revision} was proved healthy. That is no reason to put "
    "anything back. Run the job again: it goes on from there."
)


def cause(outcome: NotBuilt | Unhealthy, scrub: Callable[[str], str]) -> Problem:
    """The problem of a red outcome, with the likely cause in front of everything else.

    ``scrub`` comes before anything is cut: half a secret would not be found any more.
    """
    hint = likely(outcome.causes) or END_OF_LOG
    if isinstance(outcome, Unhealthy):
        message = f"The revision runs and is not healthy: {outcome.verdict.reason}."
        return Problem(exit=Exit.HEALTH, message=message, hint=hint)
    said = f": {_ends(scrub(outcome.error))}" if outcome.error else ""
    message = f"The revision did not start ({outcome.stage}){said}."
    return Problem(exit=Exit.BUILD, message=message, hint=hint)


def likely(causes: Sequence[Cause]) -> str:
    """The likely causes and what mends them, "" for none."""
    titles = "; ".join(cause.title for cause in causes)
    remedies = " ".join(cause.remedy for cause in causes)
    return f"Likely cause: {titles}. {remedies}" if causes else ""


def _ends(text: str, *, most: int = 240) -> str:
    """The text's ends: the Hub's words for a crash hold a whole traceback between them."""
    return text if len(text) <= most else f"{text[:60].rstrip()} … {text[60 - most :].lstrip()}"


def overtaken(outcome: Superseded) -> Problem:
    """The problem of a run that another commit made pointless."""
    return Problem(
        exit=Exit.HUB,
        message=f"A newer commit, {outcome.by[:10]}, took over the Space while this run waited.",
        hint="The run that pushed it tells whether it is healthy. With `concurrency:` in the "
        "workflow, two deploys never overlap.",
    )
