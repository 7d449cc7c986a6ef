"""What every ``Rehearsal`` keeps: Docker's, the virtual environment's and the fake's."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deployer.adapters.disk import Workspace
from deployer.adapters.docker_engine import Engine, find_engine
from deployer.adapters.docker_rehearsal import DockerRehearsal
from deployer.adapters.venv_rehearsal import VenvRehearsal
from deployer.adapters.web_probe import WebProbe
from deployer.errors import Refused
from deployer.model import Built, BundleFile, Digest, Entry, Secret
from deployer.ports import Probe, Rehearsal, RunningApp
from tests.fakes.clock import FakeClock
from tests.fakes.hub import FakeHub
from tests.fakes.probe import FakeProbe
from tests.fakes.rehearsals import FakeRehearsals
from tests.real.ports import free_port

SERVES = (
    "import http.server, os\n"
    "print('KEY is', len(os.environ['KEY']), os.environ['NAME'], flush=True)\n"
    "port = int(os.environ['LISTEN'])\n"
    "http.server.HTTPServer(('0.0.0.0', port), http.server.SimpleHTTPRequestHandler)"
    ".serve_forever()\n"
)
# A value over several lines, and names that mean something to Docker's own command.
GIVEN = {"KEY": "first\nsecond", "NAME": "a 'quoted' $VALUE", "DOCKER_HOST": "x", "HTTP_PROXY": "y"}


@dataclass(kw_only=True)
class Ground:
    """A rehearsal, what its app is made to do, and who asks it."""

    make: Callable[[str], Rehearsal]
    probe: Probe
    seconds: float = 120
    made: list[Rehearsal]

    def begin(self, app: str = SERVES) -> Rehearsal:
        """A rehearsal of an app with this code."""
        self.made.append(self.make(app))
        return self.made[-1]


def entries(port: int) -> list[Entry]:
    values = {**GIVEN, "LISTEN": str(port)}
    return [Entry(name=n, value=Secret(v), public=n == "NAME") for n, v in values.items()]


def bundle(app: str, more: str = "") -> list[BundleFile]:
    dockerfile = f'FROM python:3.11-slim\nWORKDIR /srv\nCOPY . .\n{more}CMD ["python", "app.py"]\n'
    return [made("Dockerfile", dockerfile), made("app.py", app)]


def made(path: str, text: str) -> BundleFile:
    content = text.encode()
    digest = Digest(size=len(content), blob="", sha256=hashlib.sha256(content).hexdigest())
    return BundleFile(path=path, digest=digest, content=content)


def fake() -> Ground:
    hub = FakeHub(FakeClock(), Workspace(Path()))
    probe = FakeProbe(hub)

    def make(app: str) -> Rehearsal:
        script = FakeRehearsals(probe=probe, says=("KEY is 12 a 'quoted' $VALUE",))
        script.ends = 3 if "exit(3)" in app else None
        script.built = Built(error="no") if "broken" in app else script.built
        return script.begin()

    return Ground(make=make, probe=probe, made=[])


def in_docker(temp: Path) -> Ground:
    engine = find_engine()
    assert isinstance(engine, Engine)
    return Ground(
        make=lambda _: DockerRehearsal(engine, workspace=temp, temp=temp),
        probe=WebProbe(),
        made=[],
    )


def in_venv(temp: Path) -> Ground:
    return Ground(
        make=lambda _: VenvRehearsal("none is wanted", workspace=temp, temp=temp),
        probe=WebProbe(),
        made=[],
    )


@pytest.fixture(params=["fake", "venv", pytest.param("docker", marks=pytest.mark.docker)])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    makers: dict[str, Callable[[], Ground]] = {
        "fake": fake,
        "venv": lambda: in_venv(tmp_path),
        "docker": lambda: in_docker(tmp_path),
    }
    found = makers[request.param]()
    yield found
    for each in found.made:
        each.close()


def build(rehearsal: Rehearsal, app: str, port: int, more: str = "") -> tuple[Built, list[str]]:
    log: list[str] = []
    files = bundle(app, more)
    built = rehearsal.build(files, port=port, entries=entries(port), seconds=300, say=log.append)
    return built, log


def wait(app: RunningApp, probe: Probe, *, seconds: float = 60) -> list[str]:
    """What the app said until it answered or ended."""
    said: list[str] = []
    until = time.monotonic() + seconds
    while not (probe.get(f"{app.url}/app.py").status == 200 or app.ended() is not None):
        assert time.monotonic() < until, said
        said += app.lines()
        time.sleep(0.05)
    time.sleep(0.2)
    return [*said, *app.lines()]


def test_what_is_built_is_started_with_the_values_and_serves_where_it_says(ground: Ground) -> None:
    rehearsal, port = ground.begin(), free_port()
    built, log = build(rehearsal, SERVES, port)
    assert (built.error, built.size > 0, bool(log)) == ("", True, True)
    app = rehearsal.start(entries(port))
    assert "KEY is 12 a 'quoted' $VALUE" in wait(app, ground.probe)
    assert app.ended() is None


def test_once_closed_nothing_answers_and_closing_twice_is_no_error(ground: Ground) -> None:
    rehearsal, port = ground.begin(), free_port()
    build(rehearsal, SERVES, port)
    app = rehearsal.start(entries(port))
    wait(app, ground.probe)
    rehearsal.close()
    assert ground.probe.get(f"{app.url}/app.py").status == 0
    rehearsal.close()


def test_an_app_that_ends_tells_its_exit_code(ground: Ground) -> None:
    code = "raise SystemExit(3)  # exit(3)\n"
    rehearsal, port = ground.begin(code), free_port()
    build(rehearsal, code, port)
    app = rehearsal.start(entries(port))
    wait(app, ground.probe)
    assert app.ended() == 3


def test_a_build_that_fails_says_why(ground: Ground) -> None:
    code = "# broken\n"
    built, _ = build(ground.begin(code), code, free_port(), more='RUN python -c "1 / 0"\n')
    assert built.error


def test_a_rehearsal_that_never_began_is_closed_all_the_same(ground: Ground) -> None:
    ground.begin().close()


def has_own_networks() -> bool:
    engine = find_engine()
    return isinstance(engine, Engine) and engine.bridge


@pytest.mark.parametrize("kind", ["venv", pytest.param("docker", marks=pytest.mark.docker)])
def test_a_port_that_is_taken_is_told_where_there_is_no_other_way(
    kind: str, tmp_path: Path
) -> None:
    ground = in_venv(tmp_path) if kind == "venv" else in_docker(tmp_path)
    first, second, port = ground.begin(), ground.begin(), free_port()
    try:
        for each in (first, second):
            build(each, SERVES, port)
        wait(first.start(entries(port)), ground.probe)
        if kind == "docker" and has_own_networks():
            assert f":{port}" not in second.start(entries(port)).url
        else:
            with pytest.raises(Refused, match=f"Port {port}"):
                second.start(entries(port))
    finally:
        first.close()
        second.close()
