"""Bare git repositories on disk, as GitHub keeps them, and what its API does inside them."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BOT = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
WEB_FLOW = ("GitHub", "noreply@github.com")
HOOK = """#!/bin/sh
if grep -qxF "$1" "$GIT_DIR/protected" 2>/dev/null; then
  echo "error: GH006: Protected branch update failed for $1." >&2
  echo "error: Changes must be made through a pull request." >&2
  exit 1
fi
"""


class Moved(Exception):
    """The branch is not where the caller expects it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit as the API shows it."""

    sha: str
    parents: tuple[str, ...]
    tree: str
    author: str
    message: str


@dataclass(slots=True, kw_only=True)
class Repository:
    """``owner/name`` and its bare repository."""

    full_name: str
    path: Path
    default_branch: str = "main"
    archived: bool = False
    protected: set[str] = field(default_factory=set)
    rulesets: set[str] = field(default_factory=set)
    verified: set[str] = field(default_factory=set)
    actions_may_open: bool = True  # the setting "Allow GitHub Actions to create … pull requests"
    has_issues: bool = True  # the setting "Issues"
    pulls: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    deployments: list[dict[str, Any]] = field(default_factory=list)

    def create(self, files: Mapping[str, bytes]) -> None:
        """Initialise with one commit."""
        self.path.mkdir(parents=True)
        self.git("init", "--quiet", "--bare", f"--initial-branch={self.default_branch}", ".")
        hook = self.path / "hooks" / "update"
        hook.write_text(HOOK)
        hook.chmod(0o755)
        self.change(self.default_branch, files, message="First commit", parent=None)

    def git(self, *arguments: str, stdin: bytes = b"", index: str = "") -> str:
        """Run git inside; its output without the final newline."""
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_LITERAL_PATHSPECS": "1",
        }
        for role, (name, email) in (("AUTHOR", BOT), ("COMMITTER", WEB_FLOW)):
            environment |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": email}
        if index:
            environment["GIT_INDEX_FILE"] = index
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            input=stdin,
            env=environment,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def open_pull(self, head: str, base: str, title: str = "", body: str = "") -> int:
        """A pull request, whoever opens it; its number."""
        number = self.next_number()
        pull = {"number": number, "state": "open", "head": head, "base": base}
        self.pulls.append({**pull, "title": title, "body": body})
        return number

    def next_number(self) -> int:
        """Issues and pull requests share their numbers."""
        return len(self.pulls) + len(self.issues) + 1

    def said_on(self, number: int) -> list[str]:
        """The comments of an issue or pull request, in their order."""
        return [each["body"] for each in self.comments if each["number"] == number]

    # --- reading --------------------------------------------------------------------------------

    def head(self, branch: str) -> str | None:
        """The branch's newest commit."""
        return self.resolve(f"refs/heads/{branch}")

    def resolve(self, name: str) -> str | None:
        """A commit by hash, branch or full ref name."""
        try:
            return self.git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except subprocess.CalledProcessError:
            return None

    def entry(self, revision: str, path: str) -> tuple[str, str, str] | None:
        """Mode, type and object of a path."""
        for record in self.git("ls-tree", "-z", revision, "--", path).split("\0"):
            facts, _, name = record.partition("\t")
            if name == path:
                mode, kind, identity = facts.split(" ")
                return mode, kind, identity
        return None

    def blob(self, identity: str) -> bytes:
        """A blob's bytes."""
        command = ["git", "cat-file", "blob", identity]
        return subprocess.run(command, cwd=self.path, capture_output=True, check=True).stdout

    def read(self, path: str, revision: str) -> bytes | None:
        """A file's bytes."""
        found = self.entry(revision, path)
        return self.blob(found[2]) if found and found[1] == "blob" else None

    def log(self, name: str, limit: int = 100) -> list[Commit]:
        """Commits, newest first."""
        form = "%H%x00%P%x00%T%x00%an%x00%B%x01"
        output = self.git("log", f"--max-count={limit}", f"--format={form}", name)
        return [_commit(record) for record in output.split("\x01") if record.strip()]

    # --- writing --------------------------------------------------------------------------------

    def change(
        self, branch: str, files: Mapping[str, bytes], *, message: str, parent: str | None
    ) -> str:
        """Commit files on a branch that must be at ``parent``; raises ``Moved``."""
        with tempfile.TemporaryDirectory() as folder:
            index = f"{folder}/index"
            self.git(*(["read-tree", parent] if parent else ["read-tree", "--empty"]), index=index)
            lines = b"".join(self._line(path, files[path], parent) for path in files)
            self.git("update-index", "-z", "--index-info", stdin=lines, index=index)
            tree = self.git("write-tree", index=index)
        above = ["-p", parent] if parent else []
        made = self.git("commit-tree", tree, *above, stdin=message.encode())
        try:
            self.git("update-ref", f"refs/heads/{branch}", made, parent or "0" * 40)
        except subprocess.CalledProcessError:
            raise Moved from None
        return made

    def push_by_somebody(self, path: str, content: bytes, branch: str = "main") -> str:
        """Another person's commit on top of the branch."""
        return self.change(
            branch, {path: content}, message=f"Change {path}", parent=self.head(branch)
        )

    def protect(self, branch: str, *, ruleset: bool = False) -> None:
        """Refuse direct commits, by classic protection or by a ruleset."""
        (self.rulesets if ruleset else self.protected).add(branch)
        lines = sorted(f"refs/heads/{name}" for name in self.protected | self.rulesets)
        (self.path / "protected").write_text("".join(f"{line}\n" for line in lines))

    def _line(self, path: str, content: bytes, parent: str | None) -> bytes:
        known = self.entry(parent, path) if parent else None
        mode = known[0] if known else _usual_mode(content)
        identity = self.git("hash-object", "-w", "--stdin", stdin=content)
        return f"{mode} {identity}\t{path}\0".encode()


def _usual_mode(content: bytes) -> str:
    """Scripts are executable, as whoever put them here would have made them."""
    return "100755" if content.startswith(b"#!") else "100644"


def _commit(record: str) -> Commit:
    sha, parents, tree, author, message = record.strip("\n").split("\0")
    return Commit(
        sha=sha,
        parents=tuple(parents.split()),
        tree=tree,
        author=author,
        message=message.rstrip("\n"),
    )
