"""What every ``Deployments`` keeps: GitHub's API on a local one, and the fake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from deployer.adapters.github_deployments import PERMISSION, GitHubDeployments
from deployer.errors import RepositoryRefused
from deployer.ports import Deployments
from tests.fakes.github import FakeDeployments
from tests.localgithub.state import Fault, LocalGitHub
from tests.real.checkout import READER, WRITER
from tests.real.github import resource_of

RUN = "https://github.com/octo/site/actions/runs/1"


class Ground(Struct, frozen=True, kw_only=True):
    """``deployments`` for a token, the commit, and the states of each that was made."""

    deployments: Callable[[str], Deployments]
    revision: str
    states: Callable[[], list[list[str]]]


def fake() -> Ground:
    made = FakeDeployments()

    def deployments(token: str) -> Deployments:
        made.allowed = token == WRITER
        return made

    states = lambda: [each.states for each in made.made]  # noqa: E731
    return Ground(deployments=deployments, revision="a" * 40, states=states)


def records(local: LocalGitHub) -> list[dict[str, Any]]:
    return local.repositories["octo/site"].deployments


def github(local: LocalGitHub) -> Ground:
    repository = local.add("octo/site", {"index.html": b"1"})

    def deployments(token: str) -> Deployments:
        return GitHubDeployments(replace(resource_of(local, token), hint=PERMISSION), run_url=RUN)

    def states() -> list[list[str]]:
        return [[told["state"] for told in each["statuses"]] for each in records(local)]

    return Ground(deployments=deployments, revision=repository.head("main") or "", states=states)


@pytest.fixture(params=["fake", "github"])
def ground(request: pytest.FixtureRequest) -> Ground:
    return fake() if request.param == "fake" else github(request.getfixturevalue("local_github"))


def started(ground: Ground, key: str = "", environment: str = "preview") -> str:
    return ground.deployments(WRITER).start(
        revision=ground.revision, environment=environment, transient=True, key=key
    )


def test_it_is_under_way_from_the_start_until_it_is_told_otherwise(ground: Ground) -> None:
    deployment = started(ground)
    assert ground.states() == [["in_progress"]]
    ground.deployments(WRITER).tell(deployment, state="success", url="https://x.hf.space")
    assert ground.states() == [["in_progress", "success"]]


def test_ending_an_environment_leaves_others_and_what_is_over(ground: Ground) -> None:
    started(ground)
    started(ground, environment="staging")
    for _ in range(2):
        ground.deployments(WRITER).end("preview")
    assert ground.states() == [["in_progress", "inactive"], ["in_progress"]]


def test_a_key_ends_only_its_own(ground: Ground) -> None:
    started(ground, key="pr-7")
    started(ground, key="pr-8")
    ground.deployments(WRITER).end("preview", key="pr-7")
    assert ground.states() == [["in_progress", "inactive"], ["in_progress"]]


def test_a_reader_is_told_which_permission_to_set(ground: Ground) -> None:
    with pytest.raises(RepositoryRefused, match="deployments: write"):
        ground.deployments(READER).start(
            revision=ground.revision, environment="preview", transient=True
        )


# --- GitHub's own ------------------------------------------------------------------------------


def test_the_record_names_commit_environment_address_and_log(local_github: LocalGitHub) -> None:
    ground = github(local_github)
    deployment = started(ground)
    ground.deployments(WRITER).tell(
        deployment, state="failure", url="https://x.hf.space", description="w" * 200
    )
    (record,) = records(local_github)
    told = record["statuses"][-1]
    assert (record["sha"], record["environment"]) == (ground.revision, "preview")
    assert record["transient_environment"] is True
    assert (told["environment_url"], told["log_url"]) == ("https://x.hf.space", RUN)
    assert told["description"] == "w" * 140


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_makes_one_record(local_github: LocalGitHub, when: str) -> None:
    ground = github(local_github)
    started(ground)  # an earlier one of the same commit
    local_github.faults.append(Fault(method="POST", path="/deployments", when=when))  # type: ignore[arg-type]
    started(ground)
    assert ground.states() == [["in_progress"]] * 2


def test_one_more_of_the_same_commit_is_a_record_of_its_own(local_github: LocalGitHub) -> None:
    ground = github(local_github)
    assert started(ground) != started(ground)


def test_a_first_status_that_is_refused_leaves_one_that_can_be_ended(
    local_github: LocalGitHub,
) -> None:
    ground = github(local_github)
    local_github.faults.append(Fault(method="POST", path="/statuses", status=422))
    deployment = started(ground)
    ground.deployments(WRITER).tell(deployment, state="success")
    assert ground.states() == [["success"]]


def test_one_that_was_deleted_meanwhile_needs_no_end(local_github: LocalGitHub) -> None:
    ground = github(local_github)
    started(ground)
    started(ground)
    local_github.faults.append(Fault(path="/statuses", status=404))
    ground.deployments(WRITER).end("preview")
    assert sorted(ground.states()) == [["in_progress"], ["in_progress", "inactive"]]


def test_an_answer_that_promises_no_record_is_a_refusal(local_github: LocalGitHub) -> None:
    ground = github(local_github)
    merged = Fault(
        method="POST", path="/deployments", status=202, content={"message": "Auto-merged main"}
    )
    local_github.faults += [merged] * 3
    with pytest.raises(RepositoryRefused, match="Auto-merged"):
        started(ground)
