"""The issue of a check that is red: what is wrong, the likely cause, the remedy, since when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from deployer.model import NotBuilt, Unhealthy
from deployer.report import Report
from deployer.report.markdown import code, fenced, link, table, unlinked
from deployer.scrub import scrub_lines

TITLE_LENGTH: Final = 120
LOG_LINES: Final = 40
_LINE_LENGTH: Final = 400
_FINDING: Final = 1_500
_SINCE: Final = re.compile(r"^Red since (\d{4}-\d{2}-\d{2})\b", re.MULTILINE)


class Red(Struct, frozen=True, kw_only=True):
    """What an issue says beside the report: days as ``2026-01-31``, in UTC."""

    today: str
    since: str
    run_url: str = ""


def first_seen(body: str) -> str:
    """The day on which an issue of ours was opened, "" when its text doesn't say."""
    found = _SINCE.search(body)
    return found[1] if found else ""


def render_issue(report: Report, red: Red) -> tuple[str, str]:
    """Title and Markdown text. ``report`` has no secrets in it any more (report.trail.cleaned)."""
    parts = (part for part in _parts(report, red) if part)
    return _title(report), "\n\n".join(parts) + "\n"


def render_closing(report: Report, run_url: str) -> str:
    """The comment with which an issue is closed."""
    seen = f" ({link(run_url)})" if run_url else ""
    revision = f" Revision {code(report.revision[:10])} serves." if report.revision else ""
    return f"✅ Healthy again{seen}.{revision}"


def _title(report: Report) -> str:
    worst = min(report.problems, key=lambda problem: problem.exit)
    said = " ".join(worst.message.replace("`", "").split())
    title = f"{report.space}: {said}"
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…"


def _parts(report: Report, red: Red) -> Iterator[str]:
    last = f"; seen again on {red.today}" if red.today != red.since else ""
    yield (
        f"Red since {red.since}{last}. The job's log: {link(red.run_url)}"
        if red.run_url
        else (f"Red since {red.since}{last}.")
    )
    for problem in report.problems:
        yield f"**{_shown(problem.message)}** {_shown(problem.hint)}".strip()
    if isinstance(report.outcome, NotBuilt | Unhealthy):
        yield _causes(report.outcome, " ".join(problem.hint for problem in report.problems))
        yield _log(report.outcome)
    yield _addresses(report)
    yield (
        "Each check brings this text up to date. The issue is closed by the first check that is "
        "green again."
    )


def _causes(outcome: NotBuilt | Unhealthy, said: str) -> str:
    """The causes, but for those whose remedy was said already."""
    causes = (each for each in outcome.causes if each.remedy not in said)
    listed = "\n".join(f"- **{_shown(each.title)}** {_shown(each.remedy)}" for each in causes)
    return f"### Likely cause\n\n{listed}" if listed else ""


def _log(outcome: NotBuilt | Unhealthy) -> str:
    lines = [line[:_LINE_LENGTH] for line in scrub_lines(outcome.log)[-LOG_LINES:]]
    return "### The end of the Space's log\n\n" + fenced("\n".join(lines)) if lines else ""


def _addresses(report: Report) -> str:
    urls = report.urls
    named = (("App", urls.app), ("Health", urls.health), ("Space", urls.page))
    return table(("", ""), ((name, link(url)) for name, url in named if url))


def _shown(text: str) -> str:
    return unlinked(text if len(text) <= _FINDING else f"{text[:_FINDING]} …")
