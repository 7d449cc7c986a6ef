"""The outputs: their table, from which the documents are rendered, and which fact each is."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from deployer.report import Report


class OutputField(Struct, frozen=True, kw_only=True):
    """One row of the outputs' table."""

    name: str
    help: str


OUTPUTS: Final = tuple(
    OutputField(name=name, help=help_text)
    for name, help_text in (
        (
            "status",
            "`healthy`, `unchanged`, `planned`, `rehearsed`, `rolled-back`, `cleaned-up` or "
            "`failed`.",
        ),
        ("space-url", "The running app, e.g. `https://owner-name.hf.space`."),
        ("docs-url", "The app's `/docs`."),
        ("health-url", "The probed address."),
        ("space-page", "The Space on the Hub."),
        ("revision", "Commit of the Space now serving."),
        ("previous-revision", "Commit of the Space that served before."),
        ("changed", "`true` when a new revision was pushed."),
        ("frontend-commit", "Commit that carries the rewritten client, when one was made."),
        ("pull-request", "Address of the pull request, when one is open."),
        (
            "frontend-status",
            "What the live frontend was seen to do: `connected`, `stale` (still the old address), "
            "`blocked-by-cors` or `unknown`.",
        ),
        ("receipt", "Path of the JSON receipt."),
        ("plan", "`mode: plan`: path of the plan as JSON."),
        ("matrix", "`fleet`: a matrix of all its Spaces, or of those that are left to do."),
        ("canary", "`fleet`: the matrix of those that go first; empty when there are none."),
        ("waves", "`fleet`: a list of matrices with the others, none above GitHub's 256 jobs."),
        ("repeat", "`fleet` with `receipts`: the Spaces that are left to do, for `only`."),
    )
)


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
