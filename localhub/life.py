"""The running side of one Space: which stage it is in, what serves, and what happens next.

A commit builds and then replaces what serves; a restart only replaces it. What serves goes on
serving until its successor answers. Where nobody could tell what the Hub does, ``Quirks`` holds
both answers.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping

from localhub.counts import Counters, Quirks
from localhub.logs import Log, timestamp
from localhub.runner import (
    POLL_SECONDS,
    BuildFailed,
    Image,
    Replica,
    Runner,
    Source,
    StartFailed,
    Unusable,
)

WATCH_SECONDS = 0.5


class Life:
    """Builds, starts, replaces, wakes and stops one Space's app."""

    def __init__(
        self,
        *,
        runner: Runner,
        prepare: Callable[[str], Awaitable[Source]],
        environment: Callable[[], Mapping[str, str]],
        counters: Counters,
        quirks: Quirks,
    ) -> None:
        self._runner, self._prepare, self._environment = runner, prepare, environment
        self._counters, self._quirks = counters, quirks
        self._resting, self._busy = "NO_APP_FILE", ""
        self._serving: tuple[Image, Replica] | None = None
        self._image: Image | None = None
        self._task: asyncio.Task[None] | None = None
        self._watchers: set[asyncio.Task[None]] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self._visited = time.monotonic()
        self.error, self._factory = "", False
        self.head: str | None = None
        self.sleep_seconds: float | None = None
        self.build_log, self.run_log = Log(), Log()

    @property
    def stage(self) -> str:
        """The runtime stage, as the Hub names it."""
        if not self._busy:
            return self._resting
        return f"RUNNING_{self._busy}" if self._serving else self._busy

    @property
    def revision(self) -> str | None:
        """The commit that what serves now was built from."""
        if self._serving is None or self._quirks.omit_revision:
            return None
        return self._serving[0].source.revision

    @property
    def address(self) -> tuple[str, int] | None:
        """Where what serves now answers."""
        return (self._serving[1].host, self._serving[1].port) if self._serving else None

    def commit(self, revision: str) -> None:
        """A new head: build it, unless the Space is paused."""
        self.head, self._factory = revision, False
        if self._resting != "PAUSED" or self._busy:
            self._begin(rebuild=True)

    def restart(self, *, factory: bool = False) -> None:
        """Start the head anew; built again when ``factory`` or when it never was."""
        self._counters.restarts, self._factory = self._counters.restarts + 1, factory
        self._begin(rebuild=factory)

    def configured(self) -> None:
        """Secrets, variables or hardware changed: what runs, or just failed to, starts anew."""
        if self._busy == "APP_STARTING" or (
            not self._busy and self._resting in ("RUNNING", "RUNTIME_ERROR")
        ):
            self.restart()
        elif self._resting == "CONFIG_ERROR" and self.head and not self._busy:
            self._begin(rebuild=True)

    def visit(self) -> tuple[str, int] | None:
        """Somebody asked for the app: its address, or None while it isn't there. Wakes it."""
        self._visited = time.monotonic()
        self._counters.visits.append(time.time())
        if self._resting == "SLEEPING" and not self._busy:
            self._begin(rebuild=False)
        return self.address

    async def rest(self, stage: str) -> None:
        """Stop the app and stay ``PAUSED`` or ``SLEEPING``."""
        self._resting, self.error = stage, ""
        await self.close()

    async def close(self) -> None:
        """Stop everything for good."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._busy = ""
        self._replace(None)
        while self._leaving:
            await asyncio.wait(self._leaving)

    def _begin(self, *, rebuild: bool) -> None:
        """Start a roll-out; one already under way is abandoned for it."""
        image = self._image
        build = rebuild or image is None or image.source.revision != self.head
        self._busy, self.error = "BUILDING" if build else "APP_STARTING", ""
        if build:
            self.build_log.close()
            first = f"===== Build Queued at {timestamp()} / Commit SHA: {str(self.head)[:7]} ====="
            self.build_log = Log(first)
        earlier, self._task = self._task, None
        if earlier:
            earlier.cancel()
        self._task = asyncio.create_task(self._roll_out(earlier, build=build))
        self._task.add_done_callback(self._report)

    def _report(self, task: asyncio.Task[None]) -> None:
        """A roll-out must not vanish: what nobody foresaw is a failed build with its traceback."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        traceback.print_exception(error)
        self._fail("BUILD_ERROR", f"The local Hub failed: {error!r}")

    async def _roll_out(self, earlier: asyncio.Task[None] | None, *, build: bool) -> None:
        if earlier:
            await asyncio.wait([earlier])
        try:
            if build:
                await self._build()
            if build and self._quirks.keep_old and self._serving and not self._factory:
                self._busy = ""
                return
            self._busy = "APP_STARTING"
            await self._start()
        except Unusable as problem:
            self._fail(problem.stage, str(problem))
        except BuildFailed as problem:
            self._fail("BUILD_ERROR", str(problem))

    async def _build(self) -> None:
        assert self.head is not None
        self._image, log, started = None, self.build_log, time.monotonic()
        try:
            source = await self._prepare(self.head)
            self._counters.builds += 1
            self._image = await self._runner.build(source, log)
            self._counters.building += time.monotonic() - started
        except (BuildFailed, Unusable) as problem:
            log.line(f"ERROR: {problem}")
            raise
        finally:
            log.line("DONE" if self._image else "FAILED")
            log.close()

    async def _start(self) -> None:
        image = self._image
        assert image is not None
        if self._quirks.gap_on_restart or getattr(image, "exclusive", False):
            self._replace(None)
            if self._leaving:
                await asyncio.wait(self._leaving)
        self.run_log = Log(f"===== Application Startup at {timestamp()} =====")
        try:
            replica = await image.start(self._environment(), self.run_log)
        except StartFailed as problem:
            self.run_log.line(str(problem))
            self.run_log.close()
            text = f"Exit code: {problem.exit_code}. Reason: {problem}"
            raise Unusable("RUNTIME_ERROR", text) from problem
        started = time.monotonic()
        try:
            await self._until_ready(image, replica)
        except BaseException:
            self._dismiss(replica)
            raise
        self._counters.starting += time.monotonic() - started

    async def _until_ready(self, image: Image, replica: Replica) -> None:
        exited = asyncio.create_task(replica.wait())
        limit = time.monotonic() + image.source.startup_seconds
        while not exited.done() and time.monotonic() < limit:
            if await replica.answers():
                self._serve(image, replica, exited)
                return
            await asyncio.wait([exited], timeout=POLL_SECONDS)
        if exited.done():
            raise Unusable("RUNTIME_ERROR", self._exit_message(exited.result()))
        minutes = image.source.startup_seconds / 60
        text = f"Launch timed out, workload was not healthy after {minutes:g} min"
        raise Unusable("RUNTIME_ERROR", text)

    def _serve(self, image: Image, replica: Replica, exited: asyncio.Task[int]) -> None:
        self._visited, self._counters.since = time.monotonic(), time.time()
        self._counters.starts += 1
        self._resting, self._busy = "RUNNING", ""
        watcher = asyncio.create_task(self._watch(replica, exited))
        self._watchers.add(watcher)
        watcher.add_done_callback(self._watchers.discard)
        self._replace((image, replica))

    def _replace(self, successor: tuple[Image, Replica] | None) -> None:
        """Let the successor serve from now on, and stop the one before."""
        former, self._serving = self._serving, successor
        if former:
            self._dismiss(former[1])

    def _dismiss(self, replica: Replica) -> None:
        """Stop a replica in a task of its own, which no newer roll-out can cancel."""
        task = asyncio.create_task(replica.stop())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _watch(self, replica: Replica, exited: asyncio.Task[int]) -> None:
        """While it serves: notice that it ended, or that nobody has come for long."""
        while not exited.done():
            await asyncio.wait([exited], timeout=WATCH_SECONDS)
            if not self._is_serving(replica):
                return
            idle = time.monotonic() - self._visited
            if self.sleep_seconds is not None and idle > self.sleep_seconds and not self._busy:
                await self.rest("SLEEPING")
                return
        if self._is_serving(replica):
            self._replace(None)
            if not self._busy:
                self._resting, self.error = "RUNTIME_ERROR", self._exit_message(exited.result())

    def _is_serving(self, replica: Replica) -> bool:
        return self._serving is not None and self._serving[1] is replica

    def _exit_message(self, code: int) -> str:
        code = 128 - code if code < 0 else code
        return f"Exit code: {code}. Reason: " + "\n".join(self.run_log.lines()[-20:])

    def _fail(self, stage: str, message: str) -> None:
        self._resting, self._busy, self.error = stage, "", message
        if self._quirks.stop_on_failure:
            self._replace(None)
