"""How a bundle did on the runner, as the job summary tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deployer.errors import Exit
from deployer.model import Healthy, Mode, NotBuilt, Rehearsed, Unhealthy
from deployer.report import Report
from deployer.report.markdown import prose, table
from deployer.report.tree import size

RUNNER_FAILED: Final = {
    Exit.BUILD: "The bundle did not build or start on the runner, and was not deployed",
    Exit.HEALTH: "The bundle started on the runner and is not healthy; it was not deployed",
}


def render_rehearsal(report: Report) -> str:
    """A table of what was seen; "" for a run without a rehearsal."""
    if report.rehearsed is None:
        return ""
    return table(("", ""), _rows(report, report.rehearsed))


def _rows(report: Report, seen: Rehearsed) -> Iterator[tuple[str, str]]:
    yield "With", prose(seen.means)
    if seen.size is not None:
        yield "Image" if seen.docker else "Packages and files", size(seen.size)
    if seen.build_seconds is not None:
        yield "Built in", f"{seen.build_seconds:.1f} s"
    if seen.start_seconds is not None:
        yield "First healthy answer", f"{seen.start_seconds:.1f} s after the start"
    yield "Health", prose(_health(report, seen))
    if seen.cors:
        yield "A browser on the frontend's origins", seen.cors


def _health(report: Report, seen: Rehearsed) -> str:
    if seen.health:
        return seen.health
    match report.outcome:
        case Healthy():
            return "healthy"
        case Unhealthy(verdict=verdict):
            return f"not healthy: {verdict.reason}"
        case NotBuilt(error=error):
            return f"never asked: {error}"
        case _:
            return "not asked"


def is_about_the_runner(report: Report) -> bool:
    """Whether what failed is the rehearsal: nothing has reached the Space."""
    told = report.rehearsed is not None and not report.rehearsed.health
    return report.mode is Mode.REHEARSE or told
