"""Which folder is the frontend that a file belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import PurePosixPath

from deployer.frontend.environment import Read


def root_finder(read: Read) -> Callable[[str], str]:
    """A function from a file to its frontend's folder: the nearest with a manifest or a page."""
    known: dict[tuple[str, str], bool] = {}

    def has(folder: str, name: str) -> bool:
        key = (folder, name)
        if key not in known:
            known[key] = read(name if folder == "." else f"{folder}/{name}") is not None
        return known[key]

    @cache
    def root_above(folder: str) -> str:
        folders = [folder, *_parents(folder)]
        for name in ("package.json", "index.html"):
            nearest = next((folder for folder in folders if has(folder, name)), None)
            if nearest is not None:
                return nearest
        return folders[-2] if len(folders) > 1 else "."

    return lambda path: root_above(path.rpartition("/")[0] or ".")


def _parents(path: str) -> Iterable[str]:
    return (str(parent) for parent in PurePosixPath(path).parents)
