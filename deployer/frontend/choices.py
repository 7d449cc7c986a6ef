"""Writes the choice between the local and the deployed address in the place of a literal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from deployer.frontend.addresses import Address
from deployer.frontend.branches import Side
from deployer.frontend.environment import Framework
from deployer.frontend.layout import Layout, indent_at
from deployer.frontend.places import Place
from deployer.frontend.shared_module import Module
from deployer.frontend.syntax import Script, text

# Where an expression may stand without parentheses of its own.
_BARE = frozenset(
    {
        "variable_declarator",
        "assignment_expression",
        "pair",
        "arguments",
        "return_statement",
        "export_statement",
        "assignment_pattern",
        "object_assignment_pattern",
        "required_parameter",
        "optional_parameter",
        "public_field_definition",
        "field_definition",
        "parenthesized_expression",
        "jsx_expression",
        "template_substitution",
    }
)
_TEST_NAMES = ("isProduction", "isDeployed", "isPublicHost")


class Edit(Struct, frozen=True, kw_only=True):
    """Bytes ``start`` to ``end`` become ``new``. Of edits with one ``once``, the first counts."""

    start: int
    end: int
    new: bytes
    once: str = ""


class Target(Struct, frozen=True, kw_only=True):
    """What to write, for code built by ``framework``. ``config``: for Node, at build time.

    ``meta``: the build mode is ``import.meta.env.PROD`` there. ``side``: the only build that takes
    the file. ``module`` is what its literals are imported from. ``ours`` is ``deployed``, split;
    ``local`` None keeps the local address that is there.
    """

    deployed: str
    ours: Address
    local: str | None
    framework: Framework
    config: bool = False
    meta: bool = False
    side: Side | None = None
    module: Module | None = None


class Slot(Struct, frozen=True, kw_only=True):
    """The expression that is replaced, and what the new one will stand in."""

    node: Node
    parent: Node | None

    @property
    def closed(self) -> bool:
        """The new expression needs parentheses."""
        return self.parent is not None and self.parent.type not in _BARE and not self.attribute

    @property
    def attribute(self) -> bool:
        """A JSX attribute takes an expression in braces."""
        return self.parent is not None and self.parent.type == "jsx_attribute"

    @property
    def without_assertion(self) -> Slot:
        """``'…' as const``: TypeScript takes no such assertion on a choice."""
        if self.parent is None or self.parent.type != "as_expression":
            return self
        const = text(self.parent).endswith(" const")
        return Slot(node=self.parent, parent=self.parent.parent) if const else self


def choice(
    script: Script, place: Place, slot: Slot, target: Target, layout: Layout
) -> Iterator[Edit]:
    """The edits that put a choice in the place of an address."""
    base = (target.local or place.address.origin).rstrip("/")
    base = base.replace("ws", "http", 1) if base.startswith("ws") else base
    if place.template and slot.node == place.node:
        yield _in_template(place, base, target, layout)
        return
    slot = slot.without_assertion
    quote = layout.quote if place.assumed else text(place.node)[0]
    local = layout.quoted(place.address.at(base), quote)
    deployed = layout.quoted(place.address.at(target.deployed), quote)
    if place.composed is not None:
        local = text(place.node)
        deployed = layout.quoted(place.composed.base.at(target.deployed), quote)
    statement = None if target.config else _constructor_statement(script, slot.parent)
    if statement is not None:
        yield from _named_test(script, slot.node, statement, (local, deployed), layout)
        return
    new = _expression(script, slot, target, layout, (local, deployed))
    new = f"{{{new}}}" if slot.attribute else new
    yield Edit(start=slot.node.start_byte, end=slot.node.end_byte, new=new.encode())


def _expression(
    script: Script, slot: Slot, target: Target, layout: Layout, literals: tuple[str, str]
) -> str:
    local, deployed = literals
    if target.config:
        new = layout.build_choice(local, deployed, meta=target.meta)
        return f"({new})" if slot.closed else new
    indent, _ = indent_at(script.content, slot.node.start_byte)
    return layout.choice(local, deployed, indent, closed=slot.closed)


def _in_template(place: Place, base: str, target: Target, layout: Layout) -> Edit:
    """Only the origin of a template becomes a substitution; what follows it stays."""
    bare = Address(scheme=place.address.scheme, host="", port=None, rest="")
    local, deployed = layout.quoted(bare.at(base)), layout.quoted(bare.at(target.deployed))
    start = place.node.start_byte + 1
    end = start + len(place.address.origin.encode())
    if place.composed is not None:
        end = place.composed.end
        local = f"`{(place.node.text or b'')[1 : end - start + 1].decode()}`"
        deployed = layout.quoted(place.composed.base.at(target.deployed))
    new = (
        layout.build_choice(local, deployed, meta=target.meta)
        if target.config
        else layout.short_choice(local, deployed)
    )
    return Edit(start=start, end=end, new=f"${{{new}}}".encode())


def _constructor_statement(script: Script, parent: Node | None) -> Node | None:
    """The statement ``this.x = …`` on a line of its own, directly in a function's body."""
    if parent is None or parent.type != "assignment_expression":
        return None
    left, statement = parent.child_by_field_name("left"), parent.parent
    if left is None or not text(left).startswith("this.") or statement is None:
        return None
    block = statement.parent
    if statement.type != "expression_statement" or block is None or block.parent is None:
        return None
    own_line = indent_at(script.content, statement.start_byte)[1]
    function = block.type == "statement_block" and block.parent.child_by_field_name("body") == block
    return statement if own_line and function else None


def _named_test(
    script: Script, node: Node, statement: Node, literals: tuple[str, str], layout: Layout
) -> Iterator[Edit]:
    """The recipe's shape: a named test on its own lines, then the choice."""
    local, deployed = literals
    indent, _ = indent_at(script.content, statement.start_byte)
    name = free_name(script, _TEST_NAMES)
    start = statement.start_byte
    block = statement.parent.id if statement.parent else 0
    named = layout.production_const(name, indent).encode()
    yield Edit(start=start, end=start, new=named, once=f"{block}")
    step = f"{layout.end}{indent}{layout.unit}"
    new = f"{name}{step}? {deployed}{step}: {local}"
    yield Edit(start=node.start_byte, end=node.end_byte, new=new.encode())


def free_name(script: Script, names: tuple[str, ...]) -> str:
    """The first name that the file does not have yet."""
    taken = script.content.decode("utf-8")
    numbered = (f"{names[0]}{number}" for number in range(2, 1000))
    free = (n for n in (*names, *numbered) if not re.search(rf"\b{n}\b", taken))
    return next(free)
