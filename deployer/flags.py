"""The command line: the same inputs as flags, and ``--help`` from the same table.

A flag only writes ``INPUT_*`` into a copy of the environment, so that every door leads into the
same reader. Tokens are never flags, and ``--secrets`` and ``--variables`` take names only: a
command line is readable by every process of the machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from deployer.errors import Exit, Problem, Where, refuse
from deployer.given import variable_names
from deployer.input_types import nearest
from deployer.settings import INPUTS, InputField

NAMES_ONLY = frozenset({"secrets", "variables"})


class Help(Exception):
    """``--help`` was asked for; the message is the help text."""


def overlay(environ: Mapping[str, str], argv: Sequence[str]) -> Mapping[str, str]:
    """The environment with the flags' values in it. Raises ``Help`` and ``Refused`` (exit 2)."""
    if {"-h", "--help"} & set(argv):
        raise Help(help_text())
    flags, problems = _read(argv)
    refuse(problems)
    overlaid = dict(environ)
    for name, value in flags.items():
        for spelling in variable_names(name):
            overlaid.pop(spelling, None)
        overlaid[variable_names(name)[1]] = value
    return overlaid


def _read(argv: Sequence[str]) -> tuple[dict[str, str], list[Problem]]:
    """Flags as ``--name value`` or ``--name=value``; one given twice adds a line."""
    flags: dict[str, str] = {}
    problems: list[Problem] = []
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        name, has_value, value = word.removeprefix("--").partition("=")
        problem = _unusable(word, name)
        if problem is None and not has_value:
            follows = bool(rest) and not rest[0].startswith("--")
            problem = None if follows else _wrong(f"`--{name}` has no value.", _with_value(name))
            value = rest.pop(0) if follows else ""
        if problem is None and name in NAMES_ONLY and not re.fullmatch(r"[\w,\s]*", value):
            problem = _wrong(f"`--{name}` takes names only.", "Put values into the environment.")
        if problem is not None:
            problems.append(problem)
            continue
        value = value.replace(",", "\n") if name in NAMES_ONLY else value
        flags[name] = f"{flags[name]}\n{value}" if name in flags else value
    return flags, problems


def _unusable(word: str, name: str) -> Problem | None:
    row = next((row for row in INPUTS if row.name == name), None)
    if not word.startswith("--") or row is None:
        return _no_flag(word, name)
    if row.secret:
        return _wrong(
            f"`--{name}` is not taken from the command line, which others can read.",
            f"Set `{variable_names(name)[1]}` in the environment.",
        )
    return None


def _no_flag(word: str, name: str) -> Problem:
    """Named only when it looks like a flag: what is none may be a token."""
    if not re.fullmatch(r"--[a-z][a-z-]{0,24}", word.partition("=")[0]):
        return _wrong("The command line has a word that is no flag.", "See `--help`.")
    near = nearest(name, [row.name for row in INPUTS if not row.secret])
    return _wrong(
        f"`--{name}` is no flag.", f"Did you mean `--{near}`?" if near else "See `--help`."
    )


def _with_value(name: str) -> str:
    row = next(row for row in INPUTS if row.name == name)
    return f"Write `--{name} {'true' if row.default in ('true', 'false') else 'VALUE'}`."


def _wrong(message: str, hint: str) -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION, message=message, hint=hint, where=Where(input="command line")
    )


def help_text() -> str:
    """Every input with its help and default."""
    head = (
        "usage: python entrypoint.py --space OWNER/NAME [--INPUT VALUE ...]\n\n"
        "Deploys a FastAPI backend to a Hugging Face Space and proves it healthy.\n"
        "Every input can also be given as the environment variable INPUT_<NAME>.\n\n"
    )
    return head + "\n".join(_help_row(row) for row in INPUTS)


def _help_row(row: InputField) -> str:
    default = row.shown_default.replace("*", "").replace("`", "")
    where = f"  (only as {variable_names(row.name)[1]})" if row.secret else ""
    shown = f" [{default}]" if default else ""
    return f"  --{row.name}{where}\n        {row.help}{shown}"
