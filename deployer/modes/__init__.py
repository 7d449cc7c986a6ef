"""The modes, each a street of its own: ``STREETS`` is the table of them.

``deploy`` is the main street and stands above, in pipeline.py. Only the street in use is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

from deployer.context import Context
from deployer.model import Mode
from deployer.ports import World
from deployer.report import Report
from deployer.settings import NO_SPACE, Settings

Street = Callable[[Settings, Context, World], Report]
# Where the function lies that is called as its mode is.
STREETS: Final[Mapping[Mode, str]] = {
    Mode.DEPLOY: "deployer.pipeline",
    Mode.PLAN: "deployer.modes.plan",
    Mode.REHEARSE: "deployer.modes.rehearse",
    Mode.ROLLBACK: "deployer.modes.rollback",
    Mode.CHECK: "deployer.modes.check",
    Mode.PREVIEW: "deployer.modes.preview",
    Mode.CLEANUP: "deployer.modes.cleanup",
}
FLEET: Final = "deployer.modes.fleet"


def street_of(settings: Settings) -> Street:
    """The street of this run; without a Space ``mode: plan`` is about the whole fleet."""
    if settings.space == NO_SPACE:
        fleet: Street = import_module(FLEET).plan_fleet
        return fleet
    street: Street = getattr(import_module(STREETS[settings.mode]), settings.mode)
    return street
