"""Docker from the command line, the way a person uses it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def docker(*arguments: str | Path, **environment: str) -> str:
    """Standard output of a docker command that must succeed; its messages when it doesn't."""
    done = attempt(*arguments, environment=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def attempt(
    *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A docker command with further variables in its environment."""
    return subprocess.run(
        ["docker", *arguments],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def build(folder: Path, name: str) -> str:
    """An image from a folder's Dockerfile; its name."""
    docker("build", "--quiet", "--network", "host", "--tag", name, folder)
    return name


@contextmanager
def container(image: str, *options: str) -> Iterator[str]:
    """A container on the host's network while the block runs; its id."""
    started = docker("run", "--detach", "--network", "host", *options, image)
    try:
        yield started
    finally:
        docker("rm", "--force", started)


def wait_for_health(container_id: str, seconds: float = 60) -> str:
    """What Docker's own HEALTHCHECK says once it has left ``starting``."""
    deadline = time.monotonic() + seconds
    status = "starting"
    while status == "starting" and time.monotonic() < deadline:
        time.sleep(0.2)
        status = docker("inspect", "--format", "{{.State.Health.Status}}", container_id)
    return status
