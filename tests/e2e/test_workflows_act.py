"""This repository's own workflows, as far as they run anywhere else than on GitHub."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from localhub.testing import RunningHub
from tests.real.act import BIN, Event, Runner
from tests.real.action import copy_of_this_repository
from tests.real.need import missing
from tools import nightly_spaces


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """This repository as act takes it: with a commit."""
    if not (BIN / "act").exists():
        missing("act, which stands in for GitHub's runner, is not installed")
    folder = copy_of_this_repository(tmp_path / "clone")
    person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    for command in (("init", "--quiet"), ("add", "--all"), (*person, "commit", "--quiet", "-m.")):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


@pytest.fixture
def hub_folder(tmp_path: Path) -> Iterator[Path]:
    """Where the job keeps its Hub, which outlives the job under act."""
    folder = tmp_path / "hub"
    yield folder
    if (folder / "pid").exists():
        os.kill(int((folder / "pid").read_text()), signal.SIGTERM)


def free_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


def test_the_self_test_deploys_twice_and_sees_the_second_change_nothing(
    clone: Path, hub_folder: Path, tmp_path: Path
) -> None:
    port = free_port()
    workflow = clone / ".github" / "workflows" / "self-test.yml"
    workflow.write_text(workflow.read_text().replace("7890", port))
    done = Runner(tmp_path).run(
        clone,
        Event(
            name="workflow_dispatch",
            workflow="self-test.yml",
            environment={"HUB_FOLDER": str(hub_folder), "HUB_PORT": port},
            options=("--job=deploy", "--matrix=runner:ubuntu-latest"),
        ),
    )
    assert done.code == 0, done.log
    assert "\nhealthy, unchanged\n" in done.log
    assert set(done.steps.values()) == {"success"}


def test_a_night_without_a_token_is_skipped_with_a_sentence(clone: Path, tmp_path: Path) -> None:
    done = Runner(tmp_path).run(clone, Event(name="schedule", workflow="nightly.yml"))
    assert done.code == 0, done.log
    assert "Skipped: the environment `nightly` has no secret HF_TOKEN" in done.log
    results = list(done.steps.values())
    assert results == ["success", *["skipped"] * (len(results) - 1)]


def test_a_night_deploys_checks_and_leaves_nothing_behind(
    clone: Path, hub: RunningHub, tmp_path: Path
) -> None:
    done = Runner(tmp_path).run(
        clone,
        Event(
            name="schedule",
            workflow="nightly.yml",
            secrets={"HF_TOKEN": hub.token},
            variables={"HF_OWNER": hub.owner},
            environment={"HF_ENDPOINT": hub.url},
        ),
    )
    assert done.code == 0, done.log
    assert set(done.steps.values()) == {"success"}
    assert not list(HfApi(endpoint=hub.url, token=hub.token).list_spaces(author=hub.owner))


# --- tools/nightly_spaces.py ---------------------------------------------------------------------


@pytest.fixture
def api(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[HfApi]:
    """The owner's account; what a test leaves is deleted after it."""
    for name, value in hub.environment().items():
        monkeypatch.setenv(name, value)
    made = HfApi(endpoint=hub.url, token=hub.token)
    yield made
    for space in list(made.list_spaces(author=hub.owner)):
        made.delete_repo(space.id, repo_type="space")


def create(api: HfApi, space: str, *variables: str) -> str:
    given = [{"key": name, "value": "1"} for name in variables]
    api.create_repo(space, repo_type="space", space_sdk="docker", space_variables=given)
    return space


def spaces(api: HfApi, owner: str) -> set[str]:
    return {each.id for each in api.list_spaces(author=owner)}


def test_a_night_s_own_space_goes_and_the_others_stay(hub: RunningHub, api: HfApi) -> None:
    mine = create(api, f"{hub.owner}/{nightly_spaces.PREFIX}2", nightly_spaces.MARK)
    other = create(api, f"{hub.owner}/{nightly_spaces.PREFIX}3", nightly_spaces.MARK)
    nightly_spaces.main([hub.owner, "--now", mine])
    assert spaces(api, hub.owner) == {other}


def test_a_space_of_the_same_name_without_the_mark_is_kept(
    hub: RunningHub, api: HfApi, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = create(api, f"{hub.owner}/{nightly_spaces.PREFIX}4", "SOMETHING")
    nightly_spaces.main([hub.owner, "--now", foreign])
    assert spaces(api, hub.owner) == {foreign}
    assert "is kept" in capsys.readouterr().out


def test_a_space_of_another_name_is_not_even_looked_at(hub: RunningHub, api: HfApi) -> None:
    other = create(api, f"{hub.owner}/chatbot", nightly_spaces.MARK)
    nightly_spaces.main([hub.owner, "--now", other])
    assert spaces(api, hub.owner) == {other}


def test_only_what_is_older_than_a_night_is_left_over(hub: RunningHub, api: HfApi) -> None:
    mine = create(api, f"{hub.owner}/{nightly_spaces.PREFIX}5", nightly_spaces.MARK)
    create(api, f"{hub.owner}/chatbot-of-mine", nightly_spaces.MARK)
    now = datetime.now(UTC)
    assert list(nightly_spaces.left_over(api, hub.owner, now)) == []
    tomorrow = now + timedelta(hours=nightly_spaces.HOURS + 1)
    assert list(nightly_spaces.left_over(api, hub.owner, tomorrow)) == [mine]
