"""A deploy as a deployment of GitHub: under way, then a success or a failure, with its address.

Only where the input `environment` names one. A job with `environment:` of its own is recorded by
GitHub itself, and would have two.
"""

from __future__ import annotations

from typing import Final

from deployer.courtesy import attempt
from deployer.model import Status
from deployer.plan import Plan
from deployer.run import Run

# A deployment started this run: it exists, and one more would start the next run.
STARTED_BY_ONE: Final = frozenset({"deployment", "deployment_status"})


def started(run: Run, plan: Plan) -> str:
    """Record a deployment of the run's commit; its id, "" where there is none.

    A run that changes nothing records nothing.
    """
    deployments, environment = run.world.deployments, run.settings.environment
    if deployments is None or not environment or not run.context.sha or not changes(plan):
        return ""
    if run.context.event in STARTED_BY_ONE:
        return ""
    return attempt(
        run,
        lambda: deployments.start(
            revision=run.context.sha,
            environment=environment,
            transient=False,
            key=str(run.settings.space).lower(),
        ),
        "",
    )


def changes(plan: Plan) -> bool:
    """Whether the plan does anything to the Space."""
    sent = not plan.configuration.empty or plan.hardware is not None
    return sent or not plan.difference.empty


def ended(run: Run, deployment: str) -> None:
    """Say what came of it, with the app's address."""
    deployments, report = run.world.deployments, run.trail.report
    if deployments is None or not deployment:
        return
    # A frontend that could not be followed up leaves a backend that is deployed.
    green = report.status in (Status.HEALTHY, Status.UNCHANGED)
    said = "The Space is healthy." if green else "The new revision is not healthy."
    attempt(
        run,
        lambda: deployments.tell(
            deployment,
            state="success" if green else "failure",
            url=report.urls.app,
            description=said,
        ),
        None,
    )
