"""Every way a run can end red, split by who can mend it.

    Refused                 carries one or more Problems, each with its Exit
    ├── HubRefused          the Hub answered no, or did not answer (exit 4)
    └── RepositoryRefused   GitHub or git answered no (exit 7)

A stage that finds something wrong before the first write collects ``Problem`` values; they are
raised once, all together, as ``Refused``. What happens after the push is no exception but an
``Outcome`` (model.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Process exit codes. With several problems the lowest wins."""

    DONE = 0
    CONFIGURATION = 2
    BUNDLE = 3
    HUB = 4
    BUILD = 5
    HEALTH = 6
    FRONTEND = 7
    BUG = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A place a person can open: a workspace-relative file with a 1-based line, or an input."""

    file: str | None = None
    line: int | None = None
    input: str | None = None

    def __str__(self) -> str:
        if self.file is None:
            return f"input `{self.input}`" if self.input else ""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What stops the run: what happened, what to do, where. Never contains a secret's value."""

    exit: Exit
    message: str
    hint: str = ""
    where: Where | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}" + (f" {self.hint}" if self.hint else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a person should know although it doesn't stop the run.

    ``warning`` notices become annotations; the others only stand in the log and the summary.
    """

    message: str
    hint: str = ""
    where: Where | None = None
    warning: bool = True

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}" + (f" {self.hint}" if self.hint else "")


class Refused(Exception):
    """The run stops; ``problems`` says why, all at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))

    @property
    def exit(self) -> Exit:
        """The lowest exit code among the problems."""
        return min(problem.exit for problem in self.problems)


class HubRefused(Refused):
    """The Hub said no, or gave no answer after retries. ``status`` is the HTTP code, 0 for none."""

    def __init__(self, message: str, *, hint: str = "", status: int = 0) -> None:
        self.status = status
        super().__init__([Problem(exit=Exit.HUB, message=message, hint=hint)])


class RepositoryRefused(Refused):
    """GitHub or the git server said no. ``race`` is true when the branch had moved meanwhile."""

    def __init__(self, message: str, *, hint: str = "", race: bool = False) -> None:
        self.race = race
        super().__init__([Problem(exit=Exit.FRONTEND, message=message, hint=hint)])


def refuse(problems: Iterable[Problem]) -> None:
    """Raise ``Refused`` when there is at least one problem; return otherwise."""
    found = tuple(problems)
    if found:
        raise Refused(found)
