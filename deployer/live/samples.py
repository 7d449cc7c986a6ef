"""Tells code that a script runs from code that it only shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

import tree_sitter_javascript
from tree_sitter import Language, Parser

_TEXTS: Final = frozenset({"string_fragment", "string", "comment", "jsx_text"})


@cache
def _language() -> Language:
    return Language(tree_sitter_javascript.language())


def in_code(content: bytes, positions: Iterable[int]) -> Iterator[bool]:
    """Whether each byte of a script is code: no string, no template's text and no comment."""
    root = Parser(_language()).parse(content).root_node
    for position in positions:
        node = root.descendant_for_byte_range(position, position + 1)
        yield node is None or node.type not in _TEXTS
