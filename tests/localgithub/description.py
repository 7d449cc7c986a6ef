"""GitHub's own description of its REST API (OpenAPI), as npm's ``@octokit/openapi`` ships it.

Requests are held to it, and so is what the local GitHub says: a resource gives the facts it knows,
and the rest of a body, which nobody reads here, is filled in from the description.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30Validator

from tests.real.npm import lacks_file

PACKAGE = "@octokit/openapi@23.0.2"
FILE = Path(__file__).parents[2] / ".cache" / "github-openapi" / "api.github.com.json"
METHODS = ("get", "post", "patch", "put", "delete")
MADE_UP: Mapping[str, Any] = {
    "string": "",
    "integer": 1,
    "number": 1,
    "boolean": False,
    "date-time": "2026-01-01T00:00:00Z",
    "uri": "https://github.com/octo",
}


class DescriptionMissing(Exception):
    """The description is neither here nor can it be downloaded; the text is a sentence."""


class Wrong(Exception):
    """The local GitHub's own answer is none that GitHub could give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path."""

    name: str
    query: frozenset[str]
    body: Mapping[str, Any] | None
    answers: Mapping[str, Any]


@functools.cache
def description() -> Mapping[str, Any]:
    """The document; raises ``DescriptionMissing``. About a tenth of a second."""
    if reason := lacks_file(PACKAGE, "generated/api.github.com.json", FILE):
        raise DescriptionMissing(reason)
    found: Mapping[str, Any] = json.loads(FILE.read_bytes(), object_hook=_without_discriminator)
    return found


def _without_discriminator(schema: dict[str, Any]) -> dict[str, Any]:
    """One of them stands where an answer may be a list, which has no such field."""
    schema.pop("discriminator", None)
    return schema


def operation(method: str, path: str) -> Operation | None:
    """What ``method`` and ``path`` ("/repos/octo/site") ask for, or None when there is no such."""
    for pattern, template in _templates():
        spec = description()["paths"][template].get(method.lower())
        if spec and pattern.fullmatch(path):
            return _operation(method, template, spec)
    return None


def complaints(asked: Operation, query: Mapping[str, str], body: Any) -> list[str]:
    """What GitHub would not understand, or silently ignore, in a request."""
    found = [f"no query parameter {name!r}" for name in query if name not in asked.query]
    if asked.body is None:
        return found + ([f"a body, which {asked.name} does not take"] if body else [])
    strange = _strange(asked.body, body) if isinstance(body, dict) else ()
    return [*found, *(f"no field {name!r}" for name in strange), *_errors(asked.body, body)]


def completed(asked: Operation, status: int, facts: Any) -> Any:
    """The whole body of an answer around its ``facts``; raises ``Wrong``."""
    if status >= 400:
        return facts
    answer = _resolved(asked.answers.get(str(status), {}))
    if not answer:
        raise Wrong(f"{asked.name} never answers {status}")
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return facts
    made = _complete(schema, facts)
    if errors := _errors(schema, made):
        raise Wrong(f"{asked.name}: {errors[0]}")
    return made


# --- reading the description ---------------------------------------------------------------------


@functools.cache
def _templates() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Paths with their patterns, those of more literal parts first."""
    templates = sorted(description()["paths"], key=lambda path: (path.count("{"), -len(path)))
    return tuple((_pattern(template), template) for template in templates)


def _pattern(template: str) -> re.Pattern[str]:
    wide = {"ref", "path", "branch"}  # names that may have slashes in them
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile(
        "".join(
            re.escape(part) if index % 2 == 0 else (".+" if part in wide else "[^/]+")
            for index, part in enumerate(parts)
        ),
        re.DOTALL,
    )


def _operation(method: str, template: str, spec: Mapping[str, Any]) -> Operation:
    parameters = [_resolved(each) for each in spec.get("parameters", ())]
    content = _resolved(spec.get("requestBody", {})).get("content", {})
    return Operation(
        name=f"{method} {template}",
        query=frozenset(each["name"] for each in parameters if each["in"] == "query"),
        body=content.get("application/json", {}).get("schema"),
        answers=spec["responses"],
    )


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = schema
    while "$ref" in found:
        reference = found["$ref"]
        found = description()
        for key in reference.removeprefix("#/").split("/"):
            found = found[key]
    return found  # type: ignore[no-any-return]


def _errors(schema: Mapping[str, Any], value: Any) -> list[str]:
    root = {"allOf": [schema], "components": description()["components"]}
    return [
        f"{error.json_path}: {error.message}" for error in OAS30Validator(root).iter_errors(value)
    ]


def _strange(schema: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[str]:
    known = _properties(schema)
    return (name for name in value if name not in known)


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found = _resolved(schema)
    merged = dict(found.get("properties", {}))
    for each in (*found.get("allOf", ()), *found.get("anyOf", ()), *found.get("oneOf", ())):
        merged |= _properties(each)
    return merged


# --- filling in ----------------------------------------------------------------------------------


def _complete(schema: Mapping[str, Any], facts: Any) -> Any:
    found = _resolved(schema)
    options = found.get("oneOf") or found.get("anyOf")
    if options:
        tried = [each for each in (_try(one, facts) for one in options) if each is not None]
        if not tried:
            raise Wrong(f"{facts!r} is none of the {len(options)} that {found.get('title')} may be")
        return tried[0][0]
    if isinstance(facts, dict):
        return _complete_object(found, facts)
    if isinstance(facts, list):
        return [_complete(found.get("items", {}), each) for each in facts]
    return facts


def _try(schema: Mapping[str, Any], facts: Any) -> tuple[Any] | None:
    try:
        made = _complete(schema, facts)
    except Wrong:
        return None
    return None if _errors(schema, made) else (made,)


def _complete_object(schema: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    known, needed = _properties(schema), _required(schema)
    if known and (strange := [name for name in facts if name not in known]):
        raise Wrong(f"{schema.get('title')} has no {strange}")
    made = {name: _complete(known.get(name, {}), value) for name, value in facts.items()}
    return {**{name: _made_up(known.get(name, {})) for name in needed - made.keys()}, **made}


def _required(schema: Mapping[str, Any]) -> set[str]:
    found = _resolved(schema)
    return set(found.get("required", ())).union(*map(_required, found.get("allOf", ())))


def _made_up(schema: Mapping[str, Any]) -> Any:
    """A value that fits, as empty as may be."""
    found = _resolved(schema)
    if options := found.get("oneOf") or found.get("anyOf"):
        return _made_up(options[0])
    if found.get("nullable"):
        return None
    if found.get("enum"):
        return found["enum"][0]
    kind = found.get("type", "object")
    if kind == "array":
        return []
    if kind == "object":
        return _complete_object(found, {})
    return MADE_UP.get(found.get("format", ""), MADE_UP[kind])
