"""pyproject.toml: PEP 621's dependencies, Poetry's, or those of a file that it names.

Optional dependencies and groups are left, unless the app's framework stands nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.dependency_groups import resolve_dependency_groups
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deployer.dependencies import listed, poetry, specs
from deployer.dependencies.documents import Table, items, table, tables, text, texts, toml
from deployer.dependencies.found import Manifest, Source
from deployer.dependencies.listed import Wish
from deployer.errors import Notice, Problem, Refused, refuse

POETRY, STANDARD = "Poetry's pyproject.toml", "pyproject.toml"


def read(source: Source) -> Manifest | None:
    """What the project asks for; None when it declares no dependencies here.

    Raises ``Refused``, and ``ValueError`` for a requirement that can't be read.
    """
    document = toml(source)
    found = wishes(source, document)
    groups = [] if _has_app(source, found) else list(_with_app(source, document))
    if not declares(document) and not groups:
        return None
    refuse(_of_workspace(source, document, found))
    kind = POETRY if table(document, "tool", "poetry") else STANDARD
    return listed.manifest(
        source,
        kind,
        [*found, *(wish for _, group in groups for wish in group)],
        python=python(document),
        indexes=[*poetry.indexes(document), *_uv_indexes(document)],
        notices=tuple(_taken(source, name) for name, _ in groups),
    )


def declares(document: Table) -> bool:
    """Whether the dependencies stand in the file itself."""
    standard = isinstance(table(document, "project").get("dependencies"), list)
    return standard or bool(table(document, "tool", "poetry", "dependencies"))


def wishes(source: Source, document: Table) -> list[Wish]:
    """What production needs, each once; Poetry's table says where a package comes from."""
    standard = [
        wish
        for item in texts(table(document, "project"), "dependencies")
        for wish in _standard(source, document, item)
    ]
    if any(name for name in table(document, "tool", "poetry", "dependencies") if name != "python"):
        more = poetry.wishes(source, document)
        told = {_name(wish) for wish in more if "@" in wish.text or wish.path}
        standard = [wish for wish in standard if _name(wish) not in told]
        known = {_name(wish) for wish in standard}
        standard += [wish for wish in more if wish.path or _name(wish) not in known]
    return standard


def names(source: Source) -> frozenset[str]:
    """The distributions that a project asks for; none where its file can't be read."""
    try:
        return frozenset(_name(wish) for wish in wishes(source, toml(source)))
    except (Refused, ValueError, RecursionError):
        return frozenset()


def python(document: Table) -> str:
    """``requires-python``, or Poetry's ``python``."""
    try:
        return text(table(document, "project"), "requires-python") or poetry.python(document)
    except ValueError:
        return ""


def dynamic_files(document: Table) -> list[str]:
    """The requirements files that setuptools or hatch take the dependencies from."""
    setuptools = table(document, "tool", "setuptools", "dynamic", "dependencies")
    hatch = table(document, "tool", "hatch", "metadata", "hooks", "requirements_txt")
    return [*texts(setuptools, "file"), *texts(hatch, "files"), *texts(hatch, "filename")]


def _standard(source: Source, document: Table, item: str) -> Iterator[Wish]:
    requirement = Requirement(item)
    line = source.line_of(item) or source.line_of(requirement.name)
    wish = Wish(text=str(requirement), line=line)
    sources = table(document, "tool", "uv", "sources")
    for name, value in sources.items():
        if canonicalize_name(name) == canonicalize_name(requirement.name):
            yield from _from_uv(requirement, value, wish)
            return
    yield wish


def _from_uv(requirement: Requirement, value: object, wish: Wish) -> Iterator[Wish]:
    """Where ``[tool.uv.sources]`` takes a package from."""
    for spec in items({"value": value}, "value"):
        if not isinstance(spec, dict) or text(spec, "index") or spec.get("workspace"):
            yield wish
            return
        extras = {"extras": sorted(requirement.extras)}
        marker = " and ".join(
            f"({part})" for part in (str(requirement.marker or ""), text(spec, "marker")) if part
        )
        told = {**spec, **extras, "markers": marker}
        yield from specs.wishes(requirement.name, told, wish.line, specs.pipenv_specifier)


def _of_workspace(source: Source, document: Table, found: list[Wish]) -> Iterator[Problem]:
    """What comes from another member of uv's workspace, which stands in no index."""
    sources = table(document, "tool", "uv", "sources")
    members = {
        canonicalize_name(name)
        for name, spec in sources.items()
        if isinstance(spec, dict) and spec.get("workspace") is True
    }
    for wish in found:
        if _name(wish) in members:
            why = f"`{_name(wish)}` comes from uv's workspace, which only uv.lock resolves."
            yield source.problem(why, "Commit uv.lock.", wish.line)


def _uv_indexes(document: Table) -> list[str]:
    uv = table(document, "tool", "uv")
    found = [text(item, "url") for item in tables(uv, "index")]
    return [item for item in (*found, *texts(uv, "extra-index-url")) if item]


def _has_app(source: Source, found: list[Wish]) -> bool:
    return any(_name(wish) in source.app for wish in found)


def _with_app(source: Source, document: Table) -> Iterator[tuple[str, list[Wish]]]:
    """The first extra or group that names the framework, when the main list does not."""
    for name in table(document, "project", "optional-dependencies"):
        lines = texts(table(document, "project", "optional-dependencies"), name)
        group = [wish for item in lines for wish in _standard(source, document, item)]
        if _has_app(source, group):
            yield f"extra `{name}`", group
            return
    groups = table(document, "dependency-groups")
    for name in groups:
        group = [Wish(text=item) for item in _group(groups, name)]
        if _has_app(source, group):
            yield f"group `{name}`", group
            return


def _group(groups: Table, name: str) -> tuple[str, ...]:
    try:
        return resolve_dependency_groups(groups, name)
    except (ExceptionGroup, LookupError, TypeError) as error:
        raise ValueError(f"the dependency group `{name}` can't be read") from error


def _taken(source: Source, name: str) -> Notice:
    return Notice(
        message=f"The {name} is installed, too: the app's framework stands only there.",
        where=source.where(),
        warning=False,
    )


def _name(wish: Wish) -> str:
    return canonicalize_name(Requirement(wish.text).name) if wish.text else ""
