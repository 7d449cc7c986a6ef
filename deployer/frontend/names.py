"""What a value goes by: the names, functions and class around it, and what shares its name."""

from __future__ import annotations

from tree_sitter import Node

from deployer.frontend.branches import Side
from deployer.frontend.syntax import Script, ancestors, enclosing, function_of, text

# Field that holds the name in each kind of declaration.
DECLARES = {
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
_FUNCTION_VALUES = frozenset({"arrow_function", "function_expression"})
_FIELDS = frozenset({"public_field_definition", "field_definition"})
_SCOPES = frozenset({"function_declaration", "method_definition", "class_declaration"})
_GROUPED = frozenset(
    {
        *("pair", "return_statement", "arrow_function", "variable_declarator"),
        *("assignment_expression", *_FIELDS),
    }
)
_KEY_SIDES = {
    **dict.fromkeys(("production", "prod"), Side.PRODUCTION),
    **dict.fromkeys(("development", "dev", "local", "localhost"), Side.LOCAL),
}


def callee(arguments: Node) -> str | None:
    """What is called with ``arguments``; None when the node isn't a call's arguments."""
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
        named = up.child_by_field_name(DECLARES[up.type]) if up.type in DECLARES else None
        if named and named != child:
            found.append(text(named))
        elif up.type == "arguments":
            found.append(callee(up) or "")
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
    return target_of(parent) if parent is not None and parent.type in DECLARES else ""


def declared(script: Script) -> frozenset[tuple[str, int]]:
    """Every declared variable with its function (0 for the script itself)."""
    names = script.captured("declared")
    return frozenset((text(name), _identity(function_of(name))) for name in names)


def _identity(node: Node | None) -> int:
    return 0 if node is None else node.id


def group_of(top: Node, scopes: frozenset[tuple[str, int]]) -> tuple[str, int]:
    """Equal for values of the same variable, property or function; unique for any other value."""
    parent = top.parent
    kind = parent.type if parent is not None else ""
    if parent is None or kind not in _GROUPED:
        return ("", top.start_byte)
    if kind == "pair":
        found = _by_mode(top)
        return (f"object{found[1]}", _identity(found[2])) if found else ("", top.start_byte)
    if kind in ("return_statement", "arrow_function"):
        return ("return", _identity(parent if kind == "arrow_function" else function_of(parent)))
    target = f"this.{target_of(parent)}" if kind in _FIELDS else target_of(parent)
    if target.startswith("this."):
        return (target, _identity(enclosing(parent, "class_body")))
    return (target, _scope(target, parent, scopes))


def key_side(top: Node) -> Side | None:
    """The side that a key tells: ``{ production: …, development: … }``."""
    found = _by_mode(top)
    return found[0] if found else None


def _by_mode(top: Node) -> tuple[Side, str, Node] | None:
    """The side that a key around the value tells, the keys inside, and the object with that key."""
    pair, inside = top.parent, ""
    while pair is not None and pair.type == "pair" and pair.parent is not None:
        key = target_of(pair).strip("'\"")
        if key.lower() in _KEY_SIDES:
            return _KEY_SIDES[key.lower()], inside, pair.parent
        pair, inside = pair.parent.parent, f".{key}{inside}"
    return None


def target_of(parent: Node) -> str:
    """The name that a declaration gives."""
    named = parent.child_by_field_name(DECLARES[parent.type])
    return text(named) if named else ""


def _scope(name: str, node: Node, scopes: frozenset[tuple[str, int]]) -> int:
    function = function_of(node)
    while function is not None and (name, _identity(function)) not in scopes:
        function = function_of(function)
    return _identity(function)


def boundary_of(top: Node, group: tuple[str, int]) -> Node | None:
    """Conditions outside of this node don't choose between the group's places."""
    if group[0] == "return":
        return function_of(top)
    if group[0].startswith("this."):
        return enclosing(top, "class_body")
    return next((up for up in ancestors(top) if _identity(up) == group[1]), None)
