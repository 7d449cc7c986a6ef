"""The fleet's secrets as the reusable workflow hands them on: one JSON object by name.

GitHub lets a called workflow declare no secrets by names that only the caller knows, and all of a
repository's secrets (`toJSON(secrets)`) are more than a fleet needs (docs/decisions/0092).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from deployer.errors import Exit, Problem, Refused, Where

VARIABLE: Final = "FLEET_SECRETS"
_HOW: Final = (
    'Write one line of JSON: `{"NAME": ${{ toJSON(secrets.NAME) }}, …}`, each value by `toJSON`.'
)


# The runner's own, among them tokens: whoever may write to the file is not to send those anywhere.
_OWN: Final = re.compile(
    r"(INPUT|ACTIONS|GITHUB|RUNNER|FLEET)_.*|GH_TOKEN|HF_TOKEN|HUGGING_?FACE_(HUB_)?TOKEN",
    re.IGNORECASE,
)


def found_in(environ: Mapping[str, str]) -> Mapping[str, str]:
    """What the names in the file may stand for: ``FLEET_SECRETS`` alone where it is given, else the
    job's environment without what is the runner's. Raises ``Refused`` (exit 2)."""
    if environ.get(VARIABLE, "").strip():
        return values_of(environ)
    return {name: value for name, value in environ.items() if not _OWN.fullmatch(name)}


def values_of(environ: Mapping[str, str]) -> dict[str, str]:
    """The values by name; those that the workflow has no value for are left out.

    Raises ``Refused`` (exit 2) without quoting anything.
    """
    text = environ.get(VARIABLE, "").strip()
    if not text:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused([_wrong("is no JSON")]) from None
    if not isinstance(found, dict):
        raise Refused([_wrong("is no JSON object")])
    if any(not isinstance(value, str | None) for value in found.values()):
        raise Refused([_wrong("has a value that is no text")])
    return {name: value for name, value in found.items() if value}


def _wrong(reason: str) -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION,
        message=f"What stands in the secret `fleet-secrets` {reason}.",
        hint=_HOW,
        where=Where(input=VARIABLE),
    )
