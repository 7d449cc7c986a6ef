"""A lock's packages and what they need of each other, walked for the Space."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from deployer.dependencies.pins import Pin
from deployer.dependencies.space import applies


class Edge(Struct, frozen=True, kw_only=True):
    """A need: of which package, with which extras, under which condition.

    ``when`` is the extra of the needing package that asks for it. ``version`` or ``versions``
    tell several locked versions of one package apart.
    """

    name: str
    extras: frozenset[str] = frozenset()
    marker: Marker | None = None
    when: str = ""
    version: str = ""
    versions: SpecifierSet | None = None
    line: int | None = None


class Node(Struct, frozen=True, kw_only=True):
    """A locked package. It is there when one of ``markers`` holds, or when it has none."""

    pin: Pin
    edges: tuple[Edge, ...] = ()
    markers: tuple[Marker, ...] = ()

    def is_there(self, python: str) -> bool:
        return not self.markers or any(applies(marker, python) for marker in self.markers)


class Walked(Struct, frozen=True, kw_only=True):
    """The pins that are reached, and the needs that the lock has no package for."""

    pins: tuple[Pin, ...]
    missing: tuple[Edge, ...]


class Graph(Struct, frozen=True, kw_only=True):
    """Locked packages by normalised name; several versions of one are there for several markers."""

    nodes: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Iterable[Node]) -> Graph:
        """The graph of these packages."""
        found: dict[str, tuple[Node, ...]] = {}
        for node in nodes:
            found[node.pin.name] = (*found.get(node.pin.name, ()), node)
        return cls(nodes=found)

    def walk(self, roots: Iterable[Edge], python: str) -> Walked:
        """What the roots need on this Python, and what that needs in turn."""
        waiting = [edge for edge in roots if applies(edge.marker, python, edge.when)]
        reached: dict[int, Node] = {}
        seen: set[tuple[int, str]] = set()
        missing: list[Edge] = []
        while waiting:
            edge = waiting.pop()
            node = self.find(edge, python)
            if node is None:
                missing.append(edge)
                continue
            reached[id(node)] = node
            for extra in ("", *sorted(edge.extras)):
                if (id(node), extra) not in seen:
                    seen.add((id(node), extra))
                    waiting += _needs(node, extra, python)
        pins = sorted((node.pin for node in reached.values()), key=lambda pin: pin.name)
        return Walked(pins=tuple(pins), missing=tuple(missing))

    def find(self, edge: Edge, python: str) -> Node | None:
        """The version of a package that is meant."""
        there = [node for node in self.nodes.get(edge.name, ()) if node.is_there(python)]
        fitting = [node for node in there if _fits(edge, node.pin.version)]
        return next(iter((*fitting, *there)), None)


def _needs(node: Node, extra: str, python: str) -> Iterator[Edge]:
    for edge in node.edges:
        if edge.when == extra and applies(edge.marker, python, extra):
            yield edge


def _fits(edge: Edge, version: str) -> bool:
    if edge.version:
        return edge.version == version
    try:
        return edge.versions is None or edge.versions.contains(version, prereleases=True)
    except ValueError:
        return False
