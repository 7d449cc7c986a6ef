"""The receipt: a run as JSON for other programs, `docs/reference/receipt.schema.json`.

Rule: names of secrets, never values. A new field keeps the version; a changed one raises it.
"""

from __future__ import annotations

import json
from typing import Any, Final

from deployer.report import Report, Source

VERSION: Final = 1


def render_receipt(report: Report, source: Source) -> str:
    """JSON with a line break at its end; sizes in bytes, times in seconds, unknown is null."""
    content = {
        "version": VERSION,
        "status": str(report.status),
        "mode": str(report.mode),
        "exitCode": int(report.exit),
        "space": str(report.space) if report.space else None,
        "revision": report.revision or None,
        "previousRevision": report.previous_revision or None,
        "changed": report.changed,
        "urls": _urls(report),
        "source": _source(source),
        "bundle": _bundle(report),
        "files": _files(report),
        "secrets": sorted(report.names.secrets),
        "variables": sorted(report.names.variables),
        "sent": sorted((*report.names.sent_secrets, *report.names.sent_variables)),
        "pruned": sorted(report.names.pruned),
        "frontend": _frontend(report),
        "problems": [_problem(each) for each in report.problems],
        "warnings": [str(each) for each in report.notices if each.warning],
        "stages": [
            {"name": each.name, "seconds": round(each.seconds, 3)} for each in report.timeline
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _urls(report: Report) -> dict[str, str | None]:
    urls = report.urls
    return {
        "app": urls.app or None,
        "docs": urls.docs or None,
        "health": urls.health or None,
        "page": urls.page or None,
    }


def _source(source: Source) -> dict[str, str | None]:
    return {
        "repository": source.repository or None,
        "commit": source.commit or None,
        "branch": source.branch or None,
        "runUrl": source.run_url or None,
        "toolVersion": source.version or None,
    }


def _bundle(report: Report) -> dict[str, Any] | None:
    if report.bundle is None:
        return None
    return {
        "digest": report.bundle_digest or None,
        "files": len(report.bundle.files),
        "size": report.bundle.size,
    }


def _files(report: Report) -> dict[str, int]:
    files = report.files
    return {
        "added": len(files.added),
        "changed": len(files.changed),
        "removed": len(files.removed),
        "kept": len(files.kept),
    }


def _frontend(report: Report) -> dict[str, str | None]:
    frontend = report.frontend
    return {
        "state": str(frontend.state),
        "status": frontend.status or None,
        "commit": frontend.commit or None,
        "pullRequest": frontend.pull_request or None,
    }


def _problem(problem: Any) -> dict[str, Any]:
    return {
        "exitCode": int(problem.exit),
        "message": problem.message,
        "hint": problem.hint or None,
        "where": str(problem.where) if problem.where else None,
    }
