"""Where the backend lies: the folder that the user named, ``backend``, or the one that is found."""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath

from deployer.bundle.ignore import IgnoreRules
from deployer.bundle.listing import folder_rules, list_backend
from deployer.code.apps import find_apps, is_side, provisional
from deployer.code.source import Code, join, parent
from deployer.errors import Exit, Problem, Refused, Where
from deployer.model import WorkspaceKind
from deployer.ports import Files

MANIFESTS = ("requirements.txt", "pyproject.toml", "Pipfile", "environment.yml", "Dockerfile")


def find_folder(files: Files, folder: str, *, given: bool, rules: IgnoreRules) -> str:
    """The backend folder. Raises ``Refused`` (exit 2) for a wrong one or several."""
    cleaned = posixpath.normpath(folder.strip() or ".")
    if cleaned.startswith(("/", "..")) or "\\" in folder:
        raise Refused(
            [_wrong(f"`{folder}` leads outside the workspace.", "Give a folder inside it.")]
        )
    exists = kind_of(files, cleaned) is WorkspaceKind.FOLDER
    if exists and (given or _uses_fastapi(files, cleaned, rules)):
        return cleaned
    if given:
        problem = "is not a folder" if kind_of(files, cleaned) else "does not exist"
        raise Refused([_wrong(f"The backend folder `{cleaned}` {problem}.", _offer(files, rules))])
    found = candidates(files, rules)
    if exists and len(found) != 1:
        return cleaned
    if not found:
        message = f"There is no folder `{cleaned}`, and no FastAPI app anywhere in the repository."
        raise Refused([_wrong(message, "Set the input `backend` to the backend's folder.")])
    if len(found) > 1:
        listed = ", ".join(f"`{place}`" for place in found)
        message = (
            f"There is no folder `{cleaned}`, and several folders hold a FastAPI app: {listed}."
        )
        raise Refused([_wrong(message, f"Set the input, for example `backend: {found[0]}`.")])
    return found[0]


def _uses_fastapi(files: Files, folder: str, rules: IgnoreRules) -> bool:
    """A ``backend`` in another language does not hide the FastAPI service beside it."""
    listing = list_backend(files, folder, folder_rules(files, folder, rules))
    code = Code(files, listing.files)
    return any(code.mentions(path, (b"fastapi", b"FastAPI")) for path in code.paths)


def candidates(files: Files, rules: IgnoreRules) -> list[str]:
    """The folders of the workspace that hold a FastAPI app, sorted."""
    listing = list_backend(files, ".", folder_rules(files, ".", rules))
    visible = [path for path in listing.files if not _hidden(path)]
    apps = find_apps(provisional(Code(files, visible), "."))
    apps = tuple(app for app in apps if not app.factory) or apps
    apps = tuple(app for app in apps if not is_side(".", app.path)) or apps
    return sorted({_home(app.path, set(listing.files)) for app in apps})


def kind_of(files: Files, path: str) -> WorkspaceKind | None:
    """What ``path`` is; None when there is nothing."""
    if path == ".":
        return WorkspaceKind.FOLDER
    above = parent(path)
    if above != "." and kind_of(files, above) is not WorkspaceKind.FOLDER:
        return None
    entries = files.walk(above, lambda _: False)
    return next((entry.kind for entry in entries if entry.path == path), None)


def _home(path: str, shipped: set[str]) -> str:
    """The nearest folder above an app with a manifest, else the folder above its package."""
    chain = [str(place) for place in PurePosixPath(path).parents]
    for place in chain:
        if any(join(place, name) in shipped for name in MANIFESTS):
            return place
    return next((place for place in chain if join(place, "__init__.py") not in shipped), ".")


def _hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))


def _offer(files: Files, rules: IgnoreRules) -> str:
    found = candidates(files, rules)
    listed = ", ".join(f"`{place}`" for place in found)
    return f"A FastAPI app was found in {listed}." if found else "Set the input `backend`."


def _wrong(message: str, hint: str) -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION, message=message, hint=hint, where=Where(input="backend")
    )
