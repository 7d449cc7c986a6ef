"""What the command `docker` is asked, seen by a program of its name that writes it down."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployer.adapters.docker_engine import Engine, find_engine
from deployer.adapters.docker_rehearsal import DockerRehearsal
from deployer.adapters.rehearsals import MachineRehearsals
from deployer.adapters.venv_rehearsal import VenvRehearsal
from deployer.errors import Refused
from deployer.model import BundleFile, Digest, Entry, Secret
from tests.real.ports import free_port

STUB = f"""#!{sys.executable}
import json, os, pathlib, sys
place = pathlib.Path(__file__).parent
files = [a for before, a in zip(sys.argv, sys.argv[1:]) if before == "--env-file"]
told = {{"arguments": sys.argv[1:], "environment": dict(os.environ)}}
told["files"] = {{f: [oct(os.stat(f).st_mode)[-3:], pathlib.Path(f).read_text()] for f in files}}
with (place / "asked").open("a") as out:
    out.write(json.dumps(told) + "\\n")
answers = json.loads((place / "answers").read_text())
code, text = answers.get(" ".join(sys.argv[1:3]), answers.get(sys.argv[1], [0, ""]))
print(text)
sys.exit(code)
"""
# Assembled, so that no scanner takes this file for a leak.
VALUES = {
    "KEY": "cn-3Wq8-a" + "-secret\nof two lines",
    "HTTP_PROXY": "cn-4Yt7-a" + "-proxy",
    "LOG": "x",
}


class Docker:
    """The stub: what it answers, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: dict[str, tuple[int, str]] = {
            "version": (0, "28.1 linux"),
            "context show": (0, "default"),
        }
        program = folder / "docker"
        program.write_text(STUB)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.settle()

    def settle(self) -> None:
        (self.folder / "answers").write_text(json.dumps(self.answers))

    def all_asked(self, command: str) -> list[dict[str, Any]]:
        """Every call of a command."""
        lines = (self.folder / "asked").read_text().splitlines()
        return [told for told in map(json.loads, lines) if told["arguments"][0] == command]

    def asked(self, command: str) -> dict[str, Any]:
        """The last call of a command."""
        return self.all_asked(command)[-1]


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    return Docker(tmp_path / "bin")


def rehearsal(tmp_path: Path) -> DockerRehearsal:
    engine = find_engine()
    assert isinstance(engine, Engine)
    return DockerRehearsal(engine, workspace=tmp_path, temp=tmp_path / "temp")


def started(made: DockerRehearsal, port: int, dockerfile: bytes = b"FROM a\n") -> str:
    """The app's address, once the stub was asked to build and to run."""
    file = BundleFile(
        path="Dockerfile", digest=Digest(size=1, blob="", sha256=""), content=dockerfile
    )
    entries = [Entry(name=n, value=Secret(v), public=n == "LOG") for n, v in VALUES.items()]
    made.build([file], port=port, entries=entries, seconds=20, say=lambda _: None)
    app = made.start(entries)
    while app.ended() is None:
        pass
    return app.url


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


def test_no_value_is_an_argument_and_none_steers_the_command(
    docker: Docker, tmp_path: Path
) -> None:
    made = rehearsal(tmp_path)
    docker_wants = {"HTTP_PROXY": "http://proxy"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTP_PROXY", docker_wants["HTTP_PROXY"])
        started(made, free_port())
    told = docker.asked("run")
    assert not [v for v in VALUES.values() if v != "x" and v in " ".join(told["arguments"])]
    assert told["environment"]["KEY"] == VALUES["KEY"]
    assert told["environment"]["HTTP_PROXY"] == docker_wants["HTTP_PROXY"]
    ((mode, text),) = told["files"].values()
    assert (mode, text) == ("600", f"HTTP_PROXY={VALUES['HTTP_PROXY']}\n")
    made.close()
    assert not list((tmp_path / "temp").iterdir())


def test_a_value_steers_the_command_no_more_where_the_job_sets_nothing(
    docker: Docker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HTTP_PROXY", raising=False)
    started(rehearsal(tmp_path), free_port())
    told = docker.asked("run")
    assert VALUES["HTTP_PROXY"] not in told["environment"].values()
    assert VALUES["HTTP_PROXY"] not in docker.asked("build")["environment"].values()
    assert [text for _, text in told["files"].values()] == [f"HTTP_PROXY={VALUES['HTTP_PROXY']}\n"]


def test_the_command_sees_none_of_the_job_s_values(
    docker: Docker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "of-the-job")
    monkeypatch.setenv("INPUT_HF_TOKEN", "of-the-job")
    started(rehearsal(tmp_path), free_port())
    for command in ("build", "run"):
        assert "of-the-job" not in docker.asked(command)["environment"].values()


def test_the_app_runs_as_user_1000_on_the_network_of_the_steps(
    docker: Docker, tmp_path: Path
) -> None:
    port = free_port()
    url = started(rehearsal(tmp_path), port)
    arguments = " ".join(docker.asked("run")["arguments"])
    assert "--user 1000 --network host " in arguments
    assert url == f"http://127.0.0.2:{port}"


def test_on_a_taken_port_the_app_gets_a_network_of_its_own(
    docker: Docker, tmp_path: Path, taken_port: int
) -> None:
    url = started(rehearsal(tmp_path), taken_port)
    arguments = docker.asked("run")["arguments"]
    here = url.rpartition(":")[2]
    assert "--network" not in arguments
    assert arguments[arguments.index("--publish") + 1] == f"127.0.0.1:{here}:{taken_port}"


def test_an_engine_without_such_networks_is_told_of_the_taken_port(
    docker: Docker, tmp_path: Path, taken_port: int
) -> None:
    docker.answers["network"] = (1, "")
    docker.settle()
    with pytest.raises(Refused, match=f"Port {taken_port} of this machine is taken"):
        started(rehearsal(tmp_path), taken_port)
    assert docker.asked("build")["arguments"][1:3] == ["--network", "host"]


def test_an_engine_elsewhere_is_asked_where_it_is(
    docker: Docker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken_port: int
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://dind:2375")
    assert started(rehearsal(tmp_path), taken_port) == f"http://dind:{taken_port}"


def test_build_arguments_and_secrets_are_those_that_the_file_asks_for(
    docker: Docker, tmp_path: Path
) -> None:
    started(rehearsal(tmp_path), free_port())
    assert "--build-arg" not in docker.asked("build")["arguments"]
    asks = b"FROM a\nARG LOG\nRUN --mount=type=secret,id=KEY true\n"
    started(rehearsal(tmp_path), free_port(), asks)
    arguments = " ".join(docker.asked("build")["arguments"])
    assert "--build-arg LOG" in arguments
    assert "--secret id=KEY,env=KEY" in arguments


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((1, ""), "no engine answers it"),
        ((0, "28.1 windows"), "containers of Windows, not of Linux"),
    ],
)
def test_without_an_engine_for_linux_there_is_a_virtual_environment_and_the_reason(
    docker: Docker, tmp_path: Path, answer: tuple[int, str], reason: str
) -> None:
    docker.answers["version"] = answer
    docker.settle()
    begun = MachineRehearsals(workspace=tmp_path, temp=tmp_path).begin()
    assert isinstance(begun, VenvRehearsal)
    assert reason in str(begun.means.notice)


def test_without_the_command_the_reason_is_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    begun = MachineRehearsals(workspace=tmp_path, temp=tmp_path).begin()
    assert "`docker` is not installed" in str(begun.means.notice)


def test_what_was_made_is_taken_away_by_its_name(docker: Docker, tmp_path: Path) -> None:
    made = rehearsal(tmp_path)
    started(made, free_port())
    name = docker.asked("run")["arguments"][2]
    made.close()
    assert docker.asked("rm")["arguments"] == ["rm", "--force", "--volumes", name]
    assert docker.asked("image")["arguments"] == ["image", "rm", "--force", name]


def test_a_container_that_is_made_late_is_looked_for_again(docker: Docker, tmp_path: Path) -> None:
    for removed, calls in (("its name", 1), ("", 3)):
        docker.answers["rm"] = (0, removed)
        docker.settle()
        made = rehearsal(tmp_path)
        started(made, free_port())
        before = len(docker.all_asked("rm")) if removed == "" else 0
        made.close()
        assert len(docker.all_asked("rm")) - before == calls


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's folder")
def test_a_command_that_nobody_holds_any_more_is_ended(docker: Docker, tmp_path: Path) -> None:
    made = rehearsal(tmp_path)
    started(made, free_port())
    (folder,) = (tmp_path / "temp").iterdir()
    command = [sys.executable, "-I", "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(command, cwd=folder) as orphan:
        made.close()
        assert orphan.wait(10) < 0
