"""The kinds of manifests, in the order in which they are looked at: a new one is a line here.

What reads the rarer ones is imported when such a file is there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from importlib import import_module

from msgspec import Struct
from msgspec.structs import replace

from deployer.code.source import join, parent
from deployer.dependencies import pyproject, requirement_files
from deployer.dependencies.documents import toml
from deployer.dependencies.found import Manifest, Source
from deployer.dependencies.requirements import decode
from deployer.model import WorkspaceKind

# Best first: what is installed by habit, made for the very purpose, for production, misspelt.
REQUIREMENTS = (
    *("requirements.txt", "requirements.hf.txt", "requirements-hf.txt", "requirements_hf.txt"),
    *("requirements.prod.txt", "requirements-prod.txt", "requirements_prod.txt"),
    *("requirements-production.txt", "requirements/production.txt", "requirements/prod.txt"),
    *("requirements/base.txt", "requirements-base.txt", "requirements/requirements.txt"),
    *("requirements.text", "requirement.txt"),
)
# Written by hand for pip-compile, or written by a tool for itself: after the locks.
LATE = ("requirements.lock", "requirements-lock.txt", "requirements.in", "requirements/base.in")


ANY = re.compile(r"^req[\w.-]*(?:/[\w.-]+)?\.txt$", re.IGNORECASE)
FOR_OTHERS = re.compile(
    r"dev|test|lint|doc|(?:^|[\W_])ci(?:[\W_]|$)|eval|bench|train|notebook|frontend|constraint",
    re.IGNORECASE,
)


Reader = Callable[[Source], Manifest | None]


class Kind(Struct, frozen=True, kw_only=True):
    """File names and who reads them: a manifest, or None for a file that declares nothing.

    ``last_resort``: what is wrong with it counts only when there is no other.
    """

    names: tuple[str, ...]
    read: Reader
    last_resort: bool = False


def _of(module: str, name: str = "read") -> Reader:
    """The reader of that name in a module beside this one."""

    def read(source: Source) -> Manifest | None:
        reader: Reader = getattr(import_module(f"deployer.dependencies.{module}"), name)
        return reader(source)

    return read


def _pyproject(source: Source) -> Manifest | None:
    """pyproject.toml, or the requirements file that it takes its dependencies from."""
    found = pyproject.read(source)
    if found is not None:
        return found
    for name in pyproject.dynamic_files(toml(source)):
        beside = source.beside(name)
        if beside is not None:
            python = pyproject.python(toml(source))
            return replace(requirement_files.read(beside), python=python)
    return None


KINDS = (
    Kind(names=REQUIREMENTS, read=requirement_files.read),
    Kind(names=("uv.lock",), read=_of("uv_lock")),
    Kind(names=("poetry.lock",), read=_of("poetry_lock")),
    Kind(names=("pylock.toml",), read=_of("pylock")),
    Kind(names=("Pipfile.lock",), read=_of("pipfile", "read_lock")),
    Kind(names=LATE, read=requirement_files.read),
    Kind(names=("pyproject.toml",), read=_pyproject),
    Kind(names=("Pipfile",), read=_of("pipfile")),
    Kind(names=("setup.cfg",), read=_of("setup_files", "read_cfg")),
    Kind(names=("setup.py",), read=_of("setup_files", "read_py")),
    Kind(names=("environment.yml", "environment.yaml"), read=_of("conda"), last_resort=True),
)


def _others(about: Source, folder: str) -> Iterator[str]:
    """Requirements files of any other name, of the folder and its `requirements/`."""
    for place in (folder, join(folder, "requirements")):
        for entry in about.files.walk(place, lambda _: False):
            name = entry.path if folder == "." else entry.path[len(folder) + 1 :]
            if (
                entry.kind is WorkspaceKind.FILE
                and ANY.search(name)
                and not FOR_OTHERS.search(name)
            ):
                yield name


def sources(about: Source, folder: str) -> Iterator[tuple[Kind, Source]]:
    """The manifests that lie in a folder, best first; `Requirements.TXT` is one, too."""
    spelt: dict[str, str] = {}
    for entry in about.files.walk(folder, lambda _: False):
        if entry.kind is WorkspaceKind.FILE:
            # The usual spelling beats any other that stands beside it.
            spelt[entry.path.lower()] = min(entry.path, spelt.get(entry.path.lower(), entry.path))
            spelt[entry.path] = entry.path
    others = tuple(sorted(_others(about, folder)))
    for kind in KINDS:
        for name in (*kind.names, *(others if kind.names is LATE else ())):
            path = join(folder, name)
            path = spelt.get(path) or spelt.get(path.lower()) or path
            content = about.files.read(path)
            if content is not None:
                yield kind, replace(about, path=path, content=content)


def candidates(about: Source) -> Iterator[tuple[Kind, Source]]:
    """The manifests of the backend's folder, then of those above."""
    folder = about.backend
    for kind, source in sources(about, folder):
        if source.path == join(folder, "pyproject.toml"):
            yield from _workspace_lock(about)
        yield kind, source
    while folder != ".":
        folder = parent(folder)
        yield from sources(about, folder)


def _workspace_lock(about: Source) -> Iterator[tuple[Kind, Source]]:
    """uv's lock further up, when the backend is a member of its workspace."""
    folder = about.backend
    while folder != ".":
        folder = parent(folder)
        path = join(folder, "uv.lock")
        content = about.files.read(path) or b""
        member = posixpath.relpath(about.backend, folder)
        if re.search(rf'(?:editable|virtual) = "{re.escape(member)}"', decode(content)):
            kind = Kind(names=(path,), read=_of("uv_lock"))
            yield kind, replace(about, path=path, content=content)


def read(kind: Kind, source: Source) -> Manifest | None:
    """The manifest, if the file declares anything. Raises ``Refused``."""
    try:
        return kind.read(source)
    except (ValueError, RecursionError) as error:
        why = str(error).partition("\n")[0] or "it nests too deep"
        raise source.broken(why) from error
