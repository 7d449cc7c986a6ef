"""What changes in the Space, file by file and name by name, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from deployer.model import Mode
from deployer.report import Names, Report
from deployer.report.markdown import code, fenced, folded
from deployer.report.tree import plain

LIST_LENGTH: Final = 200


def render_changes(report: Report) -> str:
    """Files and names; empty where nothing changes, or a plan has nothing to compare with."""
    if report.mode is Mode.REHEARSE:
        return ""  # nothing was compared with the Space, and nothing sent
    parts = [_files(report), "" if report.mode is Mode.PLAN else _names(report.names)]
    return "\n\n".join(part for part in parts if part)


def _files(report: Report) -> str:
    files, intent = report.files, report.intent
    if report.mode is Mode.PLAN and (intent is None or not intent.compared or intent.creates):
        return ""  # all of them are new, and stand in the tree
    lists = (("Added", files.added), ("Changed", files.changed), ("Removed", files.removed))
    counts = ", ".join(f"{len(paths)} {title.lower()}" for title, paths in lists)
    none = "None." if report.mode is Mode.PLAN else ""
    parts = [
        f"Files: {counts}." if files else none,
        *(_paths(f"{title} ({len(paths)})", paths) for title, paths in lists),
        _paths(f"In the Space, not from here, kept ({len(files.kept)})", files.kept),
    ]
    return "\n\n".join(part for part in parts if part)


def _names(names: Names) -> str:
    told = (
        ("Secrets sent", names.sent_secrets),
        ("Variables sent", names.sent_variables),
        ("Deleted, since no longer named", names.pruned),
        ("Set by hand on the Space, left alone", names.foreign),
    )
    lines = (
        f"- {title}: {', '.join(code(each) for each in all_of)}" for title, all_of in told if all_of
    )
    return "\n".join(lines)


def _paths(title: str, paths: Sequence[str]) -> str:
    if not paths:
        return ""
    shown = "\n".join(plain(path) for path in paths[:LIST_LENGTH])
    more = f"\n… and {len(paths) - LIST_LENGTH} more" if len(paths) > LIST_LENGTH else ""
    return folded(title, fenced(shown + more))
