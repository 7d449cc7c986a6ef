"""Shows a plan as a unified diff."""

from __future__ import annotations

import difflib

from deployer.model import FileChange, FrontendPlan


def unified_diff(plan: FrontendPlan) -> str:
    """The plan's changes in unified format, ending in a line end; empty when there are none."""
    return "".join(line for change in plan.changes for line in _lines(change))


def _lines(change: FileChange) -> list[str]:
    old = "/dev/null" if change.before is None else f"a/{change.path}"
    before, after = _text(change.before or b""), _text(change.after)
    found = difflib.unified_diff(before, after, fromfile=old, tofile=f"b/{change.path}")
    return [line if line.endswith("\n") else f"{line}\n" for line in found]


def _text(content: bytes) -> list[str]:
    lines = content.decode("utf-8", "replace").splitlines(keepends=True)
    return [line.replace("\r\n", "\n") for line in lines]
