"""Packages from npm that a test needs, installed once into ``.cache``."""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

QUIET = ("--no-audit", "--no-fund", "--no-save", "--ignore-scripts")
# A registry that can't be reached is given up soon: the tests then say what they skip.
IMPATIENT = ("--fetch-retries=0", "--fetch-timeout=30000")


def program(name: str) -> str:
    """Node or npm: the machine's own, else the one beside this Python; "" without either."""
    return shutil.which(name, path=_folders()) or ""


def _folders() -> str:
    return os.pathsep.join((os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)))


@functools.cache
def lacks(package: str, folder: Path) -> str:
    """Why ``package`` (``name@version``) isn't below ``folder``; "" when it is. Tried only once."""
    if not program("node") or not program("npm"):
        return f"{package} of npm needs node and npm"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "node_modules" / package.rpartition("@")[0]).is_dir():
            return ""
        done = subprocess.run(
            [program("npm"), "install", *QUIET, *IMPATIENT, "--prefix", folder, package],
            # npm looks for its own node there. With the machine's certificates, as pip does.
            env={"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": _folders()},
            capture_output=True,
            text=True,
            check=False,
        )
    return f"npm can't install {package}: {done.stderr.strip()[-300:]}" if done.returncode else ""
