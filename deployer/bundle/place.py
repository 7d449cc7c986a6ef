"""What lies at a path of the workspace."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from deployer.code.source import parent
from deployer.model import WorkspaceKind
from deployer.ports import Files


def kind_of(files: Files, path: str) -> WorkspaceKind | None:
    """What ``path`` is; None when there is nothing."""
    if path == ".":
        return WorkspaceKind.FOLDER
    above = parent(path)
    if above != "." and kind_of(files, above) is not WorkspaceKind.FOLDER:
        return None
    entries = files.walk(above, lambda _: False)
    return next((entry.kind for entry in entries if entry.path == path), None)


def common_folder(folders: Iterable[str]) -> str:
    """The deepest folder that holds them all; ``.`` is the workspace."""
    parts = ["" if folder == "." else folder for folder in folders]
    return (posixpath.commonpath(parts) or ".") if parts else "."
