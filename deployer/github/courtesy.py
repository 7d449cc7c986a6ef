"""What people on GitHub are told beside the run: a refusal there is a warning, never a red run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from deployer.errors import Notice, RepositoryRefused
from deployer.run import Run

Value = TypeVar("Value")


def attempt(run: Run, doing: Callable[[], Value], otherwise: Value) -> Value:
    """What GitHub is asked for; ``otherwise`` and a warning where it refuses."""
    try:
        return doing()
    except RepositoryRefused as refused:
        run.trail.note(*(Notice(message=each.message, hint=each.hint) for each in refused.problems))
        return otherwise
