"""Routers, what hangs on them, and the paths that come of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from deployer.model import Route

DEPTH = 12  # routers nested deeper than this are a cycle


@dataclass(frozen=True, slots=True)
class Node:
    """A router or app: a name in a scope (``""`` is the module's own) of a file."""

    path: str
    scope: str
    name: str


@dataclass(slots=True)
class Graph:
    """Which routes hang on which router, and which router is included where."""

    prefix: dict[Node, str] = field(default_factory=dict)
    routes: dict[Node, list[Route]] = field(default_factory=dict)
    children: dict[Node, list[tuple[str, Node]]] = field(default_factory=dict)
    same: dict[Node, list[Node]] = field(default_factory=dict)


def collect(
    graph: Graph, node: Node, prefix: str, depth: int = DEPTH, above: frozenset[Node] = frozenset()
) -> Iterator[Route]:
    if depth == 0 or node in above:
        return
    for other in graph.same.get(node, []):
        yield from collect(graph, other, prefix, depth - 1, above | {node})
    base = prefix + graph.prefix.get(node, "")
    for route in graph.routes.get(node, []):
        path = re.sub(r"^/*", "/", base + route.path)
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", path)  # `{id:int}` is `{id}` in the docs
        yield Route(
            method=route.method,
            path=path,
            summary=route.summary,
            file=route.file,
            line=route.line,
        )
    for inner, child in graph.children.get(node, []):
        yield from collect(graph, child, base + inner, depth - 1, above | {node})
