"""A repository in memory (port ``Repo``), held to the contract of the real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from deployer.errors import RepositoryRefused
from deployer.model import FileChange


class FakeCommit(Struct, frozen=True, kw_only=True):
    """One commit: its whole content and what it says."""

    revision: str
    parent: str
    message: str
    files: Mapping[str, bytes]


class FakeRepo:
    """Branches of commits.

    ``writable`` False is a read-only token, ``protected`` names branches that take no commit, and
    ``before_commit`` runs inside ``commit`` before it looks at the branch: where a race is made.
    """

    def __init__(self, files: Mapping[str, bytes], branch: str = "main") -> None:
        self.commits: dict[str, FakeCommit] = {}
        self.heads: dict[str, str] = {}
        self.writable = True
        self.protected: set[str] = set()
        self.before_commit: Callable[[FakeRepo], None] = lambda _repo: None
        self._add(branch, parent="", message="First commit", files=files)

    # --- the port -------------------------------------------------------------------------------

    def may_write(self, branch: str) -> None:
        """Raise for a read-only token."""
        if not self.writable:
            hint = "Give the job `permissions: contents: write`."
            raise RepositoryRefused("The token may not write.", hint=hint)

    def head(self, branch: str) -> str:
        """The newest commit."""
        if branch not in self.heads:
            raise RepositoryRefused(f"The repository has no branch `{branch}`.")
        return self.heads[branch]

    def find(self, branch: str) -> str | None:
        """The newest commit, or None."""
        return self.heads.get(branch)

    def place(self, branch: str, revision: str) -> None:
        """Create or move a branch."""
        self.may_write(branch)
        self.heads[branch] = revision

    def remove(self, branch: str) -> None:
        """Delete a branch."""
        self.may_write(branch)
        self.heads.pop(branch, None)

    def read(self, path: str, revision: str) -> bytes | None:
        """A file at a revision."""
        return self.commits[revision].files.get(path)

    def commit(
        self, changes: Sequence[FileChange], *, branch: str, parent: str, message: str
    ) -> str:
        """One commit, or ``parent`` when nothing changes."""
        self.before_commit(self)
        before = self.commits[parent].files
        after = {**before, **{change.path: change.after for change in changes}}
        if after == before:
            return parent
        self.may_write(branch)
        if branch in self.protected:
            hint = "Let this token's app or user bypass the rules."
            raise RepositoryRefused("The branch is protected.", hint=hint, protected=True)
        if self.head(branch) != parent:
            raise RepositoryRefused("The branch moved meanwhile.", race=True)
        return self._add(branch, parent=parent, message=message, files=after)

    # --- for tests ------------------------------------------------------------------------------

    def push_by_somebody(self, path: str, content: bytes, branch: str = "main") -> str:
        """Another person's commit."""
        parent = self.heads[branch]
        files = {**self.commits[parent].files, path: content}
        return self._add(branch, parent=parent, message=f"Change {path}", files=files)

    def log(self, branch: str = "main") -> list[FakeCommit]:
        """The branch's commits, newest first."""
        found = []
        revision = self.heads[branch]
        while revision:
            found.append(self.commits[revision])
            revision = found[-1].parent
        return found

    def _add(self, branch: str, *, parent: str, message: str, files: Mapping[str, bytes]) -> str:
        name = hashlib.sha1(f"{len(self.commits)} {parent} {message}".encode()).hexdigest()
        made = FakeCommit(revision=name, parent=parent, message=message, files=dict(files))
        self.commits[name] = made
        self.heads[branch] = name
        return name
