"""Ports ``Rehearsals``, ``Rehearsal`` and ``RunningApp`` in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct, field

from deployer.errors import Refused
from deployer.model import Answer, Built, BundleFile, Entry, Means
from tests.fakes.hub import always_healthy
from tests.fakes.probe import FakeProbe

DOCKER = Means(name="Docker 28.0", docker=True)
BUILT = Built(size=123_000_000)
URL = "http://127.0.0.2:7860"


class FakeRehearsals(Struct, kw_only=True):
    """What the next rehearsal comes to, and what it was given.

    ``app`` is given the seconds since its start, None for one that never answers; ``says`` are the
    lines that it writes at its start, ``ends`` its exit code. ``refuses`` is raised by
    ``begin``. ``open`` counts rehearsals that nobody closed. ``stops``: the runner's signal comes
    while one is closed.
    """

    probe: FakeProbe
    means: Means = DOCKER
    built: Built = BUILT
    build_log: tuple[str, ...] = ("Step 1/2",)
    app: Callable[[float], Answer] | None = always_healthy
    says: tuple[str, ...] = ()
    ends: int | None = None
    refuses: Refused | None = None
    stops: bool = False
    began: int = 0
    open: int = 0
    given: dict[str, str] = field(default_factory=dict)
    files: tuple[BundleFile, ...] = ()
    port: int = 0

    def begin(self) -> FakeRehearsal:
        if self.refuses is not None:
            raise self.refuses
        self.began, self.open = self.began + 1, self.open + 1
        return FakeRehearsal(self)


class FakeRehearsal:
    """One rehearsal, as ``FakeRehearsals`` says."""

    def __init__(self, script: FakeRehearsals) -> None:
        self._script = script
        self._open = True

    @property
    def means(self) -> Means:
        return self._script.means

    def build(
        self,
        files: Sequence[BundleFile],
        *,
        port: int,
        entries: Sequence[Entry],
        seconds: float,
        say: Callable[[str], None],
    ) -> Built:
        self._script.files, self._script.port = tuple(files), port
        for line in self._script.build_log:
            say(line)
        return self._script.built

    def start(self, entries: Sequence[Entry]) -> FakeApp:
        self._script.given = {entry.name: entry.value.reveal() for entry in entries}
        app, clock = self._script.app, self._script.probe.hub.clock
        if app is not None and self._script.ends is None:
            since = clock.now()
            self._script.probe.local[URL] = lambda: app(clock.now() - since)
        return FakeApp(self._script)

    def close(self) -> None:
        if self._script.stops:
            self._script.stops = False
            raise KeyboardInterrupt
        self._script.open -= self._open
        self._open = False
        self._script.probe.local.pop(URL, None)


class FakeApp:
    """The app of a rehearsal."""

    def __init__(self, script: FakeRehearsals) -> None:
        self._script = script
        self._unsaid = script.says

    @property
    def url(self) -> str:
        return URL

    def lines(self) -> tuple[str, ...]:
        said, self._unsaid = self._unsaid, ()
        return said

    def ended(self) -> int | None:
        return self._script.ends
