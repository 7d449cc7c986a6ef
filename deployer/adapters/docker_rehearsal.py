"""Port ``Rehearsal`` on Docker: the bundle's image, built and run as the Hub does.

The app gets the network that the job's steps have, so that it finds service containers where they
do (docs/decisions/0080). Values reach it through the command's environment, or a file of ours where
a name would steer the command itself; never as arguments.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from deployer.adapters import docker_engine
from deployer.adapters.bundle_folder import own_folder, write_bundle
from deployer.adapters.child import LATE, Child
from deployer.adapters.docker_engine import Engine
from deployer.adapters.ports_here import LOOPBACK, free_port, is_free, taken
from deployer.adapters.stragglers import end_all_of
from deployer.errors import Notice, Refused
from deployer.model import Built, BundleFile, Entry, Means

USER: Final = "1000"  # "Docker Spaces", Permissions
# An engine makes the container that it was asked for, even when nobody waits for it any more.
TRIES: Final = 3
BETWEEN: Final = 0.5
NOT_SHARED: Final = (
    "Service containers are out of its reach under `localhost`: give it addresses that a container "
    "of this machine can reach."
)


class DockerRehearsal:
    """One bundle on one engine."""

    def __init__(self, engine: Engine, *, workspace: Path, temp: Path) -> None:
        self._engine, self._workspace = engine, workspace
        self._temp = temp
        self._name = f"hf-space-deploy-{secrets.token_hex(6)}"
        self._folder: Path | None = None
        self._child: Child | None = None
        self._port = 0
        self._started = False

    @property
    def means(self) -> Means:
        """Docker, and its version."""
        return Means(name=f"Docker {self._engine.version}", docker=True)

    def build(
        self,
        files: Sequence[BundleFile],
        *,
        port: int,
        entries: Sequence[Entry],
        seconds: float,
        say: Callable[[str], None],
    ) -> Built:
        """``docker build`` in a folder with the bundle alone; variables are build arguments."""
        self._port, self._folder = port, own_folder(self._temp)
        space = write_bundle(files, self._workspace, self._folder / "space")
        command = ["docker", "build", *self._build_flags(entries, space), "--tag", self._name, "."]
        values = _plain(entries)
        self._child = Child(
            command, folder=space, environment={**values, **self._engine.environment()}
        )
        last = _Last(say)
        code = self._child.finish(seconds, last)
        if code == LATE:
            return Built(error=f"it was not done within {seconds:.0f} s")
        if code:
            return Built(error=last.line or f"exit code {code}")
        said = docker_engine.call("image", "inspect", "--format", "{{.Size}}", self._name)[1]
        return Built(size=int(said) if said.isdigit() else 0, notices=tuple(self._notices()))

    def _build_flags(self, entries: Sequence[Entry], space: Path) -> Iterator[str]:
        """Variables as build arguments and secrets as build secrets, where the file asks for them
        ("Docker Spaces", Secrets and Variables Management)."""
        dockerfile = (space / "Dockerfile").read_bytes().decode("utf-8", "replace")
        asked = [entry for entry in entries if not docker_engine.steers(entry.name)]
        for entry in asked:
            if entry.public and re.search(rf"(?im)^\s*ARG\s+{entry.name}\b", dockerfile):
                yield from ("--build-arg", entry.name)
            elif not entry.public and re.search(rf"\bid={entry.name}\b", dockerfile):
                yield from ("--secret", f"id={entry.name},env={entry.name}")
        if not self._engine.bridge:
            yield from ("--network", "host")
        if self._engine.classic:
            yield "--force-rm"  # it leaves the container of a step that failed

    def _notices(self) -> Iterator[Notice]:
        if self._shared() is None:
            message = f"The app gets a network of its own: {self._why_apart()}."
            yield Notice(message=message, hint=NOT_SHARED, warning=False)

    def _shared(self) -> str | None:
        """The network that the job's steps have, as Docker names it; None where it can't be had."""
        if self._engine.remote:
            return "host"
        if not docker_engine.shares_network() or not is_free(self._port):
            return None
        return f"container:{self._engine.own}" if self._engine.own else "host"

    def _why_apart(self) -> str:
        if not docker_engine.shares_network():
            return "this machine's Docker runs in a machine of its own"
        return f"port {self._port} is taken on this machine"

    def start(self, entries: Sequence[Entry]) -> RunningContainer:
        """``docker run``. Raises ``Refused`` where the port is taken and no other can be had."""
        assert self._folder is not None
        network, here = self._shared(), self._port
        if network is None:
            if not self._engine.bridge:
                raise Refused([taken(self._port)])
            here = free_port()
        host = self._engine.remote or (LOOPBACK if network else "127.0.0.1")
        place = ["--network", network] if network else ["--publish", f"{host}:{here}:{self._port}"]
        filed = [entry for entry in entries if docker_engine.steers(entry.name)]
        plain = _plain(entries)
        names = [word for name in plain for word in ("--env", name)]
        self._started = True
        command = ["docker", "run", "--name", self._name, "--user", USER, *place, *names]
        self._child = Child(
            [*command, *self._file(filed), self._name],
            folder=self._folder,
            environment={**plain, **self._engine.environment()},
        )
        return RunningContainer(self._child, f"http://{host}:{here}")

    def _file(self, entries: Sequence[Entry]) -> list[str]:
        """The file with values whose names mean something to the command itself."""
        assert self._folder is not None
        if not entries:
            return []
        path = self._folder / "environment"
        path.touch(0o600)
        path.write_text("".join(f"{e.name}={e.value.reveal()}\n" for e in entries))
        return ["--env-file", str(path)]

    def close(self) -> None:
        """Stop and remove container, image and folder; quickly, for a cancelled job has 10 s."""
        if self._folder is None:
            return
        if self._child is not None:
            self._child.stop()
        end_all_of(self._folder)  # a command that was stopped while it was being started
        for _ in range(TRIES if self._started else 1):
            if docker_engine.call("rm", "--force", "--volumes", self._name)[1]:
                break  # it tells what it removed
            time.sleep(BETWEEN)
        docker_engine.call("image", "rm", "--force", self._name)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = None


def _plain(entries: Sequence[Entry]) -> dict[str, str]:
    """The values that the command's environment can carry: they mean nothing to it itself."""
    return {
        entry.name: entry.value.reveal()
        for entry in entries
        if not docker_engine.steers(entry.name)
    }


class RunningContainer:
    """Port ``RunningApp``: the client that stays with the container, and the app's address."""

    def __init__(self, child: Child, url: str) -> None:
        self._child, self._url = child, url

    @property
    def url(self) -> str:
        """Where it is reached."""
        return self._url

    def lines(self) -> tuple[str, ...]:
        """What it said since the last call."""
        return self._child.lines()

    def ended(self) -> int | None:
        """The app's exit code, None while it runs."""
        return self._child.ended()


class _Last:
    """Passes lines on, and keeps the last one that says something."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.line = ""

    def __call__(self, line: str) -> None:
        self.line = line.strip() or self.line
        self._say(line)
