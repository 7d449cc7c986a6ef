"""Where a Dockerfile's COPY instructions put the files of its build context."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from msgspec import Struct, field
from msgspec.structs import replace

from deployer.image.own import Instruction, OwnImage, assignments, words

LONGEST = 10_000  # characters of a filled-in value: one may double another again and again
_VARIABLE = re.compile(r"\$\{?(\w+)(?::-([^}]*))?\}?")


class Placed(Struct, frozen=True, kw_only=True):
    """The files of one stage by absolute path, and the folder that it works in."""

    files: frozenset[str] = frozenset()
    workdir: str = "/"

    def path(self, written: str) -> str:
        """A path of the image as an instruction writes it."""
        return posixpath.normpath(posixpath.join(self.workdir, written))


class _Build(Struct, kw_only=True):
    """The build as far as it has come."""

    context: frozenset[str]
    values: dict[str, str] = field(default_factory=dict)
    stages: dict[str, Placed] = field(default_factory=dict)
    stage: Placed = field(default_factory=Placed)
    names: list[str] = field(default_factory=list)

    def take(self, found: Instruction) -> None:
        match found.word:
            case "FROM":
                self._from(found.value)
            case "ARG" | "ENV":
                given = assignments(found.value)
                self.values |= {name: self._filled(value) for name, value in given if value}
            case "WORKDIR":
                folder = self._filled(found.value).strip("\"'")
                self.stage = replace(self.stage, workdir=self.stage.path(folder))
            case "COPY" | "ADD" if "<<" not in found.value:
                more = self._copied(self._filled(found.value))
                self.stage = replace(self.stage, files=self.stage.files | frozenset(more))
        for name in self.names[-1:]:
            self.stages |= {name: self.stage, str(len(self.names) - 1): self.stage}

    def _from(self, value: str) -> None:
        given = [word for word in self._filled(value).split() if not word.startswith("--")]
        self.stage = self.stages.get(given[0].lower() if given else "", Placed())
        self.names.append(given[2].lower() if len(given) == 3 else str(len(self.names)))

    def _filled(self, text: str) -> str:
        filled = _VARIABLE.sub(lambda m: self.values.get(m[1], m[2] or m[0]), text)
        return filled if len(filled) < LONGEST else text

    def _copied(self, value: str) -> Iterator[str]:
        *sources, target = [w for w in words(_without_flags(value)) if w] or [""]
        origin = re.search(r"--from=(\S+)", value)
        if origin and origin[1].lower() not in self.stages:
            return
        stage = self.stages[origin[1].lower()] if origin else Placed(files=self.context)
        parents = "--parents" in value
        for source in sources:
            inside = posixpath.normpath("/" + source.lstrip("/"))
            for name, whole in _taken(stage.files, inside):
                yield from self._places(target, whole[1:] if parents else name)

    def _places(self, target: str, name: str) -> Iterator[str]:
        """In the target; a lone file may be called like the target itself."""
        folder = self.stage.path(target)
        if name.startswith("./"):
            yield posixpath.join(folder, name[2:])
            return
        yield posixpath.join(folder, name)
        if not target.endswith(("/", ".")):
            yield folder


def placed(image: OwnImage, context: Iterable[str]) -> Placed:
    """The image's files that come from ``context`` (paths relative to it), by COPY and ADD alone.

    What is unclear, as whether a target is a folder, is answered with every possibility.
    """
    build = _Build(context=frozenset(f"/{path}" for path in context))
    for found in image.instructions:
        build.take(found)
    return build.stage


def _without_flags(value: str) -> str:
    return re.sub(r"^(?:\s*--\S+)+\s*", "", value)


def _taken(files: Iterable[str], source: str) -> Iterator[tuple[str, str]]:
    """What a source takes: ``name`` of a file, ``./path`` below a folder; and its whole path."""
    parts = [] if source == "/" else source[1:].split("/")
    for path in files:
        have = path[1:].split("/")
        if len(have) >= len(parts) and all(map(fnmatchcase, have, parts)):
            below = "/".join(have[len(parts) :])
            yield f"./{below}" if below else have[-1], path
