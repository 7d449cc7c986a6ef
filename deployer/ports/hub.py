"""The Hub: its register of Spaces, and one Space's files, settings and runtime."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from deployer.model import (
    BundleFile,
    Configuration,
    Runtime,
    SettingWrite,
    Space,
    SpaceCommit,
    SpaceFile,
    SpaceId,
)


class SpaceDirectory(Protocol):
    """The Hub's register of Spaces. Raises ``HubRefused``."""

    def find(self, space: SpaceId) -> Space | None:
        """The Space as it is, or None when it doesn't exist (or the token may not see it)."""

    def may_write(self, space: SpaceId) -> None:
        """Return when the token may write to the Space; raise ``HubRefused`` when not."""

    def may_create(self, space: SpaceId) -> None:
        """Return when the token may create the Space, as far as can be told beforehand."""

    def create(
        self,
        space: SpaceId,
        *,
        visibility: str,
        hardware: str | None,
        sleep_time: int | None,
        secrets: Sequence[SettingWrite],
        variables: Sequence[SettingWrite],
    ) -> Space:
        """Create a Docker Space with its configuration in one request."""

    def named(self, owner: str, prefix: str) -> tuple[SpaceId, ...]:
        """The owner's Spaces whose name begins with ``prefix``, sorted."""

    def delete(self, space: SpaceId) -> None:
        """Delete the Space; a missing one is no error."""


class SpaceRepo(Protocol):
    """The Space's git repository. Raises ``HubRefused``."""

    def tree(self, space: SpaceId, revision: str) -> tuple[SpaceFile, ...]:
        """Every file of a revision."""

    def read(self, space: SpaceId, path: str, revision: str) -> bytes | None:
        """A small file's bytes at a revision, or None when it isn't there."""

    def commit(
        self,
        space: SpaceId,
        *,
        add: Sequence[BundleFile],
        delete: Sequence[str],
        message: str,
        description: str,
        parent: str,
    ) -> str:
        """One commit on ``main`` guarded by ``parent``; its revision. Status 412 when it moved."""

    def restore(
        self, space: SpaceId, *, revision: str, parent: str, message: str, description: str = ""
    ) -> str:
        """One commit that puts the tree of ``revision`` back, guarded by ``parent``."""

    def history(self, space: SpaceId) -> tuple[SpaceCommit, ...]:
        """The commits of ``main``, newest first."""


class SpaceConfig(Protocol):
    """Secrets, variables and hardware of an existing Space. Raises ``HubRefused``."""

    def read(self, space: SpaceId) -> Configuration:
        """What is set, by name."""

    def send(self, space: SpaceId, write: SettingWrite, *, public: bool) -> None:
        """Set one variable (``public``) or secret."""

    def remove(self, space: SpaceId, name: str, *, public: bool) -> None:
        """Delete one variable or secret; a missing one is no error."""

    def resize(self, space: SpaceId, *, hardware: str | None, sleep_time: int | None) -> None:
        """Request hardware and sleep time; None leaves that one alone."""


class SpaceRuntime(Protocol):
    """The running Space. Raises ``HubRefused`` only after retries."""

    def now(self, space: SpaceId) -> Runtime:
        """Stage and revision at this moment."""

    def head(self, space: SpaceId) -> str:
        """The newest commit on ``main``."""

    def restart(self, space: SpaceId, *, factory: bool = False) -> None:
        """Restart, or wake from sleep or pause."""

    def follow(self, space: SpaceId, kind: str) -> LogTail:
        """Start reading the ``build`` or ``run`` log, or the ``events`` of the runtime (a line for
        each, where the Hub tells them), in the background; never raises."""

    def spacing(self) -> float:
        """Seconds to leave between two requests, so that the Hub's rate limit is kept."""


class LogTail(Protocol):
    """A log being read. Lines come without line ends."""

    def lines(self) -> tuple[str, ...]:
        """The lines that arrived since the last call."""

    def close(self) -> None:
        """Stop reading."""
