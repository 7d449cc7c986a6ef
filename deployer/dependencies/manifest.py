"""Which manifest the Space installs from, and what of it ships.

The first that names the app's framework is taken: of the backend's folder, then of those above.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from packaging.specifiers import SpecifierSet

from deployer.code.source import join, parent
from deployer.dependencies import kinds, requirement_files, server
from deployer.dependencies.found import Dependencies, Manifest, Source
from deployer.dependencies.imported import provided
from deployer.dependencies.pins import STANDARD
from deployer.dependencies.requirements import Entry
from deployer.dependencies.space import environment
from deployer.errors import Exit, Notice, Problem, Refused, Where
from deployer.ports import Files

__all__ = ["Chosen", "Dependencies", "OwnInstall", "find_manifest", "install"]

FRAMEWORKS = frozenset(
    {"fastapi", "starlette", "litestar", "quart", "sanic", "blacksheep", "django", "falcon"}
)
# What installs from a project or a lock itself, and so needs these files as they are.
INSTALLERS = (
    (re.compile(r"\buv\s+(?:sync|run|export)\b"), ("uv.lock", "pyproject.toml")),
    (re.compile(r"\bpoetry\b.*\b(?:install|sync|export)\b"), ("poetry.lock", "pyproject.toml")),
    (re.compile(r"\bpipenv\b.*\b(?:install|sync|requirements)\b"), ("Pipfile.lock", "Pipfile")),
    (re.compile(r"\b(?:pdm|hatch|rye|pixi)\b.*\b(?:install|sync|run)\b"), ("pyproject.toml",)),
    (
        re.compile(r"\bpip3?\s+install\b(?:\s+-\S+)*\s+[\"']?\.(?:[\[\"'\s/]|$)"),
        ("pyproject.toml", "setup.cfg", "setup.py"),
    ),
    (
        re.compile(r"\b(?:conda|mamba|micromamba)\b.*\b(?:env|install|create)\b"),
        ("environment.yml", "environment.yaml"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnInstall:
    """What a brought Dockerfile copies from the backend and what it runs."""

    copied: Sequence[str] = ()
    commands: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The manifest that is taken, and why it and no other.

    ``as_it_is``: a brought Dockerfile installs it, and none of its files is ours to change.
    """

    source: Source = field(repr=False)
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


def find_manifest(
    files: Files, folder: str, needed: frozenset[str], own: OwnInstall | None = None
) -> Chosen | None:
    """The manifest. None only when the backend's own Dockerfile needs none of ours.

    ``needed`` are the top names that the app imports. Raises ``Refused`` (exit 3) when there is
    none, or when the one to take can't be read.
    """
    app = needed & FRAMEWORKS or frozenset({"fastapi"})
    about = Source(
        files=files,
        path=join(folder, STANDARD),
        content=b"",
        backend=folder,
        needed=needed,
        app=app | ({"fastapi"} if "starlette" in app else set()),
        made=own is None,
    )
    if own is not None:
        return _copied(about, own)
    return _first(about)


def install(chosen: Chosen, python: str) -> Dependencies:
    """What the Space installs with this Python. Raises ``Refused`` (exit 3)."""
    manifest, source = chosen.manifest, chosen.source
    found = _untouched(chosen, python) if chosen.as_it_is else manifest.install(python)
    found = replace(found, manifest=manifest.path, kind=manifest.kind, reason=chosen.reason)
    if chosen.as_it_is:
        return found
    if source.made:
        found = server.with_server(found, source)
    return replace(found, notices=(*found.notices, *_remarks(chosen, found, python)))


def _copied(about: Source, own: OwnInstall) -> Chosen | None:
    """The requirements that a brought Dockerfile installs, test packages less."""
    names = _installed_as_they_are(own.commands)
    if names:
        return _as_it_is(about, names)
    copied = [name.removeprefix("./") for name in own.copied if "require" in name.lower()]
    paths = [path for name in copied for path in (join(about.backend, name), name)]
    for path in (*paths, *(join(about.backend, name) for name in kinds.REQUIREMENTS)):
        content = about.files.read(path)
        if content is not None:
            source = replace(about, path=path, content=content)
            reason = "the backend's Dockerfile installs it"
            return Chosen(source=source, manifest=requirement_files.read(source), reason=reason)
    return None


def _installed_as_they_are(commands: Iterable[str]) -> tuple[str, ...]:
    for command in commands:
        for pattern, names in INSTALLERS:
            if pattern.search(command):
                return names
    return ()


def _as_it_is(about: Source, names: Sequence[str]) -> Chosen | None:
    """What a Dockerfile installs without us, as far as it can be told."""
    found = {source.path.rpartition("/")[2]: (kind, source) for kind, source in _nearest(about)}
    for name in names:
        if name in found:
            kind, source = found[name]
            try:
                manifest = _read(kind, source)
            except Refused:
                continue  # its own tool will say what is wrong
            if manifest is not None:
                reason = "the backend's Dockerfile installs from it"
                return Chosen(source=source, manifest=manifest, reason=reason, as_it_is=True)
    return None


def _nearest(about: Source) -> Iterator[tuple[kinds.Kind, Source]]:
    """The manifests, those of the backend's folder last and so on top."""
    yield from reversed(list(_candidates(about)))


def _untouched(chosen: Chosen, python: str) -> Dependencies:
    """What it comes to, with no file of ours."""
    main = chosen.manifest.path
    try:
        found = chosen.manifest.install(python)
    except Refused:
        return Dependencies(main=main, entries=chosen.manifest.asked)
    return Dependencies(main=main, entries=found.entries, locked=found.locked)


def _first(about: Source) -> Chosen:
    """The first that names the framework, else the first that names anything, else the first."""
    seen: list[Chosen] = []
    late: list[Problem] = []
    for kind, source in _candidates(about):
        try:
            manifest = _read(kind, source)
        except Refused as refused:
            if not kind.last_resort:
                raise
            late += refused.problems
            continue
        if manifest is None:
            continue
        chosen = Chosen(source=source, manifest=manifest, reason="")
        if _has_app(chosen):
            return replace(chosen, reason=_reason(about, seen))
        seen.append(chosen)
    if late and not any(chosen.manifest.names for chosen in seen):
        raise Refused(late)
    if not seen:
        raise Refused([_no_manifest(about.backend)])
    best = next((chosen for chosen in seen if chosen.manifest.names), seen[0])
    return replace(best, reason="no other manifest names the framework either")


def _candidates(about: Source) -> Iterator[tuple[kinds.Kind, Source]]:
    folder = about.backend
    yield from kinds.sources(about, folder)
    while folder != ".":
        folder = parent(folder)
        yield from kinds.sources(about, folder)


def _read(kind: kinds.Kind, source: Source) -> Manifest | None:
    """Raises ``Refused`` for whatever can't be read in it."""
    try:
        return kind.read(source)
    except (ValueError, RecursionError) as error:
        why = str(error).partition("\n")[0] or "it nests too deep"
        raise source.broken(why) from error


def _has_app(chosen: Chosen) -> bool:
    brought = provided(chosen.manifest.asked, chosen.manifest.names, locked=False)
    return brought.has(chosen.source.app)


def _reason(about: Source, passed: Iterable[Chosen]) -> str:
    app = " or ".join(sorted(about.app))
    names = [f"`{chosen.manifest.path}`" for chosen in passed]
    if names:
        verb = "does" if len(names) == 1 else "do"
        return f"the first that names {app}; {', '.join(names)} {verb} not"
    return f"the first that names {app}"


def _remarks(chosen: Chosen, found: Dependencies, python: str) -> Iterator[Notice]:
    manifest = chosen.manifest
    where = Where(file=manifest.path)
    usual = join(chosen.source.backend, STANDARD)
    if manifest.path != usual:
        yield Notice(
            message=f"The Space installs from `{manifest.path}`: {chosen.reason}.",
            where=where,
            warning=False,
        )
    if found.removed:
        names = ", ".join(found.removed)
        yield Notice(
            message=f"Left out of the Space's requirements: {names}.", where=where, warning=False
        )
    if manifest.python and not _allows(manifest.python, python):
        yield Notice(
            message=f"`{manifest.path}` is for Python {manifest.python}, the Space has {python}.",
            hint="Set `python-version` to one that it allows.",
            where=where,
        )


def _allows(wanted: str, python: str) -> bool:
    full = environment(python)["python_full_version"]
    try:
        return any(SpecifierSet(part).contains(full) for part in wanted.split("||"))
    except ValueError:
        return True


def _no_manifest(folder: str) -> Problem:
    return Problem(
        exit=Exit.BUNDLE,
        message=f"`{folder}` declares no dependencies: there is no requirements.txt, pyproject.toml"
        " or lock file that can be read.",
        hint="Add a requirements.txt that names fastapi, uvicorn and what the app imports.",
        where=Where(file=join(folder, STANDARD)),
    )
