"""Cold caches: what a program reads is no longer in memory, as on a machine that just came up."""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
from pathlib import Path
from typing import Final

from bench.environment import ROOT, opponents_environment

KINDS: Final = (".py", ".pyc", ".so")
POSSIBLE: Final = hasattr(os, "posix_fadvise") and sys.platform == "linux"


@functools.cache
def programs() -> tuple[Path, ...]:
    """The files that ours and the opponents' programs are read from."""
    library = Path(sysconfig.get_path("stdlib"))
    folders = (library, ROOT / "deployer", ROOT / ".venv", opponents_environment())
    return tuple(
        Path(path, name)
        for folder in folders
        for path, _, names in os.walk(folder)
        # The library's own site-packages are nobody's here.
        if folder != library or "site-packages" not in path
        for name in names
        if name.endswith(KINDS)
    )


def evict() -> None:
    """Have the kernel forget the programs' files; does nothing where it can't.

    It needs no rights, unlike dropping all of the machine's caches. Files that a running process
    has mapped stay, such as the interpreter's own.
    """
    for file in programs() if POSSIBLE else ():
        try:
            handle = os.open(file, os.O_RDONLY)
        except OSError:
            continue  # gone since they were listed
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)
