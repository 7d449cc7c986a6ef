"""The backend's own Dockerfile, as far as reading tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

_LISTENING = re.compile(
    r"(?:--port|--bind|-b|-p)[\"',=\s]+(?:[\w.*\[\]:]*:)?"
    r"(?:(\d{1,9})|\$\{?(\w+)(?::-(\d{1,9})\})?)"
)

# Commands after which others than root may write.
_GIVEN_AWAY = re.compile(r"\bchown\b|\bchmod\s+(?:-\w+\s+)*(?:\d*[2367]\b|[ugoa]*\+\w*w)")


class Instruction(Struct, frozen=True, kw_only=True):
    """One instruction with its 1-based line, continuations joined."""

    word: str
    value: str
    line: int


class OwnImage(Struct, frozen=True, kw_only=True):
    """The backend's own Dockerfile, as far as reading tells."""

    path: str
    instructions: tuple[Instruction, ...]

    @property
    def base(self) -> str:
        """The image of the last stage, followed back through stage names, arguments filled in."""
        image = self._stages[-1].image if self._stages else ""
        return re.sub(
            r"\$\{?(\w+)(?::-([^}]*))?\}?",
            lambda found: self._argument(found[1]) or found[2] or found[0],
            image,
        )

    @property
    def start(self) -> int:
        """The line on which the last stage begins."""
        return max((found.line for found in self._all("FROM")), default=1)

    @property
    def unset_port(self) -> Instruction | None:
        """The start command, when it takes a port from ``$PORT`` that nothing sets here."""
        command = self.command
        match = _LISTENING.search(command.value) if command else None
        is_unset = match and match[2] and not match[3] and not self.variable(match[2])
        return command if is_unset else None

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
        match = _LISTENING.search(self.command.value)
        if match is None:
            return None
        number = match[1] or match[3] or self.variable(match[2] or "")
        return (int(number), self.command.line) if number else None

    @property
    def exposed_port(self) -> tuple[int, int] | None:
        if self.exposed is None:
            return None
        match = re.match(r"\d{1,9}", self.exposed.value)
        name = re.match(r"\$\{?(\w+)", self.exposed.value)
        number = match[0] if match else self.variable(name[1] if name else "")
        return (int(number), self.exposed.line) if number else None

    def copied(self) -> Iterator[tuple[str, int]]:
        """What COPY, ADD and bind mounts take from the bundle, with their lines."""
        for found in self._all("COPY", "ADD"):
            if "--from=" in found.value or "<<" in found.value:
                continue
            sources = [word for word in words(found.value) if not word.startswith("--")]
            yield from ((word, found.line) for word in sources[:-1])
        for found in self._all("RUN"):
            yield from ((source, found.line) for source in _mounted(found.value))

    def made(self) -> set[str]:
        """The names that commands and copies from other stages mention: folders that they make."""
        found = [i.value for i in self._all("RUN")]
        found += [i.value for i in self._all("COPY") if "--from=" in i.value]
        return {name for value in found for name in re.findall(r"[\w.-]+", value)}

    @property
    def unowned(self) -> Instruction | None:
        """The last COPY from the bundle, when what it brings belongs to root."""
        changed = any(_GIVEN_AWAY.search(i.value) for i in self._all("RUN"))
        copies = [i for i in self._all("COPY", "ADD") if "--from=" not in i.value]
        owned = changed or not copies or re.search(r"--ch(?:own|mod)=", copies[-1].value)
        return None if owned else copies[-1]

    def variable(self, name: str, hops: int = 5) -> str:
        """The number that ENV or ARG gives to a name, other names followed; else nothing."""
        for found in self._all("ENV", "ARG"):
            match = re.search(
                rf"(?:^|\s){re.escape(name)}[=\s]\"?(?:(\d{{1,9}})|\$\{{?(\w+))", found.value
            )
            if name and match and match[2] != name:
                return match[1] or (self.variable(match[2], hops - 1) if hops else "")
        return ""

    def _all(self, *words: str) -> list[Instruction]:
        return [found for found in self.instructions if found.word in words]

    def _argument(self, name: str) -> str:
        """The default of an ARG, whatever kind of text it is."""
        for found in self._all("ARG"):
            given, _, value = found.value.partition("=")
            if given.strip() == name and value:
                return value.strip().strip("\"'")
        return ""

    @property
    def _stages(self) -> list[_Stage]:
        """The last stage and those of this file that it is built from, the last one last."""
        froms = self._all("FROM")
        ends = [*(found.line for found in froms[1:]), 10**9][: len(froms)]
        stages = [_stage(found, end) for found, end in zip(froms, ends, strict=True)]
        chain = stages[-1:]
        while chain and (
            below := [s for s in stages if s.name == chain[0].image.lower() and s not in chain]
        ):
            chain.insert(0, below[-1])
        return [replace(stage, image=chain[0].image) for stage in chain]

    def _final(self, *words: str) -> list[Instruction]:
        """Instructions of the stages that make the image that runs."""
        stages = self._stages
        return [i for i in self._all(*words) if any(s.start <= i.line < s.end for s in stages)]


class _Stage(Struct, frozen=True, kw_only=True):
    """One FROM, and the lines up to the next."""

    image: str
    name: str
    start: int
    end: int


def _stage(found: Instruction, end: int) -> _Stage:
    given = [word for word in found.value.split() if not word.startswith("--")]
    name = given[2].lower() if len(given) == 3 else ""
    return _Stage(image=given[0] if given else "", name=name, start=found.line, end=end)


def read_dockerfile(content: bytes, path: str) -> OwnImage:
    """The instructions of a Dockerfile; comments, continuations and heredocs understood."""
    return OwnImage(
        path=path, instructions=tuple(_instructions(content.decode("utf-8", "replace")))
    )


def _instructions(text: str) -> Iterator[Instruction]:
    directive = re.match(r"(?:#[^\n]*\n)*?#[ \t]*escape[ \t]*=[ \t]*(\S)", text, re.IGNORECASE)
    escape = directive[1] if directive else "\\"
    held, start = "", 0
    lines = enumerate(text.removeprefix("\ufeff").splitlines(), 1)
    for number, line in lines:
        if line.lstrip().startswith("#") or (held and not line.strip()):
            continue
        start = start or number
        held += line.rstrip().removesuffix(escape) + " "
        if line.rstrip().endswith(escape):
            continue
        word, value = [*held.split(None, 1), "", ""][:2]
        value += "".join(_heredocs(value, lines)) if word else ""
        if word:
            yield Instruction(word=word.upper(), value=value.strip(), line=start)
        held, start = "", 0
    if held.strip():  # a last line that ends in an escape
        word, value = [*held.split(None, 1), ""][:2]
        yield Instruction(word=word.upper(), value=value.strip(), line=start)


def _heredocs(value: str, lines: Iterator[tuple[int, str]]) -> Iterator[str]:
    """The text of the here-documents that an instruction begins, in their order."""
    for until in re.findall(r"<<-?[\"']?(\w+)", value):
        for _, line in lines:
            if line.strip() == until:
                break
            yield f"\n{line}"


def words(value: str) -> list[str]:
    if value.lstrip().startswith("["):
        try:
            return [str(item) for item in json.loads(value)]
        except (ValueError, RecursionError):
            return []
    return value.split()


def assignments(value: str) -> Iterator[tuple[str, str]]:
    """The names and values of an ENV or ARG instruction, in either of its forms."""
    if re.match(r"\s*[\w.-]+\s+[^=\s]\S*\s*$", value):
        name, _, text = value.strip().partition(" ")
        yield name, text.strip()
        return
    for match in re.finditer(r"([\w.-]+)=(?:\"([^\"]*)\"|'([^']*)'|(\S*))", value):
        yield match[1], match[2] or match[3] or match[4] or ""


def _mounted(command: str) -> Iterator[str]:
    """The sources of a RUN's bind mounts, but those of other stages and images."""
    for mount in re.findall(r"--mount=(\S+)", command):
        given = {key: value for key, _, value in (part.partition("=") for part in mount.split(","))}
        source = given.get("source", given.get("src", ""))
        if source and "from" not in given and given.get("type", "bind") == "bind":
            yield source
