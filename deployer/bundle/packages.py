"""Missing ``__init__.py`` files: where a package of the app has none and needs none to break."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.code.project import Project
from deployer.code.source import join, parent


def missing_packages(project: Project, closure: tuple[str, ...]) -> tuple[str, ...]:
    """The ``__init__.py`` paths to make, sorted.

    Every folder with Python files below a top package that the app imports gets one. A top folder
    that also is the name of something installed (a local ``alembic/``) gets none: it would hide it.
    """
    have = set(project.code.paths)
    tops = set(_top_packages(project, closure)) - set(_shared_names(project, closure))
    made: set[str] = set()
    for path in have:
        for folder in _chain(path, tops):
            init = join(folder, "__init__.py")
            if init not in have:
                made.add(init)
    return tuple(sorted(made))


def _top_packages(project: Project, closure: tuple[str, ...]) -> Iterator[str]:
    """The folder directly below its root of every file that is imported as a package's module."""
    for path in closure:
        root = project.root_of(path)
        inside = path if root == "." else path[len(root) + 1 :]
        top, slash, _ = inside.partition("/")
        if slash and top.isidentifier():
            yield join(root, top)


def _shared_names(project: Project, closure: tuple[str, ...]) -> Iterator[str]:
    """Own folders of which something is imported that they don't hold."""
    for path in closure:
        module = project.code.module(path)
        for found in module.imports if module else ():
            if found.level or project.locate(found.module):
                continue
            for root in project.roots:
                folder = join(root, found.module.partition(".")[0])
                inside = join(root, found.module.replace(".", "/"))
                if project.code.has_folder(folder) and not project.code.has_folder(inside):
                    yield folder


def _chain(path: str, tops: set[str]) -> list[str]:
    """The folders from a top package down to the file's own."""
    chain: list[str] = []
    folder = parent(path)
    while folder != ".":
        chain.append(folder)
        if folder in tops:
            return chain if all(place.rpartition("/")[2].isidentifier() for place in chain) else []
        folder = parent(folder)
    return []
