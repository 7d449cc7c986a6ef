"""The machine of the run: its workspace, clock, log and outputs, and what it asks over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

from deployer.errors import Notice, Problem
from deployer.model import Answer, Digest, Secret, WorkspaceEntry


class Files(Protocol):
    """The workspace. Paths are POSIX, relative to it; ``.`` is the workspace itself."""

    def walk(self, folder: str, descend: Callable[[str], bool]) -> Iterator[WorkspaceEntry]:
        """Every path below ``folder``, parents first, sorted within a folder.

        A folder itself is yielded; its content only when ``descend(path)`` is true. Links are
        yielded as links with their target and never followed.
        """

    def read(self, path: str) -> bytes | None:
        """A file's bytes, or None when there is no such regular file."""

    def digest(self, path: str) -> Digest:
        """Size and digests of a file, read in one streamed pass."""

    def write(self, path: str, content: bytes) -> None:
        """Replace a file in the working tree, keeping its mode."""


class Probe(Protocol):
    """One plain HTTP request to the running app or its frontend. A failure is an ``Answer``."""

    def get(self, url: str, *, space_token: Secret | None = None) -> Answer:
        """The answer; redirects inside the host are followed, the token never leaves it."""

    def ask(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer to one request with these headers; redirects are not followed."""


class Clock(Protocol):
    """Time, so that tests need no waiting."""

    def now(self) -> float:
        """Seconds on a monotonic clock."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def today(self) -> date:
        """The day in UTC."""


class Console(Protocol):
    """The job's log and annotations."""

    def mask(self, value: str) -> None:
        """Have the runner hide ``value`` from now on."""

    def scrub(self, text: str) -> str:
        """``text`` without what is hidden and without anything shaped like a key."""

    def group(self, title: str) -> AbstractContextManager[None]:
        """A foldable part of the log."""

    def line(self, text: str) -> None:
        """One line, made safe against workflow commands and scrubbed."""

    def notice(self, notice: Notice) -> None:
        """A warning annotation, or a plain line when it is no warning."""

    def problem(self, problem: Problem) -> None:
        """An error annotation."""


class Journal(Protocol):
    """Outputs as they become known, the job summary, and documents for other programs."""

    def output(self, name: str, value: str) -> None:
        """Write one output now."""

    def summary(self, markdown: str) -> None:
        """Append to the job summary."""

    def document(self, name: str, content: str) -> str:
        """Write the JSON document ``name`` (``receipt``); its path, empty when that failed."""

    def finish(self) -> None:
        """Say what could be written nowhere else."""
