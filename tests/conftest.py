"""What every test shares: no network but loopback, and the real parts a machine may lack."""

from __future__ import annotations

import fcntl
import functools
import ipaddress
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

BASE_IMAGE = "python:3.11-slim"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


# How long an example takes depends on what else the machine does.
settings.register_profile("patient", parent=settings.default, deadline=None)
settings.load_profile("patient")

# Programs that come with the development packages (act, node, npm, uv), after the machine's own.
os.environ["PATH"] += os.pathsep + str(Path(sys.executable).parent)
# And the Pythons of pyenv, which itself shows only those that somebody chose.
PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
for folder in sorted(PYENV.glob("versions/3.*/bin")):
    os.environ["PATH"] += os.pathsep + str(folder)


# --- the network ---------------------------------------------------------------------------------


def _outside(address: Any) -> bool:
    """Whether a socket address leaves this machine. Names other than localhost count as outside."""
    if not isinstance(address, tuple):
        return False  # a Unix socket
    host = str(address[0]).split("%", maxsplit=1)[0]
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host not in ("localhost", "")


@pytest.fixture(autouse=True)
def closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches out of the machine fails instead of depending on the network."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def refuse_outside(self: socket.socket, address: Any) -> None:
        if _outside(address):
            self.close()
            raise AssertionError(f"a test tried to connect to {address!r}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse_outside(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse_outside(self, address)
        return connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)


# --- real parts ----------------------------------------------------------------------------------


def _docker(*arguments: str, seconds: float = 30) -> bool:
    try:
        done = subprocess.run(
            ["docker", *arguments], capture_output=True, check=False, timeout=seconds
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@functools.cache
def _no_docker() -> str:
    if not _docker("info"):
        return "no Docker engine answers (`docker info`)"
    if not _docker("image", "inspect", BASE_IMAGE) and not _docker(
        "pull", "--quiet", BASE_IMAGE, seconds=180
    ):
        return f"the image {BASE_IMAGE} is neither here nor can it be pulled"
    return ""


@functools.cache
def _no_browser() -> str:
    return "" if any(map(shutil.which, BROWSERS)) else "no Chromium is installed"


def postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl: Debian keeps them off the PATH, the newest version last."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    on_path = shutil.which("initdb")
    found = [Path(on_path).parent] if on_path else debian[-1:]
    return found[0] if found else None


@functools.cache
def _no_postgres() -> str:
    return "" if postgres_programs() else "no PostgreSQL server is installed (initdb)"


PARTS = {"docker": _no_docker, "browser": _no_browser, "postgres": _no_postgres}


@pytest.fixture(scope="module", autouse=True)
def one_engine_user_at_a_time(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Test files that use Docker share the host's network and its port 7860: one at a time."""
    items = (item for item in request.session.items if item.path == request.path)
    if not any(item.get_closest_marker("docker") for item in items):
        yield
        return
    shared = tmp_path_factory.getbasetemp()
    workers = shared.parent if os.environ.get("PYTEST_XDIST_WORKER") else shared
    with (workers / "docker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a missing part, saying which; HFSD_REQUIRE_PARTS=1 makes that a failure."""
    for marker, missing in PARTS.items():
        if item.get_closest_marker(marker) and (reason := missing()):
            if os.environ.get("HFSD_REQUIRE_PARTS") == "1":
                pytest.fail(f"required, but {reason}", pytrace=False)
            pytest.skip(reason)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium to start (mark the test ``browser``)."""
    return next(filter(None, map(shutil.which, BROWSERS)))


@pytest.fixture(scope="session")
def postgres_bin() -> Path:
    """The folder of initdb and pg_ctl (mark the test ``postgres``)."""
    found = postgres_programs()
    assert found is not None
    return found
