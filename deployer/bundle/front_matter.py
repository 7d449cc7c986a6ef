"""The YAML block at the top of the Space's README.md: made, completed or corrected.

Format: Hub documentation, Spaces Configuration Reference. ``short_description`` is refused by the
Hub above 60 characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml
from msgspec import Struct

COLORS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
SHORT = 60
BLOCK = re.compile(
    rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)

KNOWN = frozenset(
    (
        *("title", "emoji", "colorFrom", "colorTo", "sdk", "sdk_version", "app_file", "app_port"),
        *("pinned", "license", "tags", "short_description", "python_version", "base_path"),
    )
)
_ENTRY = re.compile(r"[\"']?([A-Za-z_][\w-]*)[\"']?[ \t]*:(?:\s|\Z)")

# Beside its own errors PyYAML lets through what its constructors raise (`a: 2020-13-45`).
_NO_YAML = (*(yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError),)


class Readme(Struct, frozen=True, kw_only=True):
    """A README taken apart: the front matter's text and values, and the body, byte for byte.

    ``error`` tells what was wrong with the block on ``error_line``; then ``block`` is what of it
    could be read, and the README can't ship as it is.
    """

    block: str
    values: Mapping[str, Any]
    body: bytes
    error: str = ""
    error_line: int = 0


def take_apart(content: bytes) -> Readme:
    """``content`` split at its front matter; what of a broken one can be read is kept."""
    match = BLOCK.match(content)
    plain = Readme(block="", values={}, body=content.removeprefix(b"\xef\xbb\xbf"))
    if match is None:
        return plain
    block = match[1].decode("utf-8", "replace")
    body = content[match.end() :]
    try:
        values = _loaded(block)
    except _NO_YAML as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        return _mended(block, body, "is not valid YAML", line) if _speaks(block) else plain
    twice = _named_twice(block) if isinstance(values, dict) else None
    if twice:
        return _mended(block, body, f"names `{twice[0]}` twice", twice[1])
    if not isinstance(values, dict) and block.strip():
        return plain  # a text between two horizontal rules
    return Readme(block=block, values=values or {}, body=body)


class _Alias(yaml.YAMLError):
    """A few lines of aliases can stand for more than any memory holds, or for themselves."""


def _loaded(text: str) -> Any:
    """The values of a YAML text without aliases. Raises one of ``_NO_YAML``."""
    if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
        raise _Alias
    return yaml.safe_load(text)


def _speaks(block: str) -> bool:
    """Whether a block that is no YAML was meant as front matter, and not as text between rules."""
    return any(key in KNOWN for key, _ in _pieces(block))


def _mended(block: str, body: bytes, error: str, line: int) -> Readme:
    """The entries of a broken block that can be read by themselves, each key once."""
    kept: dict[str, str] = {}
    values: dict[str, Any] = {}
    for key, piece in _pieces(block):
        found = _read_alone(key, piece)
        if found is not None and key not in kept:
            kept[key], values[key] = found
    return Readme(
        block="".join(kept.values()), values=values, body=body, error=error, error_line=line
    )


def _pieces(block: str) -> Iterator[tuple[str, str]]:
    """Each top-level entry with its key; comments and what belongs to no key are left out."""
    for piece in re.split(r"^(?=[^\s#-])", block, flags=re.MULTILINE):
        if match := _ENTRY.match(piece):
            yield match[1], piece if piece.endswith("\n") else f"{piece}\n"


def _read_alone(key: str, piece: str) -> tuple[str, Any] | None:
    try:
        values = _loaded(piece)
    except _Alias:
        return None
    except _NO_YAML:
        # `title: Chat: the app` lacks its quotes.
        text = piece.partition(":")[2].strip().strip("\"'")
        return (dump({key: text}), text) if text and "\n" not in text else None
    return (piece, values[key]) if isinstance(values, dict) and key in values else None


def _named_twice(block: str) -> tuple[str, int] | None:
    """A top-level key that stands there again, and its line: PyYAML takes it, the Hub doesn't."""
    seen: set[str] = set()
    for number, line in enumerate(block.splitlines(), 2):
        if match := _ENTRY.match(line):
            if match[1] in seen:
                return match[1], number
            seen.add(match[1])
    return None


def put_together(readme: Readme, changes: Mapping[str, Any], removed: Iterable[str] = ()) -> bytes:
    """The README with ``changes`` in its front matter; other lines and the body are untouched."""
    end = (
        "\r\n" if "\r\n" in readme.block or (not readme.block and b"\r\n" in readme.body) else "\n"
    )
    gone = set(removed)
    block = _amended(readme.block, changes, gone, end)
    wanted = {k: v for k, v in {**readme.values, **changes}.items() if k not in gone}
    read = take_apart(f"---{end}{block}---{end}".encode())
    if read.error or repr(read.values) != repr(wanted):  # 1 is not true here
        # Values over several lines, anchors, braces around all of it: written anew.
        block = dump(wanted).replace("\n", end)
    return f"---{end}{block}---{end}".encode() + readme.body


def _amended(block: str, changes: Mapping[str, Any], removed: Iterable[str], end: str) -> str:
    """The block with lines of ``changes`` exchanged or added, and those of ``removed`` gone."""
    for key in removed:
        block, _ = _replaced(block, key, "")
    for key, value in changes.items():
        line = dump({key: value}).replace("\n", end)
        block, replaced = _replaced(block, key, line)
        if not replaced:
            gap = end if block and not block.endswith("\n") else ""
            block = f"{block}{gap}{line}"
    return block


def _replaced(block: str, key: str, line: str) -> tuple[str, bool]:
    """The block with one top-level key's lines exchanged."""
    pattern = re.compile(
        rf"^[\"']?{re.escape(key)}[\"']?[ \t]*:.*(?:\r?\n(?=[ \t]|-[ \t]).*)*(?:\r?\n|\Z)",
        re.MULTILINE,
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
