"""The backend's own Dockerfile, as far as reading tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One instruction with its 1-based line, continuations joined."""

    word: str
    value: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnImage:
    """The backend's own Dockerfile, as far as reading tells."""

    path: str
    instructions: tuple[Instruction, ...]

    @property
    def base(self) -> str:
        """The image of the last stage, followed back through stage names."""
        stages = {
            parts[2].lower(): parts[0]
            for parts in (i.value.split() for i in self._all("FROM"))
            if len(parts) == 3
        }
        froms = self._all("FROM")
        last = froms[-1].value.partition(" ")[0] if froms else ""
        return stages.get(last.lower(), last)

    @property
    def start(self) -> int:
        """The line on which the last stage begins."""
        return max((found.line for found in self._all("FROM")), default=1)

    @property
    def exposed(self) -> Instruction | None:
        return next(reversed(self._final("EXPOSE")), None)

    @property
    def command(self) -> Instruction | None:
        """What starts: CMD, or ENTRYPOINT with CMD as its arguments."""
        start = next(reversed(self._final("ENTRYPOINT")), None)
        command = next(reversed(self._final("CMD")), None)
        if start is None or command is None or not start.value.startswith("["):
            return start or command
        both = json.dumps([*words(start.value), *words(command.value)])
        return Instruction(word="CMD", value=both, line=command.line)

    @property
    def user(self) -> Instruction | None:
        return next(reversed(self._final("USER")), None)

    @property
    def port(self) -> tuple[int, int] | None:
        """The port the app listens on and the line that says so, or None when it is unclear."""
        for found in self.listening, self.exposed_port:
            if found is not None:
                return found
        return None

    @property
    def listening(self) -> tuple[int, int] | None:
        """The port in the start command, a shell default (``${PORT:-8000}``) included."""
        if self.command is None:
            return None
        match = re.search(
            r"(?:--port|--bind|-b|-p)[\"',=\s]+(?:[\w.*\[\]:]*:)?(?:(\d{1,9})|\$\{?(\w+)(?::-(\d{1,9})\})?)",
            self.command.value,
        )
        if match is None:
            return None
        number = match[1] or match[3] or self._variable(match[2] or "")
        return (int(number), self.command.line) if number else None

    @property
    def exposed_port(self) -> tuple[int, int] | None:
        if self.exposed is None:
            return None
        match = re.match(r"\d{1,9}", self.exposed.value)
        name = re.match(r"\$\{?(\w+)", self.exposed.value)
        number = match[0] if match else self._variable(name[1] if name else "")
        return (int(number), self.exposed.line) if number else None

    def copied(self) -> Iterator[tuple[str, int]]:
        """The sources of COPY and ADD that come from the bundle, with their lines."""
        for found in self._all("COPY", "ADD"):
            if "--from=" in found.value or "<<" in found.value:
                continue
            sources = [word for word in words(found.value) if not word.startswith("--")]
            yield from ((word, found.line) for word in sources[:-1])

    def _variable(self, name: str, hops: int = 5) -> str:
        for found in self._all("ENV", "ARG"):
            match = re.search(
                rf"(?:^|\s){re.escape(name)}[=\s]\"?(?:(\d{{1,9}})|\$\{{?(\w+))", found.value
            )
            if name and match and match[2] != name:
                return match[1] or (self._variable(match[2], hops - 1) if hops else "")
        return ""

    def _all(self, *words: str) -> list[Instruction]:
        return [found for found in self.instructions if found.word in words]

    def _final(self, *words: str) -> list[Instruction]:
        """Instructions of the last stage: only they make the image that runs."""
        return [found for found in self._all(*words) if found.line >= self.start]


def read_dockerfile(content: bytes, path: str) -> OwnImage:
    """The instructions of a Dockerfile; comments, continuations and heredocs understood."""
    return OwnImage(
        path=path, instructions=tuple(_instructions(content.decode("utf-8", "replace")))
    )


def _instructions(text: str) -> Iterator[Instruction]:
    held, start, until = "", 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if until:
            until = "" if line.strip() == until else until
            continue
        if line.lstrip().startswith("#") or (held and not line.strip()):
            continue
        start = start or number
        held += line.rstrip().removesuffix("\\") + " "
        if line.rstrip().endswith("\\"):
            continue
        word, _, value = held.strip().partition(" ")
        if word:
            yield Instruction(word=word.upper(), value=value.strip(), line=start)
        heredoc = re.search(r"<<-?[\"']?(\w+)", value)
        held, start, until = "", 0, heredoc[1] if heredoc else ""


def words(value: str) -> list[str]:
    if value.lstrip().startswith("["):
        try:
            return [str(item) for item in json.loads(value)]
        except (ValueError, RecursionError):
            return []
    return value.split()
