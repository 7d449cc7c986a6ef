"""What this machine can rehearse with: Docker, else a virtual environment."""

from __future__ import annotations

import sys
from pathlib import Path

from deployer.errors import Exit, Problem, Refused
from deployer.ports import Rehearsal


class MachineRehearsals:
    """``ports.Rehearsals`` for the bundle of ``workspace``, with its own files below ``temp``."""

    def __init__(self, *, workspace: Path, temp: Path) -> None:
        self._workspace, self._temp = workspace, temp

    def begin(self) -> Rehearsal:
        """Docker where an engine answers. Raises ``Refused`` (exit 2) on Windows without one."""
        from deployer.adapters.docker_engine import Engine, find_engine
        from deployer.adapters.docker_rehearsal import DockerRehearsal
        from deployer.adapters.venv_rehearsal import VenvRehearsal

        engine = find_engine()
        if isinstance(engine, Engine):
            return DockerRehearsal(engine, workspace=self._workspace, temp=self._temp)
        if sys.platform == "win32":
            raise Refused([_windows(engine)])
        return VenvRehearsal(engine, workspace=self._workspace, temp=self._temp)


def _windows(reason: str) -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION,
        message=f"The bundle can't be rehearsed on this machine: {reason}.",
        hint="On Windows it takes Docker with Linux containers. Rehearse in a job with "
        "`runs-on: ubuntu-latest`.",
    )
