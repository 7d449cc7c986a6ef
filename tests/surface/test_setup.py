"""The scripts that make an environment: the action's own, and the developer's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("bash", "cat", "cmp", "cp", "dirname", "env", "grep", "mkdir", "rm", "touch")

FAKE_UV = f"""#!/bin/bash
echo "$*" >>"$RECORD/calls"
env | grep -E '^(UV|PIP|PYTHON|VIRTUAL)' >>"$RECORD/environment"
case $1 in
  venv) {sys.executable} -m venv --without-pip "${{!#}}" ;;
  pip) exit "${{FAIL:-0}}" ;;
esac
"""

# A Python that can neither make environments nor install: it says that it is itself.
WITHOUT_MODULES = f"""#!/bin/bash
case "$2 $3" in
  -m*) exit 1 ;;
  *"print(sys.executable)"*) printf "%s\\n" "$0" hf-space-deploy-of-a-test ;;
  *) exec {sys.executable} "$@" ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder to be the whole PATH: basic commands, and no Python yet."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found, name
        (programs / name).symlink_to(found)
    return programs


def program(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def run(
    script: str, programs: Path, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", cwd / script],
        env={"PATH": str(programs), "HOME": str(programs.parent), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


# --- action/install.sh ---------------------------------------------------------------------------


@pytest.fixture
def runner(machine: Path, tmp_path: Path) -> dict[str, str]:
    """A runner with a Python and a uv that notes what it is asked."""
    (machine / "python3").symlink_to(sys.executable)
    return {
        "FOUND_UV": str(program(machine, "uv", FAKE_UV)),
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "RECORD": str(tmp_path),
    }


def test_the_interpreter_is_handed_on_and_runs(machine: Path, runner: dict[str, str]) -> None:
    done = run("action/install.sh", machine, **runner)
    assert done.returncode == 0, done.stderr
    output = Path(runner["GITHUB_OUTPUT"]).read_text().strip().removeprefix("python=")
    assert Path(output).is_relative_to(runner["RUNNER_TEMP"])
    assert subprocess.run([output, "-I", "-c", "pass"], check=False).returncode == 0


def test_packages_are_installed_by_hash_and_nothing_else(
    machine: Path, runner: dict[str, str]
) -> None:
    run("action/install.sh", machine, **runner)
    install = (machine.parent / "calls").read_text().splitlines()[-1]
    assert "--require-hashes --no-deps --requirement requirements/runtime.txt" in install


def test_settings_of_the_job_s_own_installs_do_not_reach_ours(
    machine: Path, runner: dict[str, str]
) -> None:
    theirs = {"UV_SYSTEM_PYTHON": "1", "PIP_TARGET": "/x", "PYTHONPATH": "/y", "VIRTUAL_ENV": "/z"}
    run("action/install.sh", machine, **runner, **theirs)
    assert (machine.parent / "environment").read_text() == ""


def test_a_second_step_finds_the_environment_ready(machine: Path, runner: dict[str, str]) -> None:
    run("action/install.sh", machine, **runner)
    calls = (machine.parent / "calls").read_text()
    assert run("action/install.sh", machine, **runner).returncode == 0
    assert (machine.parent / "calls").read_text() == calls


def test_an_environment_that_was_left_half_made_is_made_anew(
    machine: Path, runner: dict[str, str]
) -> None:
    run("action/install.sh", machine, **runner)
    (left,) = Path(runner["RUNNER_TEMP"]).iterdir()
    (left / "complete").unlink()
    (left / "bin" / "python").unlink()
    assert run("action/install.sh", machine, **runner).returncode == 0
    assert (left / "bin" / "python").exists()


def test_when_neither_uv_nor_pip_can_install_the_message_says_so(
    machine: Path, runner: dict[str, str]
) -> None:
    (machine / "python3").unlink()
    program(machine, "python3", WITHOUT_MODULES)
    done = run("action/install.sh", machine, **runner, FAIL="1")
    assert done.returncode == 70
    assert "::error title=Python environment::The action's requirements" in done.stdout


def test_without_a_new_enough_python_the_message_says_what_to_add(machine: Path) -> None:
    program(machine, "python3", "#!/bin/bash\nexit 1\n")
    done = run("action/install.sh", machine)
    assert done.returncode == 70
    assert "::error title=Python environment::No Python 3.11 or newer was found." in done.stdout
    assert "actions/setup-python" in done.stdout


def test_a_python_of_the_runner_s_tool_cache_will_do(
    machine: Path, runner: dict[str, str], tmp_path: Path
) -> None:
    (machine / "python3").unlink()
    cached = tmp_path / "tools" / "Python" / "3.12.9" / "x64" / "bin"
    cached.mkdir(parents=True)
    (cached / "python3").symlink_to(sys.executable)
    done = run("action/install.sh", machine, **runner, RUNNER_TOOL_CACHE=str(tmp_path / "tools"))
    assert done.returncode == 0, done.stderr


# --- tools/setup.sh ------------------------------------------------------------------------------


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone as far as the script sees it."""
    folder = tmp_path / "clone"
    for name in ("tools/setup.sh", "requirements/dev.txt"):
        (folder / name).parent.mkdir(parents=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def test_a_machine_without_python_is_told_so(machine: Path, clone: Path) -> None:
    done = run("tools/setup.sh", machine, clone)
    assert (done.returncode, done.stderr) == (
        1,
        "setup: Python 3.11 or newer was not found. Install it and run this again.\n",
    )


def test_a_python_without_the_venv_module_is_told_what_to_install(
    machine: Path, clone: Path
) -> None:
    program(machine, "python3.12", "#!/bin/bash\n[[ $2 != *ensurepip* ]]\n")
    done = run("tools/setup.sh", machine, clone)
    assert done.returncode == 1
    assert "python3.12 can't make virtual environments." in done.stderr
    assert "apt-get install python3-venv" in done.stderr


def test_nothing_happens_while_the_lock_is_the_same(machine: Path, clone: Path) -> None:
    (clone / ".venv").mkdir()
    shutil.copy(clone / "requirements" / "dev.txt", clone / ".venv" / "requirements.txt")
    done = run("tools/setup.sh", machine, clone)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
