"""Puts foreign text into Markdown so that it stays text: no tag, link or fence of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

_SPAN: Final = re.compile(r"(`[^`\n]+`)")
_MEANT: Final = re.compile(r"([\\`*\[\]<>|~&])")
_LINE_START: Final = re.compile(r"^(\s*)([#+=-]|\d+[.)])", re.MULTILINE)
_BREAKS: Final = re.compile(r"\s*[\r\n\u2028\u2029]+\s*")
_MENTION: Final = re.compile(r"([@#])(?=\w)")
# What GitHub leaves alone in a comment: code in its forms, escapes, and addresses.
_APART: Final = re.compile(
    r"^(?P<fence>`{3,})[^\n]*\n(?s:.*?)^(?P=fence)`*[ ]*$|\\[\\`]"
    r"|(?P<ticks>`+)(?!`)[^\n]+?(?<!`)(?P=ticks)(?!`)|`+|https?://[^\s<>]+",
    re.MULTILINE,
)
_URL: Final = re.compile(r"https?://[^\s<>\"'`\\|]+")


def prose(text: str) -> str:
    """A message of one line: its `code spans` stay, everything else is plain text."""
    parts = _SPAN.split(_BREAKS.sub(" ", text))
    kept = (part if index % 2 else _MEANT.sub(r"\\\1", part) for index, part in enumerate(parts))
    return _LINE_START.sub(r"\1\\\2", "".join(kept))


def unlinked(text: str) -> str:
    """``prose`` for GitHub's comments, in which it mentions nobody and refers to no issue."""
    return muted(prose(text))


def muted(markdown: str) -> str:
    """Markdown of ours, foreign names within, that mentions nobody and refers to no issue."""
    kept, end = [], 0
    for apart in _APART.finditer(markdown):
        kept += [_MENTION.sub("\\1\u200b", markdown[end : apart.start()]), apart[0]]
        end = apart.end()
    return "".join((*kept, _MENTION.sub("\\1\u200b", markdown[end:])))


def code(text: str) -> str:
    """Inline code that ``text`` can't break out of."""
    line = _BREAKS.sub(" ", text) or " "
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def link(url: str) -> str:
    """A web address as a link, anything else as code."""
    return f"<{url}>" if _URL.fullmatch(url) else code(url)


def fenced(text: str, language: str = "text") -> str:
    """A code block whose fence is longer than any run of backticks inside."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; empty without rows."""
    lines = [_row(cells) for cells in rows]
    return "\n".join([_row(head), _row(["---"] * len(head)), *lines]) if lines else ""


def folded(title: str, body: str) -> str:
    """A part that opens on a click. ``title`` is plain text of ours."""
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in cells) + " |"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
