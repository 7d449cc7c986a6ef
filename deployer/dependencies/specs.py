"""One dependency as Poetry and Pipenv write it: a version, a table, or a list of tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deployer.dependencies import poetry_versions
from deployer.dependencies.documents import Table, text, texts
from deployer.dependencies.listed import Wish

MARKERS = ("sys_platform", "os_name", "platform_machine", "python_version", "platform_system")


def pipenv_specifier(version: str) -> str:
    """Pipenv's versions are PEP 440's, and a star."""
    return "" if version.strip() == "*" else version.strip()


def wishes(
    name: str, value: object, line: int | None, specifier: Callable[[str], str]
) -> Iterator[Wish]:
    """The requirements that a table's entry stands for; none for an optional one.

    Raises ``ValueError`` for a version that can't be read.
    """
    if isinstance(value, str):
        yield Wish(text=f"{name}{specifier(value)}", line=line)
    elif isinstance(value, dict):
        if value.get("optional") is not True:
            yield _of_table(name, value, line, specifier)
    elif isinstance(value, list):
        for item in value:
            yield from wishes(name, item, line, specifier) if not isinstance(item, list) else ()


def git_address(spec: Table, revision: str) -> str:
    """pip's address of a git repository at a revision."""
    url = text(spec, "git")
    url = f"https://github.com/{url}" if "/" in url and "://" not in url and "@" not in url else url
    at = f"@{revision}" if revision else ""
    below = text(spec, "subdirectory")
    return f"git+{url.removeprefix('git+')}{at}" + (f"#subdirectory={below}" if below else "")


def _of_table(name: str, spec: Table, line: int | None, specifier: Callable[[str], str]) -> Wish:
    path = text(spec, "path")
    marker = " and ".join(_markers(spec))
    extras = texts(spec, "extras")
    wanted = f"{name}[{','.join(sorted(extras))}]" if extras else name
    if path:
        return Wish(path=path, line=line)
    address = text(spec, "url")
    file = text(spec, "file")
    if file and "://" not in file:
        return Wish(path=file, line=line)
    if text(spec, "git"):
        revision = next(
            filter(None, (text(spec, key) for key in ("rev", "ref", "tag", "branch"))), ""
        )
        address = git_address(spec, revision)
    address = address or file
    if address:
        return Wish(text=f"{wanted} @ {address}" + (f" ; {marker}" if marker else ""), line=line)
    version = text(spec, "version")
    found = f"{wanted}{specifier(version) if version else ''}"
    return Wish(text=found + (f" ; {marker}" if marker else ""), line=line)


def _markers(spec: Table) -> Iterator[str]:
    if text(spec, "markers"):
        yield f"({text(spec, 'markers')})"
    if text(spec, "python"):
        found = poetry_versions.marker(text(spec, "python"))
        yield from [f"({found})"] if found else []
    if text(spec, "platform"):
        yield f'sys_platform == "{text(spec, "platform")}"'
    for key in MARKERS:  # Pipenv's short form: sys_platform = "== 'linux'"
        if text(spec, key):
            yield f"{key} {text(spec, key)}"
