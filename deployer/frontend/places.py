"""Finds the places of a script where an address is decided, and what each one is for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from deployer.frontend import environment
from deployer.frontend.addresses import Address, read_address
from deployer.frontend.branches import Side
from deployer.frontend.composed import Composed, composed
from deployer.frontend.environment import Framework
from deployer.frontend.guards import side_of
from deployer.frontend.names import (
    DECLARES,
    boundary_of,
    declared,
    group_of,
    key_side,
    names_of,
    scopes_of,
    target_of,
)
from deployer.frontend.shown import is_shown
from deployer.frontend.syntax import (
    WRAPPERS,
    Script,
    enclosing,
    is_field,
    literal_value,
    operator,
    text,
    unwrapped,
)

_NOT_A_VALUE = frozenset(
    {
        "import_statement",
        "literal_type",
        "array",
        "subscript_expression",
        "switch_case",
        "import_attribute",
        "expression_statement",
    }
)
_COMPARES = frozenset({"===", "!==", "==", "!=", "<", ">", "in", "instanceof"})
# Names of variables that hold a backend's address.
URL_NAME = re.compile(
    r"(?=.*(?:API|BACKEND|SERVER|CHAT|RAG|BOT|AGENT))(?!.*(?:KEY|TOKEN|SECRET|PASSWORD))"
    r"(?:.*(?:URL|URI|BASE|ENDPOINT|HOST|ORIGIN).*|.*BACKEND)"
)


class Place(Struct, frozen=True, kw_only=True):
    """One literal that holds an address.

    ``top`` is the whole expression that decides it (``a || 'http://…'``, ``test ? x : y``);
    ``names`` are what it is assigned or passed to, nearest first, ``scopes`` the functions and
    the class around it; ``group`` is equal for places that give one variable, property or result
    its value. ``use`` is where the value is chosen: the node, or the name of its constant.
    ``composed``: the address is put together of several parts.
    ``assumed``: the node is ``process.env.NAME`` alone, and ``address`` what it would be locally.
    """

    node: Node
    address: Address
    use: Node
    top: Node
    names: tuple[str, ...]
    scopes: tuple[str, ...]
    group: tuple[str, int]
    side: Side | None
    assumed: str = ""
    composed: Composed | None = None

    @property
    def server(self) -> str:
        """What the place is known by: the server of its address, or the variable it reads."""
        return f"process.env.{self.assumed}" if self.assumed else self.address.server

    @property
    def exported(self) -> bool:
        """Other files may use it by its name."""
        return enclosing(self.node, "export_statement") is not None

    @property
    def template(self) -> bool:
        """A template with substitutions, of which only the beginning is the address."""
        inside = any(child.type == "template_substitution" for child in self.node.named_children)
        return self.node.type == "template_string" and inside


def find_places(script: Script) -> tuple[Place, ...]:
    """Every address of the script that is a value, in order."""
    return tuple(_places(script))


def _places(script: Script) -> Iterator[Place]:
    scopes = declared(script)
    for literal in script.captured("text"):
        value = literal_value(literal)
        parts = composed(literal)
        node = parts.node if parts else literal
        address = parts.address if parts else read_address(value) if value else None
        if address is None or not _is_value(node) or is_shown(deciding_expression(node)):
            continue
        use = _use(node, script)
        top = deciding_expression(use)
        group = group_of(top, scopes)
        yield Place(
            node=node,
            address=address,
            use=use,
            top=top,
            names=tuple(dict.fromkeys([*names_of(deciding_expression(node)), *names_of(top)])),
            scopes=scopes_of(top),
            group=group,
            side=key_side(top) or side_of(use, boundary_of(top, group), script),
            composed=parts,
        )


def _use(node: Node, script: Script, depth: int = 3) -> Node:
    """Where ``const NAME = node`` is chosen or returned, when that is its only use."""
    parent = deciding_expression(node).parent
    if parent is None or parent.type != "variable_declarator" or not depth:
        return node
    name = target_of(parent)
    uses = [use for use in script.uses.get(name, ()) if not _written(use)]
    if len(uses) != 1:
        return node
    chosen = deciding_expression(uses[0])
    returned = chosen.parent is not None and chosen.parent.type == "return_statement"
    return _use(uses[0], script, depth - 1) if chosen != uses[0] or returned else node


def _written(identifier: Node) -> bool:
    parent = identifier.parent
    if parent is None or parent.type == "export_specifier":
        return True
    target = parent.child_by_field_name(DECLARES.get(parent.type, "left"))
    return target == identifier


def find_assumed(script: Script, framework: Framework, local_url: str) -> tuple[Place, ...]:
    """Every ``process.env.X_URL`` without a fallback that nothing fills in: it throws."""
    address = None if framework.serves else read_address(local_url)
    found = []
    for node in script.captured("member"):
        reference = environment.reference(node)
        if address is None or reference is None or reference.meta or framework.fills(reference):
            continue
        top = deciding_expression(node)
        plain = unwrapped(top) == node and not is_asked(node) and not _first_of(node)
        if plain and URL_NAME.fullmatch(reference.name.upper()):
            found.append(
                Place(
                    node=node,
                    address=address,
                    use=node,
                    top=top,
                    names=(reference.name, *names_of(top)),
                    scopes=scopes_of(top),
                    group=("", top.start_byte),
                    side=None,
                    assumed=reference.name,
                )
            )
    return tuple(place for place in found if _is_value(place.top))


def deciding_expression(node: Node) -> Node:
    """The outermost expression that does nothing but choose between addresses."""
    while (parent := node.parent) is not None and _chooses(parent, node):
        node = parent
    return node


def _chooses(parent: Node, child: Node) -> bool:
    if parent.type in WRAPPERS:
        return parent.named_children[0] == child
    if parent.type == "ternary_expression":
        return not is_field(parent, "condition", child)
    return parent.type == "binary_expression" and operator(parent) in ("||", "??")


def is_asked(node: Node) -> bool:
    """It stands in the condition of a choice, which only asks whether it is there."""
    around = (*WRAPPERS, "binary_expression", "unary_expression")
    while (parent := node.parent) is not None and parent.type in around:
        node = parent
    return parent is not None and is_field(parent, "condition", node)


def _first_of(node: Node) -> bool:
    """``(typeof process !== 'undefined' && node) || 'http://…'``: another value is behind it."""
    while (parent := node.parent) is not None and parent.type in (*WRAPPERS, "binary_expression"):
        if operator(parent) in ("||", "??"):
            return is_field(parent, "left", node)
        node = parent
    return False


def _is_value(node: Node) -> bool:
    parent = node.parent
    if parent is None or parent.type in _NOT_A_VALUE:
        return False
    if parent.type == "pair" and is_field(parent, "key", node):
        return False
    if parent.type == "export_statement" and not is_field(parent, "value", node):
        return False
    if parent.type == "call_expression":  # a tagged template
        return False
    if parent.type == "binary_expression":
        return operator(parent) not in _COMPARES and not _cut_in_two(parent, node)
    return not _from_environment(parent)


def _cut_in_two(sum_: Node, node: Node) -> bool:
    """``'http://localhost' + ':8000'``: the port stands outside, and would follow our address."""
    right = sum_.child_by_field_name("right")
    rest = literal_value(right) if right is not None and right != node else None
    return rest is not None and rest.startswith(":")


def _from_environment(parent: Node) -> bool:
    """``const {X = 'http://…'} = process.env``: nothing fills it in, whatever the default says."""
    if parent.type not in ("object_assignment_pattern", "assignment_pattern"):
        return False
    declarator = enclosing(parent, "variable_declarator")
    value = declarator.child_by_field_name("value") if declarator is not None else None
    return value is not None and text(value) == "process.env"
