"""Reads a choice like ``process.env.X || 'http://…'``: which of its operands a browser can read."""

from __future__ import annotations

import itertools
import re

from msgspec import Struct
from tree_sitter import Node

from deployer.frontend import environment
from deployer.frontend.environment import EnvironmentReference, Framework
from deployer.frontend.syntax import ancestors, operator, text, unwrapped

_PROCESS = re.compile(r"(?<![\w.$])process(?![\w$])")
_META = re.compile(r"import\.meta")
_NAME = re.compile(r"process\.env\??\.(\w+)")
_WINDOW = re.compile(r"(?<![\w.$])window\b")
_ASKED = re.compile(r"typeof\s+window")


class Chain(Struct, frozen=True, kw_only=True):
    """The operands that decide before an address does.

    ``dead`` pairs an operand that throws or is always empty in the browser with the one after
    it; ``kept`` are names the framework fills in, ``private`` names that only its server has;
    ``windows`` are values of the page;
    ``ternary`` is a choice whose condition is dead.
    """

    dead: tuple[tuple[Node, Node], ...] = ()
    kept: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    windows: tuple[Node, ...] = ()
    ternary: Node | None = None


def read_chain(node: Node, top: Node, framework: Framework) -> Chain:
    """What stands before ``node`` inside the deciding expression ``top``."""
    pairs = [pair for up in _inside(node, top) for pair in _pairs(up, node)]
    return Chain(
        dead=tuple(pair for pair in pairs if is_dead(pair[0], framework)),
        kept=tuple(name for operand, _ in pairs for name in _kept(operand, framework)),
        private=tuple(name for operand, _ in pairs for name in _private(operand, framework)),
        windows=tuple(operand for operand, _ in pairs if _needs_window(operand)),
        ternary=next((up for up in _inside(node, top) if _dead_test(up, framework)), None),
    )


def effective_parent(node: Node, framework: Framework) -> Node | None:
    """The parent that ``node`` has once the dead operands before it are gone."""
    while (parent := node.parent) is not None:
        pairs = _pairs(parent, node)
        if not pairs or not all(is_dead(operand, framework) for operand, _ in pairs):
            break
        node = parent
    return parent


def is_dead(operand: Node, framework: Framework) -> bool:
    """It reads ``process`` where nothing puts a value in its place, and no server runs it."""
    if framework.serves and not _META.search(text(operand)):
        return False
    reference = environment.reference(unwrapped(operand))
    if reference is not None:
        return not framework.fills(reference)
    if not _PROCESS.search(text(operand)):
        return False
    names = _NAME.findall(text(operand))
    filled = (framework.fills(EnvironmentReference(name=name, meta=False)) for name in names)
    return not (names and all(filled))


def _inside(node: Node, top: Node) -> list[Node]:
    if node == top:
        return []
    found = []
    for up in ancestors(node):
        found.append(up)
        if up == top:
            break
    return found


def _dead_test(up: Node, framework: Framework) -> bool:
    condition = up.child_by_field_name("condition")
    return (
        up.type == "ternary_expression" and condition is not None and is_dead(condition, framework)
    )


def _pairs(up: Node, node: Node) -> list[tuple[Node, Node]]:
    """Operands before ``node`` in ``a || b || node``, each with the one after it."""
    left, right = up.child_by_field_name("left"), up.child_by_field_name("right")
    if up.type != "binary_expression" or operator(up) not in ("||", "??") or not left or not right:
        return []
    if not (right.start_byte <= node.start_byte and node.end_byte <= right.end_byte):
        return []
    operands = [*_operands(left), right]
    return list(itertools.pairwise(operands))


def _operands(node: Node) -> list[Node]:
    if node.type == "binary_expression" and operator(node) in ("||", "??"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        return [*(_operands(left) if left else []), *([right] if right else [])]
    return [node]


def _kept(operand: Node, framework: Framework) -> list[str]:
    reference = environment.reference(unwrapped(operand))
    return [reference.name] if reference is not None and framework.fills(reference) else []


def _private(operand: Node, framework: Framework) -> list[str]:
    reference = environment.reference(unwrapped(operand))
    if reference is None or reference.meta or not framework.serves or framework.fills(reference):
        return []
    return [reference.name]


def _needs_window(operand: Node) -> bool:
    return bool(_WINDOW.search(text(operand))) and not _ASKED.search(text(operand))
