"""The order of the stages: observe, decide, act, report. The table of contents of the program."""

from __future__ import annotations

from deployer import rehearsal, stages
from deployer.context import Context
from deployer.errors import Refused
from deployer.github import deployments
from deployer.model import Healthy, NotBuilt, Superseded, Unhealthy
from deployer.observe_live import look_at_frontend
from deployer.observe_space import SpaceState
from deployer.plan import Plan
from deployer.ports import World
from deployer.report import Report
from deployer.run import Run, begin
from deployer.settings import Settings


def deploy(settings: Settings, context: Context, world: World) -> Report:
    """The street of ``mode: deploy``. A refusal is a red report, no exception."""
    run = begin(settings, context, world)
    stage = run.trail.stage
    try:
        with stage("Read the backend and the Space"):
            decided, state = stages.decide(run)
        _record(run, decided, state)
    except Refused as refused:
        run.trail.refused(refused)
    finally:
        run.trail.publish()
    return run.trail.report


def _record(run: Run, decided: Plan, state: SpaceState) -> None:
    """Carry a plan out, and have GitHub know of it where that is asked for."""
    deployment = deployments.started(run, decided, deployments.wanted_by(run))
    try:
        carry_out(run, decided, state)
    except Refused as refused:
        run.trail.refused(refused)
    finally:  # of a run that is stopped, too: nobody else would end what is under way
        deployments.ended(run, deployment)


def carry_out(run: Run, decided: Plan, state: SpaceState) -> Report:
    """From the push to the report of a plan that is decided. Raises ``Refused``."""
    stage = run.trail.stage
    if run.settings.rehearse and rehearsal.is_due(decided):
        rehearsal.rehearse(run, decided, state)
    with stage("Push to the Space"):
        release = stages.push(run, decided, state)
    with stage("Wait until the revision is healthy"):
        outcome = stages.wait(run, decided, release)
        if isinstance(outcome, Healthy):
            outcome, release = stages.prune(run, decided, release, outcome)
    match outcome:
        case Superseded():
            return stages.superseded(run, outcome)
        case NotBuilt() | Unhealthy():
            with stage("Put back what was healthy"):
                return stages.put_back(run, decided, state, release, outcome)
        case Healthy():
            with stage("Look at the live frontend"):
                look_at_frontend(run, decided, release)
            with stage("Follow up"):
                return stages.follow_up(run, decided, release, outcome)
