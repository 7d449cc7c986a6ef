"""Decides on one module that several files of a frontend import the backend's address from.

Only where a bundler resolves imports: a browser, or Node with ES modules, needs the whole name of
a file, and a page's plain scripts have no imports at all.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from deployer.frontend.discovery import SOURCE_FOLDERS
from deployer.frontend.environment import PRODUCTION_FILE, Framework, Read, joined
from deployer.frontend.layout import read_layout
from deployer.frontend.places import Place
from deployer.frontend.request import FrontendRequest
from deployer.frontend.syntax import Script
from deployer.model import FileChange

LEAST = 3  # files; below, each keeps its own
_NAMES = ("BACKEND_URL", "DEPLOYED_BACKEND_URL", "API_BACKEND_URL")
_STEMS = ("backendUrl", "deployedBackendUrl", "backendAddress")
_ENDINGS = ("ts", "tsx", "js", "jsx", "mjs")
_TYPED = (".ts", ".tsx")
# In these folders a framework makes a page of every file.
_PAGES = frozenset({"pages", "routes"})
_EXPORTED = re.compile(rb"export const (\w+) =")
_NODE_RESOLUTION = re.compile(rb"\"module(?:Resolution)?\"\s*:\s*\"node(?:16|18|20|next)\"", re.I)


class Module(Struct, frozen=True, kw_only=True):
    """A module of the frontend that exports the address as ``name``."""

    path: str
    name: str

    def specifier(self, importer: str) -> str:
        """What ``importer`` imports it by: relative, without an ending."""
        folder = posixpath.dirname(importer) or "."
        found = posixpath.relpath(posixpath.splitext(self.path)[0], folder)
        return found if found.startswith(".") else f"./{found}"


def module_for(
    scripts: Sequence[Script], root: str, framework: Framework, read: Read
) -> Module | None:
    """A module for the scripts, in a folder that all of them are in; None when there can't be one.

    ``scripts`` are those that have a literal to share.
    """
    config = read(joined(root, "tsconfig.json"))
    if len(scripts) < LEAST or not framework.bundled or _NODE_RESOLUTION.search(config or b""):
        return None
    typed = config is not None or all(script.path.endswith(_TYPED) for script in scripts)
    typed = typed and any(script.path.endswith(_TYPED) for script in scripts)
    folder = _folder([script.path for script in scripts], root)
    if folder == root and framework.name in SOURCE_FOLDERS:
        folder = joined(root, "lib" if framework.name in ("Next.js", "Nuxt") else "src")
    texts = [script.content.decode("utf-8") for script in scripts]
    name = next((n for n in _NAMES if not any(re.search(rf"\b{n}\b", t) for t in texts)), None)
    stem = next((s for s in _STEMS if not _taken(joined(folder, s), read)), None)
    if name is None or stem is None:
        return None
    return Module(path=joined(folder, f"{stem}.{'ts' if typed else 'js'}"), name=name)


def _taken(stem: str, read: Read) -> bool:
    return any(read(f"{stem}.{ending}") is not None for ending in _ENDINGS)


def _folder(paths: Sequence[str], root: str) -> str:
    """The innermost common folder that is not one of pages; never outside of the frontend."""
    common = posixpath.commonpath([posixpath.dirname(path) or "." for path in paths]) or "."
    inside = common.removeprefix(root).strip("/") if root != "." else common
    parts = [part for part in inside.split("/") if part not in ("", ".")]
    at = next((i for i, part in enumerate(parts) if part in _PAGES), len(parts))
    return "/".join([*([] if root == "." else [root]), *parts[:at]]) or "."


def module_change(
    module: Module, script: Script, place: Place, request: FrontendRequest
) -> FileChange:
    """The new file, in the layout of ``script``."""
    layout = read_layout(script)
    base = (request.local_url or place.address.origin).rstrip("/")
    deployed = layout.quoted(request.backend_url)
    chosen = layout.choice(layout.quoted(base), deployed, "", closed=False)
    lines = (
        "// The backend: this machine's in development, its Space everywhere else.",
        f"export const {module.name} = {chosen}{layout.semicolon}",
        "",
    )
    return FileChange(path=module.path, before=None, after=layout.end.join(lines).encode())


def modules_in(changes: Sequence[FileChange]) -> Iterator[tuple[Module, FileChange]]:
    """The modules among the changes of a plan: the new files that are no settings."""
    for change in changes:
        if change.before is None and not change.path.endswith(PRODUCTION_FILE):
            match = _EXPORTED.search(change.after)
            if match is not None:
                yield Module(path=change.path, name=match[1].decode()), change


def usable(module: Module, change: FileChange, read: Callable[[str], bytes | None]) -> bool:
    """Nobody else has put another file in its place."""
    now = read(module.path)
    return now is None or now == change.after
