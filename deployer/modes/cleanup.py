"""``mode: cleanup``: deletes previews that are over. What carries no mark of ours is left alone.

On a pull request that is closed that one's Space; otherwise, on a schedule, every preview of
`space` whose pull request is closed or whose days are over. Each stands for itself: what is refused
for one doesn't keep the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from deployer import observe_space, preview_mark, publisher
from deployer.context import PULL_REQUEST_EVENTS, Context, event_problems
from deployer.errors import Notice, Problem, Refused, RepositoryRefused, refuse
from deployer.findings import Findings
from deployer.github import preview_told
from deployer.model import SpaceId, Status
from deployer.ports import World
from deployer.preview_mark import Mark
from deployer.report import Report
from deployer.run import Run, begin
from deployer.settings import Settings


def cleanup(settings: Settings, context: Context, world: World) -> Report:
    """The street of ``mode: cleanup``. A refusal is a red report, no exception."""
    run = begin(settings, context, world)
    try:
        refuse(event_problems(settings.mode, context))
        if context.secretless:
            _say(run, "A fork's or Dependabot's pull request has no preview.")
            return run.trail.ended(Status.CLEANED_UP)
        with run.trail.stage("Look for previews that are over"):
            refuse(_refusals(run))
            found = _found(run)
        with run.trail.stage("Delete what is over"):
            return _ended(run, _deleted(run, found))
    except Refused as refused:
        return run.trail.refused(refused)
    finally:
        run.trail.publish()


def _refusals(run: Run) -> Iterator[Problem]:
    if run.settings.hf_token is None:
        yield observe_space.no_token(publisher=False)
    elif run.world.trusted_publisher:
        yield publisher.neither_creates_nor_deletes(run.settings.space)


def _found(run: Run) -> tuple[SpaceId, ...]:
    """The Spaces that may be previews which are over, by name alone."""
    space, pull = run.settings.space, run.context.pull
    if pull is not None and run.context.event in PULL_REQUEST_EVENTS:
        return (preview_mark.preview_of(space, pull),)
    named = run.world.spaces.named(space.owner, preview_mark.prefix_of(space))
    return tuple(each for each in named if preview_mark.number_of(space, each) is not None)


def _deleted(run: Run, found: tuple[SpaceId, ...]) -> Findings:
    """Delete those that are ours and over, one after the other; what was refused."""
    findings = Findings()
    for space in found:
        findings.attempt(partial(_delete_if_over, run, space))
    return findings


def _delete_if_over(run: Run, space: SpaceId) -> None:
    """The mark is read right before: a push may have given the preview another date."""
    pull = preview_mark.number_of(run.settings.space, space)
    assert pull is not None, "only names of previews come here"
    closing = run.context.event in PULL_REQUEST_EVENTS
    if closing and run.world.spaces.find(space) is None:
        _say(run, f"There is no Space {space}.")
        preview_told.deleted(run, space, pull, preview_told.CLOSED, again=False)
        return
    mark = preview_mark.read(run.world.space_config.read(space))
    if mark is None or not mark.belongs_to(run.context.repository, pull):
        _say(run, f"{space} carries no mark as a preview of this pull request: left alone.")
        return
    reason = preview_told.CLOSED if closing else _why_over(run, mark)
    if not reason:
        _say(run, f"{space} goes on until {mark.expires}: pull request {pull} is open.")
        return
    run.world.spaces.delete(space)
    _say(run, f"Deleted {space}: {reason}.")
    preview_told.deleted(run, space, pull, reason, again=reason != preview_told.CLOSED)


def _why_over(run: Run, mark: Mark) -> str:
    """Why a preview is over, "" while it goes on."""
    if not _is_open(run, mark.pull_request):
        return preview_told.CLOSED
    if mark.expired(run.world.clock.today()):
        return f"no push came until {mark.expires}"
    return ""


def _is_open(run: Run, pull: int) -> bool:
    """Whether the pull request is open; one that can't be asked for counts as open."""
    if run.world.pulls is None:
        return True
    try:
        return run.world.pulls.is_open(pull)
    except RepositoryRefused as refused:
        _warn_once(run, refused.problems[0])
        return True


def _warn_once(run: Run, problem: Problem) -> None:
    """A permission that is lacking is lacking for every pull request: said of the first."""
    said = {notice.hint for notice in run.trail.report.notices if notice.warning}
    if not problem.hint or problem.hint not in said:
        message = f"{problem.message} Only previews whose days are over are deleted."
        run.trail.note(Notice(message=message, hint=problem.hint))


def _say(run: Run, message: str) -> None:
    run.trail.note(Notice(message=message, warning=False))


def _ended(run: Run, findings: Findings) -> Report:
    if findings.problems:
        raise Refused(findings.problems)
    if not run.trail.report.notices:
        _say(run, f"{run.settings.space} has no previews.")
    return run.trail.ended(Status.CLEANED_UP)
