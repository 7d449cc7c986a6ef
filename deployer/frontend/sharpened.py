"""Makes the tests of a client's own choice exact: no local name forgotten, no exception."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from deployer.frontend import branches, guards
from deployer.frontend.branches import Side
from deployer.frontend.choices import Edit, Target
from deployer.frontend.environment import NODE_ENV
from deployer.frontend.layout import HOSTNAMES, Layout
from deployer.frontend.syntax import Script, text


def sharpened(condition: Node, script: Script, target: Target, layout: Layout) -> Iterator[Edit]:
    """A test that forgets a local name, or asks for what may not be there, made exact."""
    found = branches.read(condition, script)
    if found is None or found.side is None:
        return
    where = guards.resolved(condition)
    if found.process and not target.config and not target.framework.fills(NODE_ENV):
        yield _exact_test(where, found.side, layout)
    elif not found.by_host or not found.comparisons:
        return
    elif guards.is_special(found):
        yield from _guarded_hostnames(found, layout)
        yield from _asked_first(where, found.side, layout)
    elif "typeof" not in text(where) and not guards.browser_checked(where):
        yield from _guarded_hostnames(found, layout)
        yield _exact_test(where, found.side, layout)
    elif guards.is_weak(found):
        yield from _sharper_comparison(where, script)


def _asked_first(where: Node, side: Side, layout: Layout) -> Iterator[Edit]:
    """The client's own list of hosts, after asking whether there is a page."""
    if "typeof" in text(where) or guards.browser_checked(where):
        return
    first, second, _ = layout.local_test() if side is Side.LOCAL else layout.production_test()
    joined = "&&" if side is Side.LOCAL else "||"
    asked = f"({first} {joined} {second} {joined} ("
    yield Edit(start=where.start_byte, end=where.start_byte, new=asked.encode())
    yield Edit(start=where.end_byte, end=where.end_byte, new=b"))")


def _exact_test(where: Node, side: Side, layout: Layout) -> Edit:
    local = side is Side.LOCAL
    new = " && ".join(layout.local_test()) if local else " || ".join(layout.production_test())
    bare = ("parenthesized_expression", "variable_declarator", "ternary_expression")
    closed = new if where.parent is not None and where.parent.type in bare else f"({new})"
    return Edit(start=where.start_byte, end=where.end_byte, new=closed.encode())


def _guarded_hostnames(found: branches.Reading, layout: Layout) -> Iterator[Edit]:
    """``const host = window.location.hostname`` asks for ``window`` first."""
    for comparison in found.comparisons:
        for value in guards.hostname_constants(comparison):
            asked = f"typeof window === {layout.quoted('undefined')} ? {layout.quoted('server')} : "
            yield Edit(start=value.start_byte, end=value.start_byte, new=asked.encode())


def _sharper_comparison(where: Node, script: Script) -> Iterator[Edit]:
    found = guards.comparison(where, script)
    if found is not None:
        node, side, subject = found
        new = f"{'' if side is Side.LOCAL else '!'}{HOSTNAMES}.test({subject})"
        yield Edit(start=node.start_byte, end=node.end_byte, new=new.encode())
