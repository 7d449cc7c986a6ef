"""The user's repository over git (port ``Repo``), from the checkout that the job already has.

The commit is built beside the checkout: blobs, a temporary index, a tree, a commit object, and a
push of exactly that object. Working tree, index, HEAD and branches of the checkout stay as they
are, however the job changed them; only new objects come into its object store.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from deployer.adapters.git_command import Git, GitFailed
from deployer.adapters.repository_refusals import refusal
from deployer.errors import RepositoryRefused
from deployer.model import CommitAuthor, FileChange, Secret

# GitHub's own bot, by its user id, so that GitHub shows its picture and name.
BOT = CommitAuthor(
    name="github-actions[bot]", email="41898282+github-actions[bot]@users.noreply.github.com"
)
SERVER = "hf-space-deploy"
WAITS = (1.0, 3.0, 9.0)
GIT_SECONDS = 120.0
PASSING = re.compile(
    r"connection (was )?(reset|refused|timed out)|timed out|returned error: (5\d\d|429)"
    r"|could not resolve host|early eof|rpc failed|hung up|empty reply|gnutls|ssl_read|broken pipe"
    r"|transfer closed|too slow|did not end within|unexpected disconnect|premature|bad line length",
    re.IGNORECASE,
)


class GitRepo(Struct, frozen=True, kw_only=True):
    """``ports.Repo`` by git. Without a token the checkout's own credentials are used."""

    workspace: Path
    remote: str = "origin"
    token: Secret = field(default_factory=lambda: Secret(""))
    author: CommitAuthor = BOT
    timeout: float = GIT_SECONDS
    sleep: Callable[[float], None] = time.sleep
    program: str = "git"

    def may_write(self, branch: str) -> None:
        """Ask the server for a push without sending one (git push --dry-run)."""
        try:
            self._talk("push", "--dry-run", "--porcelain", SERVER, f"HEAD:{_ref(branch)}")
        except GitFailed as error:
            # A branch that is ahead of the checkout refuses on this side, after the server agreed.
            if "[rejected]" not in str(error):
                raise refusal(f"Writing to branch `{branch}`", str(error)) from None

    def head(self, branch: str) -> str:
        """The newest commit of ``branch`` on the server; raises when there is no such branch."""
        found = self.find(branch)
        if found is None:
            raise RepositoryRefused(f"The repository has no branch `{branch}`.")
        return found

    def find(self, branch: str) -> str | None:
        """The newest commit of ``branch`` on the server, or None when there is no such branch."""
        try:
            listed = self._talk("ls-remote", SERVER, _ref(branch)).decode()
        except GitFailed as error:
            raise refusal(f"Reading branch `{branch}`", str(error)) from None
        for line in listed.splitlines():
            revision, _, name = line.partition("\t")
            if name == _ref(branch):
                return revision
        return None

    def place(self, branch: str, revision: str) -> None:
        """Create ``branch`` at ``revision``, or move it there, whatever it held."""
        try:
            self._bring(revision)
        except GitFailed as error:
            raise refusal(f"Moving branch `{branch}`", str(error)) from None
        self._push(revision, branch, self.find(branch) or "")

    def remove(self, branch: str) -> None:
        """Delete ``branch``; a missing one is no error."""
        if self.find(branch) is None:
            return
        try:
            self._talk("push", "--porcelain", "--no-verify", SERVER, f":{_ref(branch)}")
        except GitFailed as error:
            raise refusal(f"Deleting branch `{branch}`", str(error)) from None

    def read(self, path: str, revision: str) -> bytes | None:
        """A regular file's bytes at a revision; None for anything else."""
        try:
            self._bring(revision)
            mode, blob = self._entry(revision, path)
            return self._git().run("cat-file", "blob", blob) if mode.startswith("100") else None
        except GitFailed as error:
            raise refusal(f"Reading `{path}`", str(error)) from None

    def commit(
        self, changes: Sequence[FileChange], *, branch: str, parent: str, message: str
    ) -> str:
        """Commit and push; ``parent`` itself when the changes change nothing."""
        try:
            self._bring(parent)
            revision = self._commit_object(changes, parent, message)
        except GitFailed as error:
            raise refusal(f"Committing to `{branch}`", str(error)) from None
        if revision != parent:
            self._push(revision, branch, parent)
        return revision

    # --- building the commit -------------------------------------------------------------------

    def _commit_object(self, changes: Sequence[FileChange], parent: str, message: str) -> str:
        git = self._git()
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            git.run("read-tree", parent, extra=index)
            lines = b"".join(self._index_line(change, parent) for change in changes)
            git.run("update-index", "-z", "--index-info", stdin=lines, extra=index)
            tree = git.run("write-tree", extra=index).decode().strip()
        if tree == git.run("rev-parse", f"{parent}^{{tree}}").decode().strip():
            return parent
        made = git.run(
            "commit-tree", tree, "-p", parent, stdin=message.encode(), extra=self._identity()
        )
        return made.decode().strip()

    def _index_line(self, change: FileChange, parent: str) -> bytes:
        """One record of ``update-index -z --index-info``; an existing file keeps its mode."""
        written = self._git().run("hash-object", "-w", "--stdin", stdin=change.after)
        mode, _ = self._entry(parent, change.path)
        mode = mode if mode.startswith("100") else "100644"
        return f"{mode} {written.decode().strip()}\t{change.path}\0".encode()

    def _identity(self) -> dict[str, str]:
        roles = ("AUTHOR", "COMMITTER")
        names = {f"GIT_{role}_NAME": self.author.name for role in roles}
        return names | {f"GIT_{role}_EMAIL": self.author.email for role in roles}

    # --- talking to the server ------------------------------------------------------------------

    def _push(self, revision: str, branch: str, parent: str) -> None:
        """Move the branch from ``parent`` to ``revision``, or raise and leave it where it is.

        The lease also refuses a branch that was set back behind ``parent``, which a plain push
        would silently bring forward again.
        """
        lease = f"--force-with-lease={_ref(branch)}:{parent}"
        refspec = f"{revision}:{_ref(branch)}"
        try:
            self._talk("push", "--porcelain", "--no-verify", lease, SERVER, refspec)
        except GitFailed as error:
            # The connection may have broken after the server had taken the commit; a repeated
            # push is then refused, although the branch is where we wanted it.
            if self.head(branch) != revision:
                raise refusal(f"Committing to `{branch}`", str(error)) from None

    def _bring(self, revision: str) -> None:
        """Have a commit's objects here, without touching any ref, FETCH_HEAD or shallow depth."""
        try:
            self._git().run("cat-file", "-e", f"{revision}^{{commit}}")
        except GitFailed:
            quiet = ("--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
            self._talk("fetch", *quiet, SERVER, revision)

    def _talk(self, *arguments: str) -> bytes:
        """A command that reaches the server, repeated when the network let it down."""
        git = self._server()
        for wait in WAITS:
            try:
                return git.run(*arguments)
            except GitFailed as error:
                if not PASSING.search(str(error)):
                    raise
            self.sleep(wait)
        return git.run(*arguments)

    def _entry(self, revision: str, path: str) -> tuple[str, str]:
        """Mode and object of a path; ``("000000", "")`` when it isn't there."""
        listed = self._git().run("ls-tree", "-z", "--full-tree", revision, "--", path)
        for record in listed.decode("utf-8", "surrogateescape").split("\0"):
            facts, _, name = record.partition("\t")
            if name == path:
                mode, _, identity = facts.split(" ")
                return mode, identity
        return "000000", ""

    def _git(self) -> Git:
        return Git(folder=self.workspace, timeout=self.timeout, program=self.program)

    def _server(self) -> Git:
        """git that knows the server as ``SERVER``: a remote without tracking branches to move."""
        git = self._git()
        url, push_url = (
            git.run("remote", "get-url", *push, self.remote).decode().strip()
            for push in ((), ("--push",))
        )
        named = ((f"remote.{SERVER}.url", url), (f"remote.{SERVER}.pushUrl", push_url))
        return replace(git, settings=named).with_token(self.token, (url, push_url))


def _ref(branch: str) -> str:
    return f"refs/heads/{branch}"
