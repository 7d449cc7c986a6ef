"""What the app needs from outside the backend folder: modules it imports, files it reads.

Brought along is what the app's own code names, never the repository: a package with its data where
it is small, else only the modules that are imported; a file, or a folder up to ``DATA_LIMIT``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from deployer.bundle.place import kind_of
from deployer.code.files import Code
from deployer.code.imports import Import
from deployer.code.path_uses import Use, Uses
from deployer.code.paths import CWD, HERE, at
from deployer.code.project import Project
from deployer.code.search_path import is_common, within
from deployer.code.source import join, parent
from deployer.errors import Notice, Where
from deployer.model import WorkspaceKind
from deployer.ports import Files

MEGABYTE = 1024 * 1024
DATA_LIMIT = 50 * MEGABYTE
PACKAGE_LIMIT = 20 * MEGABYTE
PACKAGE_FILES = 500


class Reach(Struct, frozen=True, kw_only=True):
    """What is brought along, each path with the first place that asks for it.

    ``search`` are the folders from which the packages are imported.
    """

    data: dict[str, Where] = field(default_factory=dict)
    packages: dict[str, Where] = field(default_factory=dict)
    search: tuple[str, ...] = ()

    def __or__(self, other: Reach) -> Reach:
        return Reach(
            data=other.data | self.data,
            packages=other.packages | self.packages,
            search=tuple(dict.fromkeys((*self.search, *other.search))),
        )

    def holds(self, other: Reach) -> bool:
        """Whether the other one asks for nothing more."""
        return other.data.keys() <= self.data.keys() and (
            other.packages.keys() <= self.packages.keys()
        )


def run_folder(files: Files, folder: str, project: Project, uses: Uses) -> str:
    """The folder that the app is run from: the one in which the paths it opens exist.

    Where they don't tell: a folder above the backend that its imports need and its code does not
    add to ``sys.path`` itself, else the backend.
    """
    added = set(searched(uses, folder))
    above = [root for root in project.roots if not within(root, folder) and root not in added]
    usual = min(above, key=len, default=folder)
    places = dict.fromkeys((usual, folder, project.roots[0], *_above(folder)))
    known = {use.known for use in uses.named if use.known.startswith(CWD) or use.known[:1] != "/"}

    def hits(place: str) -> int:
        found = {item: at(item, place) for item in known}
        return sum(
            path not in {None, ".", place} and kind_of(files, path or "") is not None
            for path in found.values()
        )

    return max(places, key=hits) if known else usual


def searched(uses: Uses, folder: str) -> tuple[str, ...]:
    """The folders of the workspace that the code adds to ``sys.path``."""
    found = (at(use.known, folder) for use in uses.searched)
    return tuple(dict.fromkeys(path for path in found if path))


def reach_of_imports(
    files: Files, folder: str, project: Project, closure: Iterable[str], uses: Uses
) -> Reach:
    """The modules outside the backend that imports find from a folder above or an added one."""
    added = searched(uses, folder)
    places = [*_above(folder), *(path for path in added if not within(path, folder))]
    packages: dict[str, Where] = {}
    search: list[str] = []
    for path, found, dotted in _open_imports(project, closure):
        for place in dict.fromkeys(places):
            located = _located(files, place, dotted, found.name)
            if located is None:
                continue
            if place not in project.roots:
                search.append(place)
            for item in _with_inits(files, located, place, folder):
                packages.setdefault(item, Where(file=path, line=found.line))
            break
    return Reach(packages=packages, search=tuple(dict.fromkeys(search)))


def reach_of_data(files: Files, folder: str, cwd: str, uses: Uses) -> Reach:
    """The files and folders outside the backend that the app's code names and that exist."""
    found: dict[str, Where] = {}
    for use, path in outside_uses(folder, cwd, uses):
        if kind_of(files, path) in {WorkspaceKind.FILE, WorkspaceKind.FOLDER}:
            found.setdefault(path, Where(file=use.path, line=use.line))
    return Reach(data=found)


def outside_uses(folder: str, cwd: str, uses: Uses) -> Iterator[tuple[Use, str]]:
    """Paths outside the backend that the code names, without those of folders that hold it."""
    named = [(use, path) for use in uses.named if (path := at(use.known, cwd))]
    real = {path for use, path in named if not use.definition}
    for use, path in named:
        inner = use.definition and any(p != path and within(p, path) for p in real)
        if not within(path, folder) and not within(folder, path) and not inner:
            yield use, path


def served_inside(files: Files, folder: str, cwd: str, uses: Uses) -> frozenset[str]:
    """The backend's folders of static files and templates that exist, whatever git says."""
    found = {path for use in uses.named if use.served and (path := at(use.known, cwd))}
    return frozenset(
        path
        for path in found
        if within(path, folder) and path != folder and kind_of(files, path) is not None
    )


def inside_uses(folder: str, cwd: str, uses: Uses) -> Iterator[tuple[Use, str]]:
    """The folders of static files and templates inside the backend that the code names."""
    for use in uses.named:
        if use.served and (path := at(use.known, cwd)) and within(path, folder):
            yield use, path


def absent(files: Files, uses: Iterable[tuple[Use, str]]) -> Iterator[Notice]:
    """What the app opens and the workspace does not have."""
    for use, path in uses:
        kind = kind_of(files, path)
        name = path.rpartition("/")[2]
        if kind in {WorkspaceKind.FILE, WorkspaceKind.FOLDER} or name.startswith(".env"):
            continue
        what = "is a link" if kind is WorkspaceKind.LINK else "is not in the workspace"
        if use.needed or kind is WorkspaceKind.LINK:
            yield Notice(
                message=f"The app reads `{path}`, which {what}.",
                hint="If it is built, build it in a step before this one.",
                where=Where(file=use.path, line=use.line),
            )
        elif not use.definition and (use.opened or use.known.startswith((HERE, CWD))):
            yield Notice(
                message=f"The code names `{path}`, which {what}; it may do without.",
                where=Where(file=use.path, line=use.line),
                warning=False,
            )


def _above(folder: str) -> list[str]:
    chain = [folder]
    while chain[-1] != ".":
        chain.append(parent(chain[-1]))
    return chain[1:]


def _open_imports(project: Project, closure: Iterable[str]) -> Iterator[tuple[str, Import, str]]:
    """Imports that nothing among the known files answers, with their dotted module."""
    for path in closure:
        module = project.code.module(path)
        for found in module.imports if module else ():
            dotted = project.absolute(path, found)
            if not dotted or is_common(dotted) or project.locate(dotted):
                continue
            if not (found.name and project.locate(f"{dotted}.{found.name}")):
                yield path, found, dotted


def above(files: Files, folder: str, found: Import) -> str | None:
    """The file above ``folder`` that an absolute import would load."""
    places = (_located(files, place, found.module, found.name) for place in _above(folder))
    return next((path for path in places if path), None)


def _located(files: Files, place: str, dotted: str, name: str | None) -> str | None:
    """The file of a module below ``place`` that has the imported name in it."""
    base = join(place, dotted.replace(".", "/"))
    inner = (f"{base}/{name}.py", f"{base}/{name}/__init__.py") if name else ()
    submodule = next((path for path in inner if files.read(path) is not None), None)
    own = (f"{base}/__init__.py", f"{base}.py")
    module = next((path for path in own if files.read(path) is not None), None)
    if module is not None and (name is None or submodule or _has(files, module, name)):
        return module
    return submodule


def _has(files: Files, path: str, name: str) -> bool:
    """Whether a module has a name; one that lacks it is another of the same name, installed."""
    module = Code(files, [path]).module(path)
    if module is None or name == "*":
        return True
    return bool({name, "*", "__getattr__"} & {*module.definitions, *module.bound})


def _with_inits(files: Files, path: str, place: str, folder: str) -> Iterator[str]:
    """The topmost package above a module that does not hold the backend, and the way to it."""
    inside = path if place == "." else path[len(place) + 1 :]
    parts = inside.split("/")
    for end in range(1, len(parts)):
        package = join(place, "/".join(parts[:end]))
        if not within(folder, package):
            yield package
            return
        init = f"{package}/__init__.py"
        if files.read(init) is not None:
            yield init
    yield path
