"""TOML, JSON and YAML of other people: parsed, or refused with the line; then taken by type.

What has another type than its format says counts as absent.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import yaml

from deployer.dependencies.found import Source

Table = dict[str, Any]
# What PyYAML raises beside its own errors on dates, merges and keys that are none.
_NO_YAML = (ValueError, LookupError, AttributeError, TypeError, RecursionError)


def toml(source: Source) -> Table:
    """The document. Raises ``Refused``."""
    try:
        return tomllib.loads(source.text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        raise source.broken(_first(error), int(line[1]) if line else None) from error


def json_object(source: Source) -> Table:
    """The object. Raises ``Refused``."""
    try:
        found = json.loads(source.text)
    except json.JSONDecodeError as error:
        raise source.broken(error.msg, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise source.broken(_first(error)) from error
    return _mapping(source, found)


def yaml_mapping(source: Source) -> Table:
    """The mapping. Raises ``Refused``."""
    try:
        found = yaml.safe_load(source.text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise source.broken(str(error.problem), line) from error
    except (yaml.YAMLError, *_NO_YAML) as error:
        raise source.broken(_first(error)) from error
    return _mapping(source, found or {})


def table(value: object, *keys: str) -> Table:
    """The table under these keys; empty when there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def tables(value: object, key: str) -> list[Table]:
    """The tables of a list."""
    return [item for item in items(value, key) if isinstance(item, dict)]


def items(value: object, key: str) -> list[Any]:
    """A list's items; a list of one where there stands no list."""
    found = value.get(key) if isinstance(value, dict) else None
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def texts(value: object, key: str) -> list[str]:
    """The strings of a list."""
    return [item for item in items(value, key) if isinstance(item, str)]


def text(value: object, key: str) -> str:
    """A string, or an empty one."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _mapping(source: Source, found: object) -> Table:
    if not isinstance(found, dict):
        raise source.broken("it holds no mapping", 1)
    return {str(key): value for key, value in found.items()}


def _first(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
