"""The bundle: the exact files of a Space, and what was read from the backend's code."""

from __future__ import annotations

from msgspec import Struct

from deployer.errors import Notice
from deployer.model.quiet import Quiet


class Digest(Struct, frozen=True, kw_only=True):
    """A file's identity as git (``blob``: SHA-1 of the blob) and git-lfs (``sha256``) know it."""

    size: int
    blob: str
    sha256: str


class BundleFile(Quiet, frozen=True, kw_only=True):
    """One file of the Space: either copied (``source``, a workspace path) or made (``content``)."""

    path: str
    digest: Digest
    source: str | None = None
    content: bytes | None = None


class LeftOut(Struct, frozen=True, kw_only=True):
    """A file or folder (trailing ``/``) that stays behind, and the rule that says so.

    ``origin`` is ``built-in``, an ignore file's workspace path, or ``input ignore``.
    """

    path: str
    rule: str
    origin: str


class Route(Struct, frozen=True, kw_only=True):
    """One HTTP route of the app, router prefixes included (``/api/chat``).

    ``open`` unless a call without credentials and parameters would be turned away, or gets a file.
    """

    method: str
    path: str
    summary: str = ""
    file: str = ""
    line: int = 0
    open: bool = True


class EnvironmentName(Struct, frozen=True, kw_only=True):
    """A name the backend's code reads from its environment. ``default`` is None when required."""

    name: str
    default: str | None = None
    required: bool = False
    file: str = ""
    line: int = 0


class OriginSetting(Struct, frozen=True, kw_only=True):
    """The environment name that the backend's CORS code takes its origins from.

    ``as_json``: the code parses JSON (a pydantic ``list[str]``) and would crash on commas.
    ``single``: the code takes exactly one origin.
    """

    name: str
    as_json: bool = False
    single: bool = False
    file: str = ""
    line: int = 0


class Backend(Struct, frozen=True, kw_only=True):
    """What was read from the backend's code, without running it.

    ``app_file`` and ``app_line`` say where the app is defined; the reasons, why this one was taken,
    in a few words that can follow a colon. ``dockerfile`` is the brought one, "" for a made one.
    """

    folder: str
    app: str
    python_version: str
    health_path: str
    health_found: bool
    app_port: int = 7860
    routes: tuple[Route, ...] = ()
    environment: tuple[EnvironmentName, ...] = ()
    origins: OriginSetting | None = None
    app_file: str = ""
    app_line: int = 0
    app_reason: str = ""
    python_reason: str = ""
    health_reason: str = ""
    dockerfile: str = ""


class Installed(Struct, frozen=True, kw_only=True):
    """What the Space installs. ``manifest`` is the workspace path that was taken and ``reason`` why
    it and no other; ``locked`` when every version is fixed; ``removed`` served only tests;
    ``system`` are the Debian packages. Names of packages are normalised and sorted.
    """

    manifest: str
    kind: str
    reason: str = ""
    locked: bool = False
    packages: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    system: tuple[str, ...] = ()


class Bundle(Struct, frozen=True, kw_only=True):
    """The exact files of the Space, sorted by path, and what was decided on the way.

    ``installed`` is None when the backend's own Dockerfile needs no manifest.
    """

    files: tuple[BundleFile, ...]
    left_out: tuple[LeftOut, ...]
    backend: Backend
    installed: Installed | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(file.digest.size for file in self.files)
