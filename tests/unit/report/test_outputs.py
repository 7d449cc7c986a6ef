"""The outputs of a run, by name."""

from __future__ import annotations

from deployer.model import Status
from deployer.report import FrontendReport, Report, Urls
from deployer.report.outputs import outputs_of


def test_outputs_carry_every_name_of_the_interface_but_the_receipt() -> None:
    report = Report(
        status=Status.HEALTHY,
        urls=Urls(app="https://a", docs="https://a/docs", health="https://a/h", page="https://p"),
        revision="new",
        previous_revision="old",
        changed=True,
        frontend=FrontendReport(status="stale", commit="c", pull_request="u"),
    )
    assert outputs_of(report) == {
        "status": "healthy",
        "space-url": "https://a",
        "docs-url": "https://a/docs",
        "health-url": "https://a/h",
        "space-page": "https://p",
        "revision": "new",
        "previous-revision": "old",
        "changed": "true",
        "frontend-commit": "c",
        "pull-request": "u",
        "frontend-status": "stale",
    }


def test_what_is_not_known_is_no_output() -> None:
    assert outputs_of(Report(status=Status.FAILED)) == {"status": "failed", "changed": "false"}
