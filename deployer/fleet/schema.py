"""The JSON schema of `spaces.yml`, rendered from the table of inputs.

It is for editors; the program reads the file by rules of its own (deployer/fleet), which say more.
"""

from __future__ import annotations

import json
from typing import Any, Final

from deployer import fleet, input_types
from deployer.fleet import layer
from deployer.settings import InputField

TITLE: Final = "spaces.yml of hf-space-deploy: a fleet of Spaces"
NAME: Final = "^[A-Za-z_][A-Za-z0-9_]*$"
SOURCE: Final = r"^([A-Z_][A-Z0-9_]*(\{EACH\}[A-Z0-9_]*)*)?$"
SPACE: Final = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*/([A-Za-z0-9_]|\{each\})([A-Za-z0-9_.-]|\{each\})*$"
# `{each}` stands for a text in any of them.
TEXT: Final = {"type": ["string", "number", "boolean", "null"]}


def render() -> str:
    """The schema as JSON with a line break at its end."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLE,
        "type": "object",
        "additionalProperties": False,
        "required": ["spaces"],
        "properties": {
            "defaults": {
                "description": "What every Space gets that gives nothing of its own.",
                "type": ["object", "null"],
                "additionalProperties": False,
                "properties": _inputs(),
            },
            "spaces": {
                "description": "The Spaces, by name alone or with inputs of their own.",
                "type": "array",
                "minItems": 1,
                "maxItems": fleet.MOST,
                "items": {"anyOf": [{"$ref": "#/$defs/name"}, _entry()]},
            },
        },
        "$defs": {
            "name": {"type": "string", "pattern": SPACE},
            "secrets": _secrets(),
            "variables": _variables(),
        },
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _entry() -> dict[str, Any]:
    own = {
        "space": {"$ref": "#/$defs/name", "description": "The Space, as `owner/name`."},
        "canary": {
            "description": "Deployed before the others, which follow when it is healthy.",
            "type": "boolean",
        },
        "each": {
            "description": "One Space for each word, which stands for `{each}` in all values, and "
            "for `{EACH}` as a part of a secret's name.",
            "type": "array",
            "minItems": 1,
            "items": {"type": ["string", "number"]},
        },
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["space"],
        "properties": {**own, **_inputs()},
    }


def _inputs() -> dict[str, Any]:
    rows = {row.name: {"description": row.help, **_kind(row)} for row in layer.ROWS.values()}
    return rows | {name: {"$ref": f"#/$defs/{name}"} for name in ("secrets", "variables")}


def _kind(row: InputField) -> dict[str, Any]:
    if row.parse in layer.LISTS:
        items = {"type": "array", "items": TEXT}
        return {"anyOf": [TEXT, items]}
    if row.parse is input_types.boolean:
        return {"enum": [True, False, "true", "false", None]}
    if isinstance(row.parse, input_types.Choice):
        return {"enum": [*row.parse.words, None]}
    return dict(TEXT)


def _secrets() -> dict[str, Any]:
    name = {"type": "string", "pattern": NAME}
    return {
        "description": "Names only: of secrets as the app knows them, each with the name that it "
        "has in the workflow where that is another.",
        "anyOf": [
            {"type": "array", "items": name},
            {
                "type": "object",
                "propertyNames": name,
                "additionalProperties": {"type": ["string", "null"], "pattern": SOURCE},
            },
            {"type": ["string", "null"]},
        ],
    }


def _variables() -> dict[str, Any]:
    return {
        "description": "Variables, public. A name without a value takes the workflow's.",
        "anyOf": [
            {
                "type": "object",
                "propertyNames": {"pattern": NAME},
                "additionalProperties": TEXT,
            },
            {"type": "array", "items": {"type": "string"}},
            {"type": ["string", "null"]},
        ],
    }
