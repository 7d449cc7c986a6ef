"""The git checkout around a folder: what GitHub's variables say, where nobody says it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deployer.adapters.git_command import Git, GitFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A checkout. ``ref`` is "" on a detached head, ``sha`` before the first commit.

    ``remote`` is the address of ``origin``, "" when there is none to push to.
    """

    root: Path
    ref: str
    sha: str
    remote: str


def find_checkout(folder: Path) -> Checkout | None:
    """The checkout that ``folder`` lies in, or None when there is none (or no git)."""
    root = _ask(folder, "rev-parse", "--show-toplevel")
    if not root:
        return None
    return Checkout(
        root=Path(root),
        ref=_ask(folder, "symbolic-ref", "--quiet", "HEAD"),
        sha=_ask(folder, "rev-parse", "--verify", "--quiet", "HEAD"),
        remote=_ask(folder, "remote", "get-url", "origin"),
    )


def _ask(folder: Path, *arguments: str) -> str:
    """git's answer, "" when it has none."""
    try:
        return Git(folder=folder, timeout=30).run(*arguments).decode("utf-8", "replace").strip()
    except GitFailed:
        return ""
