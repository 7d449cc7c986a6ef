"""Where the backend's files lie in the Space: at its root, or in the folder that they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deployer.code.search_path import within
from deployer.code.source import join
from deployer.errors import Exit, Problem, Where
from deployer.image.own import OwnImage


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """``kept`` is the folder inside the Space that the backend keeps; mostly there is none."""

    folder: str
    kept: str = ""

    def shipped(self, path: str) -> str:
        """Where a workspace path of the backend lies in the Space."""
        if path == self.folder:
            return self.kept
        inside = path if self.folder == "." else path[len(self.folder) + 1 :]
        return f"{self.kept}/{inside}" if self.kept else inside

    def search(self, root: str) -> str:
        """A search path entry as a folder of the Space; empty for the Space's own root."""
        return self.shipped(root) if within(root, self.folder) else ""


def layout_of(
    folder: str, roots: Iterable[str], image: OwnImage | None, shipped: Iterable[str]
) -> Layout:
    """The layout that the app's imports need, or that an own Dockerfile copies from."""
    if image is not None:
        paths = list(shipped)
        # Copying `backend/…`, it is meant to be built from the repository's root.
        named = [source.removeprefix("./") for source, _ in image.copied()]
        from_root = any(within(s.rstrip("/"), folder) and _matches(s, paths) for s in named)
        return Layout(folder=folder, kept=folder if from_root and folder != "." else "")
    above = [root for root in roots if not within(root, folder)]
    if not above:
        return Layout(folder=folder)
    top = min(above, key=len)
    return Layout(folder=folder, kept=folder if top == "." else folder[len(top) + 1 :])


def copy_problems(image: OwnImage, ships: Iterable[str]) -> Iterator[Problem]:
    """What an own Dockerfile copies and the Space does not have: its build would fail."""
    paths = list(ships)
    for source, line in image.copied():
        if not _matches(source, paths):
            yield Problem(
                exit=Exit.BUNDLE,
                message=f"`{source}` is copied here and is not among the Space's files.",
                hint="The build context is the backend folder less what the ignore rules take.",
                where=Where(file=image.path, line=line),
            )


def _matches(source: str, paths: list[str]) -> bool:
    """Whether COPY finds a file or folder. A pattern may match nothing, a variable anything."""
    cleaned = source.removeprefix("./").strip("/")
    if cleaned in {"", "."} or "://" in source or set("$*?[") & set(source):
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


def own_readme(folder: str, shipped: Iterable[str]) -> str | None:
    """The backend's README.md, however it spells the name."""
    found = [path for path in shipped if path.lower() == join(folder, "readme.md").lower()]
    return min(found, key=lambda path: not path.endswith("README.md"), default=None)
