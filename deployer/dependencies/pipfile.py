"""Pipfile and Pipfile.lock, as Pipenv writes them. The lock tells no graph, only the roots do."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from deployer.dependencies import listed, pins, poetry, requirements, specs
from deployer.dependencies.development import is_test_package
from deployer.dependencies.documents import Table, json_object, table, tables, text, texts, toml
from deployer.dependencies.found import Dependencies, Manifest, Source
from deployer.dependencies.pins import Pin
from deployer.dependencies.space import applies
from deployer.errors import Refused, refuse

RENEW = "Run `pipenv lock` and commit Pipfile.lock."


def read(source: Source) -> Manifest:
    """A Pipfile that has no lock. Raises ``Refused`` and ``ValueError``."""
    document = toml(source)
    wishes = [
        wish
        for name, value in table(document, "packages").items()
        for wish in specs.wishes(name, value, poetry.line(source, name), specs.pipenv_specifier)
    ]
    indexes = [text(item, "url") for item in tables(document, "source")]
    return listed.manifest(
        source, "Pipfile", wishes, python=_python(table(document, "requires")), indexes=indexes
    )


def read_lock(source: Source) -> Manifest:
    """The lock's ``default`` packages; their markers are Pipenv's own.

    Raises ``Refused``, and ``ValueError`` for a marker that can't be read.
    """
    document = json_object(source)
    meta = table(document, "_meta")
    if meta.get("pipfile-spec") != 6:
        found = f"Version {meta.get('pipfile-spec')!r} of Pipenv's lock is not known here."
        raise Refused([source.problem(found, RENEW, source.line_of("pipfile-spec"))])
    packages: dict[str, Table] = {
        canonicalize_name(name): value
        for name, value in table(document, "default").items()
        if isinstance(value, dict)
    }
    roots = _roots(source)
    if roots is not None:
        _refuse_forgotten(source, packages, roots)
    tests = {name for name in packages if is_test_package(name, source.needed)}
    dropped = tests if roots is None else tests & roots.keys()
    sources = {text(item, "name"): text(item, "url") for item in tables(meta, "sources")}
    kept = {name: value for name, value in packages.items() if name not in dropped}
    markers = {name: Marker(text(v, "markers")) for name, v in kept.items() if text(v, "markers")}

    def install(python: str) -> Dependencies:
        there = [name for name in kept if applies(markers.get(name), python)]
        return pins.write(source, [_pin(source, n, kept[n], sources) for n in there], dropped)

    return Manifest(
        kind="Pipfile.lock",
        path=source.path,
        asked=requirements.parse("".join(f"{name}\n" for name in kept)),
        names=frozenset(kept),
        python=_python(table(meta, "requires")),
        install=install,
    )


def _roots(source: Source) -> dict[str, int | None] | None:
    """What the Pipfile names, with its line; None without a Pipfile."""
    beside = source.beside("Pipfile")
    if beside is None:
        return None
    names = table(toml(beside), "packages")
    return {canonicalize_name(name): poetry.line(beside, name) for name in names}


def _refuse_forgotten(
    source: Source, packages: Mapping[str, Table], roots: Mapping[str, int | None]
) -> None:
    beside = source.beside("Pipfile")
    if beside is not None:
        refuse(
            beside.problem(f"`{name}` is missing from {source.path}.", RENEW, line)
            for name, line in roots.items()
            if name not in packages
        )


def _python(requires: Table) -> str:
    """``python_version = "3.11"`` means any patch of it."""
    full, version = text(requires, "python_full_version"), text(requires, "python_version")
    minor = ".".join((full or version).split(".")[:2])
    return f"=={minor}.*" if minor.replace(".", "").isdigit() else ""


def _pin(source: Source, name: str, value: Table, sources: Mapping[str, str]) -> Pin:
    line = partial(source.line_of, f'"{name}": {{')
    url = text(value, "file")
    if text(value, "git"):
        url = specs.git_address(value, text(value, "ref"))
    path = text(value, "path") or (url if url and "://" not in url else "")
    return Pin(
        name=name,
        version=text(value, "version").removeprefix("=="),
        url="" if path else url,
        path=path,
        index=sources.get(text(value, "index"), ""),
        hashes=tuple(texts(value, "hashes")),
        line=line(),
    )
