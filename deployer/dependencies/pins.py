"""Locked packages as the requirements file of the Space: pinned, and hashed as far as pip allows.

pip takes hashes for all lines of a file or for none, and none beside git or a folder. So a git
address unlocks the hashes of the whole file, and folders go into a second file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from deployer.code.search_path import within
from deployer.code.source import join
from deployer.dependencies import addresses, requirements
from deployer.dependencies.found import Dependencies, Source
from deployer.errors import Notice, Problem, refuse

STANDARD = "requirements.txt"
# What stands in no lock and so can't be installed together with hashes.
SECOND = "requirements-unlocked.txt"


class Pin(Struct, frozen=True, kw_only=True):
    """One locked package. Exactly one of ``version``, ``url`` and ``path`` says where it is from;
    ``path`` is relative to the lock's folder. ``hashes`` are ``sha256:…``.
    """

    name: str
    version: str = ""
    url: str = ""
    path: str = ""
    index: str = ""
    hashes: tuple[str, ...] = ()
    line: int | None = None

    @property
    def is_git(self) -> bool:
        return self.url.startswith("git+")

    @property
    def spec(self) -> str:
        return f"{self.name} @ {self.url}" if self.url else f"{self.name}=={self.version}"


def write(source: Source, pins: Iterable[Pin], removed: Iterable[str] = ()) -> Dependencies:
    """The requirements files for these pins. Raises ``Refused`` for what no Space can install."""
    held = sorted(pins, key=lambda pin: pin.name)
    refuse(_problems(source, held))
    remote = [pin for pin in held if not pin.path]
    folders = [path for pin in held if pin.path and (path := local(source, pin.path))]
    bare = [pin for pin in remote if pin.is_git or not pin.hashes]
    content = "".join(_lines(remote, hashed=not bare))
    main = join(source.backend, STANDARD)
    entries, files = requirements.parse(content), {main: content.encode()}
    also: tuple[str, ...] = ()
    if folders:
        also = (second(source),)
        files[also[0]] = "".join(f"{path}\n" for path in sorted(folders)).encode()
        entries += requirements.parse(files[also[0]].decode())
    return Dependencies(
        main=main,
        also=also,
        files=files,
        entries=entries,
        locked=True,
        removed=tuple(sorted(set(removed))),
        notices=(*_unhashed(source, bare), *_indexes(source, remote)),
    )


def local(source: Source, path: str) -> str | None:
    """A path of the lock as pip finds it from the backend; None for the project itself.

    Raises nothing: paths that leave the backend are problems of their own.
    """
    target = posixpath.normpath(posixpath.join(source.folder, path))
    if within(source.backend, target):
        return None
    return f"./{posixpath.relpath(target, source.backend)}"


def second(source: Source) -> str:
    """A name for the second file that the backend has not taken yet."""
    path = join(source.backend, SECOND)
    while source.files.read(path) is not None:
        path = join(source.backend, f"space-{path.rpartition('/')[2]}")
    return path


def _lines(pins: Sequence[Pin], *, hashed: bool) -> Iterator[str]:
    for index in sorted({pin.index for pin in pins if not addresses.is_default(pin.index)}):
        yield f"--extra-index-url {index}\n"
    for pin in pins:
        hashes = sorted(set(pin.hashes)) if hashed else []
        yield " \\\n    ".join([pin.spec, *(f"--hash={digest}" for digest in hashes)]) + "\n"


def _problems(source: Source, pins: Sequence[Pin]) -> Iterator[Problem]:
    for pin in pins:
        found = addresses.objection(pin.url) or addresses.index_objection(pin.index)
        if found:
            yield source.problem(f"`{pin.name}`: {found[0]}", found[1], pin.line)
        elif pin.path and leaves(source, pin.path):
            yield outside(source, pin.path, pin.line)
        elif not (pin.path or pin.url or pin.version):
            yield source.problem(f"`{pin.name}` has no version here.", "Renew the lock.", pin.line)


def leaves(source: Source, path: str) -> bool:
    """Whether a path of the lock lies neither in the backend nor around it."""
    target = posixpath.normpath(posixpath.join(source.folder, path))
    return not within(source.backend, target) and not within(target, source.backend)


def outside(source: Source, path: str, line: int | None) -> Problem:
    """A package that would have to be installed from a folder that doesn't ship."""
    target = posixpath.normpath(posixpath.join(source.folder, path))
    both = "." if target.startswith("..") else posixpath.commonpath([source.backend, target])
    return source.problem(
        f"`{path}` is installed from here, and it lies outside of `{source.backend}`.",
        "Only the backend folder ships: move the package into it, or set"
        f" `backend: {both or '.'}`, which holds both.",
        line,
    )


def _indexes(source: Source, pins: Sequence[Pin]) -> Iterator[Notice]:
    for index in sorted({pin.index for pin in pins if not addresses.is_default(pin.index)}):
        names = ", ".join(f"`{pin.name}`" for pin in pins if pin.index == index)
        yield Notice(
            message=f"The Space's build asks {index} for {names}, without credentials.",
            where=source.where(),
            warning=False,
        )


def _unhashed(source: Source, bare: Sequence[Pin]) -> Iterator[Notice]:
    if bare:
        names = ", ".join(f"`{pin.name}`" for pin in bare)
        why = "comes from git" if all(pin.is_git for pin in bare) else "has no hash here"
        yield Notice(
            message=f"The Space installs the locked versions without checking hashes: {names}"
            f" {why}, and pip checks all or none.",
            where=source.where(bare[0].line),
            warning=False,
        )
