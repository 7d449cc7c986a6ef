"""One Hub for all tests of this folder, with its environments kept between runs."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from localhub.testing import RunningHub, running
from tests.contract.localhub import clients

ENVIRONMENTS = clients.ROOT / ".cache" / "environments"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def hub() -> Iterator[RunningHub]:
    """A running Hub."""
    clients.settle_huggingface_hub()
    with running("--environments", str(ENVIRONMENTS)) as server:
        yield server


@pytest.fixture(autouse=True)
def no_faults_left(hub: RunningHub) -> Iterator[None]:
    """Whatever a test broke on purpose is mended after it."""
    yield
    hub.clear_faults()
    hub.quirk(gap_on_restart=False, stop_on_failure=False, omit_revision=False)


@pytest.fixture
def api(hub: RunningHub) -> HfApi:
    """``huggingface_hub`` as the owner."""
    return HfApi(endpoint=hub.url, token=hub.token)


@pytest.fixture
def name() -> str:
    """The name of a Space that doesn't exist yet."""
    return f"tester/space-{next(_numbers)}"


@pytest.fixture
def space(api: HfApi, name: str) -> Iterator[str]:
    """An empty Space; deleted afterwards."""
    api.create_repo(name, repo_type="space", space_sdk="docker")
    yield name
    api.delete_repo(name, repo_type="space", missing_ok=True)


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder for a client's files."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
