"""The job summary: what came of the run, for a person, worst news first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from deployer.errors import Exit, Notice, Problem
from deployer.model import Cause, FrontendState, Healthy, Mode, NotBuilt, Status, Unhealthy
from deployer.report import Report, Source
from deployer.report.changes import render_changes
from deployer.report.markdown import code, fenced, link, prose, table
from deployer.report.plan import (
    render_environment,
    render_glance,
    render_plan,
    render_settings,
    to_give,
)
from deployer.report.rehearsal import RUNNER_FAILED, is_about_the_runner, render_rehearsal
from deployer.report.timeline import render_timeline
from deployer.scrub import scrub_lines

LOG_LINES: Final = 80
DIFF_LENGTH: Final = 60_000  # characters; GitHub takes 1 MiB for the whole summary
_LINE_LENGTH: Final = 1_000


def render_summary(report: Report, source: Source | None = None) -> str:
    """Markdown, ending with a line break. No secret's value is in a report to begin with."""
    sections = plan_sections if report.mode is Mode.PLAN else _sections
    parts = [f"## {headline(report)}", *sections(report), _footer(source)]
    return "\n\n".join(part for part in parts if part) + "\n"


def plan_sections(report: Report) -> Iterator[str]:
    """What to mend, what was found, what is doubtful; then the details for whoever wants them."""
    yield _section("What a deploy would refuse", _problems(report.problems))
    yield _section("At a glance", render_glance(report))
    yield _section("Worth knowing", _notices(report.notices))
    yield _section("What the code reads from its environment", render_environment(report))
    yield _section("Secrets and variables of the Space", render_settings(report))
    yield render_plan(report)
    yield _section("Files that would change", render_changes(report))
    yield _section("Frontend", _frontend(report))
    yield _section("Addresses", _urls(report))
    yield _section("What to do next", _bullets(prose(step) for step in _next_steps(report)))


def _sections(report: Report) -> Iterator[str]:
    if report.problems:
        yield _section("What went wrong", _problems(report.problems))
    yield _causes(report)
    yield _log(report)
    yield _section("On the runner", render_rehearsal(report))
    yield _section("What serves now", prose(report.serving))
    yield _section("Addresses", _urls(report))
    if report.exit in (Exit.CONFIGURATION, Exit.BUNDLE):
        yield _section("What was found", render_glance(report))
        yield render_plan(report)
    yield _section(_changes_title(report), render_changes(report))
    yield _section("Secrets and variables", render_environment(report))
    yield _section("Frontend", _frontend(report))
    yield _section("Worth knowing", _notices(report.notices))
    yield _section("What happened", render_timeline(report.timeline))
    yield _section("What to do next", _bullets(prose(step) for step in _next_steps(report)))


_HEADLINES: Final = {
    Status.HEALTHY: "✅ {space} serves {revision} and is healthy",
    Status.UNCHANGED: "✅ {space} serves this already and is healthy: nothing to do",
    Status.PLANNED: "📋 The plan for {space}: nothing was written",
    Status.REHEARSED: "✅ The bundle for {space} starts and is healthy here: nothing was deployed",
    Status.ROLLED_BACK: "⏪ {space} serves {revision} again",
    Status.CLEANED_UP: "🧹 No preview of {space} is left that is over",
}
_FAILED: Final = {
    Exit.CONFIGURATION: "The workflow's configuration was refused",
    Exit.BUNDLE: "The backend can't be packed as it is",
    Exit.HUB: "The Hub refused or did not answer",
    Exit.BUILD: "The Space did not build or start",
    Exit.HEALTH: "The Space started and is not healthy",
    Exit.FRONTEND: "The frontend could not be followed up",
    Exit.BUG: "A bug of this action, not of yours",
}


def headline(report: Report) -> str:
    """What came of the run, on one line of Markdown."""
    space = code(str(report.space)) if report.space else "the Space"
    if report.mode is Mode.PLAN and report.problems:
        return f"❌ A deploy to {space} would be refused"
    if report.status is Status.ROLLED_BACK and report.exit:
        return f"⏪ The new revision failed; {space} serves the one before it"
    if report.exit is Exit.HEALTH and isinstance(report.outcome, Healthy):
        return f"❌ {space} is healthy, and its CORS keeps the frontend out"
    if report.status is Status.FAILED:
        which = f": {space}" if report.space else ""
        failed = {**_FAILED, **(RUNNER_FAILED if is_about_the_runner(report) else {})}
        return f"❌ {failed.get(report.exit, 'The run failed')}{which}"
    if report.exit is Exit.FRONTEND:
        return f"⚠️ {space} is healthy, but its frontend could not be followed up"
    revision = _short(report.revision) or "the new revision"
    return _HEADLINES[report.status].format(space=space, revision=revision)


def _section(title: str, body: str) -> str:
    return f"### {title}\n\n{body}" if body else ""


def _changes_title(report: Report) -> str:
    """A run that ended before its push is no proof that anything was written."""
    return "What was to change" if report.problems and not report.changed else "What changed"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _problems(problems: Sequence[Problem]) -> str:
    worst = sorted(problems, key=lambda problem: problem.exit)
    return _bullets(_finding(problem) for problem in worst)


def _notices(notices: Sequence[Notice]) -> str:
    ordered = sorted(notices, key=lambda notice: not notice.warning)
    return _bullets(("⚠️ " if notice.warning else "") + _finding(notice) for notice in ordered)


def _finding(found: Problem | Notice) -> str:
    message = f"**{prose(found.message)}**" if isinstance(found, Problem) else prose(found.message)
    hint = f" {prose(found.hint)}" if found.hint else ""
    return message + hint + (f" ({prose(str(found.where))})" if found.where else "")


def _causes(report: Report) -> str:
    causes: tuple[Cause, ...] = ()
    if isinstance(report.outcome, NotBuilt | Unhealthy):
        said = " ".join(problem.hint for problem in report.problems)
        causes = tuple(cause for cause in report.outcome.causes if cause.remedy not in said)
    return _section(
        "Likely cause",
        _bullets(f"**{prose(cause.title)}** {prose(cause.remedy)}" for cause in causes),
    )


def _log(report: Report) -> str:
    if not isinstance(report.outcome, NotBuilt | Unhealthy) or not report.outcome.log:
        return ""
    lines = scrub_lines(report.outcome.log)[-LOG_LINES:]
    return _section("The end of the log", fenced("\n".join(line[:_LINE_LENGTH] for line in lines)))


def _urls(report: Report) -> str:
    urls = report.urls
    named = (
        ("App", urls.app),
        ("API docs", urls.docs),
        ("Health", urls.health),
        ("Space", urls.page),
    )
    return table(("", ""), ((name, link(url)) for name, url in named if url))


_FRONTEND: Final = {
    FrontendState.NONE: "",
    FrontendState.CURRENT: "The client calls this Space already.",
    FrontendState.CHANGE: "This change lets the client call this Space; it was not pushed.",
    FrontendState.DOUBTFUL: "More than one client could be meant, so nothing was changed.",
}
_LIVE: Final = {
    "connected": "The live frontend calls this Space.",
    "stale": "The live frontend still calls the old address: it is not rebuilt yet, or a variable "
    "in its host's dashboard overrides the file.",
    "blocked-by-cors": "The browser will block the live frontend: its origin is not allowed.",
}


def _frontend(report: Report) -> str:
    frontend = report.frontend
    parts = [
        _rewritten(report) or prose(frontend.note) or _FRONTEND[frontend.state],
        prose(frontend.note) if _rewritten(report) else "",
        f"Commit {code(frontend.commit)}." if frontend.commit else "",
        f"Pull request: {link(frontend.pull_request)}" if frontend.pull_request else "",
        _LIVE.get(frontend.status, ""),
        fenced(_cut(frontend.diff), "diff") if frontend.diff else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _rewritten(report: Report) -> str:
    if report.frontend.commit or report.frontend.pull_request:
        return "The client was rewritten to call this Space."
    if report.mode is Mode.PLAN and report.frontend.state is FrontendState.CHANGE:
        return "After health, a deploy would rewrite the client so."
    return ""


def _cut(diff: str) -> str:
    return diff if len(diff) <= DIFF_LENGTH else diff[:DIFF_LENGTH] + "\n… (cut)"


def _next_steps(report: Report) -> Iterator[str]:
    yield from report.next_steps
    if report.names.stale:
        stale = ", ".join(f"`{name}`" for name in report.names.stale)
        yield f"No longer named, still on the Space: {stale}. `prune: true` deletes what we set."
    if report.status is Status.ROLLED_BACK and report.exit:
        yield "Mend the cause and push again. The Space itself needs nothing."
    yield from _until_it_is_live(report)
    if report.exit is Exit.FRONTEND and report.frontend.diff:
        yield "Apply the frontend's change above by hand, or mend the permissions and run again."
    if report.mode is Mode.PLAN:
        yield from to_give(report)
    if report.mode is Mode.PLAN and not report.problems:
        yield "Run the same workflow with `mode: deploy`."


def _until_it_is_live(report: Report) -> Iterator[str]:
    """What stands between the rewritten client and the site that people open."""
    frontend = report.frontend
    if frontend.pull_request and frontend.state is not FrontendState.CURRENT:
        yield f"Merge {frontend.pull_request}: until then the site calls what it called before."
    elif frontend.commit:
        yield (
            "The site calls this Space once it is built from that commit. Vercel and Netlify build "
            "it by themselves; a workflow does not start from a commit of the job's own "
            "`github.token`, so start that one by hand or pass a token of your own."
        )
    if frontend.commit or frontend.pull_request:
        yield "A variable that is set in the site's dashboard wins over what the files say."


def _short(revision: str) -> str:
    return code(revision[:10]) if revision else ""


def _footer(source: Source | None) -> str:
    if source is None or not source.repository:
        return ""
    commit = f" at {_short(source.commit)}" if source.commit else ""
    by = prose(f"hf-space-deploy {source.version}".strip())
    return f"From {code(source.repository)}{commit}, by {by}."
