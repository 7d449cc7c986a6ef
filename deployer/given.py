"""The inputs as they are given: from the environment's texts to ``Settings``.

An input arrives as ``INPUT_<NAME>`` with hyphens kept or turned into underscores, or as a flag of
the same name. An empty input means "not given".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer import input_types
from deployer.errors import Exit, Problem, Where, refuse
from deployer.model import Mode
from deployer.settings import INPUTS, NO_SPACE, InputField, Settings


def variable_names(name: str) -> tuple[str, str]:
    """Both spellings of an input's environment variable: the runner's, then a shell's."""
    kept = "INPUT_" + name.upper()
    return kept, kept.replace("-", "_")


def _raw(row: InputField, environ: Mapping[str, str]) -> tuple[str, Problem | None]:
    """An input's text ("" when not given); a problem when both spellings are set and differ."""
    given = {environ[key] for key in variable_names(row.name) if environ.get(key, "").strip()}
    if len(given) > 1:
        return "", Problem(
            exit=Exit.CONFIGURATION,
            message=f"`{' and '.join(variable_names(row.name))}` are both set and differ.",
            hint="Set one of them.",
            where=Where(input=row.name),
        )
    return (given.pop() if given else ""), None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The inputs of a run. Raises ``Refused`` with every problem at once (exit 2)."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for row in INPUTS:
        text, conflict = _raw(row, environ)
        value, problem = _parse(row, text or row.default) if conflict is None else (None, conflict)
        values[row.attribute] = value
        if problem is not None:
            problems.append(problem)
    if values["fleet"] and values["mode"] is Mode.PLAN and not given_text("space", environ):
        values["space"] = NO_SPACE
        problems = [each for each in problems if each.where != Where(input="space")]
    refuse(problems)
    return Settings(**values)


def raw_text(name: str, environ: Mapping[str, str]) -> str:
    """An input's text as it stands, white space included; "" when there is none, or two differ."""
    row = next(row for row in INPUTS if row.name == name)
    return _raw(row, environ)[0]


def given_text(name: str, environ: Mapping[str, str]) -> str:
    """An input of one line, in whichever spelling it is given; "" when it is not."""
    texts = (environ.get(key, "").strip() for key in variable_names(name))
    return next(filter(None, texts), "")


def _parse(row: InputField, text: str) -> tuple[Any, Problem | None]:
    if not text.strip():
        return (None, _missing(row)) if row.required else (None, None)
    try:
        # Inputs of several lines keep their white space: it may belong to a value. A line end
        # that YAML's `|` and `>` leave behind doesn't make a second line.
        keep = row.attribute in RAW or "\n" in text.strip()
        return row.parse(text if keep else text.strip()), None
    except input_types.Invalid as invalid:
        quoted = "The value" if row.secret else _quote(text)
        return None, Problem(
            exit=Exit.CONFIGURATION,
            message=f"{quoted} {invalid}.",
            hint=invalid.hint,
            where=Where(input=row.name),
        )


RAW: Final = frozenset({"secrets", "variables", "commit_message"})


def _missing(row: InputField) -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION,
        message=f"Input `{row.name}` is not given.",
        hint=f"Add `{row.name}: owner/name` below `with:`. Where it is taken from `vars.…`, make "
        "that variable in the repository's settings, under Secrets and variables > Actions. Only "
        "`mode: plan` of a `fleet` does without.",
        where=Where(input=row.name),
    )


def _quote(text: str) -> str:
    """The offending text on one line: whole, as half of a misplaced secret would not be masked."""
    flat = " ".join(text.split())
    return f"A value of {len(flat)} characters" if len(flat) > 200 else f"`{flat}`"
