"""The YAML block at the top of the Space's README.md: made, completed or corrected.

Format: Hub documentation, Spaces Configuration Reference. ``short_description`` is refused by the
Hub above 60 characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

COLORS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
SHORT = 60
BLOCK = re.compile(
    rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)


# Beside its own errors PyYAML lets through what its constructors raise (`a: 2020-13-45`).
_NO_YAML = (*(yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readme:
    """A README taken apart: the front matter's text and values, and the body, byte for byte."""

    block: str
    values: Mapping[str, Any]
    body: bytes
    error: str = ""
    error_line: int = 0


def take_apart(content: bytes) -> Readme:
    """``content`` split at its front matter. ``error`` is set when that is no YAML."""
    match = BLOCK.match(content)
    plain = Readme(block="", values={}, body=content.removeprefix(b"\xef\xbb\xbf"))
    if match is None:
        return plain
    block = match[1].decode("utf-8", "replace")
    body = content[match.end() :]
    try:
        values = yaml.safe_load(block) or {}
    except _NO_YAML as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        return Readme(block=block, values={}, body=body, error="is not valid YAML", error_line=line)
    if not isinstance(values, dict):
        return plain  # a text between two horizontal rules
    return Readme(block=block, values=values, body=body)


def corrections(values: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of ``wanted`` that ``values`` lacks or holds in a form the Hub refuses."""
    return {
        key: value
        for key, value in wanted.items()
        if key not in values or not _valid(key, values[key])
    }


def _valid(key: str, value: Any) -> bool:
    match key:
        case "sdk":
            return bool(value == "docker")
        case "colorFrom" | "colorTo":
            return value in COLORS
        case "app_port":
            return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536
        case "short_description":
            return isinstance(value, str) and 0 < len(value) <= SHORT
    return isinstance(value, str) and bool(value.strip())


def put_together(readme: Readme, changes: Mapping[str, Any]) -> bytes:
    """The README with ``changes`` in its front matter; other lines and the body are untouched."""
    end = (
        "\r\n" if "\r\n" in readme.block or (not readme.block and b"\r\n" in readme.body) else "\n"
    )
    block = readme.block
    for key, value in changes.items():
        line = dump({key: value}).replace("\n", end)
        block, replaced = _replaced(block, key, line)
        if not replaced:
            gap = end if block and not block.endswith("\n") else ""
            block = f"{block}{gap}{line}"
    return f"---{end}{block}---{end}".encode() + readme.body


def _replaced(block: str, key: str, line: str) -> tuple[str, bool]:
    """The block with one top-level key's lines exchanged."""
    pattern = re.compile(
        rf"^[\"']?{re.escape(key)}[\"']?[ \t]*:.*(?:\r?\n(?=[ \t]).*)*(?:\r?\n|\Z)", re.MULTILINE
    )
    result, count = pattern.subn(lambda _: line, block, count=1)
    return result, bool(count)


def dump(values: Mapping[str, Any]) -> str:
    """YAML that reads well and can't be broken by what the values hold."""
    text: str = yaml.dump(
        dict(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000
    )
    return text


class _Dumper(yaml.SafeDumper):
    """Writes emoji as they are; PyYAML escapes what lies above the basic plane."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    # Only double quotes can hold what is no plain text without changing it.
    style = None if value.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def shortened(text: str, limit: int = SHORT) -> str:
    """``text`` in one line of at most ``limit`` characters, cut between words."""
    line = " ".join(text.split())
    sentence = re.split(r"(?<=[.!?])\s", line, maxsplit=1)[0].rstrip(".")
    if len(sentence) <= limit:
        return sentence
    cut = sentence[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:-–—")
    return f"{cut[: limit - 1]}…"
