"""Finds addresses that are put together in a way that can't be followed, and names them.

They are values of which a part is the backend's local port: ``${location.hostname}:8000``,
``${scheme}://localhost:8000``, a host without a scheme.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from deployer.errors import Notice, Where
from deployer.frontend.discovery import is_build_config
from deployer.frontend.evidence import Witness
from deployer.frontend.layout import by_hand_choice
from deployer.frontend.names import callee
from deployer.frontend.places import find_places
from deployer.frontend.request import DEFAULT_LOCAL_URL, FrontendRequest
from deployer.frontend.shown import only_shows
from deployer.frontend.syntax import Script, operator, text

_VALUES = frozenset(
    {
        *("variable_declarator", "pair", "arguments", "assignment_expression", "return_statement"),
        *("binary_expression", "ternary_expression", "public_field_definition", "arrow_function"),
        *("field_definition", "parenthesized_expression", "required_parameter", "export_statement"),
    }
)
_LOCAL = r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0)"


def left_over(
    scripts: Iterable[Script], witness: Witness, request: FrontendRequest
) -> Iterator[Notice]:
    """One notice for each line that a route speaks for, there or elsewhere in the frontend."""
    for script in scripts:
        if not is_build_config(script.path):
            for line, rest, socket in dict.fromkeys(_lines(script, witness)):
                yield Notice(
                    message="The backend's local port is part of an address that is put together "
                    "here, and could not be followed.",
                    hint=f"Write by hand: {_written(request, rest, socket=socket)}",
                    where=Where(file=script.path, line=line),
                )


def _written(request: FrontendRequest, rest: str, *, socket: bool) -> str:
    local, deployed = request.local_url or DEFAULT_LOCAL_URL, request.backend_url
    if socket:
        local, deployed = local.replace("http", "ws", 1), deployed.replace("http", "ws", 1)
    return by_hand_choice(f"{local}{rest}", f"{deployed}{rest}")


def _lines(script: Script, witness: Witness) -> Iterator[tuple[int, str, bool]]:
    """Line, path behind the port as far as it is fixed, and whether a WebSocket is opened."""
    numbers = "|".join(map(str, sorted(witness.ports)))
    port = rf":(?:{numbers})(?![0-9])"
    page = re.compile(
        rf"host(?:name)?\}}{port}|//{_LOCAL}{port}|//{_LOCAL}:\$\{{[^}}]*\b(?:{numbers})\b"
    )
    bare = re.compile(rf"['\"`]{_LOCAL}{port}[^'\"`]*['\"`]")
    added = re.compile(rf"['\"`]{port}[^'\"`]*['\"`]")
    places = find_places(script)
    known = " ".join(text(place.node) for place in places if place.composed)
    read = {place.node.id for place in places}
    starts = [place.node.start_byte for place in places]
    for node in script.captured("text"):
        shown = text(node)
        called = witness.own_route or any(route in shown for route in witness.routes.paths)
        if node.id in read or not called or _elsewhere(node, known) or _prose(node):
            continue
        if any(node.start_byte < at < node.end_byte for at in starts):
            continue  # the address inside of it was read
        template = node.type == "template_string" and page.search(shown)
        host = added.fullmatch(shown) and "hostname" in text(node.parent or node)
        if template or host or bare.fullmatch(shown):
            path = re.search(rf"{port}((?:/[\w./-]*)?)", shown)
            called_by = (callee(node.parent) if node.parent else "") or ""
            socket = called_by.endswith("WebSocket") or shown[1:].startswith(("ws", "${ws"))
            yield script.line(node), path[1] if path else "", socket


def _prose(node: Node) -> bool:
    """A text with spaces in it: a sentence or a sample of code, no address."""
    fixed = (text(child) for child in node.named_children if child.type == "string_fragment")
    return any(re.search(r"\s", part) for part in fixed)


def _elsewhere(node: Node, known: str) -> bool:
    """A list of hosts, a comparison, or a constant that the addresses read are made of."""
    parent = node.parent
    if parent is None or parent.type not in _VALUES or only_shows(parent):
        return True
    if parent.type == "binary_expression":
        return operator(parent) not in ("+", "||", "??")
    if parent.type == "variable_declarator":
        name = parent.child_by_field_name("name")
        return name is not None and re.search(rf"\b{re.escape(text(name))}\b", known) is not None
    return False
