"""``mode: plan``: everything that is decided before the first write, shown; nothing is written.

A street of its own beside pipeline.py. On a pull request the plan is also one comment.
"""

from __future__ import annotations

from deployer import stages
from deployer.context import PULL_REQUEST_EVENTS, Context
from deployer.errors import Notice, Refused
from deployer.github.courtesy import attempt
from deployer.model import Status
from deployer.ports import Comments, World
from deployer.report import Report
from deployer.report.plan_comment import key_of, render_plan_comment
from deployer.report.trail import cleaned
from deployer.run import Run, begin
from deployer.settings import Settings

SUMMARY_ONLY = Notice(
    message="A pull request from a fork or by Dependabot has a token that may only read: its plan "
    "is in the job summary, and no comment is written.",
    warning=False,
)


def plan(settings: Settings, context: Context, world: World) -> Report:
    """The street of ``mode: plan``: red for what a deploy would refuse, and no exception."""
    run = begin(settings, context, world)
    try:
        try:
            with run.trail.stage("Read the backend and the Space"):
                stages.decide(run)
            run.trail.ended(Status.PLANNED)
        except Refused as refused:
            run.trail.refused(refused)
        comment(run)
        return run.trail.report
    finally:
        run.trail.publish()


def comment(run: Run) -> None:
    """Keep the pull request's comment up to date; a fleet's plan has a summary of its own."""
    context, comments = run.context, run.world.comments
    if context.event not in PULL_REQUEST_EVENTS or context.pull is None or run.settings.fleet:
        return
    if context.secretless:
        run.trail.note(SUMMARY_ONLY)
    elif comments is not None:
        _write(run, comments, context.pull)


def _write(run: Run, comments: Comments, pull: int) -> None:
    scrub = run.world.console.scrub
    body = render_plan_comment(
        cleaned(run.trail.report, scrub),
        commit=run.context.head_sha,
        run_url=run.context.run_url,
    )
    key = key_of(run.settings.space)
    address = attempt(run, lambda: comments.keep(pull, key=key, body=scrub(body)), "")
    if address:
        run.world.console.line(f"The comment: {address}")
