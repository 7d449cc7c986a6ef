"""Reads a condition: is it true on the developer's machine, or in production?

Rule: a condition is only understood as a whole. What mixes in anything else (another host, a
flag) is ``None``, and the code under it is not ours to judge.
"""

from __future__ import annotations

import re
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace
from tree_sitter import Node

from deployer.frontend.syntax import Script, declared_value, operator, text, unwrapped


class Side(Enum):
    """Where code runs."""

    LOCAL = "local"
    PRODUCTION = "production"

    @property
    def other(self) -> Side:
        """The opposite."""
        return Side.LOCAL if self is Side.PRODUCTION else Side.PRODUCTION


class Reading(Struct, frozen=True, kw_only=True):
    """What a condition means when it is true. ``side`` None: it only asks for a browser.

    ``by_host``: decided by the page's hostname alone, so that it may be made more exact.
    ``process``: it reads ``process``, which a browser doesn't have. ``plain``: it is made of
    comparisons with hostnames and nothing else.
    """

    side: Side | None
    by_host: bool = True
    process: bool = False
    comparisons: tuple[Node, ...] = ()
    plain: bool = True

    @property
    def negated(self) -> Reading:
        """The reading of ``!condition``."""
        return replace(self, side=self.side.other if self.side else None)


_BROWSER_ONLY = Reading(side=None, plain=False)
LOCATION = re.compile(
    r"(?:(?:window|globalThis|self|document)\??\.)?location\??\.(?:hostname|host|href|origin)"
    r"|\w*host(?:name)?",
    re.IGNORECASE,
)
_BROWSER = re.compile(
    r"typeof\s+(?:window|document|location|globalThis|self)"
    r"|(?:window|globalThis)(?:\??\.(?:location|document))?(?:\??\.hostname)?"
)
_LOCAL_NAMES = re.compile(
    r"""["'`/(|\[^]*(?:localhost|127\\?\.0\\?\.0\\?\.1|0\\?\.0\\?\.0\\?\.0|::1)""", re.IGNORECASE
)
_LOCAL_WORD = re.compile(
    r"localhost|127\\?\.0\\?\.0\\?\.1|0\\?\.0\\?\.0\\?\.0|\[?::1|192\\?\.168|file:", re.IGNORECASE
)
_HOST_METHODS = frozenset(
    {"includes", "startsWith", "endsWith", "indexOf", "test", "match", "search"}
)
_EQUAL = {"===": False, "==": False, "!==": True, "!=": True}
_FOUND = frozenset({"> -1", ">= 0", "!== -1", "!= -1", "=== 0", "== 0"})
_NOT_FOUND = frozenset({"=== -1", "== -1", "< 0"})
_BUILD = re.compile(r"process\.env\.NODE_ENV|process\.env\['NODE_ENV'\]|import\.meta\.env\.MODE")
_PRODUCTION_NAME = re.compile(r"_?is_?(?:prod|production|deployed|live)\w*", re.IGNORECASE)
_LOCAL_NAME = re.compile(r"_?(?:is_?)?(?:running_?)?(?:local|dev)\w*", re.IGNORECASE)
_DEPTH = 4


def read(node: Node, script: Script, depth: int = _DEPTH) -> Reading | None:
    """What the condition ``node`` means when true, or None when it isn't understood."""
    node = unwrapped(node)
    match node.type:
        case "unary_expression" if operator(node) == "!":
            inner = node.child_by_field_name("argument")
            found = read(inner, script, depth) if inner else None
            return found.negated if found else None
        case "binary_expression":
            return _binary(node, script, depth)
        case "call_expression":
            return _call(node)
        case "member_expression":
            return _member(node)
        case "identifier":
            return _identifier(node, script, depth)
    return None


def _binary(node: Node, script: Script, depth: int) -> Reading | None:
    sign = operator(node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return None
    if sign in ("&&", "||"):
        return _both(read(left, script, depth), read(right, script, depth))
    if left.type == "call_expression":
        return _index(node, left, f"{sign} {text(right)}")
    found = _equal(node, text(left), text(right)) if sign in _EQUAL else None
    return found.negated if found and _EQUAL[sign] else found


def _both(left: Reading | None, right: Reading | None) -> Reading | None:
    if left is None or right is None or None not in {left.side, right.side, None}:
        return None
    if left.side and right.side and left.side is not right.side:
        return None
    return Reading(
        side=left.side or right.side,
        by_host=left.by_host and right.by_host,
        process=left.process or right.process,
        comparisons=left.comparisons + right.comparisons,
        plain=left.plain and right.plain,
    )


def _equal(node: Node, left: str, right: str) -> Reading | None:
    if _BROWSER.fullmatch(left) and right.strip("'\"`") in ("undefined", "object"):
        return _BROWSER_ONLY
    if _BUILD.fullmatch(left):
        return _build(left, right.strip("'\"`"))
    if left.endswith("location.protocol") and "file:" in right:
        return Reading(side=Side.LOCAL, comparisons=(node,))
    if left.endswith("location.port") and right.strip("'\"`").isdecimal():
        return Reading(side=Side.LOCAL, by_host=False, plain=False)
    if LOCATION.fullmatch(left) and _LOCAL_WORD.match(right.strip("'\"`")):
        return Reading(side=Side.LOCAL, comparisons=(node,))
    return None


def _build(name: str, value: str) -> Reading | None:
    sides = {"production": Side.PRODUCTION, "development": Side.LOCAL}
    if value not in sides:
        return None
    return Reading(side=sides[value], by_host=False, process=name.startswith("process"))


def _index(node: Node, left: Node, compared: str) -> Reading | None:
    """``hostname.indexOf('localhost') !== -1`` and its kin."""
    found = _call(left)
    if found is None or compared not in _FOUND | _NOT_FOUND:
        return None
    found = replace(found, comparisons=(node,))
    return found if compared in _FOUND else found.negated


def _call(node: Node) -> Reading | None:
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if function is None or arguments is None:
        return None
    if function.type == "identifier":
        return _named(text(function))
    method = function.child_by_field_name("property")
    subject = function.child_by_field_name("object")
    if method is None or subject is None or text(method) not in _HOST_METHODS:
        return None
    return _compared(node, text(subject), text(arguments).strip("() \r\n,"))


def _compared(node: Node, subject: str, argument: str) -> Reading | None:
    names = subject if LOCATION.fullmatch(argument) else argument
    place = argument if LOCATION.fullmatch(argument) else subject
    if LOCATION.fullmatch(place) and _LOCAL_NAMES.match(names):
        return Reading(side=Side.LOCAL, comparisons=(node,))
    return None


def _member(node: Node) -> Reading | None:
    shown = text(node)
    if _BROWSER.fullmatch(shown):
        return _BROWSER_ONLY
    if shown == "import.meta.env.PROD":
        return Reading(side=Side.PRODUCTION, by_host=False)
    if shown == "import.meta.env.DEV":
        return Reading(side=Side.LOCAL, by_host=False)
    return None


def _identifier(node: Node, script: Script, depth: int) -> Reading | None:
    name = text(node)
    if _BROWSER.fullmatch(name):
        return _BROWSER_ONLY
    value = declared_value(node, name)
    if value is not None and depth:
        return read(value, script, depth - 1)
    return _named(name)


def _named(name: str) -> Reading | None:
    if _PRODUCTION_NAME.fullmatch(name):
        return Reading(side=Side.PRODUCTION, by_host=False)
    if _LOCAL_NAME.fullmatch(name):
        return Reading(side=Side.LOCAL, by_host=False)
    return None
