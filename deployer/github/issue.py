"""The one GitHub issue of a check: opened when it turns red, closed when it is green again.

GitHub writes to people when an issue is opened and when somebody comments. So its text is brought
up to date by every red check, and a comment comes only at the end.
"""

from __future__ import annotations

from typing import Final

from deployer.errors import Exit, Notice, Where
from deployer.github.courtesy import attempt
from deployer.model import Issue, SpaceId, Status
from deployer.ports import Issues
from deployer.report.issue import Red, first_seen, render_closing, render_issue
from deployer.report.trail import cleaned
from deployer.run import Run

# Whoever reads an issue can mend these. A wrong input is mended where the job is written.
ABOUT_THE_SPACE: Final = frozenset({Exit.HUB, Exit.BUILD, Exit.HEALTH})


def key_of(space: SpaceId) -> str:
    """What tells the issue of one Space from that of another in the repository."""
    return f"check {space}"


def keep(run: Run, *, silent: bool) -> None:
    """Open, change or close the issue. ``silent``: the Hub didn't answer, and nothing is known."""
    issues, report = run.world.issues, run.trail.report
    if issues is None:
        run.trail.note(_no_issues(run))
    elif report.status is Status.HEALTHY:
        attempt(run, lambda: _close(run, issues), None)
    elif report.exit in ABOUT_THE_SPACE and not silent:
        attempt(run, lambda: _open(run, issues), None)


def _no_issues(run: Run) -> Notice:
    on_github = run.context.on_github
    hint = "Pass `github-token`." if on_github else "Set `report: none` outside GitHub Actions."
    message = "`report: issue` opens no issue: " + (
        "there is no GitHub token." if on_github else "this run is not on GitHub."
    )
    return Notice(message=message, hint=hint, where=Where(input="report"))


def _open(run: Run, issues: Issues) -> None:
    key = key_of(run.settings.space)
    there = issues.find(key)
    title, body = render_issue(cleaned(run.trail.report, run.world.console.scrub), _red(run, there))
    body = run.world.console.scrub(body)
    if there is None:
        there = issues.create(key=key, title=title, body=body)
        run.world.console.line(f"Opened an issue: {there.url}")
    else:
        issues.update(there, key=key, title=title, body=body)
        run.world.console.line(f"The issue: {there.url}")


def _red(run: Run, there: Issue | None) -> Red:
    today = run.world.clock.today().isoformat()
    since = first_seen(there.body) if there else ""
    return Red(today=today, since=since or today, run_url=run.context.run_url)


def _close(run: Run, issues: Issues) -> None:
    there = issues.find(key_of(run.settings.space))
    if there is not None:
        comment = render_closing(run.trail.report, run.context.run_url)
        issues.close(there, comment=comment)
        run.world.console.line(f"Closed the issue: {there.url}")
