"""The user's repository: a frontend's change, a commit's author, pull requests and issues."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from deployer.errors import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file of the repository, before and after, as bytes. ``before`` None: a new file."""

    path: str
    before: bytes | None = field(repr=False)
    after: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """An open pull request from a branch of the same repository."""

    number: int
    url: str
    title: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An open issue of ours."""

    number: int
    url: str
    title: str = ""
    body: str = ""


class FrontendState(StrEnum):
    """What the frontend step found."""

    NONE = "none"  # no frontend, or `frontend: none`
    CURRENT = "current"  # calls this Space already
    CHANGE = "change"  # there is something to rewrite
    DOUBTFUL = "doubtful"  # several candidates: shown, not pushed


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontendPlan:
    """What would be rewritten for a given address of the backend.

    ``servers`` are the names the backend goes by in the client (``localhost:8000``, a former
    host), so that the same rewrite can be done again on a newer commit. ``credentials``: the
    client sends cookies along.
    """

    state: FrontendState
    changes: tuple[FileChange, ...] = ()
    local_url: str = "http://localhost:8000"
    framework: str = ""
    notices: tuple[Notice, ...] = ()
    servers: tuple[str, ...] = ()
    credentials: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitAuthor:
    """Who a commit is by."""

    name: str
    email: str
