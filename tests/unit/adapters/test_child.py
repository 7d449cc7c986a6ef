"""A started command: what is read of it, and what is left when it was ended."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployer.adapters.child import LONGEST_LINE, Child
from deployer.adapters.stragglers import end_all_of

SECRET = "a-secret-that-nobody" + "-may-see"
# Leaves its group and its parent, as a daemon does, and tells its number.
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.chdir("/")
        print(os.getpid(), flush=True)
        time.sleep(60)
    os._exit(0)
time.sleep(60)
"""


def start(code: str, folder: Path, **variables: str) -> Child:
    command = [sys.executable, "-I", "-c", code]
    return Child(command, folder=folder, environment={**os.environ, **variables})


def lines_of(child: Child) -> list[str]:
    said: list[str] = []
    assert child.finish(20, said.append) == 0
    return said


@pytest.mark.parametrize("before", ["x " * (LONGEST_LINE // 2 - 5), "x" * (LONGEST_LINE - 9)])
def test_a_long_line_never_ends_in_the_middle_of_a_secret(before: str, tmp_path: Path) -> None:
    code = f"print({before!r} + {SECRET!r} + 'y' * 100_000)\nprint('after')"
    cut, after = lines_of(start(code, tmp_path))
    assert cut.endswith(" [the line goes on]")
    assert SECRET[:3] not in cut
    assert after == "after"


def test_a_line_that_just_fits_is_whole(tmp_path: Path) -> None:
    for length in (LONGEST_LINE - 1, LONGEST_LINE - 2):
        assert lines_of(start(f"print('x' * {length})\nprint('y')", tmp_path)) == [
            "x" * length,
            "y",
        ]


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[int]:
    child = start(DAEMON, tmp_path, MARK=str(tmp_path / "venv"))
    said: list[str] = []
    until = time.monotonic() + 20
    while not said and time.monotonic() < until:
        said += child.lines()
        time.sleep(0.02)
    child.stop()
    yield int(said[0])
    end_all_of(tmp_path)


def runs(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's variables")
def test_a_daemon_of_a_folder_is_ended_with_it_and_others_are_not(
    daemon: int, tmp_path: Path
) -> None:
    end_all_of(tmp_path / "another")
    assert runs(daemon)
    end_all_of(tmp_path)
    until = time.monotonic() + 10
    while runs(daemon) and time.monotonic() < until:
        time.sleep(0.02)
    assert not runs(daemon)


# Ends when it is asked to; what it started does not.
DEAF = """
import os, signal, time
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print(os.getpid(), flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_what_a_command_started_is_ended_with_it(tmp_path: Path) -> None:
    child = start(DEAF, tmp_path)
    said: list[str] = []
    until = time.monotonic() + 20
    while not said and time.monotonic() < until:
        said += child.lines()
        time.sleep(0.02)
    child.stop()
    until = time.monotonic() + 10
    while runs(int(said[0])) and time.monotonic() < until:
        time.sleep(0.02)
    assert not runs(int(said[0]))
