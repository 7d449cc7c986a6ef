"""What a git server's or GitHub's refusal means, and what to do about it.

The words come from git's own messages (LC_ALL=C), from what GitHub writes on a refused push
(GH006, GH013) and from the ``type`` and ``message`` of its GraphQL errors.
"""

from __future__ import annotations

import re

from msgspec import Struct

from deployer.errors import RepositoryRefused

WRITE = (
    "Give the job `permissions: contents: write`, or pass a `github-token` that may write "
    "the repository's contents."
)
PROTECTED = (
    "Let this token's app or user bypass the rules, or set `frontend-commit: pull-request` and "
    "give the job `permissions: pull-requests: write`."
)
PULLS = (
    "Give the job `permissions: pull-requests: write` and `contents: write`, and allow it in the "
    "repository's settings: Actions, General, “Allow GitHub Actions to create and approve pull "
    "requests”."
)


class Meaning(Struct, frozen=True, kw_only=True):
    """How a refusal is recognised, said and mended. ``race``: the branch had moved.

    ``protected``: the branch takes no direct commit.
    """

    words: str
    said: str
    hint: str = ""
    race: bool = False
    protected: bool = False


# The first one that fits wins: a protected branch's refusal also holds general words.
MEANINGS = (
    Meaning(
        words=r"STALE_DATA|expected branch to point to|stale info|fetch first|non-fast-forward"
        r"|cannot lock ref|is at \w+ but expected|failed to update ref|incorrect old value"
        r"|remote ref updated since|not our ref|did not send all necessary",
        said="the branch moved meanwhile",
        hint="Run the workflow again.",
        race=True,
    ),
    Meaning(
        words=r"not a git repository",
        said="the workspace is no git checkout",
        hint="Run actions/checkout before this action.",
    ),
    Meaning(
        words=r"archived",
        said="the repository is archived and can only be read",
        hint="Unarchive it, or set `frontend: none`.",
    ),
    Meaning(
        words=r"refusing to allow .* to create or update workflow",
        said="the token may not change workflow files",
        hint="Pass a `github-token` with the `workflow` scope.",
    ),
    Meaning(
        words=r"not permitted to create or approve pull requests",
        said="GitHub Actions may not open pull requests here",
        hint=PULLS,
    ),
    Meaning(
        words=r"GH006|GH013|BRANCH_PROTECTION|protected branch|rule violations|hook declined"
        r"|must be made through a pull request|required status check",
        said="the branch is protected",
        hint=PROTECTED,
        protected=True,
    ),
    Meaning(
        words=r"rate.?limit|RATE_LIMITED|abuse detection|\b429\b",
        said="the rate limit is used up",
        hint="Run the workflow again later.",
    ),
    Meaning(
        words=r"not accessible by|FORBIDDEN|INSUFFICIENT_SCOPES|\b403\b|permission to .* denied"
        r"|write access to repository not granted|read.only|permission denied",
        said="the token may not write to the repository",
        hint=WRITE,
    ),
    Meaning(
        words=r"bad credentials|\b401\b|authentication failed|could not read (user|pass)"
        r"|terminal prompts disabled|invalid username",
        said="the token was not accepted",
        hint="Check `github-token`: it may be expired, revoked, or of another server.",
    ),
    Meaning(
        words=r"NOT_FOUND|\b404\b|repository not found|does not appear to be a git repository"
        r"|couldn't find remote ref|could not resolve to a",
        said="the repository or branch was not found, or the token may not see it",
        hint=WRITE,
    ),
)


def refusal(action: str, text: str) -> RepositoryRefused:
    """The error for an ``action`` ("Committing to `main`") that was refused with ``text``."""
    shown = " ".join(text.split())[:500]
    for meaning in MEANINGS:
        if re.search(meaning.words, text, re.IGNORECASE | re.DOTALL):
            message = f"{action} failed: {meaning.said} ({shown})."
            return RepositoryRefused(
                message, hint=meaning.hint, race=meaning.race, protected=meaning.protected
            )
    return RepositoryRefused(f"{action} failed: {shown or 'no reason was given'}.")
