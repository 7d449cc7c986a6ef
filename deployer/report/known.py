"""The facts of a report that may become known one by one, each with its type."""

from __future__ import annotations

from typing import TypedDict

from deployer.errors import Exit, Problem
from deployer.model import Bundle, Outcome, Rehearsed, Status
from deployer.report import FileDiff, FrontendReport, Names, Urls
from deployer.report.intent import Intent


class Facts(TypedDict, total=False):
    """Fields of ``Report``, as it declares them: a test holds the two together."""

    revision: str
    previous_revision: str
    changed: bool
    restarted: bool
    urls: Urls
    files: FileDiff
    bundle: Bundle | None
    bundle_digest: str
    names: Names
    intent: Intent | None
    frontend: FrontendReport
    outcome: Outcome | None
    rehearsed: Rehearsed | None
    problems: tuple[Problem, ...]
    serving: str
    next_steps: tuple[str, ...]


class Ending(Facts, total=False):
    """The same, and how the run ends."""

    status: Status
    exit: Exit
