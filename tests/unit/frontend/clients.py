"""The clients under tests/frontends/, and a workspace of files in memory."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deployer.frontend import FrontendRequest
from deployer.model import Digest, FrontendPlan, Route, WorkspaceEntry, WorkspaceKind

FOLDER = Path(__file__).parents[2] / "frontends"
DEPLOYED = "https://ada-bot.hf.space"
ROUTES = ("/api/chat", "/api/health", "/api/session/{session_id}", "/api/session")


@dataclass
class Workspace:
    """The ``Files`` port over a mapping. ``opened`` lists what was read."""

    files: dict[str, bytes]
    links: dict[str, str] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)

    def walk(self, folder: str, descend: Callable[[str], bool]) -> Iterator[WorkspaceEntry]:
        prefix = "" if folder == "." else f"{folder}/"
        paths = {*self.files, *self.links}
        below = sorted(
            {p.removeprefix(prefix).split("/")[0] for p in paths if p.startswith(prefix)}
        )
        for name in below:
            path = prefix + name
            if path in self.links:
                yield WorkspaceEntry(path=path, kind=WorkspaceKind.LINK, target=self.links[path])
            elif path in self.files:
                size = len(self.files[path])
                yield WorkspaceEntry(path=path, kind=WorkspaceKind.FILE, size=size)
            else:
                yield WorkspaceEntry(path=path, kind=WorkspaceKind.FOLDER)
                if descend(path):
                    yield from self.walk(path, descend)

    def read(self, path: str) -> bytes | None:
        self.opened.append(path)
        return self.files.get(posixpath.normpath(path))

    def digest(self, path: str) -> Digest:
        raise NotImplementedError

    def write(self, path: str, content: bytes) -> None:
        self.files[path] = content


def of(files: Mapping[str, str | bytes]) -> Workspace:
    """A workspace with these files."""
    encoded = {p: c.encode() if isinstance(c, str) else c for p, c in files.items()}
    return Workspace(encoded)


def request(
    *paths: str, url: str = DEPLOYED, routes: tuple[str, ...] = ROUTES, **more: Any
) -> FrontendRequest:
    """A request; without ``paths`` the frontend is searched."""
    return FrontendRequest(
        paths=paths or None,
        backend_folder=more.pop("backend_folder", "backend"),
        backend_url=url,
        routes=tuple(Route(method="POST", path=path) for path in routes),
        **more,
    )


def after(plan: FrontendPlan, path: str) -> str:
    """A changed file's new text."""
    return next(change.after for change in plan.changes if change.path == path).decode()


@dataclass(frozen=True)
class Client:
    """One folder of tests/frontends."""

    name: str
    files: Mapping[str, bytes]
    case: Mapping[str, Any]


def clients(kind: str) -> list[Client]:
    """The clients of ``rewritten`` or ``untouched``."""
    return [_client(folder) for folder in sorted((FOLDER / kind).iterdir())]


def _client(folder: Path) -> Client:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
    return Client(name=folder.name, case=json.loads(files.pop("case.json")), files=files)
