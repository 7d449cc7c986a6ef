"""The Space's configuration: the YAML at the top of README.md, and what the Hub refuses in it.

Facts: the Hub's Spaces configuration reference; the limit of ``short_description`` and its wording
are the server's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

COLORS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
SDKS = ("gradio", "docker", "static")
SHORT_DESCRIPTION = 60
_BLOCK = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)


def read(readme: str) -> dict[str, Any] | None:
    """The front matter, None when there is none; ``yaml.YAMLError`` when it isn't YAML."""
    match = _BLOCK.match(readme)
    if match is None:
        return None
    values = yaml.safe_load(match[1])
    return values if isinstance(values, dict) else None


def problems(readme: str) -> list[str]:
    """Why the Hub would refuse this README, in its words; empty when it wouldn't."""
    try:
        values = read(readme)
    except yaml.YAMLError as error:
        return [f"Invalid YAML in README.md: {error}"]
    return [] if values is None else _refused(values)


def warnings(readme: str) -> list[str]:
    """What the Hub says and lets pass."""
    if _BLOCK.match(readme):
        return []
    return ["empty or missing yaml metadata in repo card"]


def _refused(values: dict[str, Any]) -> list[str]:
    found = []
    for key, (right, rule) in _RULES.items():
        if key in values and not right(values[key]):
            found.append(f'"{key}" {rule}')
    if "sdk" not in values:
        found.append('"sdk" is required')
    return found


def _one_of(*allowed: str) -> tuple[Callable[[Any], bool], str]:
    return (lambda value: value in allowed), f"must be one of [{', '.join(allowed)}]"


def _text(value: Any) -> bool:
    return isinstance(value, str)


_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "sdk": _one_of(*SDKS),
    "colorFrom": _one_of(*COLORS),
    "colorTo": _one_of(*COLORS),
    "header": _one_of("mini", "default"),
    "title": (_text, "must be a string"),
    "emoji": (
        lambda value: isinstance(value, str) and value != "" and not value.isascii(),
        "must be an emoji",
    ),
    "app_port": (
        lambda value: type(value) is int and 0 < value < 65536,
        "must be a number between 1 and 65535",
    ),
    "pinned": (lambda value: isinstance(value, bool), "must be a boolean"),
    "fullWidth": (lambda value: isinstance(value, bool), "must be a boolean"),
    "base_path": (
        lambda value: isinstance(value, str) and value.startswith("/"),
        'must start with "/"',
    ),
    "short_description": (
        lambda value: isinstance(value, str) and len(value) <= SHORT_DESCRIPTION,
        f"length must be less than or equal to {SHORT_DESCRIPTION} characters long",
    ),
    "tags": (lambda value: isinstance(value, list), "must be an array"),
    "models": (lambda value: isinstance(value, list), "must be an array"),
    "datasets": (lambda value: isinstance(value, list), "must be an array"),
    "startup_duration_timeout": (
        lambda value: bool(re.fullmatch(r"\d+(\.\d+)?\s*(h|m|s|min)?", str(value))),
        'must be a duration such as "1h" or "30m"',
    ),
}


def seconds(duration: Any, default: float) -> float:
    """A ``startup_duration_timeout`` in seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(h|m|s|min)?", str(duration))
    unit = {"h": 3600, "m": 60, "min": 60}.get(match[2] or "s", 1) if match else 1
    return float(match[1]) * unit if match else default
