"""How a text of ours is known again: a key in an HTML comment that nobody sees, at its end."""

from __future__ import annotations

import re

# GitHub counts characters, and refuses a longer comment or issue.
LONGEST = 65_536
CUT = "\n\n… (cut here: GitHub takes no longer text)"
_MARK = re.compile(r"\s*<!-- hf-space-deploy: (\S[^\n>]*?) -->\s*\Z")


def marked(body: str, key: str) -> str:
    """The text with its mark, cut where GitHub would refuse it."""
    mark = f"\n\n<!-- hf-space-deploy: {key} -->"
    room = LONGEST - len(mark)
    if len(body) > room:
        body = body[: room - len(CUT)].rpartition("\n")[0] + CUT
    return body.rstrip() + mark


def key_of(text: str) -> str:
    """The key of a text of ours, "" without one."""
    found = _MARK.search(text)
    return found[1] if found else ""


def without_mark(text: str) -> str:
    """The text alone."""
    return _MARK.sub("", text)


def same(one: str, other: str) -> bool:
    """Whether two texts differ in line ends and spaces only: GitHub gives them back with others."""
    return one.split() == other.split()
