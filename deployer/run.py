"""What every stage is given: the inputs, the surroundings, the world, the trail of the report."""

from __future__ import annotations

from msgspec import Struct

from deployer import __version__
from deployer.context import Context
from deployer.model import Status
from deployer.ports import World
from deployer.report import Report, Source
from deployer.report.trail import Trail
from deployer.settings import Settings


class Run(Struct, frozen=True, kw_only=True):
    """One run of the program."""

    settings: Settings
    context: Context
    world: World
    trail: Trail


def begin(settings: Settings, context: Context, world: World) -> Run:
    """A run of which nothing but its inputs is known: red until it is proved otherwise."""
    source = Source(
        repository=context.repository,
        commit=context.sha,
        branch=context.branch or "",
        run_url=context.run_url,
        version=__version__,
    )
    report = Report(status=Status.FAILED, mode=settings.mode, space=settings.space)
    return Run(
        settings=settings,
        context=context,
        world=world,
        trail=Trail(world, report, source),
    )
