"""The follow-up as a pull request: one branch of a stable name, one pull request kept up to date.

The base branch is read at its newest commit. With nothing left to change there, the pull request
is closed and its branch deleted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from deployer.errors import RepositoryRefused
from deployer.frontend import FrontendRequest, redo, unified_diff
from deployer.model import FileChange, FrontendPlan, FrontendState, PullRequest, SpaceId
from deployer.ports import PullRequests, Repo
from deployer.report import FrontendReport

TRIES: Final = 4
_NO_NAME: Final = re.compile(r"[^a-z0-9-]+")
BODY: Final = """\
The backend runs at {url}. This change lets the client call it; nothing else is touched.

{files}

A site on Vercel, Netlify or Pages calls the Space when it is built again after the merge. A
variable that is set in its dashboard wins over what these files say.

This pull request is kept up to date by every deploy, and closed when nothing is left to change.
"""
CLOSED: Final = "The branch `{base}` calls the backend at {url} already: nothing is left to change."


class Proposal(Struct, frozen=True, kw_only=True):
    """What is proposed, and where. ``base`` is the branch that was deployed."""

    branch: str
    base: str
    plan: FrontendPlan
    request: FrontendRequest
    message: str


def branch_of(space: SpaceId) -> str:
    """The branch of the pull request for a Space's frontend."""
    name = _NO_NAME.sub("-", f"{space.owner}-{space.name}".lower()).strip("-")
    return f"hf-space-deploy/{name}"


def propose(proposal: Proposal, repo: Repo, pulls: PullRequests | None) -> FrontendReport:
    """What became of it. Raises ``RepositoryRefused``."""
    head = repo.head(proposal.base)
    fresh = _redone(proposal, repo, head)
    pull = pulls.find(proposal.branch) if pulls else None
    if not fresh.changes:
        withdraw(proposal, repo, pulls, pull)
        return FrontendReport(state=FrontendState.CURRENT, note="The branch has it already.")
    commit = _commit(proposal, repo, fresh.changes, head, reviewed=pull is not None)
    report = FrontendReport(state=fresh.state, commit=commit, diff=unified_diff(fresh))
    if pulls is None:
        note = f"Pushed to the branch `{proposal.branch}`; open a merge request from it."
        return replace(report, note=note)
    return replace(report, pull_request=_open(proposal, fresh, pulls, pull).url)


def withdraw(
    proposal: Proposal, repo: Repo, pulls: PullRequests | None, pull: PullRequest | None
) -> None:
    """Close a pull request that has nothing left to change, and delete its branch."""
    if pulls is None or pull is None:
        return
    url = proposal.request.backend_url
    pulls.close(pull, comment=CLOSED.format(base=proposal.base, url=url))
    repo.remove(proposal.branch)


def _redone(proposal: Proposal, repo: Repo, revision: str) -> FrontendPlan:
    return redo(proposal.plan, proposal.request, partial(repo.read, revision=revision))


def _commit(
    proposal: Proposal, repo: Repo, changes: Sequence[FileChange], base: str, *, reviewed: bool
) -> str:
    """The branch's newest commit, with the change in it.

    A branch under review keeps what people put there; one that nobody looks at begins anew.
    """
    branch = proposal.branch
    for attempt in range(1, TRIES + 1):
        head = repo.find(branch)
        if head is not None and reviewed:
            changes = _redone(proposal, repo, head).changes
        elif head is not None and _has(repo, head, changes):
            return head
        else:
            repo.place(branch, base)
            head = base
        try:
            return repo.commit(changes, branch=branch, parent=head, message=proposal.message)
        except RepositoryRefused as refused:
            if not refused.race or attempt == TRIES:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def _has(repo: Repo, head: str, changes: Sequence[FileChange]) -> bool:
    return all(repo.read(change.path, head) == change.after for change in changes)


def _open(
    proposal: Proposal, fresh: FrontendPlan, pulls: PullRequests, pull: PullRequest | None
) -> PullRequest:
    title = proposal.message.partition("\n")[0]
    files = "\n".join(f"- `{change.path}`" for change in fresh.changes)
    body = BODY.format(url=proposal.request.backend_url, files=files)
    if pull is None:
        return pulls.create(branch=proposal.branch, base=proposal.base, title=title, body=body)
    # GitHub gives a text back with other line ends.
    if (pull.title, pull.body.split()) != (title, body.split()):
        pulls.update(pull, title=title, body=body)
    return pull
