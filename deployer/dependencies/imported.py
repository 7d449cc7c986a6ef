"""What the app imports or needs, and no requirement brings: warnings, with the line that needs it.

A guess errs on the side of silence: a package may bring along what this file has no row for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import canonicalize_name

from deployer.code.imports import Import
from deployer.code.project import Project
from deployer.dependencies.import_names import (
    BRINGS,
    COMMON,
    DISTRIBUTIONS,
    LEAVES,
    NAMESPACES,
)
from deployer.dependencies.needs import Need, needs
from deployer.dependencies.requirements import Entry
from deployer.dependencies.standard_library import REMOVED, is_standard
from deployer.errors import Notice, Where

MOST = 30  # of one run: more are no oversight, but another kind of manifest


class Provided(Struct, frozen=True, kw_only=True):
    """The distributions of the Space. ``known``: there will be no others for sure."""

    names: frozenset[str]
    known: bool = False

    def has(self, wanted: Iterable[str]) -> bool:
        return bool(self.names & set(wanted))


def provided(entries: Iterable[Entry], also: Iterable[str] = (), *, locked: bool) -> Provided:
    """What ``entries`` bring, as far as is known; ``also`` are names installed beside them."""
    asked = [entry for entry in entries if entry.requirement]
    own: set[str] = {canonicalize_name(name) for name in also} | {e.name for e in asked}
    names = own | {extra for entry in asked for extra in _extras(entry)}
    pending = list(names)
    while pending:
        more = set(BRINGS.get(pending.pop(), ())) - names
        # An extra in the table (`uvicorn[standard]`) stands for the package, too.
        more |= {name.partition("[")[0] for name in more} - names
        names |= more
        pending += more
    # One hash makes pip demand one of every package: then all of them are named.
    hashed = bool(asked) and all(entry.hashed for entry in asked)
    known = locked or hashed or all(name in BRINGS or name in LEAVES for name in own)
    return Provided(names=frozenset(n for n in names if "[" not in n), known=known)


def missing(
    project: Project,
    path: str,
    entries: Iterable[Entry],
    *,
    manifest: str,
    python: tuple[int, int],
    also: Iterable[str] = (),
    locked: bool = False,
) -> tuple[Notice, ...]:
    """A notice for each module and silent need of the app in ``path`` that nothing provides.

    ``manifest`` is the file to add a line to, ``also`` what is installed beside it; ``locked``:
    ``entries`` are all that will be installed. Empty where an entry is a package by its folder:
    what that brings is its own affair.
    """
    entries = tuple(entries)
    if any(entry.is_path for entry in entries):
        return ()
    there = provided(entries, also, locked=locked)
    closure = certain(project, path)
    modules = islice(_modules(project, closure, there, python), MOST)
    found = {need.distributions: need for need in modules}
    for need in needs(project, closure):
        if not there.has(need.distributions):
            found.setdefault(need.distributions, need)
    return tuple(_notice(need, manifest) for need in found.values())


def certain(project: Project, path: str) -> tuple[str, ...]:
    """``path`` and what it surely imports when it starts, in the order of the imports."""
    seen, pending = {path: None}, [path]
    while pending:
        module = project.code.module(current := pending.pop(0))
        for found in module.imports if module else ():
            targets = [] if found.guarded else list(project.targets(current, found))
            new = [target for target in targets if target not in seen]
            seen |= dict.fromkeys(new)
            pending += new
    return tuple(seen)


def _extras(entry: Entry) -> Iterator[str]:
    """``name[extra]``, and the extra's own name: it often is that of what it brings."""
    for extra in entry.requirement.extras if entry.requirement else ():
        yield f"{entry.name}[{canonicalize_name(extra)}]"
        yield canonicalize_name(extra)
        yield f"{entry.name}-{canonicalize_name(extra)}"  # as langchain, opentelemetry … name them


def _modules(
    project: Project, closure: Iterable[str], there: Provided, python: tuple[int, int]
) -> Iterator[Need]:
    own = _own_names(project)
    for path in closure:
        module = project.code.module(path)
        for found in module.imports if module else ():
            top = found.module.partition(".")[0]
            if found.level or found.guarded or not top or top in own or is_standard(top, python):
                continue
            need = _need(found, path, there, python)
            if need is not None:
                yield _spelt_otherwise(need, found, project) or need


def _spelt_otherwise(need: Need, found: Import, project: Project) -> Need | None:
    """An own module in other case: Windows and macOS find it, a Space does not."""
    wanted = found.module.replace(".", "/").lower()
    for path in project.code.paths:
        module = path.removesuffix(".py").removesuffix("/__init__")
        if f"/{module}".lower().endswith(f"/{wanted}"):
            why = f"`{found.module}` is imported here, and the file is called `{path}`."
            hint = "Linux tells capital letters from small ones: write both alike."
            return replace(need, why=why, hint=hint)
    return None


def _own_names(project: Project) -> frozenset[str]:
    """Names of the user's own modules and folders, wherever they lie."""
    parts = (path.removesuffix(".py").split("/") for path in project.code.paths)
    return frozenset(part for path in parts for part in path)


def _need(found: Import, path: str, there: Provided, python: tuple[int, int]) -> Need | None:
    dotted = f"{found.module}.{found.name}" if found.name else found.module
    wanted = distributions(dotted)
    if not wanted or there.has(wanted) or _alike(wanted[0], there.names):
        return None
    top = found.module.partition(".")[0]
    if python >= REMOVED.get(top, (99, 0)):
        version = ".".join(map(str, REMOVED[top]))
        why = f"`{top}` is imported here, and Python has none since {version}."
    elif not there.known and COMMON & set(wanted):
        return None
    else:
        why = f"`{found.module}` is imported here, and no requirement provides it."
    return Need(distributions=wanted, why=why, path=path, line=found.line)


def distributions(dotted: str) -> tuple[str, ...]:
    """The distributions that may hold a module, the likeliest first; none where it is open."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        if held := DISTRIBUTIONS.get(".".join(parts[:end])):
            return tuple(canonicalize_name(name) for name in held)
    if parts[0] == "llama_index" and len(parts) > 2:
        return (canonicalize_name("-".join(parts[:3])),)
    return () if parts[0] in NAMESPACES else (canonicalize_name(parts[0]),)


def _alike(name: str, names: Iterable[str]) -> bool:
    """Whether something is called so nearly like it that it may hold or bring it."""
    return any(
        held.startswith(f"{name}-")
        or held.endswith(f"-{name}")
        or held.replace("-", "") in {f"py{name}", f"python{name}", name.replace("-", "")}
        or re.fullmatch(rf"{re.escape(name)}\d+k?", held)  # fpdf2, newspaper3k
        for held in names
    )


def _notice(need: Need, manifest: str) -> Notice:
    return Notice(
        message=need.why,
        hint=need.hint or f"The app may not start. Add `{need.distributions[0]}` to `{manifest}`.",
        where=Where(file=need.path, line=need.line),
    )


def installed_by_hand(lines: Iterable[str]) -> frozenset[str]:
    """The names that a Dockerfile's ``RUN pip install a b`` installs."""
    words = (word for line in lines if "install" in line for word in line.split())
    return frozenset(
        canonicalize_name(name)
        for word in words
        if (name := word.strip("\"'").partition("[")[0].partition("=")[0].rstrip("<>~!")).isascii()
        and name.replace("-", "").replace("_", "").replace(".", "").isalnum()
    )
