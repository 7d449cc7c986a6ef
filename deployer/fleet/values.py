"""The fleet's secrets as the reusable workflow hands them on: one JSON object by name.

GitHub lets a called workflow declare no secrets by names that only the caller knows, and all of a
repository's secrets (`toJSON(secrets)`) are more than a fleet needs (docs/decisions/0092).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from deployer.errors import Exit, Problem, Refused, Where

VARIABLE: Final = "FLEET_SECRETS"
_HOW: Final = (
    'Write one line of JSON: `{"NAME": ${{ toJSON(secrets.NAME) }}, …}`, each value by `toJSON`.'
)


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
