"""Every way a run can end red, split by who can mend it.

    Refused                 carries one or more Problems, each with its Exit
    ├── HubRefused          the Hub answered no, or did not answer (exit 4)
    └── RepositoryRefused   GitHub or git answered no (exit 7)

A stage that finds something wrong before the first write collects ``Problem`` values; they are
raised once, all together, as ``Refused``. What happens after the push is no exception but an
``Outcome`` (model/outcome.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

from msgspec import Struct


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

    @property
    def meaning(self) -> str:
        """What the code says, for the documentation."""
        return _MEANINGS[self][0]

    @property
    def mended_by(self) -> str:
        """Who can mend it, for the documentation."""
        return _MEANINGS[self][1]


_MEANINGS: Final = {
    Exit.DONE: ("done", ""),
    Exit.CONFIGURATION: (
        "configuration: an input, a secret's value",
        "the workflow's author; every problem of a run is reported at once",
    ),
    Exit.BUNDLE: (
        "bundle: the backend can't be packed as it is",
        "the app's author; annotations say `file:line`",
    ),
    Exit.HUB: (
        "Hub: refused, not found, quota, or no answer after retries",
        "whoever holds the token, the plan or the Space",
    ),
    Exit.BUILD: (
        "build: the Space did not build or start",
        "the app's author; the end of the log stands in the job summary",
    ),
    Exit.HEALTH: (
        "health: it started and is not healthy",
        "the service's owner; a hint stands beside each failing service",
    ),
    Exit.FRONTEND: (
        "frontend: deployed and healthy, but the follow-up failed",
        "whoever grants the workflow's permissions; outputs are still written",
    ),
    Exit.BUG: ("a bug of the action", "its maintainers; the message says where to report it"),
}


class Where(Struct, frozen=True, kw_only=True):
    """A place a person can open: a workspace-relative file with a 1-based line, or an input."""

    file: str | None = None
    line: int | None = None
    input: str | None = None

    def __str__(self) -> str:
        if self.file is None:
            line = f", line {self.line}" if self.line else ""
            return f"input `{self.input}`{line}" if self.input else ""
        return f"{self.file}:{self.line}" if self.line else self.file


class Problem(Struct, frozen=True, kw_only=True):
    """What stops the run: what happened, what to do, where. Never contains a secret's value."""

    exit: Exit
    message: str
    hint: str = ""
    where: Where | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}" + (f" {self.hint}" if self.hint else "")


class Notice(Struct, frozen=True, kw_only=True):
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

    @property
    def passing(self) -> bool:
        """Whether asking again may help: no answer, a rate limit, a fault of the Hub's own."""
        return self.status in (0, 408, 425, 429) or self.status >= 500


class RepositoryRefused(Refused):
    """GitHub or the git server said no.

    ``race`` is true when the branch had moved meanwhile, ``protected`` when it takes no direct
    commit: a pull request may still do.
    """

    def __init__(
        self, message: str, *, hint: str = "", race: bool = False, protected: bool = False
    ) -> None:
        self.race = race
        self.protected = protected
        super().__init__([Problem(exit=Exit.FRONTEND, message=message, hint=hint)])


def refuse(problems: Iterable[Problem]) -> None:
    """Raise ``Refused`` when there is at least one problem; return otherwise."""
    found = tuple(problems)
    if found:
        raise Refused(found)
