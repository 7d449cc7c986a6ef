"""The frozen values that pass between stages. No behaviour beyond what a value knows of itself.

Paths inside the workspace and inside the Space are ``str`` in POSIX form, relative, without a
leading ``./``; sizes are bytes; durations and instants are seconds (``float``, a monotonic clock).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from deployer.errors import Notice


class Secret:
    """A value that must not be shown. ``repr``, ``str`` and ``format`` give ``***``."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one call that sends it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Mode(StrEnum):
    """What the run is asked to do (input ``mode``)."""

    DEPLOY = "deploy"
    PLAN = "plan"
    REHEARSE = "rehearse"
    PREVIEW = "preview"
    CLEANUP = "cleanup"
    ROLLBACK = "rollback"
    CHECK = "check"


class Status(StrEnum):
    """Output ``status``."""

    HEALTHY = "healthy"
    UNCHANGED = "unchanged"
    PLANNED = "planned"
    REHEARSED = "rehearsed"
    ROLLED_BACK = "rolled-back"
    CLEANED_UP = "cleaned-up"
    FAILED = "failed"


# --- the bundle ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A file's identity as git (``blob``: SHA-1 of the blob) and git-lfs (``sha256``) know it."""

    size: int
    blob: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """One file of the Space: either copied (``source``, a workspace path) or made (``content``)."""

    path: str
    digest: Digest
    source: str | None = None
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file or folder (trailing ``/``) that stays behind, and the rule that says so.

    ``origin`` is ``built-in``, an ignore file's workspace path, or ``input ignore``.
    """

    path: str
    rule: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One HTTP route of the app, router prefixes included (``/api/chat``).

    ``open`` unless a call without credentials and parameters would be turned away, or gets a file.
    """

    method: str
    path: str
    summary: str = ""
    file: str = ""
    line: int = 0
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentName:
    """A name the backend's code reads from its environment. ``default`` is None when required."""

    name: str
    default: str | None = None
    required: bool = False
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginSetting:
    """The environment name that the backend's CORS code takes its origins from.

    ``as_json``: the code parses JSON (a pydantic ``list[str]``) and would crash on commas.
    ``single``: the code takes exactly one origin.
    """

    name: str
    as_json: bool = False
    single: bool = False
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
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


# --- secrets and variables ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the inputs ``secrets`` or ``variables``. ``line`` is 1-based in that input."""

    name: str
    value: Secret
    public: bool
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSetting:
    """A secret (``value`` None: the Hub never tells) or variable that the Space already has."""

    name: str
    value: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The Space's secrets and variables as the Hub lists them, by name."""

    secrets: Mapping[str, StoredSetting] = field(default_factory=dict)
    variables: Mapping[str, StoredSetting] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingWrite:
    """A secret or variable to be sent, with the description that carries our marker."""

    name: str
    value: Secret
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationChange:
    """What to send. ``foreign`` names stand on the Space, unnamed here and not set by us.

    ``stale`` names were set by us earlier and are no longer named; ``prune_*`` are those of them
    that will be deleted.
    """

    secrets: tuple[SettingWrite, ...] = ()
    variables: tuple[SettingWrite, ...] = ()
    prune_secrets: tuple[str, ...] = ()
    prune_variables: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing is sent before the code; pruning comes after health and doesn't count."""
        return not (self.secrets or self.variables)


# --- the Space ----------------------------------------------------------------------------------


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


# --- what the release came to --------------------------------------------------------------------


class Health(StrEnum):
    """The verdict on one answer of the health path (docs/reference/health.md)."""

    HEALTHY = "healthy"
    NOT_YET = "not yet"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a probe got: ``status`` 0 and ``error`` when no HTTP answer came at all.

    ``location`` is where a redirect that was not followed points to.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    url: str = ""
    location: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement of one answer. ``services`` names the ones that speak against health."""

    health: Health
    reason: str
    services: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A likely cause in a person's words, with its remedy."""

    title: str
    remedy: str
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Healthy:
    """The revision serves and is healthy.

    ``proof`` is what proves that it is this revision, "" when the Hub itself said so. ``exposed``:
    its health answer shows a secret.
    """

    revision: str
    answers: int
    neutral: tuple[str, ...] = ()
    proof: str = ""
    exposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhealthy:
    """The revision started, and its health path speaks against it (exit 6).

    ``reached`` is false when no answer of the app itself came: that says nothing about it.
    """

    revision: str
    verdict: Verdict
    reached: bool = True
    exposed: bool = False
    causes: tuple[Cause, ...] = ()
    log: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBuilt:
    """The revision did not build or start in time (exit 5)."""

    revision: str
    stage: str
    error: str
    causes: tuple[Cause, ...] = ()
    log: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """A newer commit took over while we waited (exit 4); nothing is rolled back."""

    revision: str
    by: str


Outcome = Healthy | Unhealthy | NotBuilt | Superseded


# --- the rehearsal -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What stands in for the Hub on this machine. ``notice`` says in what it is not the same."""

    name: str
    docker: bool
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build here came to: ``error`` is "" for one that worked, ``size`` the image's bytes.

    ``notices``: what was done in another way than the Hub would.
    """

    size: int = 0
    error: str = ""
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """How a bundle did on this machine; bytes and seconds, None for what wasn't reached.

    ``cors`` says what a browser on the frontend's origins would do, "" where none is given.
    """

    means: str
    docker: bool
    size: int | None = None
    build_seconds: float | None = None
    start_seconds: float | None = None
    health: str = ""
    cors: str = ""


# --- the frontend --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file of the repository, before and after, as bytes. ``before`` None: a new file."""

    path: str
    before: bytes | None = field(repr=False)
    after: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """An open pull request from a branch of the same repository."""

    number: int
    url: str
    title: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An open issue of ours."""

    number: int
    url: str
    title: str = ""
    body: str = ""


class FrontendState(StrEnum):
    """What the frontend step found."""

    NONE = "none"  # no frontend, or `frontend: none`
    CURRENT = "current"  # calls this Space already
    CHANGE = "change"  # there is something to rewrite
    DOUBTFUL = "doubtful"  # several candidates: shown, not pushed


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontendPlan:
    """What would be rewritten for a given address of the backend.

    ``servers`` are the names the backend goes by in the client (``localhost:8000``, a former
    host), so that the same rewrite can be done again on a newer commit. ``credentials``: the
    client sends cookies along.
    """

    state: FrontendState
    changes: tuple[FileChange, ...] = ()
    local_url: str = "http://localhost:8000"
    framework: str = ""
    notices: tuple[Notice, ...] = ()
    servers: tuple[str, ...] = ()
    credentials: bool = False


# --- the runner's world --------------------------------------------------------------------------


class WorkspaceKind(StrEnum):
    """What a path of the workspace is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceEntry:
    """One path below a walked folder. ``size`` is 0 but for files."""

    path: str
    kind: WorkspaceKind
    size: int = 0
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitAuthor:
    """Who a commit is by."""

    name: str
    email: str
