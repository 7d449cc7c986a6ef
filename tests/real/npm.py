"""Packages from npm that a test needs, installed once into ``.cache``."""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

QUIET = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
# A registry that can't be reached is given up soon: the tests then say what they skip.
IMPATIENT = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=30000")


def program(name: str) -> str:
    """Node or npm: the machine's own, else the one beside this Python; "" without either."""
    return shutil.which(name, path=folders()) or ""


def folders() -> str:
    """The PATH on which npm finds its own node."""
    return os.pathsep.join((os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """``folder``, made if need be, for one process at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _npm(command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program("npm"), command, *QUIET, *IMPATIENT, *arguments],
        # With the machine's certificates, as pip does.
        env={"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": folders()},
        capture_output=True,
        text=True,
        check=False,
    )


def _complaint(done: subprocess.CompletedProcess[str]) -> str:
    """What npm says first; advice and the place of a log follow."""
    lines = [line.removeprefix("npm error ") for line in done.stderr.splitlines()]
    return " ".join([line for line in lines if not line.startswith("npm warn")][:4])


@functools.cache
def lacks_locked(manifest: Path, folder: Path) -> str:
    """Why what ``package-lock.json`` beside ``manifest`` names isn't in ``folder``; "" when it is.

    Installed anew when the lock changes, else only once.
    """
    if not program("node") or not program("npm"):
        return f"the packages of {manifest} need node and npm"
    lock, stamp = manifest.with_name("package-lock.json"), folder / "installed.json"
    with locked(folder):
        if stamp.is_file() and stamp.read_bytes() == lock.read_bytes():
            return ""
        shutil.copy(manifest, folder)
        shutil.copy(lock, folder)
        done = _npm("ci", "--prefix", folder)
        if not done.returncode:
            shutil.copy(lock, stamp)
    return f"npm can't install {manifest}: {_complaint(done)}" if done.returncode else ""


@functools.cache
def lacks(package: str, folder: Path) -> str:
    """Why ``package`` (``name@version``) isn't below ``folder``; "" when it is. Tried only once."""
    if not program("node") or not program("npm"):
        return f"{package} of npm needs node and npm"
    with locked(folder):
        if (folder / "node_modules" / package.rpartition("@")[0]).is_dir():
            return ""
        done = _npm("install", "--no-save", "--prefix", folder, package)
    return f"npm can't install {package}: {_complaint(done)}" if done.returncode else ""


@functools.cache
def lacks_file(package: str, member: str, file: Path) -> str:
    """Why ``file`` isn't there; "" when it is: the one ``member`` of ``package`` that is needed.

    For packages of which a small part is used and which would fill the disk when installed.
    """
    if file.is_file():
        return ""
    if not program("node") or not program("npm"):
        return f"{package} of npm needs node and npm"
    with locked(file.parent), tempfile.TemporaryDirectory(dir=file.parent) as folder:
        done = _npm("pack", "--pack-destination", folder, package)
        if done.returncode:
            return f"npm can't download {package}: {_complaint(done)}"
        (packed,) = Path(folder).glob("*.tgz")
        with tarfile.open(packed) as archive, archive.extractfile(f"package/{member}") as content:  # type: ignore[union-attr]
            partial = Path(folder) / "partial"
            partial.write_bytes(content.read())
            partial.replace(file)
    return ""
