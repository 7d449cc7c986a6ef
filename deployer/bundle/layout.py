"""Where the backend's files lie in the Space: at its root, or in the folder that they name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from msgspec import Struct

from deployer.bundle.place import common_folder
from deployer.code.search_path import within
from deployer.code.source import join, parent
from deployer.errors import Exit, Problem, Where
from deployer.image.own import OwnImage

REFUSED = frozenset((".git", ".cache"))  # huggingface_hub's FORBIDDEN_FOLDERS


class Layout(Struct, frozen=True, kw_only=True):
    """Where paths of the workspace lie in the Space, whose root is a folder of the workspace.

    ``kept`` is the folder inside the Space that the backend keeps; mostly there is none.
    """

    folder: str
    kept: str = ""

    @property
    def base(self) -> str:
        """The folder of the workspace that becomes the Space's root."""
        if not self.kept:
            return self.folder
        return self.folder[: -len(self.kept)].rstrip("/") or "."

    def shipped(self, path: str) -> str:
        """Where a workspace path lies in the Space; empty for its root."""
        if path == self.base:
            return ""
        if not within(path, self.base):
            return path.rpartition("/")[2]
        return path if self.base == "." else path[len(self.base) + 1 :]

    def search(self, root: str) -> str:
        """A search path entry as a folder of the Space; empty for the Space's own root."""
        return self.shipped(root) if within(root, self.base) else ""


def layout_of(
    folder: str, roots: Iterable[str], shipped: Iterable[str], *, cwd: str, context: str | None
) -> Layout:
    """The layout that the app's imports and files need, or that an own Dockerfile is built in."""
    if context is None:
        above = [root for root in roots if not within(root, folder)]
        outside = {parent(path) for path in shipped if not within(path, folder)}
        base = common_folder([folder, cwd, *above, *outside])
    else:
        base = context
    # A Dockerfile that is built inside the backend sees nothing above its own folder.
    inside = not within(folder, base) or base == folder
    kept = "" if inside else folder if base == "." else folder[len(base) + 1 :]
    return Layout(folder=folder, kept=kept)


def copy_problems(image: OwnImage, ships: Iterable[str], context: str = ".") -> Iterator[Problem]:
    """What an own Dockerfile copies and the Space does not have: its build would fail."""
    paths = list(ships)
    place = "the repository's root" if context == "." else f"`{context}`"
    for source, line in image.copied():
        where = Where(file=image.path, line=line)
        if posixpath.normpath(source.lstrip("/")).startswith(".."):
            yield Problem(
                exit=Exit.BUNDLE,
                message=f"`COPY {source}` leads out of the build context, which Docker refuses.",
                hint="Write the sources as seen from the folder that holds them all, say "
                f"`COPY {source.replace('../', '')}`; that folder is then the build context.",
                where=where,
            )
        elif not _matches(source, paths):
            yield Problem(
                exit=Exit.BUNDLE,
                message=f"`{source}` is copied here and is not among the Space's files.",
                hint=f"The build context is {place} less what the ignore rules take."
                if not _is_environment(source)
                else "It may hold secrets and never ships: remove the line, and name what the app "
                "needs in the inputs `secrets` and `variables`.",
                where=where,
            )


def _is_environment(source: str) -> bool:
    return source.rpartition("/")[2].startswith(".env")


def _matches(source: str, paths: list[str]) -> bool:
    """Whether COPY finds a file or folder. A pattern may match nothing, a variable anything."""
    cleaned = posixpath.normpath(source.strip("/") or ".")
    if cleaned == "." or "://" in source or set("$*?[") & set(source):
        return True
    return any(path == cleaned or path.startswith(f"{cleaned}/") for path in paths)


def name_problems(paths: Iterable[str]) -> Iterator[Problem]:
    """Names that no Space can hold, or no log shows as they are."""
    for path in paths:
        if not path.isprintable() or "\\" in path:
            yield Problem(
                exit=Exit.BUNDLE,
                message=f"The file name {path!r} holds characters that a Space can't have.",
                hint="Rename it, or leave it out with the input `ignore`.",
            )
        elif REFUSED.intersection(path.split("/")[:-1]):
            yield Problem(
                exit=Exit.BUNDLE,
                message=f"`{path}` lies in a folder that no Space can hold.",
                hint="The Hub takes nothing from `.git` and `.cache`: rename the folder.",
            )


def has_text(path: str) -> bool:
    """Whether a name is Unicode; Python shows other bytes of a name as lone surrogates."""
    return not any("\ud800" <= letter <= "\udfff" for letter in path)


def own_readme(folder: str, shipped: Iterable[str]) -> str | None:
    """The backend's README.md, however it spells the name."""
    found = [path for path in shipped if path.lower() == join(folder, "readme.md").lower()]
    return min(found, key=lambda path: not path.endswith("README.md"), default=None)
