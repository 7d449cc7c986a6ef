"""A Hub in memory behind the ports that speak of Spaces, driven by a fake clock.

What a revision does is a ``Behaviour``: the stages of its build, how it ends, what its log and its
app say. The next commits take theirs from ``FakeHub.next``; a tree that was seen before behaves as
it did then, so that a revision that is put back is what it was.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from deployer.errors import HubRefused
from deployer.model import (
    Answer,
    BundleFile,
    Configuration,
    Runtime,
    SettingWrite,
    Space,
    SpaceCommit,
    SpaceFile,
    SpaceId,
    StoredSetting,
)
from deployer.ports import Clock, Files
from deployer.release.difference import digest_of

LARGE_BYTES = 10 * 1024 * 1024
HEALTHY = b'{"status": "healthy"}'
FIRST_FILES = {".gitattributes": b"*.bin filter=lfs\n", "README.md": b"---\nsdk: docker\n---\n"}


def says(body: bytes | str, status: int = 200) -> Callable[[float], Answer]:
    """An app that always answers the same."""
    content = body.encode() if isinstance(body, str) else body
    headers = {"content-type": "application/json"}
    return lambda _seconds: Answer(status=status, body=content, headers=headers)


always_healthy = says(HEALTHY)


class Behaviour(Struct, frozen=True, kw_only=True):
    """What a revision does. ``lag``: seconds after the commit in which the Hub shows nothing yet.

    ``app`` is given the seconds since it serves. ``stops_old``: what served before ends when the
    revision fails; otherwise it goes on serving. ``sticks``: what served before goes on, although
    the build is done.
    """

    lag: float = 1.0
    stages: tuple[tuple[str, float], ...] = (("BUILDING", 20.0), ("APP_STARTING", 5.0))
    ends: str = "RUNNING"
    error: str = ""
    build_log: tuple[str, ...] = ("Step 1", "Step 2")
    run_log: tuple[str, ...] = ("Uvicorn running on http://0.0.0.0:7860",)
    log_lag: float = 0.0
    app: Callable[[float], Answer] = always_healthy
    stops_old: bool = False
    sticks: bool = False


class Commit(Struct, frozen=True, kw_only=True):
    """One commit with its whole tree."""

    revision: str
    files: Mapping[str, bytes]
    message: str
    description: str = ""


class Counters(Struct, kw_only=True):
    """How often things happened."""

    commits: int = 0
    builds: int = 0
    restarts: int = 0
    visits: int = 0
    writes: int = 0


class Rollout(Struct, kw_only=True):
    """A build or a restart under way."""

    began: float
    revision: str
    behaviour: Behaviour
    stages: tuple[tuple[str, float], ...]


class FakeSpace(Struct, kw_only=True):
    """One Space: repository, configuration, and what runs."""

    id: SpaceId
    visibility: str = "public"
    sdk: str = "docker"
    hardware: str = "cpu-basic"
    sleep_time: int | None = 172800
    secrets: dict[str, tuple[str, str]] = field(default_factory=dict)
    variables: dict[str, tuple[str, str]] = field(default_factory=dict)
    commits: list[Commit] = field(default_factory=list)
    stage: str = "NO_APP_FILE"
    error: str = ""
    serving: str | None = None
    since: float = 0.0
    rollout: Rollout | None = None
    counters: Counters = field(default_factory=Counters)

    @property
    def host(self) -> str:
        return f"https://{self.id.owner}-{self.id.name}.spaces.test"

    @property
    def head(self) -> str:
        return self.commits[-1].revision

    @property
    def files(self) -> Mapping[str, bytes]:
        return self.commits[-1].files


class FakeHub:
    """Every Space, and what goes wrong. Accounts are ``owner`` names, tokens ``owner:role``."""

    def __init__(self, clock: Clock, files: Files | None = None, token: str = "tester:write"):
        self.clock = clock
        self.files = files
        self.token = token
        self.made: dict[str, FakeSpace] = {}
        self.next: deque[Behaviour] = deque()
        self.after_restart: deque[Behaviour] = deque()
        self.known: dict[str, Behaviour] = {}
        self.faults: list[tuple[str, HubRefused, int]] = []
        self.calls: list[str] = []
        self.deleted: list[str] = []
        self.poor: set[str] = set()
        self.hides_revision = False
        self.domain_stage = "READY"
        self.hides_host = False
        self.keeps_descriptions = True
        self.tells_events = False
        self.spacing = 0.0
        self.creates_bare = False
        self.at: list[tuple[float, Callable[[], None]]] = []
        self.spaces = FakeDirectory(self)
        self.space_repo = FakeSpaceRepo(self)
        self.space_config = FakeConfig(self)
        self.space_runtime = FakeRuntime(self)

    def as_token(self, token: str) -> FakeHub:
        """The same Hub seen with another token."""
        other = FakeHub(self.clock, self.files, token)
        other.made, other.next, other.known, other.poor = (
            self.made,
            self.next,
            self.known,
            self.poor,
        )
        return other

    # --- for tests ------------------------------------------------------------------------------

    def fail(
        self, call: str, status: int, *, times: int = 1, message: str = "The Hub said no."
    ) -> None:
        """Let the next ``times`` calls of a port's method (``now``, ``commit``, …) be refused."""
        self.faults.append((call, HubRefused(message, status=status), times))

    def later(self, seconds: float, happens: Callable[[], None]) -> None:
        """Something that happens by itself, ``seconds`` from now."""
        self.at.append((self.clock.now() + seconds, happens))

    def a_space(
        self, space: SpaceId, files: Mapping[str, bytes] | None = None, **facts: object
    ) -> FakeSpace:
        """An existing Space; with ``files`` a revision that serves already."""
        made = self.made[str(space)] = FakeSpace(id=space, **facts)  # type: ignore[arg-type]
        self.record(made, FIRST_FILES, "initial commit")
        if files is not None:
            self.record(made, {**FIRST_FILES, **files}, "Deployed earlier")
            made.stage, made.serving, made.since = "RUNNING", made.head, self.clock.now()
            self.known.setdefault(digest_of_tree(made.files), self._take())
        return made

    def push(self, space: FakeSpace, files: Mapping[str, bytes], message: str = "Mine") -> str:
        """Somebody's commit, built like any other."""
        self.record(space, files, message)
        self.rebuild(space)
        return space.head

    # --- what the ports share -------------------------------------------------------------------

    def request(self, call: str, *, writes: FakeSpace | None = None) -> None:
        """Count a request; raise when it is to go wrong."""
        self.calls.append(call)
        self.settle()
        for index, (name, refused, times) in enumerate(self.faults):
            if name == call and times:
                self.faults[index] = (name, refused, times - 1)
                raise refused
        if writes is not None:
            writes.counters.writes += 1

    def settle(self) -> None:
        """Bring every Space to the present."""
        now = self.clock.now()
        due = [happens for when, happens in self.at if when <= now]
        self.at = [(when, happens) for when, happens in self.at if when > now]
        for happens in due:
            happens()
        for space in self.made.values():
            self._settle(space)

    def get(self, space: SpaceId) -> FakeSpace:
        """The Space, if this token may see it."""
        found = self.made.get(str(space))
        if found is None or (found.visibility != "public" and not self.owns(space)):
            raise HubRefused(f"The Hub finds no Space {space}.", status=404)
        return found

    def owned(self, space: SpaceId) -> FakeSpace:
        """The Space, if this token may change it."""
        found = self.get(space)
        if not self.may_write(space):
            raise HubRefused("The token may not write.", status=403)
        return found

    def owns(self, space: SpaceId) -> bool:
        return self.token.partition(":")[0] == space.owner

    def may_write(self, space: SpaceId) -> bool:
        return self.owns(space) and self.token.endswith(":write")

    def record(
        self, space: FakeSpace, files: Mapping[str, bytes], message: str, description: str = ""
    ) -> str:
        """A commit without its build."""
        text = f"{space.id} {len(space.commits)} {digest_of_tree(files)} {message}"
        revision = hashlib.sha1(text.encode()).hexdigest()
        made = Commit(
            revision=revision, files=dict(files), message=message, description=description
        )
        space.commits.append(made)
        return revision

    def commit(
        self, space: FakeSpace, files: Mapping[str, bytes], message: str, description: str = ""
    ) -> str:
        """A commit with all that it brings about."""
        revision = self.record(space, files, message, description)
        space.counters.commits += 1
        self.rebuild(space)
        return revision

    def _take(self) -> Behaviour:
        return self.next.popleft() if self.next else Behaviour()

    def rebuild(self, space: FakeSpace) -> None:
        tree = digest_of_tree(space.files)
        if self.next or tree not in self.known:
            self.known[tree] = self._take()
        behaviour = self.known[tree]
        space.counters.builds += 1
        space.rollout = Rollout(
            began=self.clock.now(),
            revision=space.head,
            behaviour=behaviour,
            stages=behaviour.stages,
        )

    def restart(self, space: FakeSpace, lag: float = 0.5) -> None:
        """What a restart brings about: the head starts anew, without a build."""
        if space.stage == "NO_APP_FILE" or (space.rollout and not space.serving):
            return
        if self.after_restart:
            self.known[digest_of_tree(space.files)] = self.after_restart.popleft()
        behaviour = self.known.setdefault(digest_of_tree(space.files), Behaviour())
        stages = behaviour.stages if space.stage == "BUILD_ERROR" else (("APP_STARTING", 3.0),)
        space.rollout = Rollout(
            began=self.clock.now() + lag - behaviour.lag,
            revision=space.head,
            behaviour=behaviour,
            stages=stages,
        )

    def _settle(self, space: FakeSpace) -> None:
        rollout = space.rollout
        if rollout is None or self._step(space) is not None:
            return
        space.rollout = None
        behaviour = rollout.behaviour
        if behaviour.ends == "RUNNING":
            space.stage, space.error = "RUNNING", ""
            if not behaviour.sticks:
                space.serving, space.since = rollout.revision, self.clock.now()
            return
        space.stage, space.error = behaviour.ends, behaviour.error
        if behaviour.stops_old or behaviour.ends in ("PAUSED", "SLEEPING"):
            space.serving = None

    def _step(self, space: FakeSpace) -> str | None:
        """The stage of a roll-out under way ("" before it shows), None when it is over."""
        assert space.rollout is not None
        passed = self.clock.now() - space.rollout.began - space.rollout.behaviour.lag
        if passed < 0:
            return ""
        for stage, seconds in space.rollout.stages:
            if passed < seconds:
                return stage
            passed -= seconds
        return None

    def stage_of(self, space: FakeSpace) -> tuple[str, str]:
        """Stage and error message at this moment."""
        step = self._step(space) if space.rollout else ""
        if not step:
            return space.stage, space.error
        running = space.serving is not None and step in ("BUILDING", "APP_STARTING")
        return (f"RUNNING_{step}" if running else step), ""


def digest_of_tree(files: Mapping[str, bytes]) -> str:
    """What makes two trees the same."""
    whole = hashlib.sha1(usedforsecurity=False)
    for path in sorted(files):
        whole.update(f"{path}\0{digest_of(files[path]).blob}\n".encode())
    return whole.hexdigest()


class _Port:
    def __init__(self, hub: FakeHub) -> None:
        self.hub = hub


class FakeDirectory(_Port):
    """Port ``SpaceDirectory``."""

    def find(self, space: SpaceId) -> Space | None:
        self.hub.request("find")
        try:
            found = self.hub.get(space)
        except HubRefused:
            return None
        return Space(
            id=space,
            host="" if self.hub.hides_host else found.host,
            head=found.head,
            sdk=found.sdk,
            visibility=found.visibility,
            page=f"https://hub.test/spaces/{space}",
            runtime=_runtime(self.hub, found),
        )

    def may_write(self, space: SpaceId) -> None:
        self.hub.request("may_write")
        if str(space) in self.hub.made:
            self.hub.owned(space)
        else:
            self.may_create(space)

    def may_create(self, space: SpaceId) -> None:
        self.hub.request("may_create")
        if not self.hub.may_write(space):
            raise HubRefused("The token can't create a Space there.", status=403)

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
        self.hub.request("create")
        if not self.hub.may_write(space):
            raise HubRefused("The token can't create a Space there.", status=403)
        if space.owner in self.hub.poor:
            raise HubRefused("The Hub asks for a paid plan.", status=402)
        made = self.hub.a_space(space, visibility=visibility, hardware=hardware or "cpu-basic")
        made.sleep_time = sleep_time if sleep_time is not None else made.sleep_time
        if not self.hub.creates_bare:
            made.secrets.update(_stored(secrets))
            made.variables.update(_stored(variables))
        found = self.find(space)
        assert found is not None
        return found

    def named(self, owner: str, prefix: str) -> tuple[SpaceId, ...]:
        self.hub.request("named")
        seen = (
            space.id
            for space in self.hub.made.values()
            if space.visibility == "public" or self.hub.owns(space.id)
        )
        ids = (id for id in seen if id.owner == owner and id.name.startswith(prefix))
        return tuple(sorted(ids, key=str))

    def delete(self, space: SpaceId) -> None:
        self.hub.request("delete")
        try:
            found = self.hub.owned(space)
        except HubRefused as refused:
            if refused.status != 404:
                raise
            return
        del self.hub.made[str(found.id)]
        self.hub.deleted.append(str(found.id))


def _stored(writes: Sequence[SettingWrite]) -> dict[str, tuple[str, str]]:
    return {write.name: (write.value.reveal(), write.description) for write in writes}


class FakeSpaceRepo(_Port):
    """Port ``SpaceRepo``."""

    def tree(self, space: SpaceId, revision: str) -> tuple[SpaceFile, ...]:
        self.hub.request("tree")
        files = self._at(space, revision).files
        return tuple(_space_file(path, files[path]) for path in sorted(files))

    def read(self, space: SpaceId, path: str, revision: str) -> bytes | None:
        self.hub.request("read")
        return self._at(space, revision).files.get(path)

    def _at(self, space: SpaceId, revision: str) -> Commit:
        commits = self.hub.get(space).commits
        found = next((each for each in commits if each.revision == revision), None)
        if found is None:
            raise HubRefused(f"The Hub finds no revision {revision}.", status=404)
        return found

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
        files = dict(self._guarded(space, parent).files)
        for path in delete:
            del files[path]
        files.update({file.path: self._content(file) for file in add})
        return self.hub.commit(self.hub.get(space), files, message, description)

    def restore(
        self, space: SpaceId, *, revision: str, parent: str, message: str, description: str = ""
    ) -> str:
        found = self._guarded(space, parent)
        return self.hub.commit(found, self._at(space, revision).files, message, description)

    def history(self, space: SpaceId) -> tuple[SpaceCommit, ...]:
        self.hub.request("history")
        return tuple(
            SpaceCommit(revision=each.revision, title=each.message, message=each.description)
            for each in reversed(self.hub.get(space).commits)
        )

    def _guarded(self, space: SpaceId, parent: str) -> FakeSpace:
        found = self.hub.owned(space)
        self.hub.request("commit", writes=found)
        if parent and parent != found.head:
            raise HubRefused("A commit has happened since.", status=412)
        return found

    def _content(self, file: BundleFile) -> bytes:
        if file.content is not None:
            return file.content
        assert self.hub.files is not None
        assert file.source is not None
        content = self.hub.files.read(file.source)
        assert content is not None
        assert digest_of(content) == file.digest, f"{file.path} is not what was planned"
        return content


def _space_file(path: str, content: bytes) -> SpaceFile:
    digest = digest_of(content)
    if len(content) <= LARGE_BYTES and b"\0" not in content:
        return SpaceFile(path=path, size=digest.size, blob=digest.blob)
    pointer = (
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{digest.sha256}\nsize {digest.size}\n"
    )
    blob = digest_of(pointer.encode()).blob
    return SpaceFile(path=path, size=digest.size, blob=blob, sha256=digest.sha256)


class FakeConfig(_Port):
    """Port ``SpaceConfig``. Each change restarts what runs, as the Hub does."""

    def read(self, space: SpaceId) -> Configuration:
        self.hub.request("configuration")
        found = self.hub.owned(space)
        return Configuration(
            secrets={
                name: StoredSetting(
                    name=name, description=description if self.hub.keeps_descriptions else ""
                )
                for name, (_, description) in found.secrets.items()
            },
            variables={
                name: StoredSetting(name=name, value=value, description=description)
                for name, (value, description) in found.variables.items()
            },
        )

    def send(self, space: SpaceId, write: SettingWrite, *, public: bool) -> None:
        found = self._changed("send", space)
        (found.variables if public else found.secrets).update(_stored([write]))

    def remove(self, space: SpaceId, name: str, *, public: bool) -> None:
        found = self._changed("remove", space)
        (found.variables if public else found.secrets).pop(name, None)

    def resize(self, space: SpaceId, *, hardware: str | None, sleep_time: int | None) -> None:
        found = self.hub.owned(space)
        self.hub.request("resize", writes=found)
        found.sleep_time = sleep_time if sleep_time is not None else found.sleep_time
        if hardware is not None:
            found.hardware = hardware
            self.hub.restart(found)

    def _changed(self, call: str, space: SpaceId) -> FakeSpace:
        found = self.hub.owned(space)
        self.hub.request(call, writes=found)
        if found.serving or found.stage == "RUNTIME_ERROR":
            self.hub.restart(found)
        return found


class FakeRuntime(_Port):
    """Port ``SpaceRuntime``."""

    def now(self, space: SpaceId) -> Runtime:
        self.hub.request("now")
        return _runtime(self.hub, self.hub.get(space))

    def head(self, space: SpaceId) -> str:
        self.hub.request("head")
        return self.hub.get(space).head

    def restart(self, space: SpaceId, *, factory: bool = False) -> None:
        found = self.hub.owned(space)
        self.hub.request("restart", writes=found)
        found.counters.restarts += 1
        self.hub.rebuild(found) if factory else self.hub.restart(found)

    def spacing(self) -> float:
        return self.hub.spacing

    def follow(self, space: SpaceId, kind: str) -> FakeTail | FakeEvents:
        self.hub.calls.append(f"follow {kind}")
        if kind == "events":
            return FakeEvents(self.hub, self.hub.made[str(space)])
        return FakeTail(self.hub, self.hub.made[str(space)], kind)


def _runtime(hub: FakeHub, space: FakeSpace) -> Runtime:
    stage, error = hub.stage_of(space)
    return Runtime(
        stage=stage,
        revision=None if hub.hides_revision else space.serving,
        error=error,
        hardware=space.hardware,
        requested_hardware=space.hardware,
        sleep_time=space.sleep_time,
        domains={space.host: hub.domain_stage} if space.serving else {},
    )


class FakeTail:
    """Port ``LogTail``: the log of the head's behaviour, all of it once it has arrived."""

    def __init__(self, hub: FakeHub, space: FakeSpace, kind: str) -> None:
        self.hub, self.kind = hub, kind
        self.behaviour = hub.known[digest_of_tree(space.files)]
        self.arrives = hub.clock.now() + self.behaviour.log_lag
        self.told = False
        self.closed = False

    def lines(self) -> tuple[str, ...]:
        if self.told or self.closed or self.hub.clock.now() < self.arrives:
            return ()
        self.told = True
        return self.behaviour.build_log if self.kind == "build" else self.behaviour.run_log

    def close(self) -> None:
        self.closed = True


class FakeEvents:
    """Port ``LogTail``: a line whenever the runtime shows something new, if the Hub tells."""

    def __init__(self, hub: FakeHub, space: FakeSpace) -> None:
        self.hub, self.space = hub, space
        self.closed = False
        self.shown = self._now()

    def lines(self) -> tuple[str, ...]:
        if not self.hub.tells_events or self.closed:
            return ()
        self.hub.settle()
        before, self.shown = self.shown, self._now()
        return () if self.shown == before else ("something is new",)

    def close(self) -> None:
        self.closed = True

    def _now(self) -> tuple[object, ...]:
        return (*self.hub.stage_of(self.space), self.space.serving)
