"""Reads and changes single lines of ``.env`` files; every other byte stays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_LINE = re.compile(
    r"^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*"
    r"(?P<quote>['\"]?)(?P<value>[^'\"\r\n#]*?)(?P=quote)[ \t]*(?:#[^\r\n]*)?\r?$",
    re.MULTILINE,
)


class Setting(Struct, frozen=True, kw_only=True):
    """One ``NAME=value``. ``start`` and ``end`` are the value's characters in the text."""

    name: str
    value: str
    line: int
    start: int
    end: int


def settings(content: bytes) -> Iterator[Setting]:
    """The assignments of a file, in order. Text that isn't UTF-8 has none."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return
    for match in _LINE.finditer(text):
        yield Setting(
            name=match["name"],
            value=match["value"],
            line=text.count("\n", 0, match.start()) + 1,
            start=match.start("value"),
            end=match.end("value"),
        )


def with_setting(content: bytes, name: str, value: str) -> bytes:
    """The file, which is UTF-8, with ``name`` set: its last assignment, or one added at the end."""
    text = content.decode("utf-8")
    found = [setting for setting in settings(content) if setting.name == name]
    if found:
        last = found[-1]
        return f"{text[: last.start]}{value}{text[last.end :]}".encode()
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text or text.endswith("\n") else end
    return f"{text}{gap}{name}={value}{end}".encode()
