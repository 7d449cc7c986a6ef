"""A virtual environment with a bundle's requirements: uv where there is one, else venv and pip.

What is installed may run code of its own, so it gets none of the job's variables but those that
lead to package indexes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from msgspec import Struct

# The way to programs, certificates, proxies and indexes; not what would steer them elsewhere.
_KEPT: Final = re.compile(
    r"PATH|HOME|USER|LOGNAME|TMPDIR|TMP|TEMP|LANG|LC_\w+|XDG_\w+|PYENV_ROOT"
    r"|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|(?:http|https|all|no)_proxy"
    r"|(?:PIP|UV)_(?:\w*INDEX\w*|\w*CERTS?|NATIVE_TLS|CACHE_DIR|TRUSTED_HOST|CONFIG_FILE|OFFLINE)",
    re.IGNORECASE,
)
_TAKES_VALUE: Final = frozenset(
    (
        *("-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-i", "--index-url"),
        *("--extra-index-url", "-f", "--find-links", "--no-binary", "--only-binary"),
    )
)
_KEPT_FLAGS: Final = frozenset({"-U", "--upgrade", "--no-deps", "--require-hashes", "--no-index"})
# Where the image's installation goes, and how it looks, is no matter here.
_DROPPED_WITH_VALUE: Final = frozenset(
    (
        *("--timeout", "--default-timeout", "--retries", "--progress-bar", "--trusted-host", "-t"),
        *("--target", "--prefix", "--root", "--cache-dir", "--src", "--log", "--python"),
    )
)
_ASK: Final = "import sys; print('%d.%d' % sys.version_info[:2])"


class Interpreter(Struct, frozen=True, kw_only=True):
    """A Python of this machine; ``version`` like ``3.11``."""

    program: str
    version: str


def environment() -> dict[str, str]:
    """What an installation runs with."""
    kept = {name: value for name, value in os.environ.items() if _KEPT.fullmatch(name)}
    # uv brings certificates of its own; the machine's know a company's proxy, as pip's do.
    return {"UV_SYSTEM_CERTS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **kept}


def find_uv() -> str:
    """uv on the PATH or beside our own Python, "" for none."""
    beside = Path(sys.executable).with_name("uv")
    return shutil.which("uv") or (str(beside) if beside.is_file() else "")


def interpreters(version: str, usable: Callable[[str], bool]) -> Iterator[Interpreter]:
    """Pythons of this machine that are ``usable``, those of the version that was asked for first;
    then those that are not usable; at the end our own, whatever it is.
    """
    own = Interpreter(
        program=getattr(sys, "_base_executable", "") or sys.executable,
        version="{}.{}".format(*sys.version_info[:2]),
    )
    wanted, private = version or own.version, list[Interpreter]()
    for program in chain([own.program], _candidates(wanted)):  # each only when it is asked for
        if _asked(program) == wanted:
            found = Interpreter(program=program, version=wanted)
            if usable(program):
                yield found
            else:
                private.append(found)
    # Its version says more about the Space than who may start it.
    yield from private
    yield own


def _candidates(version: str) -> Iterator[str]:
    found = shutil.which(f"python{version}")
    if found and Path(found).parent.name != "shims":  # pyenv's, which may lead to another one
        yield found
    yield from (f"{folder}/python{version}" for folder in ("/usr/local/bin", "/usr/bin"))
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for kept in sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}")):
        yield str(kept)
    # GitHub's runners keep the versions of actions/setup-python there.
    tools = os.environ.get("RUNNER_TOOL_CACHE") or os.environ.get("AGENT_TOOLSDIRECTORY")
    for kept in sorted(Path(tools or "/none").glob(f"Python/{version}.*/*/bin/python3")):
        yield str(kept)
    if uv := find_uv():
        yield _output([uv, "python", "find", "--no-project", "--no-python-downloads", version])
        # It downloads one where it can, into a folder of its own.
        _output([uv, "python", "install", "--quiet", "--no-bin", version], seconds=120)
        yield _output([uv, "python", "find", "--no-project", "--managed-python", version])


def _asked(program: str) -> str:
    return _output([program, "-I", "-c", _ASK]) if program else ""


def _output(command: Sequence[str], seconds: float = 20) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell
            list(command),
            env=environment(),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def create_command(python: Interpreter, place: Path) -> list[str]:
    """The command that makes an environment at ``place``."""
    if uv := find_uv():
        flags = ["--quiet", "--no-project", "--no-python-downloads"]
        return [uv, "venv", *flags, "--python", python.program, str(place)]
    return [python.program, "-I", "-m", "venv", str(place)]


def install_command(place: Path, arguments: Sequence[str]) -> list[str]:
    """The command that installs into ``place`` what ``pip install`` would with ``arguments``."""
    program, wanted = str(place / "bin" / "python"), portable(arguments)
    if uv := find_uv():
        # As pip chooses: the best version of all indexes.
        flags = ["--quiet", "--index-strategy", "unsafe-best-match", "--python", program]
        return [uv, "pip", "install", *flags, *wanted]
    return [program, "-I", "-m", "pip", "install", "--quiet", "--no-input", *wanted]


def portable(arguments: Sequence[str]) -> tuple[str, ...]:
    """The arguments that mean the same outside the image, to pip and to uv."""
    kept: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, joined, _ = word.partition("=")
        takes = name in _TAKES_VALUE | _DROPPED_WITH_VALUE and not joined
        value = [rest.pop(0)] if takes and rest else []
        if not word.startswith("-") or name in _TAKES_VALUE | _KEPT_FLAGS:
            kept += [word, *value]
        elif re.match(r"-[rc]\S", word):
            kept.append(word)
    return tuple(kept)


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    total = 0
    for here, _, names in os.walk(folder):
        total += sum((Path(here) / name).lstat().st_size for name in names)
    return total
