"""What a run came to, as one value; its modules render it as outputs, summary and receipt.

Every field but ``status`` has a default, so that a run that ended at its first stage can be
reported like one that went all the way.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from deployer.credentials.syntax import Missing
from deployer.errors import Exit, Notice, Problem
from deployer.model import (
    Bundle,
    ConfigurationChange,
    Entry,
    FrontendState,
    Mode,
    Outcome,
    Rehearsed,
    Space,
    SpaceId,
    Status,
)
from deployer.report.intent import Intent


class Urls(Struct, frozen=True, kw_only=True):
    """Where a person finds what was deployed."""

    app: str = ""
    docs: str = ""
    health: str = ""
    page: str = ""

    @classmethod
    def of(cls, space: Space, health_path: str) -> Urls:
        """Those of a Space whose app tells its health at ``health_path``."""
        host = space.host
        return cls(app=host, docs=f"{host}/docs", health=f"{host}{health_path}", page=space.page)


class FileDiff(Struct, frozen=True, kw_only=True):
    """Paths in the Space. ``kept`` were brought by somebody else and left alone."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class Names(Struct, frozen=True, kw_only=True):
    """Secrets and variables by name. ``secrets`` and ``variables`` are all that were given."""

    secrets: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    sent_secrets: tuple[str, ...] = ()
    sent_variables: tuple[str, ...] = ()
    pruned: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def names_of(given: Sequence[Entry | Missing], change: ConfigurationChange | None = None) -> Names:
    """The names that were given and those in ``change``; never a value."""
    change = change or ConfigurationChange()
    pruned = change.prune_secrets + change.prune_variables
    return Names(
        secrets=tuple(entry.name for entry in given if not entry.public),
        variables=tuple(entry.name for entry in given if entry.public),
        sent_secrets=tuple(write.name for write in change.secrets),
        sent_variables=tuple(write.name for write in change.variables),
        pruned=pruned,
        stale=tuple(name for name in change.stale if name not in pruned),
        foreign=change.foreign,
    )


class StageTime(Struct, frozen=True, kw_only=True):
    """How long a stage took, and in a few words what came of it."""

    name: str
    seconds: float
    note: str = ""


class FrontendReport(Struct, frozen=True, kw_only=True):
    """What became of the frontend. ``status`` is the output ``frontend-status``."""

    state: FrontendState = FrontendState.NONE
    status: str = ""
    commit: str = ""
    pull_request: str = ""
    diff: str = ""
    note: str = ""


class Source(Struct, frozen=True, kw_only=True):
    """Where the deployed code came from, as the runner says."""

    repository: str = ""
    commit: str = ""
    branch: str = ""
    run_url: str = ""
    version: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """A run. ``serving`` says in a sentence what serves now; ``next_steps`` what to do."""

    status: Status
    mode: Mode = Mode.DEPLOY
    exit: Exit = Exit.DONE
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    space: SpaceId | None = None
    urls: Urls = field(default_factory=Urls)
    revision: str = ""
    previous_revision: str = ""
    changed: bool = False
    restarted: bool = False
    files: FileDiff = field(default_factory=FileDiff)
    bundle: Bundle | None = None
    bundle_digest: str = ""
    names: Names = field(default_factory=Names)
    intent: Intent | None = None
    frontend: FrontendReport = field(default_factory=FrontendReport)
    outcome: Outcome | None = None
    rehearsed: Rehearsed | None = None
    timeline: tuple[StageTime, ...] = ()
    serving: str = ""
    next_steps: tuple[str, ...] = ()

    @property
    def exit_code(self) -> Exit | None:
        """The process's exit code; None for a run that was cut short and came to none."""
        cut_short = self.status is Status.FAILED and self.exit is Exit.DONE
        return None if cut_short else self.exit
