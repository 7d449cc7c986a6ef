"""poetry.lock, all that Poetry 1.0 to 2.x wrote: walked from the project's main dependencies.

Lock versions: 1.0/1.1 (`category`, hashes in `[metadata]`), 2.0 (hashes beside the package), 2.1
(`groups` and `markers` of each package). It is
Poetry's own: packages/locker.py of https://github.com/python-poetry/poetry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from deployer.dependencies import locks, poetry_versions
from deployer.dependencies.documents import Table, items, table, tables, text, texts, toml
from deployer.dependencies.found import Manifest, Source
from deployer.dependencies.graph import Edge, Graph, Node
from deployer.dependencies.pins import Pin
from deployer.errors import Refused, refuse

KNOWN = re.compile(r"1\.[01]|2\.[01]")
RENEW = "Run `poetry lock` and commit poetry.lock."


def read(source: Source) -> Manifest:
    """The main dependencies' part of the lock.

    Raises ``Refused``, and ``ValueError`` for a marker or version that can't be read.
    """
    document = toml(source)
    meta = table(document, "metadata")
    version = text(meta, "lock-version") or "1.0"
    if not KNOWN.fullmatch(version):
        found = f"Version {version!r} of Poetry's lock is not known here."
        raise Refused([source.problem(found, RENEW, source.line_of("lock-version"))])
    packages = [item for item in tables(document, "package") if text(item, "name")]
    graph = Graph.of(_node(source, package, meta) for package in packages)
    return locks.manifest(
        source,
        kind="poetry.lock",
        graph=graph,
        roots=_roots(source, packages, graph),
        python="||".join(poetry_versions.alternatives(text(meta, "python-versions"))),
        renew=RENEW,
    )


def _roots(source: Source, packages: Iterable[Table], graph: Graph) -> list[Edge]:
    """What pyproject.toml asks for; without one, all that the lock counts as main."""
    project = source.beside("pyproject.toml")
    if project is not None:
        refuse(locks.forgotten(project, graph.nodes, source.path, RENEW))
        return list(_project_roots(project))
    main = [package for package in packages if _is_main(package)]
    if not main:
        hint = "Commit it beside the lock."
        raise Refused([source.problem("This lock tells nothing without its pyproject.toml.", hint)])
    return [Edge(name=canonicalize_name(text(item, "name"))) for item in main]


def _project_roots(project: Source) -> Iterator[Edge]:
    document = toml(project)
    own = table(document, "tool", "poetry", "dependencies")
    for name, value in own.items():
        if name.lower() != "python":
            yield from _edges(name, value, {})
    known = {canonicalize_name(name) for name in own}
    for item in texts(table(document, "project"), "dependencies"):
        requirement = Requirement(item)
        name = canonicalize_name(requirement.name)
        if name not in known or requirement.extras:
            yield Edge(
                name=name,
                extras=frozenset(requirement.extras),
                marker=requirement.marker,
                versions=requirement.specifier,
            )


def _is_main(package: Table) -> bool:
    """Whether a package is no development dependency, as far as the lock itself says."""
    main = text(package, "category") == "main" or "main" in texts(package, "groups")
    return main and package.get("optional") is not True


def _node(source: Source, package: Table, meta: Table) -> Node:
    extras = {extra: _names(package, extra) for extra in table(package, "extras")}
    edges = [
        edge
        for name, value in table(package, "dependencies").items()
        for edge in _edges(name, value, extras)
    ]
    return Node(pin=_pin(source, package, meta), edges=tuple(edges), markers=_markers(package))


def _markers(package: Table) -> tuple[Marker, ...]:
    """The conditions of lock 2.1 for the main group. Extras are the walk's business."""
    given = package.get("markers")
    main = text(given, "main") if isinstance(given, dict) else given
    if not isinstance(main, str) or not main or "extra" in main:
        return ()
    return (Marker(main),)


def _names(package: Table, extra: str) -> set[str]:
    found: set[str] = set()
    for item in texts(table(package, "extras"), extra):
        try:
            found.add(canonicalize_name(Requirement(item).name))
        except InvalidRequirement:  # `name (>=1,<2)` of old locks may hold Poetry's own signs
            found.add(canonicalize_name(item.partition(" ")[0].partition("[")[0]))
    return found


def _edges(name: str, value: object, extras: dict[str, set[str]]) -> Iterator[Edge]:
    """The needs that an entry stands for; an optional one is a need of the extras that name it."""
    for spec in items({"value": value}, "value"):
        if isinstance(spec, str):
            yield _edge(name, {"version": spec}, "")
        elif isinstance(spec, dict):
            optional = spec.get("optional") is True
            normal = canonicalize_name(name)
            asking = [extra for extra, names in extras.items() if normal in names]
            for extra in asking if optional else [""]:
                yield _edge(name, spec, extra)


def _edge(name: str, spec: Table, when: str) -> Edge:
    found = [part for part in (text(spec, "markers"),) if part]
    if text(spec, "python"):
        condition = poetry_versions.marker(text(spec, "python"))
        found += [condition] if condition else []
    if text(spec, "platform"):
        found.append(f'sys_platform == "{text(spec, "platform")}"')
    marker = " and ".join(f"({part})" for part in found)
    versions = poetry_versions.alternatives(text(spec, "version"))
    return Edge(
        name=canonicalize_name(name),
        extras=frozenset(texts(spec, "extras")),
        marker=Marker(marker) if marker else None,
        when=when,
        versions=SpecifierSet(versions[0]) if len(versions) == 1 else None,
    )


def _pin(source: Source, package: Table, meta: Table) -> Pin:
    name = text(package, "name")
    origin = table(package, "source")
    kind, address = text(origin, "type"), text(origin, "url")
    own = tables(package, "files") or tables(table(meta, "files"), name)
    hashes = [text(item, "hash") for item in own]
    hashes += [f"sha256:{digest}" for digest in texts(table(meta, "hashes"), name)]
    url = address if kind == "url" else ""
    if kind == "git":
        below = text(origin, "subdirectory")
        commit = text(origin, "resolved_reference") or text(origin, "reference")
        url = f"git+{address}@{commit}" + (f"#subdirectory={below}" if below else "")
    return Pin(
        name=canonicalize_name(name),
        version=text(package, "version"),
        url=url,
        path=address if kind in {"directory", "file"} else "",
        index=address if kind == "legacy" else "",
        hashes=tuple(digest for digest in hashes if digest.startswith("sha256:")),
        line=source.line_of(f'name = "{name}"'),
    )
