"""Cold caches: what a program reads is no longer in memory, as on a machine that just came up."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.environment import ROOT, opponents_environment


def programs() -> tuple[Path, ...]:
    """The folders that ours and the opponents' programs are read from."""
    library = Path(sysconfig.get_path("stdlib"))
    return (library, ROOT / "deployer", ROOT / ".venv", opponents_environment())


POSSIBLE: Final = hasattr(os, "posix_fadvise") and sys.platform == "linux"


def evict(folders: Sequence[Path]) -> None:
    """Have the kernel forget every file below these folders; does nothing where it can't.

    It needs no rights, unlike dropping all of the machine's caches. Files that a running process
    has mapped stay, such as the interpreter's own.
    """
    for folder in folders if POSSIBLE else ():
        for path, _, names in os.walk(folder):
            for name in names:
                _evict(Path(path, name))


def _evict(file: Path) -> None:
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return  # a link, or gone
    try:
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)
