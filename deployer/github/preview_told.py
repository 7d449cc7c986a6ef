"""What GitHub is told of a preview: one comment on the pull request, and a deployment.

Both are a service to people. What GitHub refuses is a warning that names the permission; a preview
that is healthy stays green.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from deployer.credentials.origins import frontend_origins
from deployer.github import courtesy, deployments
from deployer.github.deployments import Wanted
from deployer.model import SpaceId
from deployer.plan import Plan
from deployer.preview_mark import Mark
from deployer.report.preview_comment import Preview, key_of, render_deleted, render_preview
from deployer.report.trail import cleaned
from deployer.run import Run

ENVIRONMENT: Final = "preview"
CLOSED: Final = "its pull request is closed"


def started(run: Run, plan: Plan) -> str:
    """Record a deployment of the pull request's newest commit; its id, "" where there is none.

    A run that changes nothing records nothing.
    """
    wanted = Wanted(
        revision=run.context.head_sha or run.context.sha,
        environment=_environment(run),
        transient=True,
    )
    return deployments.started(run, plan, wanted)


def tell(run: Run, production: SpaceId, mark: Mark | None) -> None:
    """Bring the comment up to date."""
    comments, pull = run.world.comments, run.context.pull
    if comments is None or pull is None:
        return
    report, intent, scrub = run.trail.report, run.trail.report.intent, run.world.console.scrub
    body = render_preview(
        cleaned(report, scrub),
        Preview(
            commit=run.context.head_sha or run.context.sha,
            run_url=run.context.run_url,
            # Without a Space there is nothing to delete.
            expires=mark.expires if mark and report.urls.page else None,
            visibility=intent.visibility if intent else "",
            origins=frontend_origins(run.settings.frontend_url or ()).origins,
        ),
    )
    address = courtesy.attempt(
        run, lambda: comments.keep(pull, key=key_of(production), body=scrub(body)), ""
    )
    if address:
        run.world.console.line(f"The comment: {address}")


def deleted(run: Run, preview: SpaceId, pull: int, reason: str, *, again: bool) -> None:
    """Say on the pull request that its Space is gone, and end the deployments there."""
    comments, port = run.world.comments, run.world.deployments
    body = render_deleted(reason, again=again)
    key = key_of(run.settings.space)
    if comments is not None:
        courtesy.attempt(run, lambda: comments.amend(pull, key=key, body=body), None)
    if port is not None:
        courtesy.attempt(
            run, lambda: port.end(_environment(run), key=deployments.key_of(preview)), None
        )


def closed_meanwhile(run: Run, production: SpaceId) -> None:
    """Say on the pull request what its cleanup said, and not that this run's Space is gone."""
    assert run.context.pull is not None, "only a pull request's run makes a preview"
    told = replace(run, settings=replace(run.settings, space=production))
    deleted(told, run.settings.space, run.context.pull, CLOSED, again=False)


def _environment(run: Run) -> str:
    return run.settings.environment or ENVIRONMENT
