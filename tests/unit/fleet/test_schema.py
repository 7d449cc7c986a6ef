"""The schema for editors and the program agree on what a file may say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from deployer.errors import Refused
from deployer.fleet.reading import read_fleet

ROOT = Path(__file__).parents[3]
SCHEMA: Any = json.loads((ROOT / "docs" / "reference" / "spaces.schema.json").read_text())
GOOD = (
    "spaces: [acme/a]",
    "defaults: {secrets: [A], variables: {B: 1}}\nspaces: [{space: acme/a, canary: true}]",
    "spaces: [{space: 'acme/x-{each}', each: [a, 1], secrets: {A: 'A_{EACH}'}}]",
    "spaces: [{space: acme/a, ignore: [x, y], title: ~, create: false, python-version: '3.11'}]",
    "spaces: [{space: acme/a, secrets: {A: , B: C}, variables: [D, E=f]}]",
    "spaces: [{space: acme/a, color-from: red, visibility: private, frontend: none}]",
)
BAD = (
    "spaces: []",
    "spaces: acme/a",
    "spaces: [acme]",
    "spaces: [{backend: api}]",
    "spaces: [acme/a]\nmore: 1",
    "spaces: [{space: acme/a, hf-token: x}]",
    "spaces: [{space: acme/a, mode: plan}]",
    "spaces: [{space: acme/a, canary: perhaps}]",
    "spaces: [{space: acme/a, secrets: {A: value}}]",
    "spaces: [{space: acme/a, secrets: [A=value]}]",
    "spaces: [{space: acme/a, visibility: secret}]",
    "spaces: [{space: acme/a, title: [x]}]",
    "spaces: [{space: acme/a, create: perhaps}]",
    "spaces: [{space: acme/a, variables: {A: [x]}}]",
    "defaults: [x]\nspaces: [acme/a]",
)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text", [*GOOD, (ROOT / "examples" / "spaces.yml").read_text()])
def test_what_the_schema_takes_the_program_takes(text: str) -> None:
    jsonschema.validate(yaml.safe_load(text), SCHEMA)
    assert read_fleet(text.encode(), "spaces.yml").entries


@pytest.mark.parametrize("text", BAD)
def test_what_the_schema_refuses_the_program_refuses(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), SCHEMA)
    with pytest.raises(Refused):
        read_fleet(text.encode(), "spaces.yml")
