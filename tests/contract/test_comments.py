"""What every ``Comments`` keeps: GitHub's API on a local one, and the fake."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from msgspec import Struct
from msgspec.structs import replace

from deployer.adapters.github_comments import PERMISSION, GitHubComments
from deployer.adapters.github_marks import LONGEST
from deployer.errors import RepositoryRefused
from deployer.ports import Comments
from tests.fakes.github import FakeComments
from tests.localgithub.repositories import Repository
from tests.localgithub.state import Fault, Grant, LocalGitHub
from tests.real.checkout import READER, WRITER
from tests.real.github import resource_of

KEY = "plan octo/space"


class Ground(Struct, frozen=True, kw_only=True):
    """``comments`` for a token, the pull request's number, and what a person reads there."""

    comments: Callable[[str], Comments]
    pull: int
    said: Callable[[], list[str]]


def fake() -> Ground:
    made = FakeComments()

    def comments(token: str) -> Comments:
        made.allowed = token == WRITER
        return made

    return Ground(comments=comments, pull=7, said=lambda: list(made.texts.values()))


def site(local: LocalGitHub) -> tuple[Repository, int]:
    repository = local.add("octo/site", {"index.html": b"1"})
    return repository, repository.open_pull("topic", "main")


def github(local: LocalGitHub) -> Ground:
    repository, number = site(local)

    def comments(token: str) -> Comments:
        return GitHubComments(replace(resource_of(local, token), hint=PERMISSION))

    return Ground(comments=comments, pull=number, said=lambda: seen(repository, number))


def seen(repository: Repository, number: int) -> list[str]:
    return [text.partition("\n\n<!--")[0] for text in repository.said_on(number)]


@pytest.fixture(params=["fake", "github"])
def ground(request: pytest.FixtureRequest) -> Ground:
    return fake() if request.param == "fake" else github(request.getfixturevalue("local_github"))


def test_it_is_written_once_and_then_brought_up_to_date(ground: Ground) -> None:
    first = ground.comments(WRITER).keep(ground.pull, key=KEY, body="One\n\nplan.")
    again = ground.comments(WRITER).keep(ground.pull, key=KEY, body="Another.")
    assert ground.said() == ["Another."]
    assert first == again


def test_each_key_has_its_own(ground: Ground) -> None:
    ground.comments(WRITER).keep(ground.pull, key=KEY, body="One.")
    ground.comments(WRITER).keep(ground.pull, key=f"{KEY}-2", body="Two.")
    assert ground.said() == ["One.", "Two."]


def test_amending_changes_what_is_there_and_writes_nothing_new(ground: Ground) -> None:
    comments = ground.comments(WRITER)
    comments.amend(ground.pull, key=KEY, body="Gone.")
    assert ground.said() == []
    comments.keep(ground.pull, key=KEY, body="One.")
    comments.amend(ground.pull, key=KEY, body="Gone.")
    assert ground.said() == ["Gone."]


def test_a_reader_is_told_which_permission_to_set(ground: Ground) -> None:
    with pytest.raises(RepositoryRefused, match="pull-requests: write"):
        ground.comments(READER).keep(ground.pull, key=KEY, body="One.")


# --- GitHub's own ------------------------------------------------------------------------------


def test_the_same_text_is_not_sent_again(local_github: LocalGitHub) -> None:
    ground = github(local_github)
    for _ in range(2):
        ground.comments(WRITER).keep(ground.pull, key=KEY, body="One\n\nplan.")
    sent = [each for each in local_github.requests if not each.startswith("GET")]
    assert [each.split()[0] for each in sent if "graphql" not in each] == ["POST"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_leaves_one_comment(local_github: LocalGitHub, when: str) -> None:
    ground = github(local_github)
    local_github.faults.append(Fault(method="POST", path="/comments", when=when))  # type: ignore[arg-type]
    ground.comments(WRITER).keep(ground.pull, key=KEY, body="Once.")
    assert ground.said() == ["Once."]


def test_somebody_elses_comment_with_our_mark_is_left_alone(local_github: LocalGitHub) -> None:
    repository, number = site(local_github)
    copied = f"Look:\n\n<!-- hf-space-deploy: {KEY} -->"
    repository.comments.append({"id": 1, "number": number, "by": "stranger", "body": copied})
    comments = GitHubComments(resource_of(local_github, WRITER))
    comments.amend(number, key=KEY, body="Ours.")
    assert repository.said_on(number) == [copied]
    comments.keep(number, key=KEY, body="Ours.")
    assert seen(repository, number) == ["Look:", "Ours."]


def test_it_is_found_behind_hundreds_of_others(local_github: LocalGitHub) -> None:
    repository, number = site(local_github)
    comments = GitHubComments(resource_of(local_github, WRITER))
    for index in range(230):
        chat = {"id": index, "number": number, "by": "stranger", "body": "ping"}
        repository.comments.append(chat)
    comments.keep(number, key=KEY, body="One.")
    comments.keep(number, key=KEY, body="Two.")
    assert len(repository.comments) == 231
    assert seen(repository, number)[-1] == "Two."


def test_it_is_found_where_pages_are_shorter_than_asked_for(local_github: LocalGitHub) -> None:
    repository, number = site(local_github)
    local_github.longest_page = 30
    comments = GitHubComments(resource_of(local_github, WRITER))
    for index in range(70):
        chat = {"id": index, "number": number, "by": "stranger", "body": "ping"}
        repository.comments.append(chat)
    for text in ("One.", "Two."):
        comments.keep(number, key=KEY, body=text)
    assert len(repository.comments) == 71


LIMITED = {
    "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}]
}
WRONG = {"errors": [{"message": "Something went wrong while executing your query."}]}
NAMELESS = [
    Fault(method="POST", path="/graphql", status=502),
    Fault(method="POST", path="/graphql"),
    Fault(method="POST", path="/graphql", status=200, content=LIMITED),
    Fault(method="POST", path="/graphql", status=200, content=WRONG),
    Fault(method="POST", path="/graphql", status=200, content={}),
]


@pytest.mark.parametrize("fault", NAMELESS)
def test_while_github_cannot_say_whose_token_it_is_none_is_written_twice(
    local_github: LocalGitHub, fault: Fault
) -> None:
    local_github.grants[WRITER] = Grant(login="ann")
    ground = github(local_github)
    ground.comments(WRITER).keep(ground.pull, key=KEY, body="One.")
    local_github.faults += [fault] * 3
    with pytest.raises(RepositoryRefused, match="whose token"):
        ground.comments(WRITER).keep(ground.pull, key=KEY, body="Two.")
    local_github.faults += [fault] * 2
    ground.comments(WRITER).keep(ground.pull, key=KEY, body="Three.")
    assert ground.said() == ["Three."]


@pytest.mark.parametrize("status", [200, 403, 404])
def test_a_token_that_may_not_ask_who_it_is_is_the_jobs_own(
    local_github: LocalGitHub, status: int
) -> None:
    ground = github(local_github)
    ground.comments(WRITER).keep(ground.pull, key=KEY, body="One.")
    words = "Resource not accessible by integration"
    content = {"message": words, "errors": [{"type": "FORBIDDEN", "message": words}]}
    local_github.faults.append(
        Fault(method="POST", path="/graphql", status=status, content=content)
    )
    ground.comments(WRITER).keep(ground.pull, key=KEY, body="Two.")
    assert ground.said() == ["Two."]


def test_what_github_would_refuse_as_too_long_is_cut(local_github: LocalGitHub) -> None:
    repository, number = site(local_github)
    comments = GitHubComments(resource_of(local_github, WRITER))
    for line in ("ä line\n", "another\n"):
        comments.keep(number, key=KEY, body=line * 20_000)
    (said,) = repository.said_on(number)
    assert len(said) <= LONGEST
    assert "cut here" in said
    assert "another" in said


def test_the_permission_for_issues_allows_it_too(local_github: LocalGitHub) -> None:
    ground = github(local_github)
    lacking = frozenset({"issues"})
    local_github.grants[WRITER] = dataclasses.replace(local_github.grants[WRITER], lacks=lacking)
    ground.comments(WRITER).keep(ground.pull, key=KEY, body="One.")
    assert ground.said() == ["One."]


def test_on_github_enterprise_server_it_is_the_same(local_github: LocalGitHub) -> None:
    local_github.prefixed = True
    ground = github(local_github)
    for text in ("One.", "Two."):
        ground.comments(WRITER).keep(ground.pull, key=KEY, body=text)
    assert ground.said() == ["Two."]
    assert any("/api/graphql" in each for each in local_github.requests)
