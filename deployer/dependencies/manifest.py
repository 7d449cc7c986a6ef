"""Which manifest the Space installs from, and what of it ships.

The first that names the app's framework is taken: of the backend's folder, then of those above.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet

from deployer.code.source import join
from deployer.dependencies import kinds, server
from deployer.dependencies.brought import OwnInstall, of_dockerfile, untouched
from deployer.dependencies.found import Chosen, Dependencies, Source
from deployer.dependencies.imported import provided
from deployer.dependencies.pins import STANDARD
from deployer.dependencies.space import environment
from deployer.errors import Exit, Notice, Problem, Refused, Where
from deployer.ports import Files

__all__ = ["Chosen", "Dependencies", "OwnInstall", "find_manifest", "install"]

FRAMEWORKS = frozenset(
    {"fastapi", "starlette", "litestar", "quart", "sanic", "blacksheep", "django", "falcon"}
)


def find_manifest(
    files: Files, folder: str, needed: frozenset[str], own: OwnInstall | None = None
) -> Chosen | None:
    """The manifest. None only when the backend's own Dockerfile needs none of ours.

    ``needed`` are the top names that the app imports. Raises ``Refused`` (exit 3) when there is
    none, or when the one to take can't be read.
    """
    about = Source(
        files=files,
        path=join(folder, STANDARD),
        content=b"",
        backend=folder,
        needed=needed,
        app=_framework(needed),
        made=own is None,
    )
    if own is not None:
        return of_dockerfile(about, own)
    return _first(about)


def _framework(needed: frozenset[str]) -> frozenset[str]:
    """The distributions of which a complete manifest names one; FastAPI brings Starlette."""
    if "fastapi" in needed or not needed & FRAMEWORKS:
        return frozenset({"fastapi"})
    return needed & FRAMEWORKS | ({"fastapi"} if "starlette" in needed else frozenset())


def install(chosen: Chosen, python: str) -> Dependencies:
    """What the Space installs with this Python. Raises ``Refused`` (exit 3)."""
    manifest, source = chosen.manifest, chosen.source
    found = untouched(chosen, python) if chosen.as_it_is else manifest.install(python)
    found = replace(found, manifest=manifest.path, kind=manifest.kind, reason=chosen.reason)
    if chosen.as_it_is:
        return found
    if source.made:
        found = server.with_server(found, source)
    return replace(found, notices=(*found.notices, *_remarks(chosen, found, python)))


def _first(about: Source) -> Chosen:
    """The first that names the framework, else the first that names anything, else the first."""
    seen: list[Chosen] = []
    late: list[Problem] = []
    for kind, source in kinds.candidates(about):
        try:
            manifest = kinds.read(kind, source)
        except Refused as refused:
            if not kind.last_resort:
                raise
            late += refused.problems
            continue
        if manifest is None:
            continue
        chosen = Chosen(source=source, manifest=manifest, reason="")
        if _has_app(chosen):
            return replace(chosen, reason=_reason(about, seen))
        seen.append(chosen)
    if late and not any(chosen.manifest.names for chosen in seen):
        raise Refused(late)
    if not seen:
        raise Refused([_no_manifest(about.backend)])
    best = next((chosen for chosen in seen if chosen.manifest.names), seen[0])
    return replace(best, reason="no other manifest names the framework either")


def _has_app(chosen: Chosen) -> bool:
    brought = provided(chosen.manifest.asked, chosen.manifest.names, locked=False)
    return brought.has(chosen.source.app)


def _reason(about: Source, passed: Iterable[Chosen]) -> str:
    app = " or ".join(sorted(about.app))
    names = list(dict.fromkeys(f"`{chosen.manifest.path}`" for chosen in passed))
    if names:
        verb = "does" if len(names) == 1 else "do"
        return f"the first that names {app}; {', '.join(names)} {verb} not"
    return f"the first that names {app}"


def _remarks(chosen: Chosen, found: Dependencies, python: str) -> Iterator[Notice]:
    manifest = chosen.manifest
    where = Where(file=manifest.path)
    usual = join(chosen.source.backend, STANDARD)
    if manifest.path != usual:
        yield Notice(
            message=f"The Space installs from `{manifest.path}`: {chosen.reason}.",
            where=where,
            warning=False,
        )
    if found.removed:
        names = ", ".join(found.removed)
        yield Notice(
            message=f"Left out of the Space's requirements: {names}.", where=where, warning=False
        )
    if manifest.python and not _allows(manifest.python, python):
        yield Notice(
            message=f"`{manifest.path}` is for Python {manifest.python}, the Space has {python}.",
            hint="Set `python-version` to one that it allows.",
            where=where,
        )


def _allows(wanted: str, python: str) -> bool:
    full = environment(python)["python_full_version"]
    try:
        return any(SpecifierSet(part).contains(full) for part in wanted.split("||"))
    except ValueError:
        return True


def _no_manifest(folder: str) -> Problem:
    return Problem(
        exit=Exit.BUNDLE,
        message=f"`{folder}` declares no dependencies: there is no requirements.txt, pyproject.toml"
        " or lock file that can be read.",
        hint="Add a requirements.txt that names fastapi, uvicorn and what the app imports.",
        where=Where(file=join(folder, STANDARD)),
    )
