"""What every ``PullRequests`` keeps: GitHub's API on a local one, and the fake."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import Struct
from msgspec.structs import replace

from deployer.adapters.github import GitHubRepo
from deployer.adapters.github_pulls import GitHubPulls
from deployer.adapters.repository_refusals import PULLS
from deployer.errors import Exit, RepositoryRefused
from deployer.model import FileChange, Secret
from deployer.ports import PullRequests
from tests.fakes.pulls import FakePulls
from tests.localgithub.repositories import Repository
from tests.localgithub.state import Fault, LocalGitHub
from tests.real.checkout import READER, WRITER
from tests.real.github import resource_of

BRANCH = "hf-space-deploy/me-rag"
TEXT = "The backend runs elsewhere.\n\n- `src/client.ts`\n"


class Ground(Struct, frozen=True, kw_only=True):
    """``pulls`` for a token, and what a person would see on the server."""

    pulls: Callable[[str], PullRequests]
    forbid: Callable[[], None]
    comments: Callable[[], list[str]]


def fake() -> Ground:
    made = FakePulls()

    def pulls(token: str) -> PullRequests:
        made.allowed = made.allowed and token == WRITER
        return made

    def forbid() -> None:
        made.allowed = False

    return Ground(
        pulls=pulls, forbid=forbid, comments=lambda: [comment for _, comment in made.closed]
    )


def github(local: LocalGitHub) -> Ground:
    repository = local.add("octo/site", {"src/client.ts": b"1"})
    commit_on(repository, local)

    def pulls(token: str) -> PullRequests:
        return GitHubPulls(replace(resource_of(local, token), hint=PULLS))

    def forbid() -> None:
        repository.actions_may_open = False

    return Ground(
        pulls=pulls,
        forbid=forbid,
        comments=lambda: [comment["body"] for comment in repository.comments],
    )


def commit_on(repository: Repository, local: LocalGitHub) -> None:
    """A branch with a commit of its own, without which there is nothing to pull."""
    repo = GitHubRepo(
        repository=repository.full_name,
        token=Secret(WRITER),
        api_url=local.url,
        graphql_url=f"{local.url}/graphql",
    )
    head = repo.head("main")
    repo.place(BRANCH, head)
    change = FileChange(path="src/client.ts", before=b"1", after=b"2")
    repo.commit((change,), branch=BRANCH, parent=head, message="Change it")


@pytest.fixture(params=["fake", "github"])
def ground(request: pytest.FixtureRequest) -> Ground:
    return fake() if request.param == "fake" else github(request.getfixturevalue("local_github"))


def opened(pulls: PullRequests) -> PullRequests:
    pulls.create(branch=BRANCH, base="main", title="Call the backend", body=TEXT)
    return pulls


def test_there_is_none_before_it_is_opened(ground: Ground) -> None:
    assert ground.pulls(WRITER).find(BRANCH) is None


def test_an_open_one_is_found_by_its_branch_with_what_it_says(ground: Ground) -> None:
    pulls = opened(ground.pulls(WRITER))
    found = pulls.find(BRANCH)
    assert found is not None
    assert (found.title, found.body.split()) == ("Call the backend", TEXT.split())
    assert found.url.endswith(f"/pull/{found.number}")
    assert pulls.find("another/branch") is None


def test_a_second_one_from_the_same_branch_is_the_first(ground: Ground) -> None:
    pulls = opened(ground.pulls(WRITER))
    again = pulls.create(branch=BRANCH, base="main", title="Again", body="")
    assert again == pulls.find(BRANCH)
    assert again.title == "Call the backend"


def test_title_and_text_can_be_changed(ground: Ground) -> None:
    pulls = opened(ground.pulls(WRITER))
    found = pulls.find(BRANCH)
    assert found is not None
    pulls.update(found, title="Another", body="words")
    changed = pulls.find(BRANCH)
    assert changed is not None
    assert (changed.number, changed.title, changed.body) == (found.number, "Another", "words")


def test_closing_says_why_and_leaves_none_open(ground: Ground) -> None:
    pulls = opened(ground.pulls(WRITER))
    found = pulls.find(BRANCH)
    assert found is not None
    pulls.close(found, comment="Nothing is left to change.")
    assert pulls.find(BRANCH) is None
    assert ground.comments() == ["Nothing is left to change."]


def test_where_actions_may_open_none_the_setting_is_named(ground: Ground) -> None:
    ground.forbid()
    with pytest.raises(RepositoryRefused, match="pull-requests: write") as refused:
        opened(ground.pulls(WRITER))
    assert refused.value.exit is Exit.FRONTEND


def test_a_reader_opens_none_and_is_told_which_permission_to_set(ground: Ground) -> None:
    with pytest.raises(RepositoryRefused, match="pull-requests: write"):
        opened(ground.pulls(READER))


def test_a_lost_answer_opens_no_second_one(local_github: LocalGitHub) -> None:
    pulls = github(local_github).pulls(WRITER)
    local_github.faults.append(Fault(method="POST", path="/pulls", when="after"))
    made = pulls.create(branch=BRANCH, base="main", title="Once", body="")
    assert (made.number, made.title) == (1, "Once")


def test_a_branch_without_commits_of_its_own_is_refused_with_github_s_words(
    local_github: LocalGitHub,
) -> None:
    pulls = github(local_github).pulls(WRITER)
    repository = local_github.repositories["octo/site"]
    repository.git("update-ref", f"refs/heads/{BRANCH}", str(repository.head("main")))
    with pytest.raises(RepositoryRefused, match="No commits between"):
        opened(pulls)


def test_an_open_one_is_open_and_a_closed_one_is_not(ground: Ground) -> None:
    pulls = opened(ground.pulls(WRITER))
    found = pulls.find(BRANCH)
    assert found is not None
    assert pulls.is_open(found.number)
    pulls.close(found, comment="Done.")
    assert not pulls.is_open(found.number)


def test_nothing_is_said_of_one_that_can_not_be_seen(ground: Ground) -> None:
    with pytest.raises(RepositoryRefused) as refused:
        ground.pulls(WRITER).is_open(4711)
    assert "pull-requests: read" in refused.value.problems[0].hint
