"""What the runner says about a run, and which events may deploy."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.context import Context, event_problems, read_context
from deployer.model import Mode

REPO = "tester/app"
BASE = {"GITHUB_REPOSITORY": REPO, "GITHUB_SHA": "a" * 40, "GITHUB_RUN_ID": "7"}
FORK: dict[str, Any] = {"full_name": "stranger/app"}
OURS: dict[str, Any] = {"full_name": "Tester/App"}


def context(name: str = "push", event: dict[str, Any] | None = None, **environ: str) -> Context:
    given = {**BASE, "GITHUB_EVENT_NAME": name, "GITHUB_REF": "refs/heads/main", **environ}
    return read_context(given, event or {}, workspace="/w")


def pull(repo: dict[str, Any] | None) -> dict[str, Any]:
    return {"pull_request": {"head": {"sha": "b", "repo": repo}}}


def caused(event: str, repo: dict[str, Any] | None) -> dict[str, Any]:
    return {"workflow_run": {"event": event, "head_repository": repo}}


@pytest.mark.parametrize(
    ("ref", "branch"),
    [
        ("refs/heads/main", "main"),
        ("refs/heads/feature/x", "feature/x"),
        ("refs/tags/v1", None),
        ("refs/heads/gh-readonly-queue/main/pr-3-abc", None),
        ("refs/pull/3/merge", None),
        ("", None),
    ],
)
def test_the_branch_is_known_on_a_branch_only(ref: str, branch: str | None) -> None:
    assert context(GITHUB_REF=ref).branch == branch


@pytest.mark.parametrize(
    ("event", "forked"),
    [
        ({}, False),
        (pull(OURS), False),
        (pull(FORK), True),
        (pull(None), True),
        (caused("push", OURS), False),
        (caused("pull_request", FORK), True),
        (caused("pull_request", None), True),
        (caused("workflow_dispatch", None), False),
        ({"pull_request": "nonsense", "workflow_run": []}, False),
    ],
)
def test_code_of_another_repository_is_a_forks_even_when_that_one_is_gone(
    event: dict[str, Any], forked: bool
) -> None:
    assert context("pull_request", event).from_fork is forked


@pytest.mark.parametrize(
    ("name", "event", "actor", "secretless"),
    [
        ("pull_request", pull(FORK), "stranger", True),
        ("pull_request", pull(OURS), "dependabot[bot]", True),
        ("pull_request", pull(OURS), "tester", False),
        ("push", {}, "dependabot[bot]", False),
    ],
)
def test_a_run_without_secrets_is_recognised(
    name: str, event: dict[str, Any], actor: str, secretless: bool
) -> None:
    assert context(name, event, GITHUB_ACTOR=actor).secretless is secretless


@pytest.mark.parametrize(
    ("name", "event", "refused"),
    [
        ("push", {}, False),
        ("workflow_dispatch", {}, False),
        ("schedule", {}, False),
        ("pull_request", pull(OURS), True),
        ("pull_request_target", pull(OURS), True),
        ("workflow_run", caused("push", OURS), False),
        ("workflow_run", caused("pull_request", FORK), True),
        ("workflow_run", caused("pull_request", None), True),
    ],
)
def test_unmerged_and_foreign_code_is_not_deployed_but_may_be_planned(
    name: str, event: dict[str, Any], refused: bool
) -> None:
    seen = context(name, event)
    assert bool(event_problems(Mode.DEPLOY, seen)) is refused
    assert event_problems(Mode.PLAN, seen) == ()


def test_of_a_pull_request_number_commit_branches_and_action_are_known() -> None:
    event = {
        "action": "closed",
        "pull_request": {
            "number": 7,
            "state": "closed",
            "head": {"sha": "b" * 40, "ref": "topic", "repo": OURS},
            "base": {"ref": "main"},
        },
    }
    seen = context("pull_request", event, GITHUB_REF="refs/pull/7/merge")
    assert (seen.pull, seen.head_sha, seen.head_branch) == (7, "b" * 40, "topic")
    assert (seen.base, seen.action, seen.branch) == ("main", "closed", None)
    assert seen.closed


EVENTS = {
    "push": ({"ref": "refs/heads/main"}, "refs/heads/main"),
    "workflow_dispatch": (
        {"inputs": {"mode": "plan", "revision": ""}, "ref": "refs/heads/main"},
        "refs/heads/main",
    ),
    "schedule": ({"schedule": "23 5 * * *"}, "refs/heads/main"),
    "release": ({"action": "published", "release": {"tag_name": "v1.2"}}, "refs/tags/v1.2"),
    "repository_dispatch": ({"action": "deploy"}, "refs/heads/main"),
    "merge_group": ({"action": "checks_requested"}, "refs/heads/gh-readonly-queue/main/pr-3-a"),
    "deployment": ({"deployment": {"id": 1, "environment": "production"}}, "refs/heads/main"),
    "issues": ({"action": "opened", "issue": {"number": 7}}, "refs/heads/main"),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_that_is_no_pull_request_has_none(name: str) -> None:
    event, ref = EVENTS[name]
    repository = {"repository": {"default_branch": "main", "full_name": REPO}}
    seen = context(name, {**event, **repository}, GITHUB_REF=ref)
    assert (seen.event, seen.pull, seen.head_sha, seen.from_fork) == (name, None, "", False)
    assert seen.default_branch == "main"
    assert seen.branch == (None if name in ("release", "merge_group") else "main")
    assert seen.tag == ("v1.2" if name == "release" else "")
    assert event_problems(Mode.DEPLOY, seen) == ()


@pytest.mark.parametrize("number", [None, True, "7", 0, -7, 7.5, []])
def test_a_pull_request_without_a_proper_number_has_none(number: object) -> None:
    assert context("pull_request", {"pull_request": {"number": number}, "action": 3}).pull is None


def test_addresses_of_an_enterprise_server_are_honoured() -> None:
    seen = context(GITHUB_SERVER_URL="https://ghe.example", GITHUB_API_URL="https://ghe.example/v3")
    assert seen.api_url == "https://ghe.example/v3"
    assert seen.run_url == f"https://ghe.example/{REPO}/actions/runs/7"
    assert (
        context(GITHUB_GRAPHQL_URL="https://ghe.example/g").graphql_url == "https://ghe.example/g"
    )


@pytest.mark.parametrize("marker", ["FORGEJO_ACTIONS", "GITEA_ACTIONS"])
def test_a_runner_of_forgejo_or_gitea_is_not_github_s(marker: str) -> None:
    seen = context(GITHUB_ACTIONS="true", **{marker: "true"})
    assert (seen.on_actions, seen.on_github) == (True, False)


@pytest.mark.parametrize(
    ("api", "graphql"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://ghe.example/api/v3", "https://ghe.example/api/graphql"),
        ("https://api.octo.ghe.com", "https://api.octo.ghe.com/graphql"),
    ],
)
def test_the_address_of_graphql_follows_from_that_of_rest(api: str, graphql: str) -> None:
    assert context(GITHUB_API_URL=api).graphql_url == graphql


def test_without_a_runner_everything_has_a_harmless_default() -> None:
    seen = read_context({}, {}, workspace="/w")
    assert (seen.repository, seen.branch, seen.run_url, seen.on_github) == ("", None, "", False)
    assert seen.source == ""
    assert seen.api_url == "https://api.github.com"


def test_the_environment_is_not_shown() -> None:
    assert "planted" not in repr(context(SECRET="planted"))
