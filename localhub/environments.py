"""Virtual environments, shared by everything that installs the same requirements.

An environment's folder is named by a hash of the Python version, the install commands and the
files they name. It is complete when its marker exists; a lock file keeps two Hubs apart.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from localhub.logs import Log
from localhub.runner import BuildFailed, run

_KEPT_WITH_VALUE = frozenset(
    "-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url "  # noqa: SIM905
    "-f --find-links --no-binary --only-binary".split()
)
_KEPT = frozenset({"-U", "--upgrade", "--no-deps", "--require-hashes", "--no-index"})
_DROPPED_WITH_VALUE = frozenset(
    "--timeout --default-timeout --retries --progress-bar --trusted-host -t --target "  # noqa: SIM905
    "--prefix --root --cache-dir --src --log --python".split()
)
_FILES = frozenset({"-r", "--requirement", "-c", "--constraint"})
_LOCAL = re.compile(r"\.|\./|/|-e\b|--editable|file:")
_BIND = Path(__file__).with_name("bind_port.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """One ``pip install``: its arguments, and the real folder it runs in."""

    arguments: tuple[str, ...]
    folder: Path


class Environments:
    """Makes environments on demand and keeps them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(sys.executable).with_name("uv")
        self._uv = str(beside) if beside.is_file() else shutil.which("uv")

    async def provide(
        self, python: str | None, installations: Sequence[Installation], log: Log
    ) -> Path:
        """The ``bin`` folder of an environment with these installed; ``BuildFailed`` if not."""
        wanted = [
            Installation(arguments=_portable(item.arguments), folder=item.folder)
            for item in installations
        ]
        place = self._folder / _name(python, wanted)
        async with _locked(place.with_suffix(".lock")):
            if (place / "complete").exists():
                log.line("CACHED: the requirements are those of an earlier build")
                return place / "bin"
            try:
                await self._make(place, python, wanted, log)
            except BaseException:
                shutil.rmtree(place, ignore_errors=True)
                raise
        return place / "bin"

    async def _make(
        self, place: Path, python: str | None, wanted: Sequence[Installation], log: Log
    ) -> None:
        shutil.rmtree(place, ignore_errors=True)
        await self._create(place, python, log)
        for item in wanted:
            log.line(f"RUN pip install {' '.join(item.arguments)}")
            if code := await self._install(place, item, log):
                reason = f'process "pip install {" ".join(item.arguments)}" did not complete'
                raise BuildFailed(code, f"{reason} successfully: exit code: {code}")
        _add_bind_port(place)
        (place / "complete").touch()

    async def _create(self, place: Path, python: str | None, log: Log) -> None:
        asked = [python] if python else []
        for version in [*asked, sys.executable]:
            command = [sys.executable, "-m", "venv", str(place)]
            if self._uv:
                flags = ["--quiet", "--no-python-downloads", "--python", version]
                command = [self._uv, "venv", *flags, str(place)]
            if not await run(command, folder=self._folder, environment=os.environ, log=log):
                return
            log.line(f"Python {version} isn't installed here; going on with this Hub's own")
        raise BuildFailed(1, "no virtual environment could be made")

    async def _install(self, place: Path, item: Installation, log: Log) -> int:
        python = str(place / "bin" / "python")
        command = [python, "-m", "pip", "install", "--quiet", *item.arguments]
        if self._uv:
            flags = ["--quiet", "--index-strategy", "unsafe-best-match", "--python", python]
            command = [self._uv, "pip", "install", *flags, *item.arguments]
        # uv brings certificates of its own; the machine's know a company's proxy, as pip's do.
        kept = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}
        environment = {"UV_SYSTEM_CERTS": "1", **kept}
        return await run(command, folder=item.folder, environment=environment, log=log)


def _portable(arguments: Sequence[str]) -> tuple[str, ...]:
    """The arguments that mean the same outside a container, for pip and for uv."""
    kept, rest = [], list(arguments)
    while rest:
        word = rest.pop(0)
        name = word.partition("=")[0]
        value = rest.pop(0) if rest and "=" not in word and name in _TAKES_VALUE else None
        wanted = not word.startswith("-") or name in _KEPT or name in _KEPT_WITH_VALUE
        if wanted or re.match(r"-r\S", word):
            kept += [word] + ([value] if value is not None else [])
    return tuple(kept)


_TAKES_VALUE = _KEPT_WITH_VALUE | _DROPPED_WITH_VALUE


def _name(python: str | None, wanted: Sequence[Installation]) -> str:
    digest = hashlib.sha256(f"{python} {sys.version} {_BIND.read_text()}".encode())
    for item in wanted:
        digest.update("\0".join(item.arguments).encode())
        for file in _named_files(item):
            digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()[:20]


def _named_files(item: Installation) -> list[Path]:
    """The files that decide what is installed; for a local project, all of them."""
    if any(_LOCAL.match(word) for word in item.arguments):
        return sorted(path for path in item.folder.rglob("*") if path.is_file())
    named = [item.folder / word for word in item.arguments if (item.folder / word).is_file()]
    beside = [path for file in named for path in file.parent.glob("*requirements*")]
    return sorted({*named, *beside})


@contextlib.asynccontextmanager
async def _locked(path: Path) -> AsyncIterator[None]:
    with path.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                await asyncio.sleep(0.05)
        yield


def _add_bind_port(place: Path) -> None:
    """Let Python load ``bind_port`` at start, by a ``.pth`` line as ``site`` reads it."""
    packages = next(place.glob("lib/python*/site-packages"))
    shutil.copy(_BIND, packages / "localhub_bind_port.py")
    (packages / "localhub_bind_port.pth").write_text("import localhub_bind_port\n")
