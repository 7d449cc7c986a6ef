"""Whether the app's code can be loaded from the bundle: syntax and imports, with ``file:line``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from deployer.bundle.ignore import INPUT
from deployer.bundle.outside import above
from deployer.bundle.place import common_folder
from deployer.code.choose import Target
from deployer.code.files import LONGEST, Code
from deployer.code.project import Project, Unresolved
from deployer.code.source import Broken, join, parent
from deployer.code.syntax import OLDEST, Version
from deployer.errors import Exit, Notice, Problem, Where
from deployer.model import LeftOut
from deployer.ports import Files

OTHERS = 300  # files the app does not import: reading thousands of them would only cost time


def syntax(code: Code, closure: Iterable[str], python: str) -> tuple[list[Problem], list[Notice]]:
    """Problems for files that the app imports and ``python`` can't parse, notices for others."""
    needed = set(closure)
    target = version_tuple(python)
    problems, notices = [], []
    others = [path for path in code.paths if path not in needed]
    for path in [*sorted(needed), *others[:OTHERS]]:
        module, broken = code.module(path), code.broken.get(path)
        since = broken.since if broken else module.since if module else OLDEST
        if (broken and since == OLDEST) or since > target:
            found = broken or Broken(path=path, line=1, message=_newer(since, python), since=since)
            found = found if since == OLDEST else replace(found, message=_newer(since, python))
            if path in needed:
                problems.append(syntax_problem(found))
            else:
                notices.append(_syntax_notice(found))
    notices += [_not_read(path) for path in code.too_long]
    return problems, notices


def _not_read(path: str) -> Notice:
    return Notice(
        message=f"`{path}` is too long to be read ({LONGEST // 1000} kB are).",
        hint="Routes, settings and imports in it are not known. Data is better kept in a file.",
        where=Where(file=path),
    )


def needed_python(code: Code, closure: Iterable[str]) -> Version:
    """The oldest Python that can parse every file the app imports."""
    modules = [module.since for path in closure if (module := code.module(path))]
    broken = [code.broken[path].since for path in closure if path in code.broken]
    return max([*modules, *broken], default=OLDEST)


def version_tuple(python: str) -> Version:
    """``3.11`` or ``3.11.4`` as major and minor number."""
    major, minor = python.split(".")[:2]
    return int(major), int(minor)


def _newer(since: Version, python: str) -> str:
    return f"it needs Python {since[0]}.{since[1]}, the Space has {python}"


def syntax_problem(broken: Broken) -> Problem:
    """The app can't start: a file it imports doesn't parse."""
    return Problem(
        exit=Exit.BUNDLE,
        message=f"Syntax error: {broken.message}.",
        hint=_remedy(broken),
        where=Where(file=broken.path, line=broken.line),
    )


def _remedy(broken: Broken) -> str:
    if broken.since == OLDEST:
        return "The app imports this file and could not start."
    wanted = ".".join(map(str, broken.since))
    return (
        f"Set the input `python-version: '{wanted}'` (a Dockerfile of your own: its base image),"
        " or write it in the older syntax."
    )


def _syntax_notice(broken: Broken) -> Notice:
    return Notice(
        message=f"Syntax error: {broken.message}.",
        hint="The app does not seem to need this file.",
        where=Where(file=broken.path, line=broken.line),
        warning=False,
    )


def imports(
    target: Target, closure: Iterable[str], files: Files, folder: str, left_out: Iterable[LeftOut]
) -> Iterator[Problem]:
    """Imports that would fail in the Space, as far as the user's own code goes."""
    project = target.project
    for path in closure:
        for found in project.unresolved(path, own=target.module.partition(".")[0]):
            if not found.wanted.guarded:
                yield _missing(found)
    yield from _outside(project, closure, files, folder)
    yield from _left_out(project, closure, folder, left_out)


class Wanted(Struct, frozen=True, kw_only=True):
    """An import that finds nothing, and where its module would lie (without ``.py``)."""

    path: str
    line: int
    places: tuple[str, ...]

    def lies_at(self, left_out: str) -> bool:
        """Whether a left out file, or folder (ending in ``/``), holds it."""
        return any(f"{p}.py" == left_out or f"{p}/".startswith(left_out) for p in self.places)


def wanted_but_left_out(
    project: Project, closure: Iterable[str], folder: str, left_out: Iterable[LeftOut]
) -> frozenset[str]:
    """Left out paths that hold what the app imports; an import beats every rule but the input's."""
    wanted = list(_wanted(project, closure, folder))
    return frozenset(
        item.path.rstrip("/")
        for item in left_out
        if item.origin != INPUT and item.path.endswith(("/", ".py"))
        if any(found.lies_at(item.path) for found in wanted)
    )


def _wanted(project: Project, closure: Iterable[str], folder: str) -> Iterator[Wanted]:
    for path in closure:
        module = project.code.module(path)
        roots = {folder, *project.roots, project.root_of(path), parent(path)}
        for found in module.imports if module else ():
            dotted = project.absolute(path, found) or ""
            names = {dotted, f"{dotted}.{found.name}"} if found.name else {dotted}
            missing = [name.replace(".", "/") for name in names if not project.locate(name)]
            places = tuple(join(root, name) for root in roots for name in missing)
            if dotted and places:
                yield Wanted(path=path, line=found.line, places=places)


def _outside(
    project: Project, closure: Iterable[str], files: Files, folder: str
) -> Iterator[Problem]:
    """Modules that lie in the repository, but not in the backend's folder."""
    if folder == ".":
        return
    told: set[str] = set()
    for path in closure:
        module = project.code.module(path)
        for found in module.imports if module else ():
            top = found.module.partition(".")[0]
            if found.level or not top or project.locate(found.module) or _own_folder(project, top):
                continue
            place = None if found.guarded or top in told else above(files, folder, found)
            if place:
                told.add(top)
                yield _elsewhere(path, found.line, top, place, folder)


def _own_folder(project: Project, top: str) -> bool:
    return any(project.code.has_folder(join(root, top)) for root in project.roots)


def _left_out(
    project: Project, closure: Iterable[str], folder: str, left_out: Iterable[LeftOut]
) -> Iterator[Problem]:
    """What the app imports and the input ``ignore`` leaves out: someone has to decide."""
    wanted = list(_wanted(project, closure, folder))
    for item in left_out:
        found = next((w for w in wanted if w.lies_at(item.path)), None)
        if item.origin == INPUT and found is not None:
            yield Problem(
                exit=Exit.CONFIGURATION,
                message=f"The app imports `{item.path}`, and `{item.rule}` leaves it out.",
                hint=f"Take `{item.rule}` out of the input `ignore`.",
                where=Where(file=found.path, line=found.line),
            )


def _missing(found: Unresolved) -> Problem:
    if found.wanted.level:
        message = f"The relative import `from {found.dotted} …` leads out of its package."
    else:
        message = f"`{found.dotted}` is imported here, and there is no such module in the backend."
    return Problem(
        exit=Exit.BUNDLE,
        message=message,
        hint="The app could not start. Add the module or correct the import.",
        where=Where(file=found.path, line=found.wanted.line),
    )


def _elsewhere(path: str, line: int, top: str, place: str, folder: str) -> Problem:
    both = common_folder([folder, parent(place)])
    return Problem(
        exit=Exit.BUNDLE,
        message=f"`{top}` is imported from outside the backend (`{place}`) and stays behind.",
        hint=f"Take it out of the input `ignore`, or set `backend: {both}`.",
        where=Where(file=path, line=line),
    )
