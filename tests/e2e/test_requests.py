"""What a deploy costs the Hub, counted by the benchmark's own harness."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench import contest
from bench.contest import Seen, Size
from bench.deploys import FIRST, MOST_BUILDS, MOST_REQUESTS, NOTHING, PHASES, UPDATE
from bench.deploys import contest as all_phases
from bench.opponents import OURS, ROOT, Contender, Job
from bench.timing import Command
from localhub.testing import RunningHub

SIZE = Size(files=30, secrets=3, variables=4, building=0.0, seed=1)
SCRIPT = """
import os
from huggingface_hub import HfApi
api = HfApi()
api.create_repo(os.environ["SPACE"], repo_type="space", space_sdk="docker")
api.upload_folder(repo_id=os.environ["SPACE"], repo_type="space", folder_path=os.environ["FOLDER"])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script(Contender):
    """A script of the test's own, in its own environment."""

    text: str

    def command(self, job: Job) -> Command:
        environment = {**job.hub.environment(), "HOME": str(job.folder), "SPACE": job.space}
        return Command(
            words=(sys.executable, "-c", self.text),
            folder=job.folder,
            environment={**environment, "FOLDER": str(job.backend)},
        )


@pytest.fixture(scope="module")
def hub() -> Iterator[RunningHub]:
    with contest.hub() as running:
        yield running


@pytest.fixture(scope="module")
def runs(hub: RunningHub, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Seen]:
    found = all_phases(tmp_path_factory.mktemp("requests"), hub, SIZE, [OURS])
    return {phase: found[phase][OURS.name] for phase in PHASES}


@pytest.mark.parametrize("phase", PHASES)
def test_a_deploy_asks_no_more_of_the_hub_than_its_goal(
    runs: Mapping[str, Seen], phase: str
) -> None:
    assert runs[phase].requests <= MOST_REQUESTS[phase]


@pytest.mark.parametrize("phase", PHASES)
def test_a_deploy_builds_once_or_not_at_all_and_never_restarts(
    runs: Mapping[str, Seen], phase: str
) -> None:
    seen = runs[phase]
    assert (seen.commits, seen.builds, seen.restarts) == (MOST_BUILDS[phase],) * 2 + (0,)


def test_one_changed_secret_restarts_once(hub: RunningHub, tmp_path: Path) -> None:
    job = contest.make_job(tmp_path, hub, "secret", SIZE)
    contest.deploy(OURS, job)
    seen = contest.deploy(OURS, contest.with_other_secrets(job, 1, 1))
    assert (seen.commits, seen.builds, seen.restarts) == (0, 0, 1)


def test_of_the_restarts_for_many_changed_secrets_users_meet_the_last(
    hub: RunningHub, tmp_path: Path
) -> None:
    job = contest.make_job(tmp_path, hub, "secrets", SIZE)
    contest.deploy(OURS, job)
    count = len(job.secrets)
    seen = contest.deploy(OURS, contest.with_other_secrets(job, count, 1))
    assert (seen.builds, seen.restarts, seen.starts) == (0, count, 1)


def test_the_delay_is_from_readiness_to_the_first_visit(runs: Mapping[str, Seen]) -> None:
    for phase in (FIRST, UPDATE):
        delay, spacing = runs[phase].delay, runs[phase].spacing
        assert delay is not None
        assert delay >= 0
        assert spacing is not None
        assert spacing >= 1
    assert runs[NOTHING].delay is None, "nothing became ready"


def test_a_request_more_and_a_look_more_are_counted(hub: RunningHub, tmp_path: Path) -> None:
    more = "api.whoami()\napi.get_space_runtime(os.environ['SPACE'])\n"
    seen = [
        contest.deploy(
            Script(name=name, text=text), contest.make_job(tmp_path / name, hub, name, SIZE)
        )
        for name, text in (("plain", SCRIPT), ("more", SCRIPT + more))
    ]
    assert seen[1].requests == seen[0].requests + 1
    assert (seen[0].polling, seen[1].polling) == (0, 1)


def test_the_spaces_own_build_is_subtracted(hub: RunningHub, tmp_path: Path) -> None:
    slow = Size(files=5, secrets=0, variables=0, building=6.0, seed=1)
    job = contest.make_job(tmp_path, hub, "slow", slow)
    seen = contest.deploy(Script(name="slow", text=SCRIPT), job)
    assert 0 < seen.until_up < 6.0


def test_the_documented_figures_are_the_measured_ones(runs: Mapping[str, Seen]) -> None:
    written = (ROOT / "docs" / "explanation" / "performance.md").read_text().splitlines()
    for phase, seen in runs.items():
        line = next(each for each in written if each.startswith(f"| {phase}: requests"))
        assert line.split("|")[3].strip() == str(seen.requests)
