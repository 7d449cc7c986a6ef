"""Refusals in a person's words."""

from __future__ import annotations

import pytest

from deployer.adapters.hub_errors import explain
from deployer.errors import Exit


@pytest.mark.parametrize(
    ("status", "message", "says", "hint"),
    [
        (400, "Invalid metadata in README.md", "refused the request", "message"),
        (401, "Invalid credentials", "did not accept the token", "settings/tokens"),
        (402, "Payment required", "paid plan", "PRO"),
        (403, "You don't have write access", "may not do it", "fine-grained"),
        (403, "You've reached your cpu-basic quota limit", "may not do it", "pause another Space"),
        (404, "Repository not found", "finds no such Space", "`space`"),
        (409, "conflict", "conflict", "again"),
        (412, "A commit has happened since", "changed meanwhile", "again"),
        (429, "Too many requests", "limits the rate", "Wait"),
        (500, "Internal error", "failed", "status.huggingface.co"),
        (504, "", "failed", "status.huggingface.co"),
        (0, "ConnectTimeout", "no answer", "status.huggingface.co"),
        (-1, "KeyError", "no sense", "status.huggingface.co"),
    ],
)
def test_a_status_has_its_meaning_and_its_way_out(
    status: int, message: str, says: str, hint: str
) -> None:
    refused = explain(status, message, "commit to owner/name")
    [problem] = refused.problems
    assert says in problem.message
    assert hint in problem.hint
    assert message in problem.message
    assert "commit to owner/name" in problem.message
    assert (problem.exit, refused.status) == (Exit.HUB, max(status, 0))


def test_a_404_over_https_may_be_a_wrong_token() -> None:
    assert "wrong token" in explain(404, "", "read", https=True).problems[0].hint
    assert "wrong token" not in explain(404, "", "read", https=False).problems[0].hint


def test_a_message_of_the_hub_is_cut_and_shows_no_key() -> None:
    token = "hf_" + "Abcdefgh1234567890" * 2
    [problem] = explain(403, f"Token {token} may not. " + "x" * 5_000, "write").problems
    assert token not in problem.message
    assert len(problem.message) < 700
