"""What the defaults, or one entry, say: inputs, secrets by name, variables with their values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct, field

from deployer import input_types
from deployer.errors import Exit, Problem, Where
from deployer.fleet import Input, Named
from deployer.fleet.document import Items, Part, Table, Text
from deployer.scrub import contains_key
from deployer.settings import INPUTS, InputField

# These belong to a run, not to a Space; tokens come from the workflow alone.
OF_THE_RUN: Final = frozenset({"mode", "space", "fleet", "only", "receipts", "revision"})
ROWS: Final = {
    row.name: row
    for row in INPUTS
    if row.name not in OF_THE_RUN | {"secrets", "variables"} and not row.secret
}
LISTS: Final = (input_types.lines, input_types.paths, input_types.words)
TOKENS: Final = frozenset(row.name for row in INPUTS if row.secret)
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
# The names of GitHub's own secrets are in capitals; a value is not, as a rule.
_SOURCE: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,127}")
NAMES_ONLY: Final = (
    "Write names, one a line, or `NAME: NAME_IN_THE_WORKFLOW` in capitals; the value comes from "
    "the workflow's secrets."
)


class Layer(Struct, frozen=True, kw_only=True):
    """What one table gives; an input that is None takes back what the defaults gave."""

    inputs: Mapping[str, Input | None] = field(default_factory=dict)
    secrets: Mapping[str, Named] = field(default_factory=dict)
    variables: Mapping[str, Named] = field(default_factory=dict)


class Finder(Struct, kw_only=True):
    """The problems of the file at ``path``, each said once."""

    path: str
    problems: dict[Problem, None] = field(default_factory=dict)

    def say(self, message: str, line: int, hint: str = "") -> None:
        """Keep a problem of that line."""
        where = Where(file=self.path, line=line)
        problem = Problem(exit=Exit.CONFIGURATION, message=message, hint=hint, where=where)
        self.problems[problem] = None


def read_layer(table: Table, finder: Finder, own: frozenset[str] = frozenset()) -> Layer:
    """The layer of a table; ``own`` are the keys that somebody else reads."""
    inputs: dict[str, Input | None] = {}
    for name, part in table.rows.items():
        line = table.lines[name]
        if name in ROWS:
            inputs[name] = _input(ROWS[name], part, line, finder)
        elif name not in own | {"secrets", "variables"}:
            _unknown(name, line, own, finder)
    secrets = table.rows.get("secrets")
    variables = table.rows.get("variables")
    return Layer(
        inputs=inputs,
        secrets=dict(_secrets(secrets, finder)) if secrets else {},
        variables=dict(_variables(variables, finder)) if variables else {},
    )


def judge(name: str, given: Input, finder: Finder) -> None:
    """Say what is wrong with an input's text."""
    text = given.text if "\n" in given.text.strip() else given.text.strip()
    try:
        ROWS[name].parse(text)
    except input_types.Invalid as invalid:
        shown = f"`{given.text}`" if len(given.text) <= 200 and "\n" not in given.text else "It"
        finder.say(f"`{name}`: {shown} {invalid}.", given.line, invalid.hint)


def text_of(part: Part, what: str, line: int, finder: Finder) -> str:
    """A scalar's text; "" and a problem for anything else."""
    if isinstance(part, Text):
        return part.text
    finder.say(f"{what} must be one value, not a list or a mapping.", line)
    return ""


def _input(row: InputField, part: Part, line: int, finder: Finder) -> Input | None:
    if isinstance(part, Items) and row.parse in LISTS:
        texts = (
            text_of(item, f"An item of `{row.name}`", item.line, finder) for item in part.items
        )
        return Input(text="\n".join(texts), line=line)
    text = text_of(part, f"`{row.name}`", line, finder)
    null = isinstance(part, Text) and (part.null or not part.text.strip())
    return None if null else Input(text=text, line=line)


def _unknown(name: str, line: int, own: frozenset[str], finder: Finder) -> None:
    shown = f"`{name}`" if len(name) <= 40 and not contains_key(name) else "This key"
    if name.replace("_", "-") in TOKENS:
        hint = "A token comes from the workflow's secrets, never from a file."
        finder.say(f"{shown} can't stand in the file.", line, hint)
    elif name in OF_THE_RUN:
        finder.say(f"{shown} belongs to a run, not to a Space.", line, "Give it in the workflow.")
    else:
        known = [*ROWS, "secrets", "variables", *own]
        near = input_types.nearest(name.replace("_", "-"), known)
        hint = f"Did you mean `{near}`?" if near else "See docs/how-to/fleets.md for all keys."
        finder.say(f"{shown} is no key of this place.", line, hint)


def _secrets(part: Part, finder: Finder) -> Iterator[tuple[str, Named]]:
    """Names with the names that their values come from; a value is refused and never quoted."""
    for name, beside, line in _rows(part):
        source = name if beside is None else text_of(beside, "`secrets`: a name", line, finder)
        source = source or name
        legal = _NAME.fullmatch(name) and (source == name or _SOURCE.fullmatch(_filled(source)))
        if not legal or contains_key(name) or contains_key(source):
            hidden = "What stands there is not shown: it may be a value."
            finder.say(f"`secrets` takes names only. {hidden}", line, NAMES_ONLY)
        else:
            yield name, Named(line=line, source=source)


def _filled(source: str) -> str:
    return source.replace("{EACH}", "X")


def _variables(part: Part, finder: Finder) -> Iterator[tuple[str, Named]]:
    for row, beside, line in _rows(part):
        name, value = row, None
        if beside is None and "=" in row:
            name, _, value = row.partition("=")
        elif beside is not None and not (isinstance(beside, Text) and beside.null):
            value = text_of(beside, "A variable", line, finder)
        if _NAME.fullmatch(name.strip()):
            yield name.strip(), Named(line=line, source=name.strip(), value=value)
        else:
            hint = "Write `NAME: value`, or `NAME` alone for one of the workflow's environment."
            finder.say("`variables` holds a line that names no variable.", line, hint)


def _rows(part: Part) -> Iterator[tuple[str, Part | None, int]]:
    """Names with what stands beside them: of a mapping, of a list, of the lines of a text."""
    match part:
        case Table():
            for name, value in part.rows.items():
                yield name, value, part.lines[name]
        case Items():
            for item in part.items:
                yield item.text.strip() if isinstance(item, Text) else "", None, item.line
        case Text():
            first = part.line + ("\n" in part.text)
            for offset, text in enumerate(part.text.split("\n")):
                if text.strip() and not text.lstrip().startswith("#"):
                    yield text.strip(), None, first + offset
