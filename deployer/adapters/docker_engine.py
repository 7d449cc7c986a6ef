"""The Docker engine of this machine, through its command: whether it can be used, and how to.

The engine is the one that the command itself would use: ``DOCKER_HOST``, else the current context.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

# What the command needs to find its engine, its plugins and its way to a registry.
_KEPT: Final = re.compile(
    r"PATH|HOME|USER|LOGNAME|TMPDIR|TMP|TEMP|SYSTEMROOT|USERPROFILE|XDG_\w+|DOCKER_\w+|BUILDKIT_\w+"
    r"|SSH_AUTH_SOCK|(?:http|https|all|no)_proxy",
    re.IGNORECASE,
)
SECONDS: Final = 30.0


class Engine(Struct, frozen=True, kw_only=True):
    """An engine that answers. ``remote`` is its host's name where that isn't this machine.

    ``own`` is the container that this process itself runs in, as far as the engine knows it, ""
    otherwise; ``bridge`` whether it can give a container a network of its own; ``context`` is the
    name under which the command knows it. ``classic``: its build is the one before BuildKit's.
    """

    version: str
    remote: str
    own: str
    bridge: bool
    context: str
    classic: bool

    def environment(self) -> dict[str, str]:
        """What its command runs with: nothing of the job's own but the way to the engine."""
        # Buildx may have been set to another builder, whose images the engine never sees; a
        # context's own builder has its name.
        return {**_environment(), "BUILDX_BUILDER": self.context}


def steers(name: str) -> bool:
    """Whether a variable of that name means something to the command, be it set here or not."""
    return _KEPT.fullmatch(name) is not None or name.startswith(("BUILDX_", "LD_", "GODEBUG"))


def find_engine() -> Engine | str:
    """The engine, or why there is none, as a clause."""
    code, said = call("version", "--format", "{{.Server.Version}} {{.Server.Os}}")
    if code is None:
        return "the command `docker` is not installed"
    if code:
        return "the command `docker` is there, and no engine answers it"
    version, _, system = said.partition(" ")
    if system != "linux":
        return f"its Docker runs containers of {system.capitalize()}, not of Linux"
    return Engine(
        version=version,
        remote=_remote(os.environ.get("DOCKER_HOST", "")),
        own=_own_container(),
        bridge=call("network", "inspect", "bridge")[0] == 0,
        context=call("context", "show")[1] or "default",
        classic=os.environ.get("DOCKER_BUILDKIT") == "0" or call("buildx", "version")[0] != 0,
    )


def _remote(address: str) -> str:
    """``docker`` of ``tcp://docker:2376`` (a service of the job), "" for this machine's engine."""
    parts = urlsplit(address)
    return (parts.hostname or "") if parts.scheme in ("tcp", "ssh", "http", "https") else ""


def _own_container() -> str:
    """A job's container has the engine's socket, and its id for a host name."""
    if not Path("/.dockerenv").exists():
        return ""
    code, said = call("inspect", "--type", "container", "--format", "{{.Id}}", _host_name())
    return said if code == 0 else ""


def _host_name() -> str:
    return os.uname().nodename if hasattr(os, "uname") else ""


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if _KEPT.fullmatch(name)}
    return {**kept, "DOCKER_CLI_HINTS": "false"}


def call(*arguments: str, seconds: float = SECONDS) -> tuple[int | None, str]:
    """Exit code and output of a short command; None where there is no such command."""
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell, arguments of our own
            ["docker", *arguments],  # noqa: S607 - the machine's own
            env=_environment(),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return 1, ""
    except OSError:
        return None, ""
    return done.returncode, done.stdout.decode("utf-8", "replace").strip()


def shares_network() -> bool:
    """Whether a container on the host's network is on this machine's own: on Linux it is."""
    return sys.platform == "linux"
