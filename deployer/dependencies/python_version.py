"""The Python of the Space: what the user says, what the backend asks for, else 3.11."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable

from msgspec import Struct
from packaging.specifiers import SpecifierSet

from deployer.code.source import join, parent
from deployer.dependencies import pyproject
from deployer.dependencies.requirements import Entry
from deployer.dependencies.space import applies
from deployer.ports import Files

DEFAULT = "3.11"
# In the order in which they are taken when the code allows several.
SUPPORTED = ("3.11", "3.12", "3.13", "3.10", "3.14", "3.9")
IMAGE = re.compile(r"(?:^|/)python:(\d{1,2}\.\d{1,2})")
# The files that name one version, and where in them it stands.
FILES = (
    # With pyenv's own names, too: `cpython-3.12.1`, `pypy3.10-7.3`, `miniconda3-3.12-24.1`.
    (".python-version", r"^\s*(?:c?python-?|pypy|[a-z]+3-)?(3\.\d{1,2})\b"),
    ("runtime.txt", r"^\s*(?:python-)?(3\.\d{1,2})\b"),
    (".tool-versions", r"^python\s+(3\.\d{1,2})\b"),
    ("mise.toml", r"^\s*python\s*=\s*\[?\s*[\"'](3\.\d{1,2})\b"),
    (".mise.toml", r"^\s*python\s*=\s*\[?\s*[\"'](3\.\d{1,2})\b"),
)
VERSION = re.compile(r"3\.\d{1,2}(\.\d{1,2})?")


class Python(Struct, frozen=True, kw_only=True):
    """A version as ``3.12``, and in a few words why it is this one."""

    version: str
    reason: str


def find_python(
    files: Files,
    folder: str,
    asked: Iterable[Entry],
    *,
    given: str | None,
    image: str = "",
    syntax: tuple[int, int],
    wanted: str = "",
) -> Python:
    """The version for ``FROM python:X-slim``; ``image`` is the base of an own Dockerfile,
    ``syntax`` the oldest version that can parse the code, ``wanted`` what the manifest is for."""
    own = IMAGE.search(image)
    if own:
        return Python(version=own[1], reason=f"the brought image is {image}")
    if given:
        return Python(version=given, reason="the input python-version")
    told = _told(files, folder)
    if told:
        return told
    parses = [v for v in SUPPORTED if int(v.partition(".")[2]) >= syntax[1]]
    allowed, project = parses, _project(files, folder)
    for required in (_specifiers(wanted), _specifiers(project)):
        fitting = [v for v in allowed if any(spec.contains(f"{v}.99") for spec in required)]
        allowed = fitting or (allowed if not required or allowed is not parses else [])
    version = _by_markers(allowed or [DEFAULT], list(asked))
    return Python(version=version, reason=_reason(version, (wanted, project), syntax))


def _reason(version: str, asked: tuple[str, ...], syntax: tuple[int, int]) -> str:
    ranges = " and ".join(dict.fromkeys(each for each in asked if each))
    if ranges:
        return f"the project asks for {ranges}"
    if version == DEFAULT:
        return "nothing asks for another"
    newer = syntax[1] > int(DEFAULT.partition(".")[2])
    return "the code's syntax needs it" if newer else "the packages' markers need it"


def _told(files: Files, folder: str) -> Python | None:
    """What a file for version managers or hosts says, in the backend or in a folder above it."""
    while True:
        for name, pattern in FILES:
            content = (files.read(join(folder, name)) or b"").decode("utf-8", "replace")
            found = re.search(pattern, content, re.MULTILINE)
            if found:
                return Python(version=found[1], reason=f"{join(folder, name)} says so")
        if folder == ".":
            return None
        folder = parent(folder)


def _project(files: Files, folder: str) -> str:
    """``requires-python`` of pyproject.toml, or Poetry's ``python``."""
    content = files.read(join(folder, "pyproject.toml"))
    try:
        return pyproject.python(tomllib.loads((content or b"").decode("utf-8", "replace")))
    except (ValueError, RecursionError):
        return ""


def _specifiers(wanted: str) -> list[SpecifierSet]:
    """The alternatives; none where nothing is asked, or nothing that can be read."""
    try:
        return [SpecifierSet(part) for part in wanted.split("||")] if wanted else []
    except ValueError:
        return []


def _by_markers(allowed: list[str], entries: list[Entry]) -> str:
    """The first version on which no requirement silently drops out by its marker."""

    def installed(version: str) -> int:
        names = {
            entry.name
            for entry in entries
            if entry.requirement and applies(entry.requirement.marker, version)
        }
        return len(names)

    return max(allowed, key=lambda version: (installed(version), -allowed.index(version)))
