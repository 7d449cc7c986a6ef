"""Port ``Rehearsal`` without Docker: the Dockerfile's steps in a folder, its command from there.

The folder stands for the image's root: paths that the Dockerfile makes are turned into paths below
it wherever they appear. The app gets the image's variables and the given ones, and none of the
job's. A run by root starts it as user 1000, as the Hub does.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from deployer.adapters.bundle_folder import own_folder, write_bundle
from deployer.adapters.child import Child
from deployer.adapters.ports_here import LOOPBACK, is_free, taken
from deployer.adapters.stragglers import end_all_of
from deployer.adapters.venv_build import NOT_FOUND, VenvBuild
from deployer.errors import Exit, Notice, Problem, Refused, Where
from deployer.image.recipe import Recipe, read_recipe
from deployer.model import Built, BundleFile, Entry, Means


class VenvRehearsal:
    """One bundle in one virtual environment. ``reason`` is why there is no Docker, a clause."""

    def __init__(self, reason: str, *, workspace: Path, temp: Path) -> None:
        self._reason, self._workspace, self._temp = reason, workspace, temp
        self._folder: Path | None = None
        self._building: VenvBuild | None = None
        self._app: Child | None = None
        self._port = 0

    @property
    def means(self) -> Means:
        """A virtual environment, and what that leaves out."""
        notice = Notice(
            message=f"The app is rehearsed without Docker: {self._reason}. It starts from a "
            "virtual environment on this machine.",
            hint="The image itself is not built: its system packages, its folders outside the "
            "app's own and its user are not rehearsed. GitHub's `ubuntu-latest` has Docker.",
        )
        return Means(name="a virtual environment", docker=False, notice=notice)

    def build(
        self,
        files: Sequence[BundleFile],
        *,
        port: int,
        entries: Sequence[Entry],
        seconds: float,
        say: Callable[[str], None],
    ) -> Built:
        """The Dockerfile's steps. Raises ``Refused`` (exit 2) for one that takes a container."""
        self._port = port
        self._folder = own_folder(_reachable(self._temp))
        self._folder.chmod(0o711)
        space = write_bundle(files, self._workspace, self._folder / "space")
        given = {entry.name: entry.value.reveal() for entry in entries if entry.public}
        recipe = read_recipe((space / "Dockerfile").read_bytes(), given)
        _check(recipe, files)
        building = VenvBuild(self._folder, recipe, seconds=seconds, say=say)
        self._building = building
        if error := building.follow(space):
            return Built(error=error)
        return Built(size=building.size, notices=tuple(building.notices()))

    def start(self, entries: Sequence[Entry]) -> RunningProcess:
        """The command, with the image's variables and these. Raises ``Refused`` when its port is
        taken."""
        assert self._building is not None
        if not is_free(self._port):
            raise Refused([taken(self._port)])
        url, root = f"http://{LOOPBACK}:{self._port}", self._building.root
        values = self._building.values({entry.name: entry.value.reveal() for entry in entries})
        command = root.command(values["PATH"])
        try:
            self._app = Child(
                command, folder=root.folder, environment=values, user=self._building.user
            )
        except OSError as error:
            program = command[0].removeprefix(str(root.place))
            said = f"exec {program}: {str(error.strerror).lower()}"  # as a container's engine does
            return RunningProcess(None, url, said)
        return RunningProcess(self._app, url)

    def close(self) -> None:
        """Stop the app and remove the folder."""
        building = self._building.child if self._building else None
        for child in (self._app, building):
            if child is not None:
                child.stop()
        if self._folder is not None:
            end_all_of(self._folder)
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = None


class RunningProcess:
    """Port ``RunningApp``: a process of this machine, or one that could not even be started."""

    def __init__(self, child: Child | None, url: str, why_not: str = "") -> None:
        self._child, self._url = child, url
        self._said = (why_not,) if why_not else ()

    @property
    def url(self) -> str:
        """Where it is reached."""
        return self._url

    def lines(self) -> tuple[str, ...]:
        """What it said since the last call."""
        said, self._said = self._said, ()
        return said if self._child is None else self._child.lines()

    def ended(self) -> int | None:
        """Its exit code, None while it runs."""
        return NOT_FOUND if self._child is None else self._child.ended()


def _check(recipe: Recipe, files: Sequence[BundleFile]) -> None:
    """Raise ``Refused`` for a Dockerfile that no virtual environment can follow."""
    source = next((file.source for file in files if file.path == "Dockerfile"), None)
    if recipe.beyond:
        line = recipe.beyond[0]
        said = f"{line.word} {' '.join(line.value.split())[:80]}"
        raise Refused([_beyond(f"`{said}` takes a container", source, line.line)])
    if not recipe.command:
        raise Refused([_beyond("it has no CMD and no ENTRYPOINT of its own", source, 1)])


def _beyond(reason: str, source: str | None, line: int) -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION,
        message=f"The Dockerfile can't be rehearsed without Docker: {reason}.",
        hint="Rehearse on a runner with Docker (`runs-on: ubuntu-latest`).",
        where=Where(file=source, line=line) if source else None,
    )


def _reachable(temp: Path) -> Path:
    """A folder for temporary files that user 1000 can reach, where we are root and start him."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return temp
    whole = [temp.resolve(), *temp.resolve().parents]
    open_to_all = all(path.stat().st_mode & 0o001 for path in whole if path.exists())
    return temp if open_to_all else Path("/tmp")  # noqa: S108 - a folder of our own is made there
