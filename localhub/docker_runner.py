"""Runs Spaces with Docker, through its command; the engine is the one that ``DOCKER_HOST`` names.

Two networks are possible. ``bridge`` publishes the app's port on a free one. ``host`` is for
engines without a bridge: where the image's command names its port, it is given a free one; an app
that hard-codes its port has it to itself, so the old revision stops before the new one starts.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from localhub.logs import Log
from localhub.runner import BuildFailed, Replica, Source, free_port, run, spawn


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerImage:
    """A built image, by its name."""

    source: Source
    name: str
    network: str
    command: tuple[str, ...]

    @property
    def exclusive(self) -> bool:
        """Whether two replicas would fight for one port."""
        return self.network == "host" and not self._port_pattern().search(" ".join(self.command))

    async def start(self, environment: Mapping[str, str], log: Log) -> Replica:
        """Run a container; its environment goes through a file, never through arguments."""
        name = f"localhub-{uuid.uuid4().hex[:12]}"
        port = self.source.app_port if self.exclusive else free_port()
        with NamedTemporaryFile("w", suffix=".env", delete=False) as file:
            file.writelines(f"{key}\n" for key in environment)
        flags = ["--rm", "--name", name, "--env-file", file.name, *self._publish(port)]
        command = ["docker", "run", *flags, self.name, *self._rewritten(port)]
        values = {**_docker_environment(), **environment}
        process = await spawn(command, folder=Path("/"), environment=values, log=log)
        return _Container(process, port, name, Path(file.name), proxied=self.network != "host")

    def _publish(self, port: int) -> list[str]:
        if self.network == "host":
            return ["--network", "host"]
        return ["--network", self.network, "--publish", f"127.0.0.1:{port}:{self.source.app_port}"]

    def _rewritten(self, port: int) -> list[str]:
        if self.network != "host" or self.exclusive:
            return []
        return [self._port_pattern().sub(str(port), word) for word in self.command]

    def _port_pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w.]){self.source.app_port}(?![\w.])")


class _Container(Replica):
    """A running container; stopped by its name, since the engine owns its processes."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        port: int,
        name: str,
        settings: Path,
        *,
        proxied: bool,
    ) -> None:
        super().__init__(process, "127.0.0.1", port)
        self._name, self._settings, self._proxied = name, settings, proxied

    async def answers(self) -> bool:
        """A published port takes connections before the app does: only an answer counts."""
        if not self._proxied:
            return await super().answers()
        try:
            reader, writer = await asyncio.open_connection(self.host, self.port)
            writer.write(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
            answer = await asyncio.wait_for(reader.read(1), 5)
        except OSError:
            return False
        writer.close()
        return bool(answer)

    async def stop(self) -> None:
        self._settings.unlink(missing_ok=True)
        stop = ["docker", "stop", "--time", "3", self._name]
        await run(stop, folder=Path("/"), environment=_docker_environment(), log=Log())
        await super().stop()


class DockerRunner:
    """Builds images with ``docker build``."""

    def __init__(self, network: str) -> None:
        self._network = network

    async def build(self, source: Source, log: Log) -> DockerImage:
        """Build the Dockerfile as it is; the Space's variables are build arguments."""
        name = f"localhub-{source.revision[:12]}"
        flags = [f for key in source.variables for f in ("--build-arg", key)]
        if self._network == "host":
            flags += ["--network", "host"]
        command = ["docker", "build", *flags, "--tag", name, "."]
        environment = {**_docker_environment(), **source.variables}
        code = await run(command, folder=source.folder, environment=environment, log=log)
        if code:
            raise BuildFailed(code, " ".join(log.lines()[-2:]))
        return DockerImage(
            source=source, name=name, network=self._network, command=await _command_of(name)
        )


async def _command_of(image: str) -> tuple[str, ...]:
    form = "{{json .Config.Cmd}}"
    process = await asyncio.create_subprocess_exec(
        "docker", "image", "inspect", "--format", form, image, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return tuple(json.loads(output or b"null") or ())


def _docker_environment() -> dict[str, str]:
    names = ("PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_BUILDKIT", "DOCKER_CONTEXT")
    return {name: os.environ[name] for name in names if name in os.environ}


def engine_answers() -> bool:
    """Whether a Docker engine can be used from here."""
    return _docker("version", "--format", "{{.Server.Version}}")


def default_network() -> str:
    """``bridge`` where the engine has one, else ``host``."""
    return "bridge" if _docker("network", "inspect", "bridge") else "host"


def _docker(*arguments: str) -> bool:
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
