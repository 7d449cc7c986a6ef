"""A Dockerfile as steps for a folder and a virtual environment, where there is no Docker.

Every stage is read in order, as a builder stage often installs what the last one copies; the stages
that the image runs from give its variables, folder and command. What only a container can do is
named (``Skipped``), and what can't be done without one although the app needs it (``beyond``).
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from deployer.image.commands import (
    Install,
    Run,
    Skipped,
    is_beyond,
    mentions_installer,
    split,
    understand,
)
from deployer.image.own import Instruction, OwnImage, assignments, read_dockerfile, words

_PYTHON: Final = re.compile(r"(?:^|/)python:(3\.\d{1,2})\b")
_VARIABLE: Final = re.compile(r"\\\$|\$(?:\{(\w+)(?::?([-+])([^}]*))?\}|(\w+))")


class Copy(Struct, frozen=True, kw_only=True):
    """Files of the bundle, copied to an absolute path of the image (trailing ``/``: a folder)."""

    sources: tuple[str, ...]
    target: str


Step = Copy | Install | Run | Skipped


class Recipe(Struct, frozen=True, kw_only=True):
    """What a Dockerfile comes to. ``python`` is "" where its base names none; ``folder`` is the
    image's working folder. ``beyond`` are instructions that take a container."""

    python: str
    steps: tuple[Step, ...]
    environment: Mapping[str, str]
    folder: str
    command: tuple[str, ...]
    beyond: tuple[Instruction, ...] = ()


class _Stage(Struct):
    """What a stage has said so far."""

    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()


def read_recipe(dockerfile: bytes, given: Mapping[str, str]) -> Recipe:
    """The steps of a Dockerfile; ``given`` are the build arguments, a Space's variables."""
    image = read_dockerfile(dockerfile, "Dockerfile")
    reader = _Reader(given)
    for instruction in image.instructions:
        reader.follow(instruction)
    stage = reader.stage
    in_shell = stage.entrypoint[:2] == ("/bin/sh", "-c")
    command = stage.entrypoint + (() if in_shell else stage.command)
    return Recipe(
        python=_python(image),
        steps=tuple(reader.steps),
        environment=stage.environment,
        folder=stage.folder,
        command=command,
        beyond=(*reader.beyond, *_started_beyond(image, command)),
    )


def _python(image: OwnImage) -> str:
    found = _PYTHON.search(image.base)
    return found[1] if found else ""


def _started_beyond(image: OwnImage, command: Sequence[str]) -> Iterator[Instruction]:
    """The start command, where an installer that we don't follow is what starts the app."""
    if command and image.command and is_beyond([*command, ""]):
        yield image.command


class _Reader:
    """Follows the instructions in order."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.steps: list[Step] = []
        self.beyond: list[Instruction] = []
        self.stage = _Stage()
        self._given = given
        self._global: dict[str, str] = {}
        self._arguments: dict[str, str] = {}
        self._stages: dict[str, _Stage] = {}
        self._actions: Mapping[str, Callable[[Instruction], None]] = {
            "FROM": self._from,
            "ARG": self._arg,
            "ENV": self._env,
            "WORKDIR": self._workdir,
            "COPY": self._copy,
            "ADD": self._copy,
            "RUN": self._run,
            "CMD": self._cmd,
            "ENTRYPOINT": self._entrypoint,
        }

    def follow(self, instruction: Instruction) -> None:
        """One instruction; those that mean nothing outside a container are passed over."""
        action = self._actions.get(instruction.word)
        if action is not None:
            action(instruction)

    def _expand(self, text: str) -> str:
        values = {**self._arguments, **self.stage.environment}
        return _VARIABLE.sub(lambda found: _value(found, values), text)

    def _from(self, instruction: Instruction) -> None:
        named = [word for word in self._expand(instruction.value).split() if word[:2] != "--"]
        below = self._stages.get(named[0].lower()) if named else None
        self.stage = _Stage(dict(below.environment), below.folder) if below else _Stage()
        if below:
            self.stage.command, self.stage.entrypoint = below.command, below.entrypoint
        if len(named) == 3:
            self._stages[named[2].lower()] = self.stage
        if not self._stages:
            self._stages[""] = self.stage
        self._arguments = {}

    def _arg(self, instruction: Instruction) -> None:
        name, _, default = instruction.value.partition("=")
        value = self._given.get(name.strip()) or self._global.get(name.strip())
        self._arguments[name.strip()] = value or self._expand(default.strip().strip("\"'"))
        if not self._stages:
            self._global = {**self._global, **self._arguments}

    def _env(self, instruction: Instruction) -> None:
        found = {name: self._expand(value) for name, value in assignments(instruction.value)}
        self.stage.environment.update(found)

    def _workdir(self, instruction: Instruction) -> None:
        self.stage.folder = self._absolute(self._expand(instruction.value.strip("\"'"))).rstrip("/")

    def _copy(self, instruction: Instruction) -> None:
        flags = re.findall(r"--[\w-]+(?:=\S+)?", instruction.value)
        plain = re.sub(r"^(?:--[\w-]+(?:=\S+)?\s+)*", "", instruction.value)
        paths = [self._expand(path) for path in words(plain)]
        elsewhere = any(flag.startswith("--from") for flag in flags)
        if len(paths) < 2 or elsewhere or "<<" in plain or "://" in plain:
            self.steps.append(Skipped(text=f"{instruction.word} {instruction.value}"))
            return
        target = self._absolute(paths[-1])
        self.steps.append(Copy(sources=tuple(paths[:-1]), target=target))
        modes = (flag.removeprefix("--chmod=") for flag in flags if flag.startswith("--chmod="))
        for mode in modes:
            self.steps.append(Run(words=("chmod", "-R", mode, target), folder=self.stage.folder))

    def _run(self, instruction: Instruction) -> None:
        plain = re.sub(r"^(?:--\w+(?:=\S+)?\s+)*", "", instruction.value)
        folder, commands = self.stage.folder, split(self._expand(plain))
        if commands is None:
            self.steps.append(Skipped(text=f"RUN {plain}"))
            if mentions_installer(plain):
                self.beyond.append(instruction)
            return
        for command in commands:
            if command[0] == "cd" and len(command) == 2:
                folder = self._absolute(command[1], folder)
            elif is_beyond(command):
                self.beyond.append(instruction)
            else:
                self.steps.append(understand(command, folder))

    def _cmd(self, instruction: Instruction) -> None:
        self.stage.command = _form(instruction.value)

    def _entrypoint(self, instruction: Instruction) -> None:
        self.stage.entrypoint, self.stage.command = _form(instruction.value), ()

    def _absolute(self, path: str, folder: str | None = None) -> str:
        """A path of the image; a trailing slash stays, since it marks a folder."""
        slash = "/" if path.endswith(("/", "/.")) or path == "." else ""
        return posixpath.normpath(posixpath.join(folder or self.stage.folder, path)) + slash


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    """What ``$NAME``, ``${NAME}``, ``${NAME:-default}`` or ``${NAME:+other}`` stands for."""
    braced, operator, other, bare = found.groups()
    if found[0] == "\\$":
        return "$"
    value = values.get(braced or bare, "")
    if operator == "+":
        return (other or "") if value else ""
    return value or other or ""


def _form(value: str) -> tuple[str, ...]:
    """Exec form as it is; shell form through ``/bin/sh -c``, as Docker does."""
    if value.lstrip().startswith("["):
        try:
            return tuple(str(word) for word in json.loads(value))
        except (ValueError, RecursionError):  # a broken list is shell form to Docker, too
            pass
    return ("/bin/sh", "-c", value) if value else ()
