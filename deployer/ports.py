"""What the stages ask of the outside world, in the domain's words.

Adapters (deployer/adapters/) implement these; tests pass fakes that are held to the same contract
suite (tests/contract/). Every method may raise ``HubRefused`` or ``RepositoryRefused`` as its
port says, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from deployer.errors import Notice, Problem
from deployer.model import (
    Answer,
    Built,
    BundleFile,
    Configuration,
    Digest,
    Entry,
    FileChange,
    Issue,
    Means,
    PullRequest,
    Runtime,
    Secret,
    SettingWrite,
    Space,
    SpaceCommit,
    SpaceFile,
    SpaceId,
    WorkspaceEntry,
)


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


class Repo(Protocol):
    """The user's repository on its server. Raises ``RepositoryRefused``."""

    def may_write(self, branch: str) -> None:
        """Return when the token may push to ``branch``; raise when it surely may not."""

    def head(self, branch: str) -> str:
        """The newest commit of ``branch`` on the server."""

    def find(self, branch: str) -> str | None:
        """The newest commit of ``branch``, or None when there is no such branch."""

    def place(self, branch: str, revision: str) -> None:
        """Create ``branch`` at ``revision``, or move it there, whatever it held."""

    def remove(self, branch: str) -> None:
        """Delete ``branch``; a missing one is no error."""

    def read(self, path: str, revision: str) -> bytes | None:
        """A file at a revision, or None when it isn't there."""

    def commit(
        self, changes: Sequence[FileChange], *, branch: str, parent: str, message: str
    ) -> str:
        """One commit with only ``changes``; raises with ``race`` when ``branch`` moved on."""


class PullRequests(Protocol):
    """The repository's pull requests between its own branches. Raises ``RepositoryRefused``."""

    def find(self, branch: str) -> PullRequest | None:
        """The open one from ``branch``, or None."""

    def create(self, *, branch: str, base: str, title: str, body: str) -> PullRequest:
        """Open one from ``branch`` into ``base``."""

    def update(self, pull: PullRequest, *, title: str, body: str) -> None:
        """Give an open one another title and text."""

    def close(self, pull: PullRequest, *, comment: str) -> None:
        """Close it, and say why."""

    def is_open(self, number: int) -> bool:
        """Whether that pull request, of a fork or not, is open; raises for one out of sight."""


class Comments(Protocol):
    """Comments of ours on pull requests, one for each ``key``. Raises ``RepositoryRefused``."""

    def keep(self, pull: int, *, key: str, body: str) -> str:
        """Write the comment, or bring it up to date where its text differs; its address."""

    def amend(self, pull: int, *, key: str, body: str) -> None:
        """Bring it up to date where there is one; without one nothing is written."""


class Issues(Protocol):
    """Issues of ours in the repository, one for each ``key``. Raises ``RepositoryRefused``."""

    def find(self, key: str) -> Issue | None:
        """The open one, or None."""

    def create(self, *, key: str, title: str, body: str) -> Issue:
        """Open one."""

    def update(self, issue: Issue, *, key: str, title: str, body: str) -> None:
        """Give an open one another title and text."""

    def close(self, issue: Issue, *, comment: str) -> None:
        """Close it, and say why."""


class Deployments(Protocol):
    """GitHub's deployments and their statuses. Raises ``RepositoryRefused``."""

    def start(self, *, revision: str, environment: str, transient: bool, key: str = "") -> str:
        """Record a deployment of a commit as under way; its id.

        ``key`` tells those of one environment apart: all previews share theirs.
        """

    def tell(self, deployment: str, *, state: str, url: str = "", description: str = "") -> None:
        """Add a status (``in_progress``, ``success``, ``failure``); ``url`` is where it serves."""

    def end(self, environment: str, *, key: str = "") -> None:
        """Mark every deployment of an environment inactive, or those that carry ``key``."""


class RunningApp(Protocol):
    """An app that this machine runs in the Hub's place."""

    @property
    def url(self) -> str:
        """Where it is reached, if it listens where the Hub would look for it."""

    def lines(self) -> tuple[str, ...]:
        """What it said since the last call."""

    def ended(self) -> int | None:
        """Its exit code as a shell gives it, None while it runs."""


class Rehearsal(Protocol):
    """A bundle built and run on this machine. Raises ``Refused`` for one that it can't follow."""

    @property
    def means(self) -> Means:
        """What stands in for the Hub."""

    def build(
        self,
        files: Sequence[BundleFile],
        *,
        port: int,
        entries: Sequence[Entry],
        seconds: float,
        say: Callable[[str], None],
    ) -> Built:
        """Build it in at most ``seconds``; ``say`` gets each line of the log as it comes."""

    def start(self, entries: Sequence[Entry]) -> RunningApp:
        """Start what was built, with these and no other variables beside the image's own."""

    def close(self) -> None:
        """Stop and remove everything, whatever state it is in."""


class Rehearsals(Protocol):
    """Where rehearsals come from."""

    def begin(self) -> Rehearsal:
        """Docker where an engine answers, else a virtual environment. Raises ``Refused``."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything outside, in one value.

    ``trusted_publisher``: the Hub token is one that GitHub's identity token was exchanged for. It
    writes the files of one Space that exists, and neither creates, configures nor restarts.
    """

    files: Files
    spaces: SpaceDirectory
    space_repo: SpaceRepo
    space_config: SpaceConfig
    space_runtime: SpaceRuntime
    probe: Probe
    clock: Clock
    repo: Repo | None
    pulls: PullRequests | None
    comments: Comments | None = None
    issues: Issues | None = None
    deployments: Deployments | None = None
    rehearsals: Rehearsals
    console: Console
    journal: Journal
    trusted_publisher: bool = False
