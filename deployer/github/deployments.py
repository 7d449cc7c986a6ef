"""A deploy as a deployment of GitHub: under way, then a success or a failure, with its address.

Only where the input `environment` names one. A job with `environment:` of its own is recorded by
GitHub itself, and would have two.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from deployer.github.courtesy import attempt
from deployer.model import SpaceId, Status
from deployer.plan import Plan
from deployer.run import Run

# A deployment started this run: it exists, and one more would start the next run.
STARTED_BY_ONE: Final = frozenset({"deployment", "deployment_status"})


class Wanted(Struct, frozen=True, kw_only=True):
    """What is to be recorded: which commit goes where. ``transient``: it will be deleted."""

    revision: str
    environment: str
    transient: bool = False


def wanted_by(run: Run) -> Wanted | None:
    """What a deploy's inputs ask for; None without an ``environment``."""
    environment = run.settings.environment
    if not environment or run.context.event in STARTED_BY_ONE:
        return None
    return Wanted(revision=run.context.sha, environment=environment)


def started(run: Run, plan: Plan, wanted: Wanted | None) -> str:
    """Record the deployment; its id, "" where there is none.

    A run that changes nothing records nothing.
    """
    deployments = run.world.deployments
    if deployments is None or wanted is None or not wanted.revision or not changes(plan):
        return ""
    return attempt(
        run,
        lambda: deployments.start(
            revision=wanted.revision,
            environment=wanted.environment,
            transient=wanted.transient,
            key=key_of(run.settings.space),
        ),
        "",
    )


def key_of(space: SpaceId) -> str:
    """What tells a Space's deployments from those of others; the Hub knows no case."""
    return str(space).lower()


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
    said = "The Space is healthy." if green else "It ended before the new revision was healthy."
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
