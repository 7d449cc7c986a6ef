"""Which manifest the Space installs from, and what of it ships."""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

from packaging.requirements import InvalidRequirement, Requirement

from deployer.code.search_path import within
from deployer.code.source import join, parent
from deployer.dependencies import requirements
from deployer.dependencies.requirements import Cleaned, Entry
from deployer.errors import Exit, Notice, Problem, Refused, Where
from deployer.image.own import OwnImage
from deployer.ports import Files

STANDARD = "requirements.txt"
# Best first: a variant made for the very purpose, then for production, then misspelt.
VARIANTS = (
    *("requirements.hf.txt", "requirements-hf.txt", "requirements_hf.txt", "requirements.prod.txt"),
    *("requirements-prod.txt", "requirements_prod.txt", "requirements-production.txt"),
    *("requirements/production.txt", "requirements/prod.txt", "requirements/base.txt"),
    *("requirements-base.txt", "requirements.text", "requirement.txt", "requirements.in"),
)
LATER = {
    "uv.lock": "uv",
    "poetry.lock": "Poetry",
    "Pipfile.lock": "Pipenv",
    "Pipfile": "Pipenv",
    "pylock.toml": "pylock.toml",
    "environment.yml": "conda",
    "environment.yaml": "conda",
}
SERVERS = ("uvicorn", "fastapi-cli")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """``files`` are workspace or made paths with their cleaned content; ``main`` is installed."""

    main: str
    files: dict[str, bytes] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Normalised names of the distributions asked for."""
        return frozenset(entry.name for entry in self.entries if entry.name)

    @property
    def needs_code(self) -> bool:
        """Whether the own code must be in the image before the installation."""
        return any(entry.is_path for entry in self.entries)


def find_dependencies(
    files: Files, folder: str, needed: frozenset[str], image: OwnImage | None
) -> Dependencies | None:
    """The manifest, cleaned. None only when the backend's own Dockerfile needs none.

    Raises ``Refused`` (exit 3) without a manifest, and for one of a kind not supported yet.
    """
    copied = [source for source, _ in image.copied() if "require" in source] if image else []
    path = _choose(files, folder, copied)
    if path is not None:
        return _from_requirements(files, folder, path, needed, complete=image is None)
    if image is not None:
        return None
    project = files.read(join(folder, "pyproject.toml"))
    later = [name for name in LATER if files.read(join(folder, name)) is not None]
    if later:
        raise Refused([_not_yet(join(folder, later[0]), LATER[later[0]])])
    if project is not None:
        return _from_pyproject(project, folder)
    raise Refused([_no_manifest(folder)])


def _choose(files: Files, folder: str, copied: list[str]) -> str | None:
    """What an own Dockerfile copies, requirements.txt, a variant of it, else the root's."""
    for name in (*copied, STANDARD, *VARIANTS):
        if files.read(join(folder, name)) is not None:
            return join(folder, name)
    others = (*LATER, "pyproject.toml")
    if any(files.read(join(folder, name)) is not None for name in others):
        return None
    return STANDARD if files.read(STANDARD) is not None else None


def _from_requirements(
    files: Files, folder: str, path: str, needed: frozenset[str], *, complete: bool
) -> Dependencies:
    found: dict[str, Cleaned] = {}
    home = folder if within(path, folder) else parent(path)
    problems = list(_read(files, path, home, needed, found))
    for place, cleaned in found.items():
        problems += requirements.problems(cleaned.entries, place)
    if problems:
        raise Refused(problems)
    notices = list(_remarks(found))
    main, content = path, {place: cleaned.content for place, cleaned in found.items()}
    if not within(path, folder):
        # The root's manifest moves into the backend, and what it includes with it.
        main = join(folder, path)
        content = {join(folder, place): text for place, text in content.items()}
    if path != join(folder, STANDARD):
        notices.append(_other_manifest(path))
    entries = tuple(entry for cleaned in found.values() for entry in cleaned.entries)
    if complete and not _serves(entries):
        content[main], notice = _with_uvicorn(content[main], entries, path)
        notices.append(notice)
    return Dependencies(main=main, files=content, entries=entries, notices=tuple(notices))


def _read(
    files: Files, path: str, home: str, needed: frozenset[str], found: dict[str, Cleaned]
) -> Iterator[Problem]:
    """The file and what it includes with ``-r`` and ``-c``, all of it below ``home``."""
    content = files.read(path)
    if content is None or path in found:
        return
    found[path] = cleaned = requirements.clean(content, needed)
    for entry in cleaned.entries:
        if entry.option in {"-r", "--requirement", "-c", "--constraint"} and entry.value:
            target = posixpath.normpath(posixpath.join(parent(path), entry.value))
            if target.startswith(("/", "..")) or not within(target, home):
                yield _not_included(path, entry, f"lies outside `{home}`", "Copy it there")
            elif files.read(target) is None:
                yield _not_included(path, entry, "does not exist", "Add the file")
            else:
                yield from _read(files, target, home, needed, found)


def _not_included(path: str, entry: Entry, why: str, remedy: str) -> Problem:
    return Problem(
        exit=Exit.BUNDLE,
        message=f"`{entry.value}` is included here and {why}.",
        hint=f"{remedy}, or remove the line.",
        where=Where(file=path, line=entry.line),
    )


def _remarks(found: dict[str, Cleaned]) -> Iterator[Notice]:
    for path, cleaned in found.items():
        for entry in cleaned.entries:
            if entry.is_unreadable:
                yield Notice(
                    message=f"`{entry.value}` is no requirement that pip can read.",
                    hint="The build will fail here; write it as `name==version`.",
                    where=Where(file=path, line=entry.line),
                )
        if cleaned.removed:
            yield Notice(
                message=f"Left out of the Space's requirements: {', '.join(cleaned.removed)}.",
                where=Where(file=path),
                warning=False,
            )


def _serves(entries: tuple[Entry, ...]) -> bool:
    for entry in entries:
        if entry.name in SERVERS:
            return True
        extras = entry.requirement.extras if entry.requirement else set()
        if entry.name == "fastapi" and extras & {"standard", "all"}:
            return True
    return any(entry.is_path for entry in entries)


def _with_uvicorn(content: bytes, entries: tuple[Entry, ...], path: str) -> tuple[bytes, Notice]:
    if any(entry.hashed for entry in entries):
        # One hash in the file makes pip demand one for every package.
        raise Refused([_locked_without_server(path)])
    notice = Notice(
        message="uvicorn is missing from the requirements; it was added for the Space.",
        hint="Add `uvicorn[standard]` to the file.",
        where=Where(file=path),
    )
    return requirements.with_added(content, "uvicorn[standard]"), notice


def _from_pyproject(content: bytes, folder: str) -> Dependencies:
    """PEP 621's ``[project] dependencies``, written as a requirements file."""
    path = join(folder, "pyproject.toml")
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Refused([_broken(path, str(error))]) from error
    project = table.get("project")
    wanted = project.get("dependencies") if isinstance(project, dict) else None
    if not isinstance(wanted, list):
        tool = table.get("tool")
        kind = "Poetry" if isinstance(tool, dict) and "poetry" in tool else ""
        raise Refused([_not_yet(path, kind) if kind else _no_manifest(folder)])
    try:
        lines = [str(Requirement(item)) for item in wanted if isinstance(item, str)]
    except (InvalidRequirement, RecursionError) as error:
        raise Refused([_broken(path, str(error).partition("\n")[0])]) from error
    entries = requirements.parse("".join(f"{line}\n" for line in lines))
    cleaned = requirements.clean("".join(entry.raw for entry in entries).encode())
    main = join(folder, STANDARD)
    made, notices = cleaned.content, [_other_manifest(path)]
    if not _serves(cleaned.entries):
        made, notice = _with_uvicorn(made, cleaned.entries, path)
        notices.append(notice)
    return Dependencies(
        main=main, files={main: made}, entries=cleaned.entries, notices=tuple(notices)
    )


def _other_manifest(path: str) -> Notice:
    return Notice(
        message=f"The Space installs from `{path}`.",
        where=Where(file=path),
        warning=False,
    )


def _not_yet(path: str, kind: str) -> Problem:
    return Problem(
        exit=Exit.BUNDLE,
        message=f"The dependencies are declared for {kind}, which is not supported yet.",
        hint="Export them to a requirements.txt beside it, or bring a Dockerfile of your own.",
        where=Where(file=path),
    )


def _no_manifest(folder: str) -> Problem:
    return Problem(
        exit=Exit.BUNDLE,
        message=f"`{folder}` declares no dependencies: there is no requirements.txt.",
        hint="Add one that names fastapi, uvicorn and what the app imports.",
        where=Where(file=join(folder, STANDARD)),
    )


def _locked_without_server(path: str) -> Problem:
    return Problem(
        exit=Exit.BUNDLE,
        message="uvicorn is missing from these hash-locked requirements.",
        hint="Add it with its hashes: nothing can be added to a locked file for you.",
        where=Where(file=path),
    )


def _broken(path: str, why: str) -> Problem:
    return Problem(
        exit=Exit.BUNDLE, message=f"This file can't be read: {why}.", where=Where(file=path)
    )
