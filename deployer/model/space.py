"""A Space as the Hub tells of it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class SpaceId(Struct, frozen=True, kw_only=True):
    """``owner/name`` as the Hub spells it."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


class SpaceFile(Struct, frozen=True, kw_only=True):
    """A file in the Space's repository. ``sha256`` is set for LFS files, else ``blob``."""

    path: str
    size: int
    blob: str
    sha256: str | None = None


class SpaceCommit(Struct, frozen=True, kw_only=True):
    """A commit of the Space's repository. ``message`` is all of it but its first line."""

    revision: str
    title: str
    message: str = ""


class Runtime(Struct, frozen=True, kw_only=True):
    """The Space's runtime at one moment. ``stage`` is an open set of words (an unknown one waits).

    ``revision`` is the commit the serving container was built from (``runtime.sha``), None when
    the Hub doesn't say. ``domains`` maps a serving domain to its stage (``READY``).
    """

    stage: str
    revision: str | None = None
    error: str = ""
    hardware: str | None = None
    requested_hardware: str | None = None
    sleep_time: int | None = None
    domains: Mapping[str, str] = field(default_factory=dict)


class Space(Struct, frozen=True, kw_only=True):
    """An existing Space as observed before anything is written.

    ``files`` are those of its head, where the Hub told them in the same answer. ``furnished``: a
    request of ours has just made it, and the Hub confirmed that with the settings that it carried.
    """

    id: SpaceId
    host: str
    head: str
    sdk: str
    visibility: str
    page: str
    runtime: Runtime
    files: tuple[SpaceFile, ...] | None = None
    furnished: bool = False

    @property
    def serving(self) -> str:
        """The commit that serves, as far as the Hub says; else the newest one."""
        return self.runtime.revision or self.head
