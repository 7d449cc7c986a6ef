"""Reads addresses that are put together: ``http://${HOST}/…``, ``'http://localhost:' + PORT``.

Only constants of the same file with a literal value are followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from deployer.frontend.addresses import Address, read_address
from deployer.frontend.syntax import (
    declared_value,
    literal_value,
    operator,
    text,
    unwrapped,
)

_SCHEMES = ("http://", "https://", "ws://", "wss://")


class Composed(Struct, frozen=True, kw_only=True):
    """``address`` as far as it can be read; ``start`` to ``end`` are the bytes that give ``base``.

    ``base`` is the origin, with the path that stands in the same part.
    """

    node: Node
    address: Address
    base: Address
    start: int
    end: int


Part = tuple[str, int, bool]  # its text, the byte behind it, and whether it may be cut


def composed(node: Node) -> Composed | None:
    """The local address that a template or a sum beginning with the string ``node`` gives."""
    begins = (literal_value(node) or "").startswith(_SCHEMES)
    if not begins or read_address(literal_value(node) or "") is not None:
        return None
    if node.type == "template_string":
        return _read(node, list(_of_template(node)), node.start_byte + 1)
    whole = _sum(node)
    if whole is None:
        return None
    found = _read(whole, list(_of_sum(whole)), node.start_byte)
    return found and _closest(found, node)


def _read(node: Node, parts: list[Part], start: int) -> Composed | None:
    whole = "".join(shown for shown, _, _ in parts)
    address = read_address(whole)
    if address is None or not address.local or address.port is None:
        return None
    position = 0
    for shown, end, cut in parts:
        position += len(shown)
        if position >= len(address.origin):
            over = position - len(address.origin) if cut else 0
            base = read_address(whole[: position - over])
            if base is None:
                return None
            return Composed(node=node, address=address, base=base, start=start, end=end - over)
    return None


def _of_template(node: Node) -> Iterator[Part]:
    for child in node.named_children:
        if child.type == "string_fragment":
            yield text(child), child.end_byte, text(child).isascii()
            continue
        inner = child.named_children[0] if child.named_child_count else None
        value = _constant(inner) if child.type == "template_substitution" and inner else None
        if value is None:
            return
        yield value, child.end_byte, False


def _sum(node: Node) -> Node | None:
    """The whole ``node + … + …``."""
    found = None
    while (parent := node.parent) is not None and parent.type == "binary_expression":
        if operator(parent) != "+" or parent.child_by_field_name("left") != node:
            break
        found = node = parent
    return found


def _of_sum(node: Node) -> Iterator[Part]:
    for operand in _operands(node):
        value = literal_value(operand) if operand.type == "string" else _constant(operand)
        if value is None:
            return
        yield value, operand.end_byte, False


def _operands(node: Node) -> list[Node]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "binary_expression" or operator(node) != "+" or left is None or right is None:
        return [node]
    return [*_operands(left), right]


def _closest(found: Composed, first: Node) -> Composed | None:
    """The same for the smallest sum that gives the base."""
    node: Node | None = first
    while node is not None and node.end_byte < found.end:
        node = node.parent
    if node is None or node.end_byte != found.end or node.start_byte != found.start:
        return None
    return Composed(
        node=node, address=found.address, base=found.base, start=found.start, end=found.end
    )


def _constant(node: Node) -> str | None:
    """The text or number of a constant with a literal value."""
    value = declared_value(node, text(node)) if node.type == "identifier" else node
    value = unwrapped(value) if value is not None else None
    if value is None:
        return None
    if value.type == "number":
        return text(value)
    plain = value.type == "string" or (
        value.type == "template_string" and value.named_child_count == 1
    )
    return literal_value(value) if plain else None
