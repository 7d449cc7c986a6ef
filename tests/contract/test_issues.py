"""What every ``Issues`` keeps: GitHub's API on a local one, and the fake."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import Struct
from msgspec.structs import replace

from deployer.adapters.github_issues import PERMISSION, GitHubIssues
from deployer.errors import RepositoryRefused
from deployer.ports import Issues
from tests.fakes.github import FakeIssues
from tests.localgithub.state import Fault, LocalGitHub
from tests.real.checkout import READER, WRITER
from tests.real.github import resource_of

KEY = "check octo/space"


class Ground(Struct, frozen=True, kw_only=True):
    """``issues`` for a token, and the comments that a person reads below the first one."""

    issues: Callable[[str], Issues]
    said: Callable[[], list[str]]


def fake() -> Ground:
    made = FakeIssues()

    def issues(token: str) -> Issues:
        made.allowed = token == WRITER
        return made

    return Ground(issues=issues, said=lambda: [comment for _, comment in made.closed])


def github(local: LocalGitHub) -> Ground:
    repository = local.add("octo/site", {"index.html": b"1"})

    def issues(token: str) -> Issues:
        return GitHubIssues(replace(resource_of(local, token), hint=PERMISSION))

    return Ground(issues=issues, said=lambda: repository.said_on(1))


@pytest.fixture(params=["fake", "github"])
def ground(request: pytest.FixtureRequest) -> Ground:
    return fake() if request.param == "fake" else github(request.getfixturevalue("local_github"))


def test_an_open_one_is_found_by_its_key_with_what_it_says(ground: Ground) -> None:
    issues = ground.issues(WRITER)
    assert issues.find(KEY) is None
    made = issues.create(key=KEY, title="It is red", body="Since\n\ntoday.")
    found = issues.find(KEY)
    assert found is not None
    assert (found.number, found.title, found.url) == (made.number, "It is red", made.url)
    assert found.body.split() == ["Since", "today."]
    assert issues.find("another key") is None


def test_title_and_text_are_brought_up_to_date(ground: Ground) -> None:
    issues = ground.issues(WRITER)
    made = issues.create(key=KEY, title="It is red", body="Today.")
    issues.update(made, key=KEY, title="Still red", body="Tomorrow.")
    found = issues.find(KEY)
    assert found is not None
    assert (found.number, found.title, found.body) == (made.number, "Still red", "Tomorrow.")


def test_closing_says_why_and_the_next_one_is_new(ground: Ground) -> None:
    issues = ground.issues(WRITER)
    made = issues.create(key=KEY, title="It is red", body="Today.")
    issues.close(made, comment="Green again.")
    assert issues.find(KEY) is None
    assert ground.said() == ["Green again."]
    assert issues.create(key=KEY, title="Red", body="Again.").number != made.number


def test_a_reader_is_told_which_permission_to_set(ground: Ground) -> None:
    with pytest.raises(RepositoryRefused, match="issues: write"):
        ground.issues(READER).create(key=KEY, title="It is red", body="Today.")


# --- GitHub's own ------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_opens_one_issue(local_github: LocalGitHub, when: str) -> None:
    ground = github(local_github)
    local_github.faults.append(Fault(method="POST", path="/issues", when=when))  # type: ignore[arg-type]
    ground.issues(WRITER).create(key=KEY, title="Once", body="Only.")
    assert [each["title"] for each in local_github.repositories["octo/site"].issues] == ["Once"]


def test_the_same_text_is_not_sent_again(local_github: LocalGitHub) -> None:
    issues = github(local_github).issues(WRITER)
    issues.create(key=KEY, title="It is red", body="Since\n\ntoday.")
    found = issues.find(KEY)
    assert found is not None
    issues.update(found, key=KEY, title="It is red", body="Since\n\ntoday.")
    assert not any(each.startswith("PATCH") for each in local_github.requests)


def test_a_strangers_issue_and_a_pull_request_with_our_mark_are_not_ours(
    local_github: LocalGitHub,
) -> None:
    issues = github(local_github).issues(WRITER)
    repository = local_github.repositories["octo/site"]
    copied = f"Copied.\n\n<!-- hf-space-deploy: {KEY} -->"
    repository.issues.append(
        {"number": 1, "state": "open", "title": "x", "body": copied, "by": "stranger"}
    )
    repository.open_pull("topic", "main", "x", copied)
    repository.pulls[-1]["by"] = "github-actions[bot]"
    assert issues.find(KEY) is None


def test_it_is_found_behind_hundreds_of_others(local_github: LocalGitHub) -> None:
    issues = github(local_github).issues(WRITER)
    made = issues.create(key=KEY, title="It is red", body="Today.")
    for _ in range(210):
        local_github.repositories["octo/site"].open_pull("topic", "main")
    found = issues.find(KEY)
    assert found is not None
    assert found.number == made.number


def test_a_repository_without_issues_is_told_so(local_github: LocalGitHub) -> None:
    issues = github(local_github).issues(WRITER)
    local_github.repositories["octo/site"].has_issues = False
    with pytest.raises(RepositoryRefused, match="has been disabled") as refused:
        issues.find(KEY)
    assert "let the repository have issues" in refused.value.problems[0].hint
