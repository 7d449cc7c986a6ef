"""Which fact of a report each output is; their table is ``OUTPUTS`` in settings.py."""

from __future__ import annotations

from deployer.report import Report


def outputs_of(report: Report) -> dict[str, str]:
    """Every output that is known; ``receipt`` and ``plan`` are paths that the journal knows."""
    values = {
        "status": str(report.status),
        "space-url": report.urls.app,
        "docs-url": report.urls.docs,
        "health-url": report.urls.health,
        "space-page": report.urls.page,
        "revision": report.revision,
        "previous-revision": report.previous_revision,
        "changed": "true" if report.changed else "false",
        "frontend-commit": report.frontend.commit,
        "pull-request": report.frontend.pull_request,
        "frontend-status": report.frontend.status,
    }
    return {name: value for name, value in values.items() if value}
