"""From a Dockerfile to the steps that a virtual environment can follow.

Every stage is read in order, since a builder stage often installs what the last stage copies.
``COPY``, ``pip``/``uv`` installations, ``mkdir`` and ``chmod`` are kept, other ``RUN`` parts are
named as skipped; the last stage decides environment, folder and command.
Grammar: Dockerfile reference (line continuation, comments, here-documents, exec and shell form).
"""

from __future__ import annotations

import copy
import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from localhub import dockerfile_syntax as syntax

_INSTALL = re.compile(
    r"(?:\S*/)?(?:uv\s+pip|pip3?(?:\.\d+)?|python3?(?:\.\d+)?\s+-m\s+pip)\s+install\s+(.*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Files of the context, copied to an absolute path of the image."""

    sources: tuple[str, ...]
    destination: str
    from_stage: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """Arguments of one ``pip install``, and the folder it runs in."""

    arguments: tuple[str, ...]
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A part of a ``RUN`` that only a container can follow."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrange:
    """A ``mkdir`` or ``chmod`` of a ``RUN``, and the folder it runs in."""

    words: tuple[str, ...]
    folder: str


Step = Copy | Install | Arrange | Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    """What the Dockerfile comes to. ``python`` is the version that the base image names."""

    python: str | None
    steps: tuple[Step, ...]
    environment: Mapping[str, str]
    folder: str
    command: tuple[str, ...]


@dataclass(slots=True)
class _Stage:
    """What a stage has said so far."""

    python: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()


def parse(text: str, arguments: Mapping[str, str]) -> Instructions:
    """What a Dockerfile comes to; ``arguments``: the build arguments (a Space's variables)."""
    reader = _Reader(arguments)
    for line in syntax.logical_lines(text):
        keyword, _, rest = line.partition(" ")
        reader.follow(keyword.upper(), rest.strip())
    stage = reader.stage
    shell_entry = stage.entrypoint[:2] == ("/bin/sh", "-c")
    return Instructions(
        python=stage.python,
        steps=tuple(reader.steps),
        environment=stage.environment,
        folder=stage.folder,
        command=stage.entrypoint + (() if shell_entry else stage.command),
    )


class _Reader:
    """Follows the instructions in order."""

    def __init__(self, arguments: Mapping[str, str]) -> None:
        self.steps: list[Step] = []
        self.stage = _Stage()
        self._given = arguments
        self._defaults: dict[str, str] = {}
        self._arguments: dict[str, str] = {}
        self._named: dict[str, _Stage] = {}
        self._actions: dict[str, Callable[[str], None]] = {
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

    def follow(self, keyword: str, rest: str) -> None:
        """One instruction; those that mean nothing outside a container are passed over."""
        action = self._actions.get(keyword)
        if action is not None:
            action(rest)

    def _expand(self, text: str) -> str:
        return syntax.expand(text, {**self._arguments, **self.stage.environment})

    def _from(self, rest: str) -> None:
        words = [word for word in self._expand(rest).split() if not word.startswith("--")]
        earlier = self._named.get(words[0])
        self.stage = copy.deepcopy(earlier) if earlier else _Stage()
        if version := re.search(r"python:?(3\.\d+)", words[0]):
            self.stage.python = version[1]
        self._named[words[-1]] = self.stage
        self._arguments = {}

    def _arg(self, rest: str) -> None:
        name, _, default = rest.partition("=")
        before_stages = not self._named
        value = self._given.get(
            name, self._defaults.get(name, self._expand(syntax.unquote(default)))
        )
        self._arguments[name] = value
        if before_stages:
            self._defaults[name] = value

    def _env(self, rest: str) -> None:
        self.stage.environment.update(
            {name: self._expand(value) for name, value in syntax.assignments(rest)}
        )

    def _workdir(self, rest: str) -> None:
        self.stage.folder = syntax.absolute(self._expand(syntax.unquote(rest)), self.stage.folder)

    def _copy(self, rest: str) -> None:
        flags = re.findall(r"--[\w-]+(?:=\S+)?", rest)
        plain = re.sub(r"^(?:--[\w-]+(?:=\S+)?\s+)*", "", rest)
        paths = [self._expand(path) for path in syntax.words(plain)]
        if len(paths) < 2 or "<<" in plain:
            self.steps.append(Skipped(text=f"COPY {rest}"))
            return
        target = syntax.absolute(paths[-1], self.stage.folder)
        from_stage = any(flag.startswith("--from") for flag in flags)
        self.steps.append(
            Copy(sources=tuple(paths[:-1]), destination=target, from_stage=from_stage)
        )
        modes = [flag.partition("=")[2] for flag in flags if flag.startswith("--chmod")]
        words = [("chmod", "-R", mode, target) for mode in modes]
        self.steps += [Arrange(words=word, folder=self.stage.folder) for word in words]

    def _run(self, rest: str) -> None:
        plain = re.sub(r"^(?:--\w+=\S+\s+)*", "", rest)
        text = " ".join(json.loads(plain)) if plain.startswith("[") else plain
        folder = self.stage.folder
        for part in filter(None, (part.strip() for part in re.split(r"&&|\|\||;", text))):
            if moved := re.fullmatch(r"cd\s+(\S+)", part):
                folder = syntax.absolute(self._expand(moved[1]), folder)
            else:
                self.steps.append(self._part(part, folder))

    def _part(self, part: str, folder: str) -> Step:
        if install := _INSTALL.fullmatch(part):
            return Install(arguments=tuple(shlex.split(self._expand(install[1]))), folder=folder)
        if synced := re.fullmatch(r"uv\s+pip\s+sync\s+(\S+)", part):
            return Install(arguments=("-r", self._expand(synced[1])), folder=folder)
        if re.match(r"(mkdir|chmod)\s", part) and "|" not in part and ">" not in part:
            return Arrange(words=tuple(shlex.split(self._expand(part))), folder=folder)
        return Skipped(text=f"RUN {part}")

    def _cmd(self, rest: str) -> None:
        self.stage.command = syntax.command(rest)

    def _entrypoint(self, rest: str) -> None:
        self.stage.entrypoint, self.stage.command = syntax.command(rest), ()
