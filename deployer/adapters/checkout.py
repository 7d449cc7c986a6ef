"""The git checkout around a folder: what GitHub's variables say, where nobody says it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from msgspec import Struct

from deployer.adapters.git_command import Git, GitFailed

# At most two folders deep: `path: app`, `path: repositories/app`.
CONFIGS: Final = ("*/.git/config", "*/*/.git/config")


class Checkout(Struct, frozen=True, kw_only=True):
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


def own_checkout(workspace: Path, repository: str) -> Path | None:
    """The folder below ``workspace`` with ``repository``: ``actions/checkout`` with a ``path``.

    None when the workspace itself is a checkout, or none below it is that repository's.
    """
    if not repository or (workspace / ".git").exists():
        return None
    found = (config for form in CONFIGS for config in sorted(workspace.glob(form)))
    return next((each.parent.parent for each in found if _is_of(each, repository)), None)


def _is_of(config: Path, repository: str) -> bool:
    """Whether a remote of this configuration is the repository; read without git, which may not
    trust a folder that another user owns."""
    address = rf"^\s*url\s*=\s*\S*[/:]{re.escape(repository)}(?:\.git)?/?\s*$"
    try:
        text = config.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(address, text, re.MULTILINE | re.IGNORECASE) is not None


def _ask(folder: Path, *arguments: str) -> str:
    """git's answer, "" when it has none."""
    try:
        return Git(folder=folder, timeout=30).run(*arguments).decode("utf-8", "replace").strip()
    except GitFailed:
        return ""
