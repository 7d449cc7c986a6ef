"""What the frontend step is asked, and the refusal of what can't be asked."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from msgspec import Struct, field

from deployer.errors import Exit, Problem, Where, refuse
from deployer.frontend.addresses import Address, insertable, read_address
from deployer.model import Route, WorkspaceKind
from deployer.ports import Files

DEFAULT_LOCAL_URL = "http://localhost:8000"


class FrontendRequest(Struct, frozen=True, kw_only=True):
    """Where to look and what to write.

    ``paths``: input ``frontend``; None searches the workspace, ``()`` leaves the frontend alone.
    ``backend_url``: the running app as the Hub reports it, without a trailing slash.
    ``local_url``: input ``local-url``; None takes the one found in the client.
    """

    paths: tuple[str, ...] | None
    backend_folder: str
    backend_url: str
    local_url: str | None = None
    routes: tuple[Route, ...] = ()
    backend_ports: tuple[int, ...] = field(default=(8000, 7860))

    @property
    def deployed(self) -> Address:
        """The backend's address, split. Raises ``ValueError`` for what ``check`` refuses."""
        found = read_address(self.backend_url)
        if found is None:
            raise ValueError(f"not an address: {self.backend_url!r}")
        return found


def check(request: FrontendRequest, files: Files) -> tuple[str, ...] | None:
    """The given paths in normal form; None when none were given.

    Raises ``Refused`` (configuration) with every path that can't be used and every URL that must
    not be written into code.
    """
    paths = None if request.paths is None else tuple(_normal(path) for path in request.paths)
    refuse([*_url_problems(request), *_path_problems(paths or (), files)])
    return None if paths is None else tuple(dict.fromkeys(paths))


def _normal(path: str) -> str:
    return posixpath.normpath(path.strip()) if path.strip() else path


def _url_problems(request: FrontendRequest) -> Iterator[Problem]:
    if not insertable(request.backend_url):
        yield Problem(
            exit=Exit.CONFIGURATION,
            message=f"The backend's address {request.backend_url!r} can't be written into code.",
            hint="It must be http(s)://host without quotes, spaces or a trailing slash.",
            where=Where(input="space"),
        )
    if request.local_url is not None and not insertable(request.local_url.rstrip("/")):
        yield Problem(
            exit=Exit.CONFIGURATION,
            message=f"{request.local_url!r} is no address of a local backend.",
            hint="Give it like `http://localhost:8000`.",
            where=Where(input="local-url"),
        )


def _path_problems(paths: tuple[str, ...], files: Files) -> Iterator[Problem]:
    for path in paths:
        fault = _fault(path, files)
        if fault:
            yield Problem(
                exit=Exit.CONFIGURATION,
                message=f"`{path}` {fault}.",
                hint="Name a file or folder of the frontend, relative to the repository's root.",
                where=Where(input="frontend"),
            )


def _fault(path: str, files: Files) -> str:
    if path.startswith(("/", "..")) and (
        path.startswith("/") or path.split("/", maxsplit=1)[0] == ".."
    ):
        return "leaves the workspace"
    folder = "."
    for part in () if path == "." else path.split("/"):
        here = part if folder == "." else f"{folder}/{part}"
        kind = _kind(folder, here, files)
        if kind is None:
            return "does not exist"
        if kind not in (WorkspaceKind.FILE, WorkspaceKind.FOLDER):
            return "is a link, which is not followed"
        folder = here
    return ""


def _kind(folder: str, path: str, files: Files) -> WorkspaceKind | None:
    entries = files.walk(folder, lambda _: False)
    return next((entry.kind for entry in entries if entry.path == path), None)
