"""The Space as a marker sees it: Linux on x86_64, CPython of the chosen version."""

from __future__ import annotations

from packaging.markers import Marker

# python:3.11-slim is the newest patch of 3.11, whichever that is by then.
NEWEST_PATCH = 99


def environment(python: str) -> dict[str, str]:
    """The values of PEP 508's marker variables; ``python`` is ``3.11`` or ``3.11.4``."""
    minor = ".".join(python.split(".")[:2])
    full = python if python.count(".") > 1 else f"{python}.{NEWEST_PATCH}"
    return {
        "implementation_name": "cpython",
        "implementation_version": full,
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": full,
        "python_version": minor,
        "sys_platform": "linux",
    }


def applies(marker: Marker | None, python: str, extra: str = "") -> bool:
    """Whether it holds in the Space, with ``extra`` asked for.

    False where it compares what can't be compared: pip refuses such a line, too.
    """
    if marker is None:
        return True
    try:
        return marker.evaluate({**environment(python), "extra": extra})
    except (ValueError, RecursionError):
        return False
