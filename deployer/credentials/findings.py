"""How a finding about one entry is worded and placed. Never shows a value."""

from __future__ import annotations

from collections.abc import Iterable

from deployer.errors import Exit, Notice, Problem, Where
from deployer.model import Entry

Finding = Problem | Notice


def place(*, public: bool, line: int = 0) -> Where:
    """The input and its line."""
    return Where(input="variables" if public else "secrets", line=line or None)


def wrong(entry: Entry, message: str, hint: str) -> Problem:
    """The entry can't be sent as it is."""
    where = place(public=entry.public, line=entry.line)
    return Problem(
        exit=Exit.CONFIGURATION, message=f"`{entry.name}` {message}", hint=hint, where=where
    )


def odd(entry: Entry, message: str, hint: str, *, warning: bool = True) -> Notice:
    """The entry is sent, and a person should know."""
    where = place(public=entry.public, line=entry.line)
    return Notice(message=f"`{entry.name}` {message}", hint=hint, where=where, warning=warning)


def divide(found: Iterable[Finding]) -> tuple[tuple[Problem, ...], tuple[Notice, ...]]:
    """What stops the run, and what is only said."""
    every = tuple(found)
    return (
        tuple(each for each in every if isinstance(each, Problem)),
        tuple(each for each in every if isinstance(each, Notice)),
    )
