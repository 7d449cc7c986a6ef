"""Where the backend lies: the folder that the user named, ``backend``, or the one that is found."""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath

from deployer.bundle.ignore import IgnoreRules, built_in_rules
from deployer.bundle.listing import folder_rules, list_backend
from deployer.bundle.place import kind_of
from deployer.code.apps import find_apps, is_side, provisional
from deployer.code.files import Code
from deployer.code.source import join
from deployer.errors import Exit, Problem, Refused, Where
from deployer.model import WorkspaceKind
from deployer.ports import Files

MANIFESTS = ("requirements.txt", "pyproject.toml", "Pipfile", "environment.yml", "Dockerfile")
# Words in the names of folders that are the backend, the surest first.
LIKELY = ("backend", "server", "api", "service", "chatbot", "app")
# Folders whose apps are there to be read or tried out, beside those that no search looks at.
SKETCHES = frozenset(
    (
        *("playground", "tutorial", "tutorials", "cookbook", "workshop", "notebook", "sandbox"),
        *("legacy", "deprecated", "poc", "prototype", "prototypes", "e2e", "fixtures", "mocks"),
        *("mock", "stubs", "load_tests", "loadtest"),
    )
)


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
        raise Refused([_wrong(f"The backend folder `{cleaned}` {problem}.", _offer(files))])
    found = candidates(files, rules)
    if len(found) == 1:
        return found[0]
    if exists and not found:
        return cleaned
    state = "holds no FastAPI app" if exists else "does not exist"
    if not found and not any(True for _ in files.walk(".", lambda _: False)):
        raise Refused(
            [_wrong("The repository's folder is empty.", "Run `actions/checkout` before this.")]
        )
    if not found:
        message = f"The folder `{cleaned}` {state}, and no other one holds a FastAPI app."
        raise Refused([_wrong(message, "Set the input `backend` to the backend's folder.")])
    listed = ", ".join(f"`{place}`" for place in found)
    message = f"The folder `{cleaned}` {state}, and these hold a FastAPI app: {listed}."
    raise Refused([_wrong(message, f"Set the input, for example `backend: {found[0]}`.")])


def _uses_fastapi(files: Files, folder: str, rules: IgnoreRules) -> bool:
    """A ``backend`` in another language does not hide the FastAPI service beside it."""
    listing = list_backend(files, folder, folder_rules(files, folder, rules))
    code = Code(files, listing.files)
    return any(code.mentions(path, (b"fastapi", b"FastAPI")) for path in code.paths)


def candidates(files: Files, rules: IgnoreRules) -> list[str]:
    """The folders of the workspace that hold a FastAPI app, the likeliest backend first."""
    listing = list_backend(files, ".", folder_rules(files, ".", rules))
    visible = [path for path in listing.files if not _hidden(path)]
    apps = find_apps(provisional(Code(files, visible), "."))
    apps = tuple(app for app in apps if not app.factory) or apps
    apps = tuple(app for app in apps if not _is_sketch(app.path)) or apps
    return sorted({_home(app.path, set(listing.files)) for app in apps}, key=_unlikeliness)


def elsewhere(files: Files, folder: str) -> str:
    """What to set when ``folder`` holds no app and others do; else nothing."""
    found = [place for place in candidates(files, built_in_rules()) if place != folder]
    listed = ", ".join(f"`{place}`" for place in found)
    return f"A FastAPI app was found in {listed}: set `backend: {found[0]}`." if found else ""


def _unlikeliness(folder: str) -> tuple[int, bool, str]:
    """A name that says it goes first; the repository itself, which holds the others, last."""
    words = re.split(r"[-_./]+", folder.lower())
    ranks = [LIKELY.index(word) for word in words if word in LIKELY]
    return min(ranks, default=len(LIKELY)), folder == ".", folder


def _is_sketch(path: str) -> bool:
    return is_side(".", path) or bool(SKETCHES & set(path.split("/")[:-1]))


def _home(path: str, shipped: set[str]) -> str:
    """The nearest folder above an app with a manifest, else the folder above its package."""
    chain = [str(place) for place in PurePosixPath(path).parents]
    if "package.json" in shipped and len(chain) > 1:
        chain = chain[:-1]  # the root is the frontend's
    for place in chain:
        if any(join(place, name) in shipped for name in MANIFESTS):
            return place
    return next((place for place in chain if join(place, "__init__.py") not in shipped), ".")


def _hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))


def _offer(files: Files) -> str:
    return elsewhere(files, "") or "Set the input `backend`."


def _wrong(message: str, hint: str) -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION, message=message, hint=hint, where=Where(input="backend")
    )
