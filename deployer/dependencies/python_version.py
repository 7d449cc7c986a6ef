"""The Python of the Space: what the user says, what the backend asks for, else 3.11."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable

from packaging.markers import Marker, default_environment
from packaging.specifiers import SpecifierSet

from deployer.code.source import join
from deployer.dependencies.requirements import Entry
from deployer.ports import Files

DEFAULT = "3.11"
# In the order in which they are taken when the code allows several.
SUPPORTED = ("3.11", "3.12", "3.13", "3.10", "3.14", "3.9")
IMAGE = re.compile(r"(?:^|/)python:(\d{1,2}\.\d{1,2})")
VERSION = re.compile(r"3\.\d{1,2}(\.\d{1,2})?")


def find_python(
    files: Files,
    folder: str,
    entries: Iterable[Entry],
    *,
    given: str | None,
    image: str = "",
    syntax: tuple[int, int],
) -> str:
    """The version for ``FROM python:X-slim``; ``image`` is the base of an own Dockerfile,
    ``syntax`` the oldest version that can parse the code."""
    own = IMAGE.search(image)
    if own:
        return own[1]
    if given:
        return given
    for name, pattern in (
        (".python-version", r"^\s*(3\.\d{1,2})\b"),
        ("runtime.txt", r"python-(3\.\d{1,2})\b"),
    ):
        content = (files.read(join(folder, name)) or b"").decode("utf-8", "replace")
        found = re.search(pattern, content, re.MULTILINE)
        if found:
            return found[1]
    required = _requires(files, folder)
    parses = [v for v in SUPPORTED if int(v.partition(".")[2]) >= syntax[1]]
    allowed = [v for v in parses if required is None or required.contains(f"{v}.99")]
    return _by_markers(allowed or [DEFAULT], list(entries))


def _requires(files: Files, folder: str) -> SpecifierSet | None:
    """``requires-python`` of pyproject.toml, or Poetry's ``python``."""
    content = files.read(join(folder, "pyproject.toml"))
    try:
        table = tomllib.loads((content or b"").decode("utf-8", "replace"))
        wanted = table.get("project", {}).get("requires-python")
        if wanted is None:
            poetry = table.get("tool", {}).get("poetry", {}).get("dependencies", {})
            wanted = _from_caret(str(poetry.get("python", "")))
        return SpecifierSet(str(wanted)) if wanted else None
    except (ValueError, AttributeError, RecursionError):
        return None


def _from_caret(wanted: str) -> str:
    """Poetry's ``^3.11`` means at least that and below 4."""
    return re.sub(r"\^\s*(3\.\d+(?:\.\d+)?)", r">=\1,<4", wanted)


def _applies(marker: Marker | None, environment: dict[str, str]) -> bool:
    """Whether pip would install it; it refuses a marker that compares what can't be compared."""
    try:
        return marker is None or marker.evaluate(environment)
    except ValueError:
        return False


def _by_markers(allowed: list[str], entries: list[Entry]) -> str:
    """The first version on which no requirement silently drops out by its marker."""

    def installed(version: str) -> int:
        environment = {
            **{name: str(value) for name, value in default_environment().items()},
            "python_version": version,
            "python_full_version": f"{version}.0",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "os_name": "posix",
            "platform_machine": "x86_64",
            "implementation_name": "cpython",
        }
        names = {
            entry.name
            for entry in entries
            if entry.requirement and _applies(entry.requirement.marker, environment)
        }
        return len(names)

    return max(allowed, key=lambda version: (installed(version), -allowed.index(version)))
