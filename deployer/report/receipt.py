"""The receipt: a run as JSON for other programs, `docs/reference/receipt.schema.json`.

Rule: names of secrets, never values. A new field keeps the version; a changed one raises it.
"""

from __future__ import annotations

import json
from typing import Any, Final

from msgspec.structs import asdict

from deployer.errors import Problem
from deployer.model import Rehearsed
from deployer.report import FileDiff, FrontendReport, Report, Source

VERSION: Final = 1


def render_receipt(report: Report, source: Source) -> str:
    """JSON with a line break at its end; sizes in bytes, times in seconds, unknown is null."""
    content = {
        "version": VERSION,
        "status": report.status,
        "mode": report.mode,
        "exitCode": report.exit_code,
        "space": str(report.space) if report.space else None,
        "revision": report.revision or None,
        "previousRevision": report.previous_revision or None,
        "changed": report.changed,
        "urls": _known(**asdict(report.urls)),
        "source": _source(source),
        "bundle": _bundle(report),
        "files": _files(report.files),
        "secrets": sorted(report.names.secrets),
        "variables": sorted(report.names.variables),
        "sent": sorted((*report.names.sent_secrets, *report.names.sent_variables)),
        "pruned": sorted(report.names.pruned),
        "frontend": _frontend(report.frontend),
        "rehearsal": _rehearsal(report.rehearsed) if report.rehearsed else None,
        "problems": [_problem(each) for each in report.problems],
        "warnings": [str(each) for each in report.notices if each.warning],
        "stages": [{"name": t.name, "seconds": round(t.seconds, 3)} for t in report.timeline],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _known(**texts: str) -> dict[str, str | None]:
    return {name: text or None for name, text in texts.items()}


def _source(source: Source) -> dict[str, str | None]:
    return _known(
        repository=source.repository,
        commit=source.commit,
        branch=source.branch,
        runUrl=source.run_url,
        toolVersion=source.version,
    )


def _frontend(frontend: FrontendReport) -> dict[str, str | None]:
    return _known(
        state=frontend.state,
        status=frontend.status,
        commit=frontend.commit,
        pullRequest=frontend.pull_request,
    )


def _rehearsal(seen: Rehearsed) -> dict[str, Any]:
    return {
        "means": seen.means,
        "docker": seen.docker,
        "size": seen.size,
        "buildSeconds": _rounded(seen.build_seconds),
        "startSeconds": _rounded(seen.start_seconds),
        "cors": seen.cors or None,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _bundle(report: Report) -> dict[str, Any] | None:
    if report.bundle is None:
        return None
    count, size = len(report.bundle.files), report.bundle.size
    return {"digest": report.bundle_digest or None, "files": count, "size": size}


def _files(files: FileDiff) -> dict[str, int]:
    return {name: len(paths) for name, paths in asdict(files).items()}


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "exitCode": problem.exit,
        "message": problem.message,
        "hint": problem.hint or None,
        "where": str(problem.where) if problem.where else None,
    }
