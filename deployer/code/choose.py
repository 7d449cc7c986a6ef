"""Choosing the one app to run among the candidates, or saying plainly that there is no telling."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from deployer.code.apps import (
    ENTRY_NAMES,
    VARIABLES,
    App,
    app_named,
    find_apps,
    is_side,
    provisional,
)
from deployer.code.files import LONGEST, Code
from deployer.code.forms import used_by
from deployer.code.launch import Launch, self_started
from deployer.code.project import Project
from deployer.code.search_path import search_path, within
from deployer.code.source import join, parent
from deployer.errors import Exit, Problem, Refused, Where

TARGET = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
SHOWN = 5  # names in a message
DOMINANT = 3  # local modules that make an app more than a sketch


class Target(Struct, frozen=True, kw_only=True):
    """The chosen app, why it is this one, and its project. ``module`` is as uvicorn takes it."""

    app: App
    project: Project
    reason: str = ""

    @property
    def module(self) -> str:
        root = self.project.roots[0]
        inside = self.app.path if root == "." else self.app.path[len(root) + 1 :]
        return inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def __str__(self) -> str:
        return f"{self.module}:{self.app.name}"


def choose(code: Code, folder: str, launches: Sequence[Launch], given: str | None) -> Target:
    """The app to run. Raises ``Refused``: none (exit 3), several or a wrong ``app`` (exit 2)."""
    if given is not None:
        return _given(code, folder, given)
    launches = [*launches, *self_started(code)]
    found = find_apps(project := provisional(code, folder))
    # What is brought along from outside may hold another service's app.
    candidates = [app for app in found if within(app.path, folder)] or found
    projects = {path: search_path(project, folder, path) for path in {a.path for a in candidates}}
    targets = [Target(app=app, project=projects[app.path]) for app in candidates]
    left = narrow(targets, folder, launches)
    if not left:
        raise Refused([_none(code, folder)])
    if len(left) > 1:
        raise Refused([_several(left)])
    return replace(left[0], reason=_reason(left[0], targets, folder, launches))


def _reason(chosen: Target, targets: list[Target], folder: str, launches: Sequence[Launch]) -> str:
    for launch in sorted(launches, key=lambda launch: launch.rank):
        if chosen in _named(targets, folder, launch):
            return f"{launch.file}:{launch.line} starts it"
    return "the only one" if len(targets) == 1 else f"the main one of {len(targets)}"


def narrow(targets: list[Target], folder: str, launches: Sequence[Launch]) -> list[Target]:
    """The candidates that nothing speaks against, down to one where the code allows it."""
    left = _unless_empty(targets, [t for t in targets if not is_side(folder, t.app.path)])
    left = _unless_empty(left, [t for t in left if not t.app.factory])
    run = _launched(targets, folder, launches)
    if run:
        left = run
    left = _outermost(left)
    left = _importers(left)
    left = _one_per_file(left)
    if len(left) > 1:
        left = _unless_empty(left, [t for t in left if _stem(t.app.path) in ENTRY_NAMES])
    return left if len(left) < 2 else _dominant(left)


def _unless_empty(before: list[Target], after: list[Target]) -> list[Target]:
    return after or before


def _launched(targets: list[Target], folder: str, launches: Sequence[Launch]) -> list[Target]:
    """The candidates that the best usable commands name."""
    for rank in sorted({launch.rank for launch in launches}):
        of_rank = [launch for launch in launches if launch.rank == rank]
        found = [target for launch in of_rank for target in _named(targets, folder, launch)]
        if found:
            return list(dict.fromkeys(found))
    return []


def _named(targets: list[Target], folder: str, launch: Launch) -> list[Target]:
    """The candidates that one command may mean: the exact module path first."""
    module = launch.module.replace(".", "/")
    named = [t for t in targets if launch.variable in {"", t.app.name}]
    spelled = [(t, _spelled(t.app.path)) for t in named]
    exact = [t for t, path in spelled if path in {module, join(folder, module)}]
    longer = [t for t, path in spelled if f"/{path}".endswith(f"/{module}")]
    return exact or longer or [t for t, path in spelled if f"/{module}".endswith(f"/{path}")]


def _spelled(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__")


def _outermost(targets: list[Target]) -> list[Target]:
    """Drop what another candidate of the same file wraps or mounts."""
    names: dict[str, set[str]] = {}
    for target in targets:
        names.setdefault(target.app.path, set()).add(target.app.name)
    code = targets[0].project.code if targets else None
    inner = {
        (path, name)
        for path, own in names.items()
        if code and (module := code.module(path))
        for name in used_by(module.tree, own)
    }
    return _unless_empty(targets, [t for t in targets if (t.app.path, t.app.name) not in inner])


def _importers(targets: list[Target]) -> list[Target]:
    """Drop what another candidate imports, unless that is only the package's ``__init__``."""
    closures = {t.app.path: set(t.project.closure(t.app.path)) for t in targets}
    imported = {
        path
        for path in closures
        for importer, reached in closures.items()
        if importer != path and path in reached and not _mutual_package(importer, path, closures)
    }
    return _unless_empty(targets, [t for t in targets if t.app.path not in imported])


def _mutual_package(importer: str, path: str, closures: dict[str, set[str]]) -> bool:
    return importer in closures[path] and _stem(importer) == "__init__"


def _one_per_file(targets: list[Target]) -> list[Target]:
    """Of several names in one file, the one that people use."""
    best: dict[str, Target] = {}
    for target in targets:
        held = best.get(target.app.path)
        if held is None or _habit(target.app.name) < _habit(held.app.name):
            best[target.app.path] = target
    return list(best.values())


def _habit(name: str) -> int:
    return VARIABLES.index(name) if name in VARIABLES else len(VARIABLES)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".py")


def _dominant(targets: list[Target]) -> list[Target]:
    """The one app that the rest of the code hangs on, if the others are sketches beside it."""
    sized = sorted(targets, key=lambda t: -_size(t))
    first, second = _size(sized[0]), _size(sized[1])
    return sized[:1] if first >= DOMINANT and first >= 2 * second else targets


def _size(target: Target) -> int:
    return len(target.project.closure(target.app.path))


def _given(code: Code, folder: str, given: str) -> Target:
    """The app of the input ``app``, checked as far as reading allows."""
    if not TARGET.fullmatch(given):
        message = f"`{given}` is not an app as uvicorn takes it."
        raise Refused([_wrong_app(message, "Write `module:variable`, like `app.main:app`.")])
    module, _, variable = given.partition(":")
    above = [folder, *_ancestors(folder)]
    below = sorted(
        {parent(path) for path in code.paths} - {folder}, key=lambda p: (p.count("/"), p)
    )
    for root in [*above, *below]:
        path = code.locate(module, root)
        if path is None:
            continue
        found = search_path(provisional(code, folder), folder, path)
        project = found.searching(root, *(other for other in found.roots if other != root))
        app = app_named(project, path, variable)
        if app is None:
            message = f"`{path}` defines no `{variable}`."
            raise Refused([_wrong_app(message, _known(code, folder))])
        return Target(app=app, project=project, reason="the input app")
    message = f"There is no module `{module}` in `{folder}`."
    raise Refused([_wrong_app(message, _known(code, folder))])


def _ancestors(folder: str) -> list[str]:
    chain = [] if folder == "." else [parent(folder)]
    while chain and chain[-1] != ".":
        chain.append(parent(chain[-1]))
    return chain


def _known(code: Code, folder: str) -> str:
    project = provisional(code, folder)
    targets = [
        str(Target(app=app, project=search_path(project, folder, app.path)))
        for app in find_apps(project)
    ]
    return f"Found instead: {', '.join(f'`{t}`' for t in targets)}." if targets else ""


def _wrong_app(message: str, hint: str) -> Problem:
    return Problem(exit=Exit.CONFIGURATION, message=message, hint=hint, where=Where(input="app"))


def _several(targets: list[Target]) -> Problem:
    listed = ", ".join(f"`{t}` ({t.app.path}:{t.app.line})" for t in targets)
    return _wrong_app(
        f"Several ASGI apps, and nothing says which one to run: {listed}.",
        f"Set the input, for example `app: {targets[0]}`.",
    )


def _none(code: Code, folder: str) -> Problem:
    why = f"Python files read: {len(code.paths)}." if code.paths else "No Python file in it ships."
    hint = "Define one at module level (`app = FastAPI()`), or name it with the input `app`."
    if not code.paths:
        hint = "Set `backend` to the app's folder, and see that no `ignore` rule takes its code."
    unread = ", ".join(f"`{path}`" for path in code.too_long[:SHOWN])
    if unread:
        why += f" Not read, longer than {LONGEST // 1000} kB: {unread}."
    return Problem(
        exit=Exit.BUNDLE,
        message=f"No FastAPI app was found in `{folder}`. {why}",
        hint=hint,
        where=Where(file=folder),
    )
