"""The local GitHub as a program of its own, as the demo and the runner's tests start it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.real.checkout import WRITER, checkout

ROOT = Path(__file__).parents[2]


@pytest.fixture
def github(tmp_path: Path) -> Iterator[dict[str, str]]:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("hello")
    repository = f"--repository=octo/site={site}"
    command = [sys.executable, "-m", "tests.localgithub", tmp_path / "root", repository]
    server = subprocess.Popen([*command, "--token", WRITER], cwd=ROOT, stdout=subprocess.PIPE)
    assert server.stdout is not None
    try:
        yield json.loads(server.stdout.readline())
    finally:
        server.send_signal(signal.SIGTERM)
        server.stdout.close()
        assert server.wait(10) == 0


def test_it_serves_a_folder_as_a_repository(
    github: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    workspace = checkout(f"{github['GITHUB_SERVER_URL']}/octo/site.git", tmp_path / "copy")
    assert (workspace / "index.html").read_text() == "hello"


def test_it_asks_for_a_token(github: dict[str, str]) -> None:
    address = f"{github['GITHUB_API_URL']}/repos/octo/site"
    assert requests.get(address, timeout=10).status_code == 401
    granted = {"Authorization": f"Bearer {WRITER}"}
    assert requests.get(address, headers=granted, timeout=10).status_code == 200
