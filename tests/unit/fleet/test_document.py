"""YAML that is no harmless document is refused, with its line."""

from __future__ import annotations

import pytest

from tests.unit.fleet.conftest import Problems

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nspaces: [*c]\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (BOMB, 2, "alias"),
        ("spaces: &s\n  - *s\n", 2, "alias"),
        ("spaces:\n  - !!python/object/apply:os.system [id]\n", 2, "tag"),
        ("spaces: [\n", 2, "YAML"),
        ("spaces:\n\t- acme/a\n", 2, "YAML"),
        ("spaces: [acme/a]\nspaces: [acme/b]\n", 2, "`spaces` is given twice, first on line 1"),
        ("spaces:\n  - space: a/b\n    title: x\n    title: y\n", 4, "`title` is given twice"),
        ("spaces:\n  - ? [a, b]\n    : c\n", 2, "a key must be a word"),
        ("spaces: " + "[" * 50 + "]" * 50, 1, "nested too deeply"),
        ("spaces: " + "[" * 50_000, 1, "nested too deeply"),
    ],
)
def test_what_no_such_file_needs_is_refused(
    problems: Problems, text: str, line: int, words: str
) -> None:
    said = problems(text)
    assert said[0].startswith(f"spaces.yml:{line}: "), said
    assert words in said[0]


@pytest.mark.parametrize("text", ["spaces: \x00", "spaces: [a/b]\n---\nspaces: [a/c]\n"])
def test_a_text_that_is_no_single_document_is_refused(problems: Problems, text: str) -> None:
    assert "can't be read as YAML" in problems(text)[0]
