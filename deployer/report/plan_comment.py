"""The plan as a comment on its pull request: what the job summary says, as long as GitHub takes it.

The same plan of the same commit is the same text, so that a run again leaves the comment alone.
"""

from __future__ import annotations

from typing import Final

from deployer.model import SpaceId
from deployer.report import Report
from deployer.report.markdown import code, link, muted
from deployer.report.summary import headline, plan_sections

# GitHub takes 65,536 characters; some are left for the mark by which the comment is known again.
LONGEST: Final = 65_000


def key_of(space: SpaceId) -> str:
    """What tells the comment of one Space's plan from that of another in the repository."""
    return f"plan {space}"


def render_plan_comment(report: Report, *, commit: str, run_url: str) -> str:
    """Markdown. ``report`` has no secrets in it any more (report.trail.cleaned)."""
    first = f"### {headline(report)}"
    sections = [muted(section) for section in plan_sections(report) if section]
    sections, left_out = _fitting(sections, LONGEST - len(first) - 1_000)
    return "\n\n".join((first, *sections, _end(commit, run_url, left_out=left_out))) + "\n"


def _fitting(sections: list[str], room: int) -> tuple[list[str], bool]:
    """The sections without the longest ones, as many as have to go."""
    kept = list(sections)
    while sum(len(section) + 2 for section in kept) > room:
        kept.remove(max(kept, key=len))
    return kept, len(kept) < len(sections)


def _end(commit: str, run_url: str, *, left_out: bool) -> str:
    of = f"The plan of {code(commit[:10])}. " if commit else ""
    more = "What is too long for a comment stands in the job summary" if left_out else "The job"
    return f"{of}{more}: {link(run_url)}" if run_url else of.strip()
