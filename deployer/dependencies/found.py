"""The values between reading a manifest and installing from it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import replace

from deployer.code.source import join, parent
from deployer.dependencies.requirements import Entry, decode
from deployer.errors import Exit, Notice, Problem, Refused, Where
from deployer.model.quiet import Quiet
from deployer.ports import Files

LOCKED_FROM = {
    "uv.lock": "pyproject.toml",
    "poetry.lock": "pyproject.toml",
    "pylock.toml": "pyproject.toml",
    "Pipfile.lock": "Pipfile",
}


class Source(Struct, frozen=True, kw_only=True):
    """A manifest that is there, and for whom it is read.

    ``backend`` is the backend's folder, ``needed`` the top names that the app imports, ``app``
    the framework's distributions that a complete manifest names. ``made``: the Dockerfile is
    ours, and so must install what stands here.
    """

    files: Files
    path: str
    content: bytes
    backend: str
    needed: frozenset[str] = frozenset()
    app: frozenset[str] = frozenset({"fastapi"})
    made: bool = True

    @property
    def folder(self) -> str:
        return parent(self.path)

    @property
    def text(self) -> str:
        return decode(self.content)

    def beside(self, name: str) -> Source | None:
        """Another file of the same folder, if it is there."""
        path = join(self.folder, name)
        content = self.files.read(path)
        return replace(self, path=path, content=content) if content is not None else None

    def line_of(self, *needles: str) -> int | None:
        """The first line that holds all of the strings; 1-based."""
        for number, line in enumerate(self.text.splitlines(), 1):
            if all(needle in line for needle in needles):
                return number
        return None

    def where(self, line: int | None = None) -> Where:
        return Where(file=self.path, line=line)

    def problem(self, message: str, hint: str = "", line: int | None = None) -> Problem:
        return Problem(exit=Exit.BUNDLE, message=message, hint=hint, where=self.where(line))

    def broken(self, why: str, line: int | None = None) -> Refused:
        """What to raise for a file that its own tool could not read either."""
        hint = "Correct it, or make it anew with the tool that wrote it."
        return Refused([self.problem(f"This file can't be read: {why}.", hint, line)])


class Dependencies(Struct, frozen=True, kw_only=True):
    """What the Space installs, and from where.

    ``main`` is installed first, then each of ``also``; ``files`` are their contents and what they
    include, by workspace path. ``manifest`` is the file that was taken, of this ``kind``, for
    this ``reason``.
    """

    main: str
    also: tuple[str, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    notices: tuple[Notice, ...] = ()
    manifest: str = ""
    kind: str = ""
    reason: str = ""
    locked: bool = False
    removed: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Normalised names of the distributions asked for."""
        return frozenset(entry.name for entry in self.entries if entry.name)

    @property
    def declared_in(self) -> str:
        """The file into which a person writes a dependency: of a lock, what it is made from."""
        made_from = LOCKED_FROM.get(self.manifest.rpartition("/")[2])
        return join(parent(self.manifest), made_from) if made_from else self.manifest or self.main

    @property
    def needs_code(self) -> bool:
        """Whether the own code must be in the image before the installation."""
        return any(entry.is_path for entry in self.entries)


class Manifest(Struct, frozen=True, kw_only=True):
    """A manifest that was understood.

    ``asked`` is what it asks for itself, ``names`` what comes with that as far as it tells,
    ``python`` the versions of Python it is for (PEP 440 specifiers; alternatives by ``||``).
    ``install`` says what the Space installs with a given Python; it raises ``Refused``.
    """

    kind: str
    path: str
    asked: tuple[Entry, ...]
    install: Callable[[str], Dependencies]
    names: frozenset[str] = frozenset()
    python: str = ""


class Chosen(Quiet, frozen=True, kw_only=True):
    """The manifest that is taken, and why it and no other.

    ``as_it_is``: a brought Dockerfile installs it, and none of its files is ours to change.
    """

    source: Source
    manifest: Manifest
    reason: str
    as_it_is: bool = False

    @property
    def asked(self) -> tuple[Entry, ...]:
        """What it asks for itself, markers and all: they take part in choosing the Python."""
        return self.manifest.asked

    @property
    def python(self) -> str:
        """The Pythons it is for: specifiers, alternatives by ``||``."""
        return self.manifest.python
