"""Refusals in a person's words."""

from __future__ import annotations

import pytest

from deployer.adapters.hub_errors import explain, is_lasting
from deployer.errors import Exit


@pytest.mark.parametrize(
    ("status", "message", "says", "hint"),
    [
        (400, "Invalid value", "refused the request", "message"),
        (401, "Invalid credentials", "did not accept the token", "settings/tokens"),
        (402, "Payment required", "paid plan", "PRO"),
        (403, "You don't have write access", "may not do it", "fine-grained"),
        (403, "You've reached your cpu-basic quota limit", "may not do it", "pause another Space"),
        (403, "You reached the maximum number of running Spaces", "may not do it", "pause another"),
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


@pytest.mark.parametrize(
    ("status", "message", "hint"),
    [
        (400, 'Invalid metadata in README.md. - "colorFrom" must be one of [red, yellow]', "front"),
        (401, 'User Access Token "ci" is expired', "out of date"),
        (403, "You must use a write token to upload to a repository.", "may only read"),
        (403, 'You don\'t have the rights to create a space under the namespace "org".', "role"),
        (403, "This token does not have the required permissions: repo.write", "fine-grained"),
        (403, "Static and Gradio are free; subscribe to PRO to host a Docker Space", "paid plan"),
        (403, "Private repository storage limit reached, please upgrade your plan", "storage"),
        (403, "You need to authorize this token with your organization's SSO", "approved"),
        (402, "Docker Spaces are not available on the free plan", "PRO for an account"),
    ],
)
def test_the_hubs_own_words_tell_scope_role_plan_and_readme_apart(
    status: int, message: str, hint: str
) -> None:
    assert hint in explain(status, message, "commit").problems[0].hint


@pytest.mark.parametrize(
    ("wait", "said"), [(37.0, "in 37 s"), (0.2, "in 1 s"), (3500.0, "in 59 minutes")]
)
def test_a_rate_limit_says_how_long_to_wait(wait: float, said: str) -> None:
    assert said in explain(429, "Too many requests", "read", wait=wait).problems[0].hint


@pytest.mark.parametrize(
    "message",
    [
        "You have been rate limited; you can retry this action in about 23 hours.",
        "You have exceeded the rate limit for repository creation (20 per day).",
        "You have exceeded the rate limit for repository commits (128 per hour).",
        "You have exceeded our hourly quotas for action: commit. Retry in about an hour.",
    ],
)
def test_a_quota_of_hours_is_told_from_the_rate_of_requests(message: str) -> None:
    hint = explain(429, message, "create the Space", wait=7.0).problems[0].hint
    assert "so many repositories a day" in hint
    assert "7 s" not in hint
    assert is_lasting(429, message)
    assert not is_lasting(429, "Too many requests: you have reached your rate limit.")


@pytest.mark.parametrize(
    ("failure", "hint"),
    [
        ("SSLCertVerificationError", "TLS"),
        ("gaierror", "looked up"),
        ("ConnectionRefusedError", "firewall"),
        ("ReadTimeout", "status.huggingface.co"),
    ],
)
def test_no_answer_says_what_may_stand_between(failure: str, hint: str) -> None:
    assert hint in explain(0, failure, "read").problems[0].hint
