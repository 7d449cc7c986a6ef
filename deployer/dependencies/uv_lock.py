"""uv.lock: the graph that uv resolved, walked from the project that is the backend.

Format: version 1 with revisions, described at https://docs.astral.sh/uv/concepts/projects/layout/.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, urlsplit

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from deployer.code.search_path import within
from deployer.dependencies import addresses, locks
from deployer.dependencies.documents import Table, items, table, tables, text, texts, toml
from deployer.dependencies.found import Manifest, Source
from deployer.dependencies.graph import Edge, Graph, Node
from deployer.dependencies.pins import Pin
from deployer.errors import Problem, Refused, refuse

RENEW = "Run `uv lock` and commit uv.lock."
OWN = ("editable", "virtual", "directory")


def read(source: Source) -> Manifest:
    """The lock for the project that is the backend.

    Raises ``Refused``, and ``ValueError`` for a marker that can't be read.
    """
    document = toml(source)
    if document.get("version") != 1:
        raise Refused([_unknown(source, document.get("version"))])
    packages = [item for item in tables(document, "package") if text(item, "name")]
    project = _project(source, packages)
    if project is None:
        raise Refused([source.problem("No project in this lock holds the backend.", RENEW)])
    refuse(_forgotten(source, document, project))
    refuse(_guarded(source, packages))
    lines = _lines(source)
    graph = Graph.of(_node(package, lines) for package in packages)
    return locks.manifest(
        source,
        kind="uv.lock",
        graph=graph,
        roots=[*_edges(items(project, "dependencies")), *_extra_with_app(source, project)],
        python=text(document, "requires-python"),
        renew=RENEW,
    )


def _unknown(source: Source, version: object) -> Problem:
    return source.problem(
        f"Version {version!r} of uv's lock is not known here.",
        "Export it: `uv export --no-dev -o requirements.txt`.",
        source.line_of("version"),
    )


def _project(source: Source, packages: Iterable[Table]) -> Table | None:
    """The workspace member that is the backend, or holds it; else one that needs the framework."""
    own = [(home, item) for item in packages if (home := _home(source, item)) is not None]
    around = [(home, item) for home, item in own if within(source.backend, home)]
    holder = max(around, key=lambda pair: len(pair[0].strip(".")))[1] if around else None
    if holder is not None and _needs(holder) & (
        source.app | {text(item, "name") for _, item in own}
    ):
        return holder
    # The root of a workspace often asks for nothing itself.
    return next((item for _, item in own if source.app & _needs(item)), holder)


def _needs(package: Table) -> set[str]:
    return {text(need, "name") for need in tables(package, "dependencies")}


def _home(source: Source, package: Table) -> str | None:
    """The folder of a package that is part of the repository; None for all others."""
    origin = table(package, "source")
    for key in OWN:
        if text(origin, key):
            return posixpath.normpath(posixpath.join(source.folder, text(origin, key)))
    return None


def _guarded(source: Source, packages: Iterable[Table]) -> Iterator[Problem]:
    """Packages from an index that the project says wants credentials."""
    project = source.beside("pyproject.toml")
    indexes = tables(table(toml(project), "tool", "uv"), "index") if project else []
    closed = {text(index, "url") for index in indexes if text(index, "authenticate") == "always"}
    for package in packages:
        if text(table(package, "source"), "registry") in closed - {""}:
            name = text(package, "name")
            line = source.line_of(f'name = "{name}"')
            message, hint = addresses.PRIVATE_REFUSED
            yield source.problem(f"`{name}`: {message}", hint, line)


def _forgotten(source: Source, document: Table, project: Table) -> list[Problem]:
    if table(document, "manifest").keys() & {"overrides", "excludes"}:
        return []  # what is overridden may be locked nowhere
    home = _home(source, project) or source.folder
    beside = source.beside(posixpath.relpath(posixpath.join(home, "pyproject.toml"), source.folder))
    told = [text(item, "name") for item in tables(table(project, "metadata"), "requires-dist")]
    direct = [text(item, "name") for item in tables(project, "dependencies")]
    extras = table(project, "optional-dependencies").values()
    optional = [text(item, "name") for group in extras for item in tables({"x": group}, "x")]
    return locks.forgotten(beside, [*told, *direct, *optional], source.path, RENEW)


def _extra_with_app(source: Source, project: Table) -> Iterator[Edge]:
    """An extra or group that names the framework, when the main list does not."""
    main = {text(need, "name") for need in tables(project, "dependencies")}
    if main & source.app:
        return
    for kind in ("optional-dependencies", "dev-dependencies"):
        for needs in table(project, kind).values():
            edges = list(_edges(needs if isinstance(needs, list) else []))
            if source.app & {edge.name for edge in edges}:
                yield from edges
                return


def _node(package: Table, lines: dict[tuple[str, str], int]) -> Node:
    edges = list(_edges(items(package, "dependencies")))
    for extra, needs in table(package, "optional-dependencies").items():
        edges += _edges(needs if isinstance(needs, list) else [], extra)
    return Node(
        pin=_pin(package, lines),
        edges=tuple(edges),
        markers=tuple(Marker(item) for item in texts(package, "resolution-markers")),
    )


def _edges(needs: Iterable[object], when: str = "") -> Iterator[Edge]:
    for need in needs:
        if isinstance(need, dict) and text(need, "name"):
            yield Edge(
                name=canonicalize_name(text(need, "name")),
                extras=frozenset(texts(need, "extra")),
                marker=Marker(text(need, "marker")) if text(need, "marker") else None,
                version=text(need, "version"),
                when=when,
            )


def _pin(package: Table, lines: dict[tuple[str, str], int]) -> Pin:
    name, version = text(package, "name"), text(package, "version")
    origin = table(package, "source")
    artifacts = [table(package, "sdist"), *tables(package, "wheels")]
    index = text(origin, "registry")
    local = next((text(origin, key) for key in (*OWN, "path") if text(origin, key)), "")
    remote = "://" in index or not index
    return Pin(
        name=canonicalize_name(name),
        version=version,
        url=_git(text(origin, "git")) if text(origin, "git") else text(origin, "url"),
        path=local if remote else f"{index}/{name}-{version}",
        index=index if remote else "",
        hashes=tuple(text(item, "hash") for item in artifacts if text(item, "hash")),
        line=lines.get((name, version)) or lines.get((name, "")),
    )


def _git(address: str) -> str:
    """``https://host/a?rev=x&subdirectory=y#commit`` as pip writes it."""
    parts = urlsplit(address)
    below = parse_qs(parts.query).get("subdirectory", [""])[0]
    plain = parts._replace(query="", fragment="").geturl()
    at = f"@{parts.fragment}" if parts.fragment else ""
    return f"git+{plain}{at}" + (f"#subdirectory={below}" if below else "")


def _lines(source: Source) -> dict[tuple[str, str], int]:
    """The line of each package by its name and version, and by its name alone."""
    found: dict[tuple[str, str], int] = {}
    name, start = "", 0
    for number, line in enumerate(source.text.splitlines(), 1):
        if line.startswith('name = "'):
            name, start = line[8:].rstrip('"'), number
            found.setdefault((name, ""), number)
        elif line.startswith('version = "') and name:
            found[name, line[11:].rstrip('"')] = start
    return found
