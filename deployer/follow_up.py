"""The follow-up commit: the frontend's client, rewritten for the Space that is now healthy.

It is made on the branch that was deployed, based on that branch's newest commit, which may be
younger than the checkout: the client is read again at that commit and the rewrite redone there.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from deployer.context import Context
from deployer.errors import Exit, Notice, Problem, RepositoryRefused
from deployer.frontend import FrontendRequest, redo, unified_diff
from deployer.model import FrontendPlan, FrontendState
from deployer.ports import Files, Repo, World
from deployer.pull_request import Proposal, branch_of, propose, withdraw
from deployer.report import FrontendReport
from deployer.settings import Settings

# Ten pushes in a row between reading and committing are survived.
TRIES: Final = 12


def access_findings(
    settings: Settings, context: Context, plan: FrontendPlan, world: World
) -> tuple[tuple[Problem, ...], tuple[Notice, ...]]:
    """Whether the planned commit could be pushed, asked before anything is written."""
    repo, branch = world.repo, _base(settings, context)
    if repo is None or branch is None or not _will_push(settings, plan):
        return (), ()
    asked = branch_of(settings.space) if _proposes(settings) else branch
    try:
        repo.may_write(asked)
    except RepositoryRefused as refused:
        if refused.protected and world.pulls is not None and not _proposes(settings):
            return (), (_instead(refused),)
        # Mended in the workflow's file, and nothing is deployed yet: a configuration problem.
        return tuple(
            Problem(exit=Exit.CONFIGURATION, message=problem.message, hint=problem.hint)
            for problem in refused.problems
        ), ()
    return (), ()


def _instead(refused: RepositoryRefused) -> Notice:
    return Notice(
        message=f"{refused.problems[0].message} A pull request is opened instead.",
        hint="`frontend-commit: pull-request` says so from the start.",
        warning=False,
    )


def _proposes(settings: Settings) -> bool:
    return settings.frontend_commit == "pull-request"


def _base(settings: Settings, context: Context) -> str | None:
    """The branch that the frontend's change is for: the one that was deployed.

    A tag is on none that could be told. A pull request, which a person merges, may go to the
    default branch then; a commit would be there unasked.
    """
    if context.branch is None and context.tag and _proposes(settings):
        return context.default_branch or None
    return context.branch


def _will_push(settings: Settings, plan: FrontendPlan) -> bool:
    return plan.state is FrontendState.CHANGE and settings.frontend_commit != "none"


def follow_up(
    settings: Settings,
    context: Context,
    plan: FrontendPlan,
    request: FrontendRequest,
    world: World,
) -> tuple[FrontendReport, tuple[Notice, ...]]:
    """What became of the frontend. Raises ``RepositoryRefused`` when the commit was refused."""
    report = FrontendReport(state=plan.state, diff=unified_diff(plan))
    if plan.state is not FrontendState.CHANGE:
        return _nothing_left(settings, context, plan, request, world) or report, ()
    if settings.frontend_commit == "none":
        return _in_place(plan, report, world.files), ()
    base = _base(settings, context)
    if world.repo is None or base is None:
        return report, (_not_pushed(context),)
    proposal = _proposal(settings, base, plan, request, world)
    if _proposes(settings):
        return propose(proposal, world.repo, world.pulls), ()
    try:
        return _commit(proposal, world.repo), ()
    except RepositoryRefused as refused:
        if not refused.protected or world.pulls is None:
            raise
        return propose(proposal, world.repo, world.pulls), (_instead(refused),)


def _nothing_left(
    settings: Settings,
    context: Context,
    plan: FrontendPlan,
    request: FrontendRequest,
    world: World,
) -> FrontendReport | None:
    """A pull request of an earlier deploy has nothing left to change: it is closed."""
    current = plan.state is FrontendState.CURRENT and _proposes(settings)
    base = _base(settings, context)
    if not current or world.repo is None or world.pulls is None or base is None:
        return None
    proposal = _proposal(settings, base, plan, request, world)
    pull = world.pulls.find(proposal.branch)
    withdraw(proposal, world.repo, world.pulls, pull)
    closed = f"Closed {pull.url}: nothing is left to change." if pull else ""
    return FrontendReport(state=plan.state, note=closed)


def _proposal(
    settings: Settings, base: str, plan: FrontendPlan, request: FrontendRequest, world: World
) -> Proposal:
    message = settings.commit_message or f"Call the backend at {request.backend_url}"
    return Proposal(
        branch=branch_of(settings.space),
        base=base,
        plan=plan,
        request=request,
        message=world.console.scrub(message),
    )


def _in_place(plan: FrontendPlan, report: FrontendReport, files: Files) -> FrontendReport:
    for change in plan.changes:
        files.write(change.path, change.after)
    return FrontendReport(
        state=report.state, diff=report.diff, note="Rewritten in the working tree, not committed."
    )


def _not_pushed(context: Context) -> Notice:
    hint = "Apply the change by hand, or deploy from a branch."
    if context.tag and context.default_branch:
        why = f"this run is on the tag `{context.tag}`, which is no branch"
        hint = (
            f"With `frontend-commit: pull-request` a pull request into `{context.default_branch}` "
            f"is opened. {hint}"
        )
    elif context.branch is None:
        why = "this run is on no branch"
    else:
        why = "there is no git repository"
    return Notice(message=f"The frontend's change is shown and not pushed: {why}.", hint=hint)


def _commit(proposal: Proposal, repo: Repo) -> FrontendReport:
    """One commit on the branch's newest head; read again and redone when somebody else pushes."""
    branch, plan, request = proposal.base, proposal.plan, proposal.request
    for attempt in range(1, TRIES + 1):
        head = repo.head(branch)
        fresh = redo(plan, request, partial(repo.read, revision=head))
        if not fresh.changes:
            return FrontendReport(state=FrontendState.CURRENT, note="The branch has it already.")
        try:
            commit = repo.commit(
                fresh.changes, branch=branch, parent=head, message=proposal.message
            )
        except RepositoryRefused as refused:
            if not refused.race or attempt == TRIES:
                raise
            continue
        return FrontendReport(state=fresh.state, commit=commit, diff=unified_diff(fresh))
    raise AssertionError("unreachable: the last try returns or raises")


def in_words(frontend: FrontendReport) -> str:
    """What became of the frontend, as one line of the log."""
    if frontend.pull_request:
        return f"The rewritten client waits in {frontend.pull_request}."
    if frontend.commit:
        return f"Committed the rewritten client as {frontend.commit[:10]}."
    words = {
        FrontendState.NONE: "No frontend to rewrite.",
        FrontendState.CURRENT: "The frontend calls this Space already.",
        FrontendState.CHANGE: "The frontend's change is shown in the summary.",
        FrontendState.DOUBTFUL: "In doubt about the frontend: its change is shown, not made.",
    }
    return frontend.note or words[frontend.state]
