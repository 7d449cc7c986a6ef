"""The comment on a pull request that has a preview: where it is, whether it is healthy, why not.

The same state is the same text, so that a run that changes nothing leaves the comment alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from msgspec import Struct

from deployer.errors import Notice, Problem
from deployer.model import SpaceId, Status
from deployer.report import Report
from deployer.report.markdown import code, link, muted, prose, table

MOST: Final = 10  # findings; the rest stands in the job summary
_LONGEST: Final = 1_500  # characters of one finding; GitHub takes 65,536 in all
TITLE: Final = "### Preview of this pull request"
_OPEN: Final = {
    "private": "The Space is private: sign in to the Hub as a member of its owner and open the "
    "Space's page. Programs send a token that may read it: `Authorization: Bearer hf_…`.",
    "": "Open the app's address in a browser, or try its routes at the API docs. A Space that "
    "nobody used for a while sleeps: the first request wakes it, which takes a minute.",
}


class Preview(Struct, frozen=True, kw_only=True):
    """What a comment says beside the report. ``commit`` is the pull request's newest."""

    commit: str
    run_url: str = ""
    expires: date | None = None
    visibility: str = ""
    origins: tuple[str, ...] = ()


def key_of(production: SpaceId) -> str:
    """What tells the comment of one backend's preview from that of another in the repository."""
    return f"preview {production}".lower()


def render_preview(report: Report, preview: Preview) -> str:
    """Markdown. ``report`` has no secrets in it any more (report.trail.cleaned)."""
    red = bool(report.exit) or report.status is Status.FAILED
    parts = [TITLE, *(_red(report, preview) if red else _green(report, preview))]
    return muted("\n\n".join(part for part in parts if part) + "\n")


def render_deleted(reason: str, *, again: bool) -> str:
    """What the comment says once the Space is gone; ``again``: a push would bring it back."""
    back = " The next push makes it anew." if again else ""
    return f"{TITLE}\n\n🧹 Deleted: {reason}.{back}\n"


def _green(report: Report, preview: Preview) -> Iterator[str]:
    yield f"✅ **Healthy.** It serves {_revision(report)}, made from {_short(preview.commit)}."
    yield _addresses(report)
    yield _OPEN.get(preview.visibility, _OPEN[""])
    yield _origins(report, preview)
    yield _until(preview)
    warnings = [notice for notice in report.notices if notice.warning]
    yield _findings("**Worth knowing**", warnings)


def _red(report: Report, preview: Preview) -> Iterator[str]:
    yield f"❌ **{_short(preview.commit)} has no healthy preview.**"
    yield _findings("", sorted(report.problems, key=lambda problem: problem.exit))
    yield _shown(report.serving)
    yield _addresses(report)
    yield _until(preview)
    if preview.run_url:
        yield f"The job summary says more: {link(preview.run_url)}"


def _addresses(report: Report) -> str:
    urls = report.urls
    named = (
        ("App", urls.app),
        ("API docs", urls.docs),
        ("Health", urls.health),
        ("Space", urls.page),
    )
    return table(("", ""), ((name, link(url)) for name, url in named if url))


def _origins(report: Report, preview: Preview) -> str:
    """Which frontends may call it; one that is blocked is among the warnings."""
    if not preview.origins or report.frontend.status == "blocked-by-cors":
        return ""
    named = ", ".join(code(origin) for origin in preview.origins)
    return f"The frontend at {named} may call it."


def _until(preview: Preview) -> str:
    if preview.expires is None:
        return ""
    return (
        "It is deleted when this pull request is closed, or once "
        f"{preview.expires.isoformat()} has passed without another push."
    )


def _findings(title: str, found: list[Problem] | list[Notice]) -> str:
    lines = [f"- {_shown(str(each))}" for each in found[:MOST]]
    if len(found) > MOST:
        lines.append(f"- and {len(found) - MOST} more, in the job summary")
    return "\n".join([*([f"{title}\n"] if title and lines else []), *lines])


def _shown(text: str) -> str:
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
    return prose(cut)


def _revision(report: Report) -> str:
    return f"revision {_short(report.revision)}" if report.revision else "the newest revision"


def _short(revision: str) -> str:
    return code(revision[:10]) if revision else "this commit"
