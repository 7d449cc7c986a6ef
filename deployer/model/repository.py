"""The user's repository: a frontend's change, a commit's author, pull requests and issues."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from deployer.errors import Notice
from deployer.model.quiet import Quiet


class FileChange(Quiet, frozen=True, kw_only=True):
    """One file of the repository, before and after, as bytes. ``before`` None: a new file."""

    path: str
    before: bytes | None
    after: bytes


class PullRequest(Struct, frozen=True, kw_only=True):
    """An open pull request from a branch of the same repository."""

    number: int
    url: str
    title: str = ""
    body: str = ""


class Issue(Struct, frozen=True, kw_only=True):
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


class FrontendPlan(Struct, frozen=True, kw_only=True):
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


class CommitAuthor(Struct, frozen=True, kw_only=True):
    """Who a commit is by."""

    name: str
    email: str
