"""Which build a file is for, by its name: ``environment.prod.ts``, ``config.development.json``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from deployer.frontend.branches import Side

_PRODUCTION = re.compile(r".+[.-]prod(?:uction)?\.\w+")
_DEVELOPMENT = re.compile(r".+[.-]dev(?:elopment)?\.\w+")
# Angular's builder puts one of these in the place of the other ("Build environments" in its guide).
_ENVIRONMENT = re.compile(r"environment\.[jt]s")


def build_of(path: str, exists: Callable[[str], bool]) -> Side | None:
    """The only build that takes the file; None when every build may.

    ``exists`` tells whether the repository has a path.
    """
    name = PurePosixPath(path).name
    if _PRODUCTION.fullmatch(name):
        return Side.PRODUCTION
    if _DEVELOPMENT.fullmatch(name):
        return Side.LOCAL
    if not _ENVIRONMENT.fullmatch(name):
        return None
    stem, suffix = path.rsplit(".", 1)
    if exists(f"{stem}.development.{suffix}"):
        return Side.PRODUCTION
    others = (f"{stem}.prod.{suffix}", f"{stem}.production.{suffix}")
    return Side.LOCAL if any(map(exists, others)) else None
