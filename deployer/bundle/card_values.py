"""Which front matter values the Hub refuses, and what they become.

Facts: Hub documentation, Spaces Configuration Reference; the limit of ``short_description`` is the
server's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from deployer.bundle.front_matter import COLORS, SHORT, shortened

# Keys of other kinds of Spaces: a Docker Space starts from its Dockerfile alone.
LEFTOVERS: Final = ("sdk_version", "app_file", "app_build_command")
TRUE: Final = ("true", "yes", "on", "1")
FALSE: Final = ("false", "no", "off", "0")


def port_of(value: Any) -> int | None:
    """A port as a number, also when it is written as text (``"8000"``)."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if re.fullmatch(r"\d{1,5}", text) and 0 < int(text) < 65536 else None


def corrections(values: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What to write: keys of ``wanted`` that ``values`` lacks, and what the Hub would refuse."""
    changes: dict[str, Any] = {}
    for key, value in wanted.items():
        if key not in values:
            changes[key] = value
        elif not _valid(key, values[key]):
            changes[key] = _meant(key, values[key], value)
    for key, mend in _OPTIONAL.items():
        mended = mend(values.get(key))
        if mended is not None and repr(mended) != repr(values[key]):  # 1 is not true here
            changes[key] = mended
    return changes


def removals(values: Mapping[str, Any]) -> list[str]:
    """Keys to take out: those of other kinds of Spaces, and values that nothing can be made of."""
    return [key for key in values if key in LEFTOVERS or _is_lost(key, values[key])]


def _is_lost(key: str, value: Any) -> bool:
    mend = _OPTIONAL.get(key)
    return mend is not None and mend(value) is None


def _valid(key: str, value: Any) -> bool:
    match key:
        case "sdk":
            return bool(value == "docker")
        case "colorFrom" | "colorTo":
            return value in COLORS
        case "app_port":
            return isinstance(value, int) and port_of(value) is not None
        case "emoji":
            return isinstance(value, str) and bool(value) and not value.isascii()
        case "short_description":
            return isinstance(value, str) and 0 < len(value) <= SHORT
    return isinstance(value, str) and bool(value.strip())


def _meant(key: str, value: Any, otherwise: Any) -> Any:
    """What an invalid value surely means, else ``otherwise``."""
    match key, value:
        case "colorFrom" | "colorTo", str() if value.strip().lower() in COLORS:
            return value.strip().lower()
        case "title", int() | float():
            return str(value)
        case "short_description", str() if value.strip():
            return shortened(value)
    return otherwise


def _listed(value: Any) -> Any:
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()] or None
    return value if isinstance(value, list) else None


def _truth(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    return True if word in TRUE else False if word in FALSE else None


def _rooted(value: Any) -> Any:
    return (value if value.startswith("/") else f"/{value}") if isinstance(value, str) else None


def _duration(value: Any) -> Any:
    return value if re.fullmatch(r"\d+(?:\.\d+)?\s*(?:h|m|s|min)?", str(value)) else None


def _one_of(*allowed: str) -> Callable[[Any], Any]:
    return lambda value: value if value in allowed else None


# What a value becomes; None where nothing can be made of it.
_OPTIONAL: Final[dict[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("tags", "models", "datasets", "preload_from_hub", "hf_oauth_scopes"), _listed),
    **dict.fromkeys(("pinned", "fullWidth", "disable_embedding", "hf_oauth"), _truth),
    "header": _one_of("mini", "default"),
    "base_path": _rooted,
    "startup_duration_timeout": _duration,
}
