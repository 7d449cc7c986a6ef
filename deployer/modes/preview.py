"""``mode: preview``: a Space for one pull request, made once and brought up to date by each push.

A street of its own beside pipeline.py, which it joins once the Space is known to be its own. The
frontend's source is never changed: what a pull request holds is its author's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from deployer import observe_space, preview_mark, publisher, stages
from deployer.context import Context, event_problems
from deployer.credentials import production
from deployer.errors import (
    Exit,
    HubRefused,
    Notice,
    Problem,
    Refused,
    RepositoryRefused,
    Where,
    refuse,
)
from deployer.github import deployments, preview_told
from deployer.model import Secret, SpaceId, Status
from deployer.observe_space import SpaceState
from deployer.pipeline import carry_out
from deployer.plan import Plan
from deployer.ports import World
from deployer.preview_mark import Mark
from deployer.report import Report
from deployer.run import Run, begin
from deployer.settings import Settings


class Decided(Struct, frozen=True, kw_only=True):
    """What will be done to the preview's Space, and the marks that it has then and had before."""

    plan: Plan
    state: SpaceState
    mark: Mark
    before: Mark | None


def preview(settings: Settings, context: Context, world: World) -> Report:
    """The street of ``mode: preview``. A refusal is a red report, no exception."""
    run = begin(_for_pull(settings, context), context, world)
    try:
        impossible = event_problems(settings.mode, context)
        if impossible:
            return run.trail.refused(Refused(impossible))
        _release(run, settings.space)
        return run.trail.report
    finally:
        run.trail.publish()


def _for_pull(settings: Settings, context: Context) -> Settings:
    """The settings of the preview's own Space."""
    if context.pull is None:
        return settings
    return replace(
        settings,
        space=preview_mark.preview_of(settings.space, context.pull),
        title=f"{settings.title or settings.space.name} (PR {context.pull})",
        frontend=(),
    )


def _release(run: Run, production_space: SpaceId) -> None:
    """Deploy to the pull request's Space; say on the pull request what came of it."""
    deployment, mark, over = "", None, False
    try:
        with run.trail.stage("Read the backend and the preview's Space"):
            refuse(_refusals(run))
            decided = decide(run, production_space)
            mark = decided.mark
        deployment = preview_told.started(run, decided.plan)
        if carry_out(run, decided.plan, decided.state).status is Status.ROLLED_BACK:
            mark = decided.before
    except Refused as refused:
        run.trail.refused(refused)
        over = _closed_meanwhile(run, refused)
    finally:  # of a run that is stopped, too: nobody else would end what is under way
        deployments.ended(run, deployment)
    if over:
        preview_told.closed_meanwhile(run, production_space)
    else:
        preview_told.tell(run, production_space, mark)


def _refusals(run: Run) -> Iterator[Problem]:
    """Why this run can't have a preview, whatever the Hub holds."""
    settings = run.settings
    if settings.hf_token is None:
        yield observe_space.no_token(publisher=False)
    elif run.world.trusted_publisher:
        yield publisher.neither_creates_nor_deletes(settings.space)
    if len(settings.space.name) > preview_mark.LONGEST_NAME:
        yield Problem(
            exit=Exit.CONFIGURATION,
            message=f"The preview's name, `{settings.space.name}`, has more than the "
            f"{preview_mark.LONGEST_NAME} characters that the Hub takes.",
            hint="Shorten the name of `space`.",
            where=Where(input="space"),
        )


def decide(run: Run, production_space: SpaceId) -> Decided:
    """Read and decide everything. Raises ``Refused``, also for a Space that isn't this preview."""
    there = _own_mark(run)
    today, days = run.world.clock.today(), run.settings.preview_days
    fresh = _mark(run, expires_in=days)
    plan, state = stages.decide(replace(run, settings=_marked(run.settings, fresh)))
    _warn_of_production(run, plan, production_space)
    if there is None or not plan.difference.empty or there.wanes(today, days):
        return Decided(plan=plan, state=state, mark=fresh, before=there)
    return Decided(plan=_unmarked(run, plan), state=state, mark=there, before=there)


def _mark(run: Run, *, expires_in: int) -> Mark:
    assert run.context.pull is not None, "event_problems lets no other run in"
    return Mark(
        repository=run.context.repository,
        pull_request=run.context.pull,
        expires=run.world.clock.today() + timedelta(days=expires_in),
    )


def _own_mark(run: Run) -> Mark | None:
    """The mark of the Space that is there; None for no Space. Raises for anybody else's."""
    space, wanted = run.settings.space, _mark(run, expires_in=0)
    if run.world.spaces.find(space) is None:
        _still_open(run, wanted.pull_request)
        return None
    mark = preview_mark.read(run.world.space_config.read(space))
    if mark is None or not mark.belongs_to(wanted.repository, wanted.pull_request):
        raise HubRefused(
            f"The Space {space} exists, and nothing marks it as the preview of pull request "
            f"{wanted.pull_request} of {wanted.repository}.",
            hint="It is left alone. Delete or rename it, or give previews another `space` to be "
            "named after.",
        )
    return mark


def _still_open(run: Run, pull: int) -> None:
    """Refuse to make a Space for a pull request that was closed since this run was started."""
    if _is_closed(run, pull):
        problem = Problem(
            exit=Exit.CONFIGURATION,
            message=f"Pull request {pull} is closed: it gets no new preview.",
            hint="Reopen it to get one.",
        )
        raise Refused([problem])


def _is_closed(run: Run, pull: int) -> bool:
    """Whether it surely is; the event itself said that it was open."""
    try:
        return run.world.pulls is not None and not run.world.pulls.is_open(pull)
    except RepositoryRefused:
        return False


def _closed_meanwhile(run: Run, refused: Refused) -> bool:
    """Whether it failed because the pull request was closed under way, and its Space deleted.

    Then the report says so: no token and no name is wrong.
    """
    space, pull = run.settings.space, run.context.pull
    missing = isinstance(refused, HubRefused) and refused.status in (401, 404)
    if not missing or pull is None or not _is_closed(run, pull):
        return False
    try:
        if run.world.spaces.find(space) is not None:
            return False
    except HubRefused:
        return False
    problem = Problem(
        exit=Exit.HUB,
        message=f"Pull request {pull} was closed during this run, and its Space {space} deleted.",
        hint="Reopen it to get another one.",
    )
    serving = "Nothing: the preview is over."
    run.trail.ended(Status.FAILED, Exit.HUB, problems=(problem,), serving=serving)
    return True


def _marked(settings: Settings, mark: Mark) -> Settings:
    """The settings with the mark as one more variable: a Space has it from its creation on."""
    given = settings.variables.reveal() if settings.variables else ""
    line = f"{preview_mark.NAME}='{preview_mark.write(mark)}'"
    return replace(settings, variables=Secret(f"{given}\n{line}" if given else line))


def _unmarked(run: Run, plan: Plan) -> Plan:
    """The plan without another date: for that alone nothing is restarted."""

    def others(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name != preview_mark.NAME)

    change, names = plan.configuration, run.trail.report.names
    kept = tuple(write for write in change.variables if write.name != preview_mark.NAME)
    run.trail.know(names=replace(names, sent_variables=others(names.sent_variables)))
    return replace(plan, configuration=replace(change, variables=kept))


UNSEEN: Final = "Whether they are the production's own could not be seen"


def _warn_of_production(run: Run, plan: Plan, production_space: SpaceId) -> None:
    """Say which databases and vector stores this preview would share with the production."""
    entries, token = production.stores_in(plan.entries), run.settings.hf_token or Secret("")
    if not entries:
        return
    try:
        stored = run.world.space_config.read(production_space)
    except HubRefused as refused:
        if refused.status == 404:
            return  # there is no production yet
        named = ", ".join(f"`{entry.name}`" for entry in entries)
        message = f"This preview is given {named}. {UNSEEN}: {refused.problems[0].message}"
        run.trail.note(Notice(message=message, warning=False))
        return
    run.trail.note(*production.shared_stores(entries, stored, token, production_space))
