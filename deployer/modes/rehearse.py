"""``mode: rehearse``: builds and starts the bundle on the runner, and deploys nothing.

It asks nothing of the Hub and needs no token, so that a fork's pull request can run it.
"""

from __future__ import annotations

from msgspec.structs import replace

from deployer import rehearsal, stages
from deployer.context import Context
from deployer.errors import Refused
from deployer.model import Status
from deployer.ports import World
from deployer.report import FileDiff, FrontendReport, Report
from deployer.run import begin
from deployer.settings import Settings


def rehearse(settings: Settings, context: Context, world: World) -> Report:
    """The street of ``mode: rehearse``. A refusal is a red report, no exception."""
    # Whatever a token would show of the Space, another run without one has to come out the same.
    run = begin(replace(settings, hf_token=None), context, world)
    try:
        with run.trail.stage("Read the backend"):
            decided, state = stages.decide(run)
        # Nothing is compared with the Space, and no frontend is touched.
        run.trail.know(files=FileDiff(), frontend=FrontendReport())
        rehearsal.rehearse(run, decided, state)
        return run.trail.ended(Status.REHEARSED)
    except Refused as refused:
        return run.trail.refused(refused)
    finally:
        run.trail.publish()
