"""GitHub, or where else the user's repository lies: the repository, and what people read there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from deployer.model import FileChange, Issue, PullRequest


class Repo(Protocol):
    """The user's repository on its server. Raises ``RepositoryRefused``."""

    def may_write(self, branch: str) -> None:
        """Return when the token may push to ``branch``; raise when it surely may not."""

    def head(self, branch: str) -> str:
        """The newest commit of ``branch`` on the server."""

    def find(self, branch: str) -> str | None:
        """The newest commit of ``branch``, or None when there is no such branch."""

    def place(self, branch: str, revision: str) -> None:
        """Create ``branch`` at ``revision``, or move it there, whatever it held."""

    def remove(self, branch: str) -> None:
        """Delete ``branch``; a missing one is no error."""

    def read(self, path: str, revision: str) -> bytes | None:
        """A file at a revision, or None when it isn't there."""

    def commit(
        self, changes: Sequence[FileChange], *, branch: str, parent: str, message: str
    ) -> str:
        """One commit with only ``changes``; raises with ``race`` when ``branch`` moved on."""


class PullRequests(Protocol):
    """The repository's pull requests between its own branches. Raises ``RepositoryRefused``."""

    def find(self, branch: str) -> PullRequest | None:
        """The open one from ``branch``, or None."""

    def create(self, *, branch: str, base: str, title: str, body: str) -> PullRequest:
        """Open one from ``branch`` into ``base``."""

    def update(self, pull: PullRequest, *, title: str, body: str) -> None:
        """Give an open one another title and text."""

    def close(self, pull: PullRequest, *, comment: str) -> None:
        """Close it, and say why."""

    def is_open(self, number: int) -> bool:
        """Whether that pull request, of a fork or not, is open; raises for one out of sight."""


class Comments(Protocol):
    """Comments of ours on pull requests, one for each ``key``. Raises ``RepositoryRefused``."""

    def keep(self, pull: int, *, key: str, body: str) -> str:
        """Write the comment, or bring it up to date where its text differs; its address."""

    def amend(self, pull: int, *, key: str, body: str) -> None:
        """Bring it up to date where there is one; without one nothing is written."""


class Issues(Protocol):
    """Issues of ours in the repository, one for each ``key``. Raises ``RepositoryRefused``."""

    def find(self, key: str) -> Issue | None:
        """The open one, or None."""

    def create(self, *, key: str, title: str, body: str) -> Issue:
        """Open one."""

    def update(self, issue: Issue, *, key: str, title: str, body: str) -> None:
        """Give an open one another title and text."""

    def close(self, issue: Issue, *, comment: str) -> None:
        """Close it, and say why."""


class Deployments(Protocol):
    """GitHub's deployments and their statuses. Raises ``RepositoryRefused``."""

    def start(self, *, revision: str, environment: str, transient: bool, key: str = "") -> str:
        """Record a deployment of a commit as under way; its id.

        ``key`` tells those of one environment apart: all previews share theirs.
        """

    def tell(self, deployment: str, *, state: str, url: str = "", description: str = "") -> None:
        """Add a status (``in_progress``, ``success``, ``failure``); ``url`` is where it serves."""

    def end(self, environment: str, *, key: str = "") -> None:
        """Mark every deployment of an environment inactive, or those that carry ``key``."""
