"""What the Hub refuses in a git push: binary files outside LFS, files over 10 MB, a bad README.

Run by git as its pre-receive hook, in the repository, with ``old new ref`` lines on its input.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LARGE_BYTES = 10 * 1024 * 1024
SAMPLE_BYTES = 8000
NONE = "0" * 40


def _git(*arguments: str, feed: bytes = b"") -> bytes:
    return subprocess.run(["git", *arguments], input=feed, capture_output=True, check=True).stdout


def refused(old: str, new: str) -> list[str]:
    """Why the commits from ``old`` to ``new`` can't be taken, a line a reason."""
    span = [new] if old == NONE else [new, f"^{old}"]
    listed = _git("rev-list", "--objects", *span).decode("utf-8", "replace").splitlines()
    named = [row.split(" ", 1) for row in listed if " " in row]
    reasons: list[str] = []
    for oid, path in named:
        if _git("cat-file", "-t", oid).strip() == b"blob":
            reasons += _wrong_with(oid, path)
    return reasons


def _wrong_with(oid: str, path: str) -> list[str]:
    content = _git("cat-file", "blob", oid)
    if len(content) > LARGE_BYTES:
        return [f"file larger than 10 MiB: {path}; use https://hf.co/docs/hub/xet"]
    if b"\0" in content[:SAMPLE_BYTES]:
        text = "Your push was rejected because it contains binary files. Please use"
        return [f"{text} https://hf.co/docs/hub/xet to store binary files. Offending: {path}"]
    if path == "README.md":
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        from localhub import front_matter  # noqa: PLC0415 (only now is the package on the path)

        return front_matter.problems(content.decode("utf-8", "replace"))
    return []


def main() -> int:
    """0 takes the push, 1 refuses it."""
    reasons: list[str] = []
    for row in sys.stdin:
        old, new, ref = row.split()
        if new != NONE:
            reasons += refused(old, new)
        elif ref == "refs/heads/main":
            reasons.append("the main branch can't be deleted")
    for reason in reasons:
        print("-" * 73, reason, sep="\n", file=sys.stderr)
    return 1 if reasons else 0


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C")
    raise SystemExit(main())
