"""What git and GitHub say, and what we make of it."""

from __future__ import annotations

import pytest

from deployer.adapters.repository_refusals import refusal

RACES = [
    "! abc:refs/heads/main [rejected] (stale info)",
    "! abc:refs/heads/main [rejected] (fetch first)",
    "! abc:refs/heads/main [rejected] (non-fast-forward)",
    "[remote rejected] main -> main (cannot lock ref 'refs/heads/main': is at 1a but expected 2b)",
    'STALE_DATA Expected branch to point to "1a2b" but it did not.  Pull and try again.',
    "fatal: remote error: upload-pack: not our ref 1a2b",
]
SAID = [
    ("remote: error: GH006: Protected branch update failed for refs/heads/main.", "protected"),
    ("remote: error: GH013: Repository rule violations found for refs/heads/main.", "protected"),
    (
        "[remote rejected] main (push declined due to repository rule violations)",
        "protected",
    ),
    ("BRANCH_PROTECTION_RULE_VIOLATION Changes must be made by a pull request.", "protected"),
    ("[remote rejected] main -> main (protected branch hook declined)", "protected"),
    ("FORBIDDEN Resource not accessible by integration", "may not write"),
    ("HTTP 403 Resource not accessible by personal access token", "may not write"),
    ("remote: Permission to o/r.git denied to github-actions[bot].", "may not write"),
    (
        "unable to access 'https://x/': The requested URL returned error: 403",
        "may not write",
    ),
    ("git@github.com: Permission denied (publickey).", "may not write"),
    ("HTTP 401 Bad credentials", "not accepted"),
    ("fatal: Authentication failed for 'https://x/'", "not accepted"),
    ("fatal: could not read Username for 'https://x': terminal prompts disabled", "not accepted"),
    ("NOT_FOUND Could not resolve to a Repository with the name 'o/r'.", "not found"),
    ("remote: Repository not found.", "not found"),
    ("HTTP 403 API rate limit exceeded for installation ID 7.", "rate limit"),
    ("HTTP 403 You have exceeded a secondary rate limit.", "rate limit"),
    ("HTTP 403 Repository was archived so is read-only.", "archived"),
    (
        "refusing to allow a GitHub App to create or update workflow `.github/workflows/a.yml` "
        "without `workflows` permission",
        "workflow files",
    ),
    ("fatal: not a git repository (or any of the parent directories): .git", "no git checkout"),
]


@pytest.mark.parametrize("text", RACES)
def test_a_branch_that_moved_is_a_race(text: str) -> None:
    assert refusal("Committing to `main`", text).race


@pytest.mark.parametrize(("text", "meaning"), SAID)
def test_a_refusal_is_said_in_plain_words_with_a_hint_and_is_no_race(
    text: str, meaning: str
) -> None:
    refused = refusal("Committing to `main`", text)
    (problem,) = refused.problems
    assert problem.message.startswith("Committing to `main` failed: ")
    assert meaning in problem.message
    assert problem.hint
    assert not refused.race


def test_an_unknown_refusal_is_quoted_on_one_line() -> None:
    assert "a b" in str(refusal("Reading", "a\n  b"))


def test_a_long_refusal_is_cut() -> None:
    assert len(str(refusal("Reading", "x" * 5000))) < 700


def test_no_reason_is_said_too() -> None:
    assert "no reason" in str(refusal("Reading", ""))
