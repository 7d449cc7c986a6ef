"""Reads the inputs `secrets` and `variables`: one entry a line, `NAME` or `NAME=value`.

`NAME` takes the environment's value, `NAME=value` is dotenv syntax as python-dotenv parses it,
without interpolation: `$` and `${}` stay as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Final

from dotenv.parser import Binding, parse_stream
from msgspec import Struct

from deployer.credentials import fingerprint, names
from deployer.credentials.findings import Finding, divide, odd, place
from deployer.errors import Exit, Notice, Problem
from deployer.model import Configuration, Entry, Secret
from deployer.scrub import contains_key

_CUT_BY_COMMENT: Final = re.compile(r"^[^=]*=[^\S\r\n]*(?![\"'#\s])[^\r\n]*?\s#")
_FROM_ENV: Final = (
    "Set it under `env:` of the step, e.g. `{name}: ${{{{ secrets.{name} }}}}`, and check that the "
    "secret exists in the repository's settings (or remove the line)."
)


class Missing(Struct, frozen=True, kw_only=True):
    """A name that was given without a value. ``line`` is 1-based in its input."""

    name: str
    public: bool
    line: int


class Parsed(Struct, frozen=True, kw_only=True):
    """What the inputs say. ``missing`` is judged once the Space's own names are known."""

    entries: tuple[Entry, ...] = ()
    missing: tuple[Missing, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def given(self) -> tuple[Entry | Missing, ...]:
        """Every entry, with a value or without."""
        return (*self.entries, *self.missing)

    @property
    def names(self) -> frozenset[str]:
        """Every name that the workflow gives, with a value or without."""
        return frozenset(name for name, _ in self.places)

    def of_kind(self, *, public: bool) -> tuple[str, ...]:
        """The names of one input, with a value or without, in order."""
        of_kind = [each for each in self.given if each.public == public]
        return tuple(each.name for each in sorted(of_kind, key=lambda each: each.line))

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """Each name with its line, in the order of the kinds."""
        given = [(entry.name, entry.line) for entry in self.entries]
        return (*given, *((each.name, each.line) for each in self.missing))


def parse_inputs(secrets: str, variables: str, environ: Mapping[str, str]) -> Parsed:
    """Both inputs together, each name once."""
    hidden = parse_entries(secrets, public=False, environ=environ)
    public = parse_entries(variables, public=True, environ=environ)
    return Parsed(
        entries=hidden.entries + public.entries,
        missing=hidden.missing + public.missing,
        problems=hidden.problems + public.problems + tuple(_in_both(hidden, public)),
        notices=hidden.notices + public.notices,
    )


def parse_entries(text: str, *, public: bool, environ: Mapping[str, str]) -> Parsed:
    """One input. Problems carry the input's line; a value never stands in a message."""
    entries: list[Entry] = []
    missing: list[Missing] = []
    found: list[Finding] = []
    seen: dict[str, int] = {}
    for binding in parse_stream(StringIO(text)):
        line = _line(binding)
        problem = _unusable(binding, seen, public=public, line=line)
        if problem:
            found.append(problem)
        if problem or not binding.key:
            continue
        seen[binding.key] = line
        value = _value(binding, environ, public=public)
        if value is None:
            missing.append(Missing(name=binding.key, public=public, line=line))
            continue
        entry = Entry(name=binding.key, value=Secret(value), public=public, line=line)
        entries.append(entry)
        found.extend(_cut(entry, binding))
    problems, notices = divide(found)
    return Parsed(
        entries=tuple(entries), missing=tuple(missing), problems=problems, notices=notices
    )


def judge_missing(
    missing: tuple[Missing, ...], stored: Configuration, *, lenient: bool = False
) -> tuple[tuple[Problem, ...], tuple[Notice, ...]]:
    """What it means that names came without a value.

    ``lenient``: the run gets no secrets by design (a fork's pull request), so it is a warning. A
    name that was set on the Space by hand counts as provided; one that this action set had a value
    in the workflow and lost it, which is an error.
    """
    return divide(_judge(each, stored, lenient=lenient) for each in missing)


def _judge(missing: Missing, stored: Configuration, *, lenient: bool) -> Finding:
    where = place(public=missing.public, line=missing.line)
    there = (stored.variables if missing.public else stored.secrets).get(missing.name)
    if there and not fingerprint.is_ours(there.description):
        message = f"`{missing.name}` has no value in this workflow; the Space's own is kept."
        return Notice(message=message, where=where, warning=False)
    message = f"{_shown(missing.name)} has no value: the environment has none, or an empty one."
    hint = _FROM_ENV.format(name=missing.name if _quotable(missing.name) else "NAME")
    if lenient:
        return Notice(message=message, hint=hint, where=where)
    return Problem(exit=Exit.CONFIGURATION, message=message, hint=hint, where=where)


def _line(binding: Binding) -> int:
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _value(binding: Binding, environ: Mapping[str, str], *, public: bool) -> str | None:
    """The value, or None for none. `NAME=""` is an empty variable on purpose, never a secret."""
    if binding.value is None:
        return environ.get(binding.key or "") or None
    if binding.value == "" and public and re.search(r"=\s*(\"\"|'')", binding.original.string):
        return ""
    return binding.value or None


def _unusable(
    binding: Binding, seen: Mapping[str, int], *, public: bool, line: int
) -> Problem | None:
    name = binding.key or ""
    message, hint = "", ""
    if binding.error:
        message = "The line is neither `NAME` nor `NAME=value`."
        hint = (
            "Write `NAME` alone and give the value under `env:`, where nothing needs quoting; here "
            "a value with line breaks needs quotes around it, and `\\` before its own quotes."
        )
    elif name and not names.LEGAL.fullmatch(name):
        message = f"{_shown(name)} is no name that the Hub takes."
        hint = "Letters, digits and `_`, beginning with a letter."
    elif name in names.RESERVED:
        message = f"`{name}` is set by the Hub itself and can't be given."
        hint = "Remove the line; the app finds it in its environment."
    elif name in seen:
        message = f"{_shown(name)} is named twice, first on line {seen[name]}."
        hint = "Keep one of them."
    if not message:
        return None
    where = place(public=public, line=line)
    return Problem(exit=Exit.CONFIGURATION, message=message, hint=hint, where=where)


def _in_both(hidden: Parsed, public: Parsed) -> Iterator[Problem]:
    for name, line in public.places:
        if name in hidden.names:
            yield Problem(
                exit=Exit.CONFIGURATION,
                message=f"{_shown(name)} stands in both `secrets` and `variables`.",
                hint="The Hub keeps a name once: remove it from one of the two inputs.",
                where=place(public=True, line=line),
            )


def _cut(entry: Entry, binding: Binding) -> Iterator[Notice]:
    if not entry.public and _CUT_BY_COMMENT.match(binding.original.string.lstrip()):
        yield odd(
            entry,
            "is followed by ` #`: what comes after is a comment and not part of the value.",
            "If it belongs to the value, put quotes around the value, or name it alone.",
        )


def _quotable(name: str) -> bool:
    return names.showable(name) and not contains_key(name)


def _shown(name: str) -> str:
    return f"`{name}`" if _quotable(name) else "What stands there (not shown: it may be a value)"
