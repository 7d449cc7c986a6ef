"""The conditions that a place stands under: which side it is for, and how exact they are."""

from __future__ import annotations

import re

from tree_sitter import Node

from deployer.frontend.branches import LOCATION, Reading, Side, read
from deployer.frontend.syntax import (
    Script,
    ancestors,
    declared_value,
    is_field,
    operator,
    text,
    unwrapped,
)

_ASKED = re.compile(r"typeof\s+(?:window|document|location)")
_SPECIAL = re.compile(r"192\\?\.168|\.local\b")
_HOSTNAME = re.compile(
    r"(?<![.\w$])(?:(?:(?:window|document|globalThis|self)\??\.)?location\??\.hostname|\w*hostname)\b",
    re.IGNORECASE,
)


def conditions(node: Node, until: Node | None) -> list[tuple[Node, bool]]:
    """The conditions that ``node`` stands under, inside ``until``: (condition, its outcome)."""
    found: list[tuple[Node, bool]] = []
    child = node
    for up in ancestors(node):
        if up == until:
            break
        condition = up.child_by_field_name("condition")
        if up.type in ("if_statement", "ternary_expression") and condition and child != condition:
            found.append((condition, is_field(up, "consequence", child)))
        if up.type == "binary_expression" and operator(up) == "&&" and is_field(up, "right", child):
            left = up.child_by_field_name("left")
            found += [(left, True)] if left else []
        child = up
    return found


def resolved(condition: Node, depth: int = 4) -> Node:
    """The expression that a condition stands for: without parentheses, and named ones followed."""
    node = unwrapped(condition)
    value = declared_value(node, text(node)) if node.type == "identifier" and depth else None
    return node if value is None else resolved(value, depth - 1)


def is_weak(found: Reading) -> bool:
    """It forgets some names of the developer's machine."""
    names = " ".join(map(text, found.comparisons)).replace("\\", "")
    return not all(name in names for name in ("localhost", "127.0.0.1", "::1"))


def is_special(found: Reading) -> bool:
    """It knows of more than this machine, such as a home network, and must stay."""
    return any(_SPECIAL.search(text(comparison)) for comparison in found.comparisons)


def hostname_constants(node: Node) -> list[Node]:
    """Values of constants in ``node`` that are ``window.location.hostname``, asked for nowhere."""
    names = [child for child in node.named_children if child.type == "identifier"]
    values = [declared_value(name, text(name)) for name in names]
    return [
        value
        for value in values
        if value is not None and LOCATION.fullmatch(text(value)) and not browser_checked(value)
    ]


def comparison(node: Node, script: Script) -> tuple[Node, Side, str] | None:
    """The largest part that only compares hostnames, its side when true, and the hostname."""
    found = read(node, script, 0)
    node = unwrapped(node)
    if found and found.side and found.plain:
        names = (_HOSTNAME.search(text(part)) for part in found.comparisons)
        subject = next((match[0] for match in names if match), None)
        return (node, found.side, subject) if subject else None
    parts = (comparison(child, script) for child in node.named_children)
    return next((part for part in parts if part), None)


def side_of(node: Node, until: Node | None, script: Script) -> Side | None:
    """The side that ``node`` is for, from the nearest condition that tells one."""
    for condition, outcome in conditions(node, until):
        found = read(condition, script)
        if found and found.side:
            return found.side if outcome else found.side.other
    return None


def browser_checked(node: Node) -> bool:
    """Something around or before ``node`` has asked whether there is a ``window``."""
    if any(_ASKED.search(text(condition)) for condition, _ in conditions(node, None)):
        return True
    for block in ancestors(node):
        if block.type == "statement_block":
            earlier = [child for child in block.children if child.start_byte < node.start_byte]
            early = [child for child in earlier if child.type == "if_statement"]
            if any(_ASKED.search(said) and "return" in said for said in map(text, early)):
                return True
    return False
