"""Which lines are too long, and which files have too many, to be what a person or a tool wrote.

Patterns and parsers that are quick on what people write can take minutes on what nobody does.
"""

from __future__ import annotations

import fnmatch
from typing import Final

from deployer.errors import Exit, Problem, Where

LINE: Final = 20_000  # bytes
IGNORED: Final = 5_000
INSTRUCTIONS: Final = 2_000
WISHED: Final = 5_000
REQUIRED: Final = 40_000  # hashes included
# By name: how many lines there may be. Other files are only searched, or have a parser that copes.
MOST: Final = (
    ("*ignore", IGNORED),
    ("*dockerfile*", INSTRUCTIONS),
    ("*require*.txt", REQUIRED),
    ("pyproject.toml", WISHED),
    ("pipfile", WISHED),
    ("runtime.txt", REQUIRED),
    (".python-version", REQUIRED),
)


def oversized(path: str, content: bytes) -> Problem | None:
    """Why a file that decides what is built can't be read; None for any other one."""
    if len(content) <= IGNORED:
        return None
    name = path.rpartition("/")[2].lower()
    most = next((number for pattern, number in MOST if fnmatch.fnmatchcase(name, pattern)), None)
    if most is None:
        return None
    lines = content.splitlines()
    long = next((number for number, line in enumerate(lines, 1) if len(line) > LINE), None)
    if long is not None:
        length = len(lines[long - 1])
        message = f"A line of `{path}` is {length:,} bytes long; up to {LINE:,} are read."
    elif len(lines) > most:
        message = f"`{path}` has {len(lines):,} lines; up to {most:,} are read."
    else:
        return None
    return Problem(
        exit=Exit.BUNDLE,
        message=message,
        hint="Shorten it, or leave the file out of the repository.",
        where=Where(file=path, line=long),
    )
