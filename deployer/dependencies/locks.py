"""What every lock with a graph has in common: its roots, what only tests need, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from packaging.utils import canonicalize_name

from deployer.dependencies import pins, pyproject, requirements
from deployer.dependencies.development import is_test_package
from deployer.dependencies.documents import toml
from deployer.dependencies.found import Dependencies, Manifest, Source
from deployer.dependencies.graph import Edge, Graph
from deployer.errors import Problem, refuse

# A Python to look at the graph with before the Space's own is known.
ANY_PYTHON = "3.12"


def manifest(
    source: Source, *, kind: str, graph: Graph, roots: Sequence[Edge], python: str, renew: str
) -> Manifest:
    """The lock as far as the roots reach, less what only tests need.

    ``renew`` says how its tool makes it anew.
    """
    kept = [edge for edge in roots if not is_test_package(edge.name, source.needed)]
    tests = {edge.name for edge in roots} - {edge.name for edge in kept}

    def install(version: str) -> Dependencies:
        walked = graph.walk(kept, version)
        refuse(_missing(source, walked.missing, renew))
        removed = tests - {pin.name for pin in walked.pins}
        return pins.write(source, walked.pins, removed)

    reached = graph.walk(kept, ANY_PYTHON).pins
    return Manifest(
        kind=kind,
        path=source.path,
        asked=requirements.parse("".join(f"{_asked(edge)}\n" for edge in kept)),
        names=frozenset(pin.name for pin in reached),
        python=python,
        install=install,
    )


def forgotten(
    project: Source | None, locked: Iterable[str], lock: str, renew: str
) -> list[Problem]:
    """What pyproject.toml asks for and the lock, whose direct needs are ``locked``, does not know.

    Raises ``Refused`` when that file can't be read.
    """
    if project is None:
        return []
    known = {canonicalize_name(name) for name in locked}
    found = pyproject.wishes(project, toml(project))
    return [
        project.problem(f"`{entry.name}` is missing from {lock}.", renew, wish.line)
        for wish in found
        for entry in requirements.parse(wish.text)
        if entry.name and entry.name not in known
    ]


def _missing(source: Source, missing: Iterable[Edge], renew: str) -> Iterator[Problem]:
    for name in sorted({edge.name for edge in missing}):
        yield source.problem(f"`{name}` is needed and not in this lock.", renew)


def _asked(edge: Edge) -> str:
    extras = f"[{','.join(sorted(edge.extras))}]" if edge.extras else ""
    return f"{edge.name}{extras}" + (f" ; {edge.marker}" if edge.marker else "")
