"""Tells texts that only people or comparisons see from the values that a client calls."""

from __future__ import annotations

import re

from tree_sitter import Node

from deployer.frontend.names import callee, target_of
from deployer.frontend.syntax import text

# Calls that only look at a text or show it.
_SHOWS = re.compile(
    r"(?:console|logger|log|assert|expect|test|it|describe|jest|vi|chalk)\b.*"
    r"|.*\.(?:startsWith|endsWith|includes|indexOf|match|test|replace|split|push|add|warn|log)"
    r"|(?:\w*Error|cors|alert|confirm|prompt|require|import)"
)
# Names of texts for people.
_SHOWN_NAME = re.compile(
    r"(?:.*_)?(?:placeholder|example|label|title|description|caption|tooltip|hint|help_?(?:text)?)",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"href|src|action|.*(?:url|uri|api|base|endpoint|server|backend|host|origin).*", re.I
)


def is_shown(top: Node) -> bool:
    """The text is only shown, compared or kept in a list."""
    parent = top.parent
    if parent is None or parent.type == "array":
        return True
    if parent.type == "jsx_expression" and parent.parent is not None:
        parent = parent.parent
    if parent.type in ("jsx_element", "jsx_fragment"):
        return True
    if parent.type == "jsx_attribute":
        return not _ATTRIBUTE.fullmatch(text(parent.named_children[0]))
    if parent.type in ("pair", "variable_declarator"):
        return _SHOWN_NAME.fullmatch(target_of(parent).strip("'\"")) is not None
    return only_shows(parent)


def only_shows(arguments: Node) -> bool:
    """Arguments of a call that looks at a text or shows it."""
    called = callee(arguments)
    return called is not None and bool(_SHOWS.fullmatch(called))
