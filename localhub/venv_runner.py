"""Runs Spaces without Docker: the Dockerfile's steps in a folder, its command in a process group.

The folder stands for the image's root. Paths of the image that the Dockerfile names (its WORKDIR,
its HOME, what it copies to) are turned into paths below that folder wherever they appear.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from localhub import dockerfile
from localhub.dockerfile import Arrange, Copy, Install, Instructions, Skipped
from localhub.environments import Environments, Installation
from localhub.logs import Log
from localhub.runner import INSIDE, BuildFailed, Replica, Source, free_port, spawn

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenvImage:
    """A built revision: its files as the image would hold them, and its environment."""

    source: Source
    root: Path
    instructions: Instructions
    binaries: Path

    async def start(self, environment: Mapping[str, str], log: Log) -> Replica:
        """Run the command on a copy of the image's files, with a free port for its own."""
        scratch = Path(mkdtemp(prefix="run-", dir=self.root.parent))
        root = scratch / "root"
        await asyncio.to_thread(shutil.copytree, self.root, root, symlinks=True)
        port = free_port()
        place = _Place(
            root=root, instructions=self.instructions, asked=self.source.app_port, given=port
        )
        values = {**place.environment(), **environment}
        values |= {"PATH": f"{self.binaries}:{SYSTEM_PATH}", "HOME": str(place.home)}
        place.home.mkdir(parents=True, exist_ok=True)
        (place.home / ".localhub-port").write_text(f"{self.source.app_port} {port}")
        command = place.command(values)
        process = await spawn(command, folder=place.folder, environment=values, log=log)
        return _FolderReplica(process, port, scratch)


class _FolderReplica(Replica):
    """A replica whose files go when it stops, as a container's do."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, scratch: Path) -> None:
        super().__init__(process, INSIDE, port)
        self._scratch = scratch

    async def stop(self) -> None:
        await super().stop()
        shutil.rmtree(self._scratch, ignore_errors=True)


class VenvRunner:
    """Builds a folder and an environment from a Dockerfile."""

    def __init__(self, environments: Environments) -> None:
        self._environments = environments

    async def build(self, source: Source, log: Log) -> VenvImage:
        """Follow the Dockerfile; ``BuildFailed`` when an installation or a COPY fails."""
        text = (source.folder / "Dockerfile").read_text(encoding="utf-8", errors="replace")
        try:
            instructions = dockerfile.parse(text, source.variables)
        except (ValueError, IndexError) as error:  # an open quote, a FROM without a name
            raise BuildFailed(1, f"dockerfile parse error: {error}") from error
        if not instructions.command:
            raise BuildFailed(1, "the Dockerfile has no CMD and no ENTRYPOINT")
        root = Path(mkdtemp(prefix="image-", dir=source.folder.parent))
        below(root, instructions.folder).mkdir(parents=True, exist_ok=True)
        try:
            wanted = await asyncio.to_thread(_follow, instructions, source.folder, root, log)
        except OSError as error:  # such as a folder copied onto a file
            raise BuildFailed(1, str(error)) from error
        binaries = await self._environments.provide(instructions.python, wanted, log)
        return VenvImage(source=source, root=root, instructions=instructions, binaries=binaries)


def _follow(instructions: Instructions, context: Path, root: Path, log: Log) -> list[Installation]:
    """Do what can be done in a folder; return what is to be installed."""
    wanted = []
    for step in instructions.steps:
        match step:
            case Copy():
                log.line(f"COPY {' '.join(step.sources)} {step.destination}")
                _copy(step, root if step.from_stage else context, root, log)
            case Install():
                folder = below(root, step.folder)
                folder.mkdir(parents=True, exist_ok=True)
                wanted.append(Installation(arguments=_mapped(step.arguments, root), folder=folder))
            case Arrange():
                log.line(f"RUN {' '.join(step.words)}")
                _arrange(step, root)
            case Skipped():
                log.line(f"SKIPPED, needs a container: {step.text}")
    return wanted


def _arrange(step: Arrange, root: Path) -> None:
    """Run it below the root; what it says of paths outside the Space's own is no matter."""
    folder = below(root, step.folder)
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(_mapped(step.words, root), cwd=folder, capture_output=True, check=False)


def _mapped(words: Sequence[str], root: Path) -> tuple[str, ...]:
    """The words with absolute paths of the image turned into paths below the root."""
    return tuple(str(below(root, word)) if word.startswith("/") else word for word in words)


def _copy(step: Copy, origin: Path, root: Path, log: Log) -> None:
    target = below(root, step.destination)
    for source in step.sources:
        found = sorted(origin.glob(source.strip("/"))) if source.strip("./") else [origin]
        if not found and step.from_stage:
            log.line(f"SKIPPED, needs a container: COPY --from … {source}")
        elif not found:
            raise BuildFailed(1, f'failed to calculate checksum of ref: "/{source}": not found')
        for path in found:
            into = step.destination.endswith("/") or len(step.sources) > 1 or len(found) > 1
            _place_copy(path, target, into=into or target.is_dir())


def _place_copy(path: Path, target: Path, *, into: bool) -> None:
    """Docker's rule: a folder's content is copied, a file goes into a folder or becomes it."""
    if path.resolve() == target.resolve():
        return
    if path.is_dir():
        shutil.copytree(path, target, dirs_exist_ok=True, symlinks=True)
        return
    destination = target / path.name if into else target
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, destination)


def below(root: Path, path: str) -> Path:
    """A path of the image as a path below the folder that stands for its root."""
    inside = root / path.strip("/")
    return inside if inside.resolve().is_relative_to(root.resolve()) else root


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One run: turns the image's paths and port into this machine's."""

    root: Path
    instructions: Instructions
    asked: int
    given: int

    @property
    def folder(self) -> Path:
        return below(self.root, self.instructions.folder)

    @property
    def home(self) -> Path:
        return below(self.root, self.instructions.environment.get("HOME", "/root"))

    def environment(self) -> dict[str, str]:
        """The Dockerfile's own variables."""
        return {
            name: str(self.given) if value == str(self.asked) else self._paths(value)
            for name, value in self.instructions.environment.items()
        }

    def command(self, values: Mapping[str, str]) -> list[str]:
        """The command with the given port; its program taken from the environment if it's there."""
        port = re.compile(rf"(?<![\w.]){self.asked}(?![\w.])")
        words = [self._paths(port.sub(str(self.given), word)) for word in self.instructions.command]
        program = words[0]
        if "/" in program and not Path(program).exists() and (self.folder / program).exists():
            program = str(self.folder / program)
        elif "/" in program and not Path(program).exists():
            program = Path(program).name
        return [shutil.which(program, path=values["PATH"]) or program, *words[1:]]

    def _paths(self, text: str) -> str:
        """Replace paths that the Dockerfile made, wherever they begin."""
        known = {self.instructions.folder, self.instructions.environment.get("HOME", "")}
        known |= {s.destination.rstrip("/") for s in self.instructions.steps if isinstance(s, Copy)}
        longest_first = sorted((k for k in known if len(k) > 1), key=len, reverse=True)
        if not longest_first:
            return text
        any_of = "|".join(re.escape(path) for path in longest_first)
        return re.sub(rf"(?<![\w./-])({any_of})(?![\w.-])", rf"{self.root}\1", text)
