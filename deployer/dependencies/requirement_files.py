"""requirements.txt and what it includes: cleaned where it stands, line by line as pip reads it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from deployer.code.search_path import within
from deployer.code.source import join, parent
from deployer.dependencies import addresses, pyproject, requirements
from deployer.dependencies.found import Dependencies, Manifest, Source
from deployer.dependencies.requirements import Cleaned, Entry
from deployer.errors import Notice, Problem, refuse

INCLUDES = frozenset({"-r", "--requirement", "-c", "--constraint"})
INDEXES = frozenset({"-i", "--index-url", "--extra-index-url", "-f", "--find-links"})
BUILDS = ("pyproject.toml", "setup.py", "setup.cfg")
HOPELESS = re.compile(r"[\w.-]+(?:\[[^]]*\])?\s*(?:=[^=]|(?<=\s)[A-Za-z])")
DRIVE = re.compile(r"/?[A-Za-z]:[\\/]")
BROUGHT = "requirements-brought"  # of the backend: what is included from outside of it
ARCHIVE = re.compile(r"\.(?:whl|zip|tar\.gz|tar\.bz2|tgz)$")


def read(source: Source) -> Manifest:
    """The file and all that it includes with ``-r`` and ``-c``. Raises ``Refused``."""
    found: dict[str, Cleaned] = {}
    problems = list(_read(source, _home(source), found))
    entries = tuple(entry for cleaned in found.values() for entry in cleaned.entries)

    def install(_: str) -> Dependencies:
        refuse(problems)
        return _installed(source, found, entries)

    return Manifest(
        kind="requirements.txt",
        path=source.path,
        asked=entries,
        names=frozenset(entry.name for entry in entries if entry.name) | _behind(source, entries),
        install=install,
    )


def _installed(
    source: Source, found: dict[str, Cleaned], entries: tuple[Entry, ...]
) -> Dependencies:
    pinned = [entry for entry in entries if entry.requirement]
    return Dependencies(
        main=_placed(source, source.path),
        files={_placed(source, place): _content(source, place, found) for place in found},
        entries=entries,
        locked=bool(pinned) and all(entry.hashed for entry in pinned),
        removed=tuple(sorted({name for cleaned in found.values() for name in cleaned.removed})),
        notices=(*_unreadable(source, found), *_half_hashed(source, pinned)),
    )


def _home(source: Source) -> str:
    """The folder whose files keep their places: the backend, or that of a manifest above it."""
    return source.backend if within(source.path, source.backend) else source.folder


def _placed(source: Source, place: str) -> str:
    """Where a file goes: a manifest above moves into the backend with what it includes, and what
    lies outside of its folder into a folder of its own there."""
    if not source.made:
        return place
    home = _home(source)
    inside = within(place, home)
    return join(source.backend, posixpath.relpath(place, home) if inside else join(BROUGHT, place))


def _content(source: Source, place: str, found: dict[str, Cleaned]) -> bytes:
    """The cleaned file, its includes named as they lie in the Space."""
    folder = parent(_placed(source, place)) or "."
    lines: list[str] = []
    for entry in found[place].entries:
        target = _target(place, entry) if entry.option in INCLUDES and entry.value else ""
        new = posixpath.relpath(_placed(source, target), folder) if target in found else ""
        same = not new or new == posixpath.normpath(entry.value)
        lines.append(entry.raw if same else entry.raw.replace(entry.value, new, 1))
    return "".join(lines).encode()


def _target(place: str, entry: Entry) -> str:
    return posixpath.normpath(posixpath.join(parent(place), entry.value))


def _read(source: Source, home: str, found: dict[str, Cleaned]) -> Iterator[Problem]:
    """The file and what it includes; below ``home`` where a brought Dockerfile installs it."""
    if source.path in found:
        return
    found[source.path] = cleaned = requirements.clean(source.content, source.needed)
    for entry in cleaned.entries:
        yield from _entry_problems(source, entry)
        if entry.option in INCLUDES and entry.value:
            yield from _include(source, entry, home, found)


def _include(
    source: Source, entry: Entry, home: str, found: dict[str, Cleaned]
) -> Iterator[Problem]:
    target = _target(source.path, entry)
    away = target.startswith(("/", ".."))
    content = source.files.read(target) if not away else None
    if away or not (source.made or within(target, home)):
        yield _not_included(source, entry, f"lies outside `{home}`", "Copy it there")
    elif content is None:
        yield _not_included(source, entry, "does not exist", "Add the file")
    else:
        yield from _read(replace(source, path=target, content=content), home, found)


def _not_included(source: Source, entry: Entry, why: str, remedy: str) -> Problem:
    return source.problem(
        f"`{entry.value}` is included here and {why}.",
        f"{remedy}, or remove the line.",
        entry.line,
    )


def _entry_problems(source: Source, entry: Entry) -> Iterator[Problem]:
    """What would make the build fail or leak."""
    found = addresses.objection(entry.raw)
    if found != addresses.SECRET_REFUSED and source.made:
        code = re.sub(r"(^|\s)#.*", "", entry.raw)
        judge = addresses.index_objection if entry.option in INDEXES else addresses.objection
        found = judge(entry.value if entry.option in INDEXES else code)
    elif found != addresses.SECRET_REFUSED:
        found = None
    if found:
        yield source.problem(*found, entry.line)
    elif entry.is_path and source.made:
        yield from _path_problem(source, entry)
    elif source.made and _is_hopeless(entry):
        yield source.problem(
            f"`{entry.value}` is no requirement that pip can read.",
            "Write it as `name==version`, one a line.",
            entry.line,
        )


def _is_hopeless(entry: Entry) -> bool:
    """No pip reads one `=` or a second word; old versions read what newer ones refuse."""
    return entry.is_unreadable and HOPELESS.match(entry.value) is not None


def _path_problem(source: Source, entry: Entry) -> Iterator[Problem]:
    """pip reads a relative path from where it runs, which is the backend folder."""
    path = requirements.local_path(entry)
    target = posixpath.normpath(posixpath.join(source.backend, path))
    if path.startswith("/") or DRIVE.match(path):
        yield source.problem(
            f"`{entry.value}` is a file of the computer that wrote this list.",
            "Write `name==version` instead; `pip list --format=freeze` lists them so.",
            entry.line,
        )
    elif not within(target, source.backend):
        yield source.problem(
            f"`{entry.value}` lies outside of `{source.backend}`, which alone ships.",
            "Move it into the backend folder. Or name it in a requirements.txt at the repository's"
            " root, and set `backend: .`.",
            entry.line,
        )
    elif not _is_there(source, target):
        yield source.problem(
            f"`{entry.value}` can't be installed: there is neither such a file nor a"
            " pyproject.toml or setup.py in that folder.",
            "Add what is missing, or remove the line.",
            entry.line,
        )


def _is_there(source: Source, target: str) -> bool:
    names = [target] if ARCHIVE.search(target) else [join(target, name) for name in BUILDS]
    return "$" in target or any(source.files.read(name) is not None for name in names)


def _behind(source: Source, entries: Iterable[Entry]) -> frozenset[str]:
    """What the own packages ask for that are installed by their folder."""
    found: set[str] = set()
    for entry in entries:
        if entry.is_path:
            place = join(source.backend, requirements.local_path(entry))
            path = posixpath.normpath(join(place, "pyproject.toml"))
            # One outside the backend is told as a problem, and may lie outside the repository.
            content = source.files.read(path) if within(path, source.backend) else None
            if content is not None:
                found |= pyproject.names(replace(source, path=path, content=content))
    return frozenset(found)


def _half_hashed(source: Source, pinned: Sequence[Entry]) -> Iterator[Notice]:
    """pip takes a hash for every line, or for none."""
    bare = [entry for entry in pinned if not entry.hashed]
    if bare and len(bare) < len(pinned):
        yield Notice(
            message=f"`{bare[0].value}` has no hash, and others have: pip will refuse them all.",
            hint="Give each line its hash, or none.",
            where=source.where(),
        )


def _unreadable(source: Source, found: dict[str, Cleaned]) -> Iterator[Notice]:
    for path, cleaned in found.items():
        for entry in cleaned.entries:
            if entry.is_unreadable and not (source.made and _is_hopeless(entry)):
                yield requirements.unreadable(entry, path)
