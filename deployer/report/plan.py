"""What was decided before the first write, shown: bundle, app, secrets and variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from deployer.credentials import names
from deployer.model import Backend, Bundle, EnvironmentName, LeftOut
from deployer.report import Names, Report
from deployer.report.markdown import code, fenced, folded, table

TREE_LENGTH: Final = 400


def render_plan(report: Report) -> str:
    """The bundle and what was read from the code, as Markdown; empty without a bundle."""
    if report.bundle is None:
        return ""
    bundle = report.bundle
    parts = [
        "### What was found",
        _found(bundle.backend),
        "### The bundle",
        f"{len(bundle.files)} files, {size(bundle.size)}.",
        folded("Files", fenced(tree({file.path: file.digest.size for file in bundle.files}))),
        _left_out(bundle),
    ]
    return "\n\n".join(part for part in parts if part)


def tree(sizes: Mapping[str, int]) -> str:
    """Paths with sizes in bytes as an indented tree, folders before what is in them."""
    lines = list(_tree_lines(sizes))
    more = [f"… and {len(lines) - TREE_LENGTH} more lines"] if len(lines) > TREE_LENGTH else []
    return "\n".join(lines[:TREE_LENGTH] + more)


def size(count: int) -> str:
    """Bytes as a person reads them."""
    if count == 1:
        return "1 byte"
    number = float(count)
    for unit in ("bytes", "KiB", "MiB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} GiB"


def _tree_lines(sizes: Mapping[str, int]) -> Iterator[str]:
    seen: set[str] = set()
    for path in sorted(sizes):
        parts = path.replace("\n", "\\n").split("/")
        for depth, folder in enumerate(parts[:-1]):
            whole = "/".join(parts[: depth + 1])
            if whole not in seen:
                seen.add(whole)
                yield f"{'  ' * depth}{folder}/"
        yield f"{'  ' * (len(parts) - 1)}{parts[-1]}  {size(sizes[path])}"


def _found(backend: Backend) -> str:
    health = code(backend.health_path) + (
        "" if backend.health_found else " (not found in the code)"
    )
    rows = (
        ("Backend", code(backend.folder)),
        ("App", code(backend.app)),
        ("Python", code(backend.python_version)),
        ("Health path", health),
        ("Port", str(backend.app_port)),
        ("Routes", str(len(backend.routes))),
        ("CORS origins from", code(backend.origins.name) if backend.origins else "not found"),
    )
    return table(("", ""), rows)


def render_environment(report: Report) -> str:
    """Each name that the code reads or the workflow gives, and where it belongs, as Markdown."""
    environment = report.bundle.backend.environment if report.bundle else ()
    read = {each.name: each for each in environment}
    given = report.names
    every = sorted({*read, *given.secrets, *given.variables})
    rows = (
        (code(name), _need(read.get(name)), _kind(name, given), _belongs(name)) for name in every
    )
    return table(("Name", "The code", "Given as", "Belongs to"), rows)


def _need(read: EnvironmentName | None) -> str:
    if read is None:
        return "was not seen to read it"
    place = f" ({code(f'{read.file}:{read.line}')})" if read.file else ""
    without = "can do without" if read.default is None else "has a default"
    return ("needs it" if read.required else without) + place


def _kind(name: str, given: Names) -> str:
    if name in given.secrets:
        return "secret"
    return "variable" if name in given.variables else "—"


def _belongs(name: str) -> str:
    if names.is_sensitive(name) or "DATABASE" in name.upper():
        return "`secrets`"
    if names.is_qdrant_url(name):
        return "`variables` (`secrets` if it holds a key)"
    return "`variables`" if names.is_public(name) else ""


def _left_out(bundle: Bundle) -> str:
    if not bundle.left_out:
        return ""
    rows = (_left(each) for each in bundle.left_out[:TREE_LENGTH])
    return folded(f"Left out ({len(bundle.left_out)})", table(("Path", "Rule", "From"), rows))


def _left(each: LeftOut) -> tuple[str, str, str]:
    return code(each.path), code(each.rule), code(each.origin)
