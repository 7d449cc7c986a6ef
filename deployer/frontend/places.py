"""Finds the places of a script where an address is decided, and what each one is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from deployer.frontend import environment
from deployer.frontend.addresses import Address, read_address
from deployer.frontend.branches import Side, side_of
from deployer.frontend.environment import Framework
from deployer.frontend.syntax import (
    WRAPPERS,
    Script,
    ancestors,
    enclosing,
    function_of,
    is_field,
    literal_value,
    operator,
    text,
)

_NOT_A_VALUE = frozenset(
    {
        "import_statement",
        "export_statement",
        "literal_type",
        "array",
        "subscript_expression",
        "switch_case",
        "import_attribute",
        "expression_statement",
    }
)
_COMPARES = frozenset({"===", "!==", "==", "!=", "<", ">", "in", "instanceof"})
# Calls that only look at a text or show it.
_SHOWS = re.compile(
    r"(?:console|logger|log|assert|expect|test|it|describe|jest|vi|chalk)\b.*"
    r"|.*\.(?:startsWith|endsWith|includes|indexOf|match|test|replace|split|push|add|warn|log)"
    r"|(?:\w*Error|cors|alert|require|import)"
)
_ATTRIBUTE = re.compile(r"href|src|action|.*(?:url|uri|api|base|endpoint|server|backend).*", re.I)
_FUNCTION_VALUES = frozenset({"arrow_function", "function_expression"})
_SCOPES = frozenset({"function_declaration", "method_definition", "class_declaration"})
_KEY_SIDES = {
    **dict.fromkeys(("production", "prod", "live"), Side.PRODUCTION),
    **dict.fromkeys(("development", "dev", "local", "localhost"), Side.LOCAL),
}
# Names of variables that hold a backend's address.
URL_NAME = re.compile(
    r"(?=.*(?:API|BACKEND|SERVER|CHAT|RAG|BOT|AGENT))(?!.*(?:KEY|TOKEN|SECRET|PASSWORD))"
    r"(?:.*(?:URL|URI|BASE|ENDPOINT|HOST|ORIGIN).*|.*BACKEND)"
)
_DECLARES = {
    "variable_declarator": "name",
    "pair": "key",
    "public_field_definition": "name",
    "field_definition": "property",
    "required_parameter": "pattern",
    "optional_parameter": "pattern",
    "assignment_pattern": "left",
    "object_assignment_pattern": "left",
    "assignment_expression": "left",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One literal that holds an address.

    ``top`` is the whole expression that decides it (``a || 'http://…'``, ``test ? x : y``);
    ``names`` are what it is assigned or passed to, nearest first, ``scopes`` the functions and
    the class around it; ``group`` is equal for places
    that give the same variable, property or result its value. ``assumed``: the node is
    ``process.env.NAME`` alone and ``address`` what it would be on the developer's machine.
    ``use`` is where the value is chosen: the node itself, or the name of the constant it is in.
    """

    node: Node = field(repr=False)
    address: Address
    use: Node = field(repr=False)
    top: Node = field(repr=False)
    names: tuple[str, ...]
    scopes: tuple[str, ...]
    group: tuple[str, int]
    side: Side | None
    assumed: str = ""

    @property
    def server(self) -> str:
        """What the place is known by: the server of its address, or the variable it reads."""
        return f"process.env.{self.assumed}" if self.assumed else self.address.server

    @property
    def template(self) -> bool:
        """A template with substitutions, of which only the beginning is the address."""
        return any(child.type == "template_substitution" for child in self.node.named_children)


def find_places(script: Script) -> tuple[Place, ...]:
    """Every address of the script that is a value, in order."""
    return tuple(_places(script))


def _places(script: Script) -> Iterator[Place]:
    scopes = _declared(script)
    for node in script.captured("text"):
        value = literal_value(node)
        address = read_address(value) if value else None
        if address is None or not _is_value(node) or _shown(deciding_expression(node)):
            continue
        use = _use(node, script)
        top = deciding_expression(use)
        group = _group(top, scopes)
        yield Place(
            node=node,
            address=address,
            use=use,
            top=top,
            names=tuple(dict.fromkeys([*names_of(deciding_expression(node)), *names_of(top)])),
            scopes=scopes_of(top),
            group=group,
            side=_key_side(top) or side_of(use, _boundary(top, group), script),
        )


def _use(node: Node, script: Script, depth: int = 3) -> Node:
    """Where ``const NAME = node`` is chosen or returned, when that is its only use."""
    parent = deciding_expression(node).parent
    if parent is None or parent.type != "variable_declarator" or not depth:
        return node
    name = _target(parent)
    uses = [u for u in script.captured("identifier") if text(u) == name and not _written(u)]
    if len(uses) != 1:
        return node
    chosen = deciding_expression(uses[0])
    returned = chosen.parent is not None and chosen.parent.type == "return_statement"
    return _use(uses[0], script, depth - 1) if chosen != uses[0] or returned else node


def _written(identifier: Node) -> bool:
    parent = identifier.parent
    if parent is None or parent.type == "export_specifier":
        return True
    target = parent.child_by_field_name(_DECLARES.get(parent.type, "left"))
    return target == identifier


def _key_side(top: Node) -> Side | None:
    """``{ production: …, development: … }``."""
    parent = top.parent
    if parent is None or parent.type != "pair":
        return None
    return _KEY_SIDES.get(_target(parent).strip("'\"").lower())


def find_assumed(script: Script, framework: Framework, local_url: str) -> tuple[Place, ...]:
    """Every ``process.env.X_URL`` without a fallback that nothing fills in: it throws."""
    address = read_address(local_url)
    found = []
    for node in script.captured("member"):
        reference = environment.reference(node)
        if address is None or reference is None or reference.meta or framework.fills(reference):
            continue
        top = deciding_expression(node)
        if node == top and URL_NAME.fullmatch(reference.name.upper()) and _is_value(node):
            names = (reference.name, *names_of(top))
            group, name = ("", top.start_byte), reference.name
            found.append(
                Place(
                    node=node,
                    address=address,
                    use=node,
                    top=top,
                    names=names,
                    scopes=scopes_of(top),
                    group=group,
                    side=None,
                    assumed=name,
                )
            )
    return tuple(found)


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


def _is_value(node: Node) -> bool:
    parent = node.parent
    if parent is None or parent.type in _NOT_A_VALUE:
        return False
    if parent.type == "pair" and is_field(parent, "key", node):
        return False
    if parent.type == "call_expression":  # a tagged template
        return False
    return not (parent.type == "binary_expression" and operator(parent) in _COMPARES)


def _shown(top: Node) -> bool:
    parent = top.parent
    if parent is None or parent.type == "array":
        return True
    if parent.type == "jsx_attribute":
        return not _ATTRIBUTE.fullmatch(text(parent.named_children[0]))
    callee = _callee(parent)
    return callee is not None and bool(_SHOWS.fullmatch(callee))


def _callee(arguments: Node) -> str | None:
    call = arguments.parent
    if arguments.type != "arguments" or call is None:
        return None
    function = call.child_by_field_name("function") or call.child_by_field_name("constructor")
    return text(function) if function else ""


def names_of(top: Node) -> tuple[str, ...]:
    """Names that the value goes by, from the nearest one out to the declaration around it."""
    found = []
    child = top
    for up in ancestors(top):
        if up.type in _SCOPES:
            break
        named = up.child_by_field_name(_DECLARES[up.type]) if up.type in _DECLARES else None
        if named and named != child:
            found.append(text(named))
        elif up.type == "arguments":
            found.append(_callee(up) or "")
        elif up.type == "jsx_attribute":
            found.append(text(up.named_children[0]))
        child = up
    return tuple(found)


def scopes_of(top: Node) -> tuple[str, ...]:
    """Names of the functions and the class around the value, innermost first."""
    around = (up.child_by_field_name("name") for up in ancestors(top) if up.type in _SCOPES)
    bound = (_bound_name(up) for up in ancestors(top) if up.type in _FUNCTION_VALUES)
    return (*(text(name) for name in around if name), *(name for name in bound if name))


def _bound_name(function: Node) -> str:
    parent = function.parent
    return _target(parent) if parent is not None and parent.type in _DECLARES else ""


def _declared(script: Script) -> frozenset[tuple[str, int]]:
    """Every declared variable with its function (0 for the script itself)."""
    names = script.captured("declared")
    return frozenset((text(name), _identity(function_of(name))) for name in names)


def _identity(node: Node | None) -> int:
    return 0 if node is None else node.id


def _group(top: Node, scopes: frozenset[tuple[str, int]]) -> tuple[str, int]:
    parent = top.parent
    if parent is None:
        return ("", top.start_byte)
    if parent.type == "pair" and _key_side(top):
        return ("object", _identity(parent.parent))
    if parent.type == "return_statement":
        return ("return", _identity(function_of(parent)))
    if parent.type == "arrow_function":
        return ("return", _identity(parent))
    if parent.type in ("public_field_definition", "field_definition"):
        return (f"this.{_target(parent)}", _identity(enclosing(parent, "class_body")))
    if parent.type not in ("variable_declarator", "assignment_expression"):
        return ("", top.start_byte)
    target = _target(parent)
    if target.startswith("this."):
        return (target, _identity(enclosing(parent, "class_body")))
    return (target, _scope(target, parent, scopes))


def _target(parent: Node) -> str:
    named = parent.child_by_field_name(_DECLARES[parent.type])
    return text(named) if named else ""


def _scope(name: str, node: Node, scopes: frozenset[tuple[str, int]]) -> int:
    function = function_of(node)
    while function is not None and (name, _identity(function)) not in scopes:
        function = function_of(function)
    return _identity(function)


def _boundary(top: Node, group: tuple[str, int]) -> Node | None:
    """Conditions outside of this node don't choose between the group's places."""
    if group[0] == "return":
        return function_of(top)
    if group[0].startswith("this."):
        return enclosing(top, "class_body")
    return next((up for up in ancestors(top) if _identity(up) == group[1]), None)
