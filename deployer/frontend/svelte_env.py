"""Finds what a SvelteKit client reads from ``$env/static/public`` and ``$env/dynamic/public``.

Source: "$env" modules in SvelteKit's documentation. The dynamic ones are read where the frontend
runs, the static ones when it is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from deployer.frontend.syntax import Script, text

_STATIC = re.compile(r"""from\s*['"]\$env/static/public['"]""")
_DYNAMIC = re.compile(r"""from\s*['"]\$env/dynamic/public['"]""")


def public_variables(script: Script) -> Iterator[tuple[str, Node]]:
    """Each public variable with a node that reads it."""
    for statement in script.root.children:
        if statement.type != "import_statement":
            continue
        if _STATIC.search(text(statement)):
            for name, local in _specifiers(statement):
                uses = (use for use in script.uses.get(local, ()) if not _inside(use, statement))
                yield from ((name, use) for use in uses)
        elif _DYNAMIC.search(text(statement)):
            objects = {local for name, local in _specifiers(statement) if name == "env"}
            yield from _members(script, objects)


def _members(script: Script, objects: set[str]) -> Iterator[tuple[str, Node]]:
    for node in script.captured("member"):
        of, name = node.child_by_field_name("object"), node.child_by_field_name("property")
        if of is not None and name is not None and text(of) in objects:
            yield text(name), node


def _specifiers(statement: Node) -> Iterator[tuple[str, str]]:
    stack = [statement]
    while stack:
        node = stack.pop()
        if node.type == "import_specifier":
            name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
            if name is not None:
                yield text(name), text(alias or name)
        stack += node.named_children


def _inside(node: Node, outer: Node) -> bool:
    return outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte
