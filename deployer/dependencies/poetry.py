"""Poetry's own tables in pyproject.toml: what production needs of them."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from deployer.dependencies import poetry_versions, specs
from deployer.dependencies.documents import Table, table, tables, text
from deployer.dependencies.found import Source
from deployer.dependencies.listed import Wish


def wishes(source: Source, document: Table) -> list[Wish]:
    """``[tool.poetry.dependencies]`` but for Python, the optional ones and the groups.

    Raises ``ValueError`` for a constraint that can't be read.
    """
    found = table(document, "tool", "poetry", "dependencies")
    return [
        wish
        for name, value in found.items()
        if name.lower() != "python"
        for wish in specs.wishes(name, value, line(source, name), poetry_versions.specifier)
    ]


def line(source: Source, name: str) -> int | None:
    """The line on which a table names a package."""
    for number, row in enumerate(source.text.splitlines(), 1):
        key = row.partition("=")[0].strip().strip("\"'")
        if "=" in row and canonicalize_name(key) == canonicalize_name(name):
            return number
    return None


def python(document: Table) -> str:
    """The Python that the project is for: specifiers, alternatives by ``||``."""
    wanted = text(table(document, "tool", "poetry", "dependencies"), "python")
    return "||".join(poetry_versions.alternatives(wanted)) if wanted else ""


def indexes(document: Table) -> list[str]:
    """The addresses of the sources beside the default one."""
    found = tables(table(document, "tool", "poetry"), "source")
    return [text(item, "url") for item in found if text(item, "url")]
