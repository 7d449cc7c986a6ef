"""A Space as the Hub tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceId:
    """``owner/name`` as the Hub spells it."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceFile:
    """A file in the Space's repository. ``sha256`` is set for LFS files, else ``blob``."""

    path: str
    size: int
    blob: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceCommit:
    """A commit of the Space's repository. ``message`` is all of it but its first line."""

    revision: str
    title: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
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
    files: tuple[SpaceFile, ...] | None = field(default=None, compare=False, repr=False)
    furnished: bool = field(default=False, compare=False)

    @property
    def serving(self) -> str:
        """The commit that serves, as far as the Hub says; else the newest one."""
        return self.runtime.revision or self.head
