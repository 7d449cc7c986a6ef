"""The modes, each a street of its own: ``STREETS`` is the table of them.

``deploy`` is the main street and stands above, in pipeline.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from deployer.context import Context
from deployer.model import Mode
from deployer.modes.check import check
from deployer.modes.cleanup import cleanup
from deployer.modes.fleet import plan_fleet
from deployer.modes.plan import plan
from deployer.modes.preview import preview
from deployer.modes.rehearse import rehearse
from deployer.modes.rollback import rollback
from deployer.pipeline import deploy
from deployer.ports import World
from deployer.report import Report
from deployer.settings import NO_SPACE, Settings

Street = Callable[[Settings, Context, World], Report]
STREETS: Final[Mapping[Mode, Street]] = {
    Mode.DEPLOY: deploy,
    Mode.PLAN: plan,
    Mode.REHEARSE: rehearse,
    Mode.ROLLBACK: rollback,
    Mode.CHECK: check,
    Mode.PREVIEW: preview,
    Mode.CLEANUP: cleanup,
}


def street_of(settings: Settings) -> Street:
    """The street of this run; without a Space ``mode: plan`` is about the whole fleet."""
    return plan_fleet if settings.space == NO_SPACE else STREETS[settings.mode]
