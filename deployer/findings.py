"""Problems and notices, gathered and not raised one by one.

A run that can't go on says all that it knows at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from deployer.errors import Exit, Notice, Problem, Refused

Value = TypeVar("Value")

TOO_DEEP: Final = Problem(
    exit=Exit.BUNDLE,
    message="A file of the backend or the frontend is nested too deeply to be read.",
    hint="It is probably generated: leave it out with the input `ignore`, or with "
    "`frontend: none` when it belongs to the frontend.",
)


class Findings:
    """Problems and notices of all the readings of a run."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notices: list[Notice] = []

    def attempt(self, reading: Callable[[], Value]) -> Value | None:
        """The reading's value, or None when it was refused; the problems are kept."""
        try:
            return reading()
        except Refused as refused:
            self.problems.extend(refused.problems)
        except (RecursionError, MemoryError):
            # Code and data of strangers, read by parsers and by walks that go as deep as they do.
            self.problems.append(TOO_DEEP)
        return None

    def keep(self, problems: tuple[Problem, ...], notices: tuple[Notice, ...] = ()) -> None:
        """Add what a pure check found."""
        self.problems.extend(problems)
        self.notices.extend(notices)
