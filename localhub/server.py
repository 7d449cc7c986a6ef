"""Puts the Hub on a socket and takes it down again, with every app that it runs."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from localhub import (
    api,
    api_files,
    api_git,
    api_local,
    api_oauth,
    api_register,
    api_spaces,
    api_tree,
)
from localhub.accounts import Accounts
from localhub.counts import Quirks
from localhub.docker_runner import DockerRunner, default_network, engine_answers
from localhub.environments import Environments
from localhub.hub import Hub, Options
from localhub.refusals import Refusal
from localhub.runner import Runner
from localhub.stub_runner import StubRunner
from localhub.venv_runner import VenvRunner
from localhub.wire import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything that the command line decides."""

    accounts: Accounts
    data: Path | None
    environments: Path | None
    host: str
    public_host: str
    port: int
    runner: str
    docker_network: str
    quirks: Quirks
    quota: int
    port_file: Path | None
    verbose: bool


class _Server(uvicorn.Server):
    """Leaves signals to us, so that it ends with exit code 0 when it is asked to end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(setup: Setup, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; ``ready`` is called with the Hub's address."""
    with contextlib.ExitStack() as stack:
        data = setup.data
        if data is None:
            kept = tempfile.TemporaryDirectory(prefix="localhub-", ignore_cleanup_errors=True)
            data = Path(stack.enter_context(kept))
        asyncio.run(_serve(setup, data.resolve(), ready))


async def _serve(setup: Setup, data: Path, ready: Callable[[str], None]) -> None:
    # With its protocol named, asyncio lets small answers go at once (TCP_NODELAY).
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((setup.host, setup.port))
    listener.listen(256)  # early clients wait instead of being refused
    url = f"http://{setup.public_host}:{listener.getsockname()[1]}"
    options = Options(data=data, bind=setup.host, public_host=setup.public_host, url=url)
    hub = Hub(
        options=options,
        accounts=setup.accounts,
        runner=_runner(setup, data),
        quirks=setup.quirks,
    )
    server = _Server(_configuration(setup, application(hub, setup.quota, lambda: ready(url))))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _stop, server, hub)
    await server.serve(sockets=[listener])


def _stop(server: uvicorn.Server, hub: Hub) -> None:
    hub.end_logs()
    server.should_exit = True


def _configuration(setup: Setup, app: Wire) -> uvicorn.Config:
    level = "info" if setup.verbose else "warning"
    return uvicorn.Config(
        app,
        log_level=level,
        ws="none",
        lifespan="on",
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _runner(setup: Setup, data: Path) -> Runner:
    if setup.runner == "stub":
        return StubRunner()
    docker = setup.runner == "docker" or (setup.runner == "auto" and engine_answers())
    if docker:
        return DockerRunner(setup.docker_network or default_network())
    return VenvRunner(Environments((setup.environments or data / "environments").resolve()))


def application(hub: Hub, quota: int, opened: Callable[[], None]) -> Wire:
    """The ASGI application of a Hub; ``opened`` is called when it is ready."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await hub.open()
        asyncio.get_running_loop().call_soon(opened)
        yield
        await hub.close()

    parts = (api_register, api_oauth, api_spaces, api_files, api_tree, api_git, api_local)
    app = Starlette(
        routes=[route for part in parts for route in part.ROUTES],
        exception_handlers={Refusal: api.refuse, HTTPException: api.refuse_unknown},
        lifespan=lifespan,
    )
    wire = Wire(app, hub, quota)
    app.state.hub, app.state.wire = hub, wire
    return wire
