"""Whether a brought Dockerfile can start the app at all; one that can't is set aside."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from deployer.bundle.brought import matches
from deployer.bundle.context import NO_PYTHON, STARTS_PYTHON, Build
from deployer.bundle.reading import Reading, read_backend
from deployer.bundle.request import BundleRequest
from deployer.code.launch import SCRIPT, commands
from deployer.code.search_path import within
from deployer.errors import Exit, Notice, Problem, Refused, Where
from deployer.image.own import OwnImage, words
from deployer.image.placed import Placed, placed
from deployer.ports import Files

# Images that hold no app and start an interpreter or a shell by themselves, which ends at once.
PLAIN = re.compile(
    r"(?:docker\.io/)?(?:library/)?(?:python|debian|ubuntu|alpine|fedora|nvidia/cuda"
    r"|mcr\.microsoft\.com/(?:devcontainers|vscode/devcontainers)/\w+|public\.ecr\.aws/docker/library/python"
    r"|continuumio/(?:mini|ana)conda3?|(?:ghcr\.io/)?astral(?:-sh)?/uv)(?:[:@]|$)"
)
# Commands by which files come into an image, or change their place, unseen.
_MOVES = re.compile(r"\b(?:mv|cp|ln|rsync|unzip|git clone|git\+\S+)\b|\btar\s+-?\w*x|<<")
_SHELL_SCRIPT = re.compile(r"[\w./-]+\.sh")
_ELSEWHERE = re.compile(r"\bcd\s|--directory|--project|--chdir|--app-dir")


class Unusable(Struct, frozen=True, kw_only=True):
    """A Dockerfile that is not taken, and why."""

    image: OwnImage
    reason: str
    line: int

    @property
    def where(self) -> Where:
        return Where(file=self.image.path, line=self.line)

    def notice(self, instead: str) -> Notice:
        """``instead`` is the Dockerfile that is taken, empty for a made one."""
        taken = f"`{instead}` is taken" if instead else "one is made"
        return Notice(
            message=f"This Dockerfile can't start the app and is set aside ({taken}): "
            + self.reason,
            hint="Correct it to have it built as it is.",
            where=self.where,
        )

    def problem(self) -> Problem:
        return Problem(
            exit=Exit.BUNDLE,
            message=f"This Dockerfile can't start the app: {self.reason}",
            hint="Correct it, or give the backend what a Dockerfile can be made from.",
            where=self.where,
        )


def read_usable(request: BundleRequest, files: Files) -> tuple[Reading, tuple[Unusable, ...]]:
    """The backend with the first Dockerfile that can start it, or none, and those set aside.

    Raises ``Refused`` as ``read_backend`` does.
    """
    reading = read_backend(request, files)
    aside: dict[str, Unusable] = {}
    while (found := _unusable(reading)) is not None:
        aside[found.image.path] = found
        try:
            reading = read_backend(request, files, aside)
        except Refused as refused:
            raise Refused([*(item.problem() for item in aside.values()), *refused.problems]) from (
                refused
            )
    return reading, tuple(aside.values())


def _unusable(reading: Reading) -> Unusable | None:
    if reading.image is None or reading.context is None:
        return None
    build = Build(image=reading.image, context=reading.context)
    return why_unusable(build, reading.target.app.path, reading.listing.files)


def why_unusable(build: Build, app: str, ships: Iterable[str]) -> Unusable | None:
    """The first reason, where reading leaves no doubt. ``app`` is the file with the FastAPI app;
    ``ships`` are the files that a build would find, as workspace paths."""
    image = build.image
    found = [path for path in ships if within(path, build.context)]
    cut = 0 if build.context == "." else len(build.context) + 1
    reasons = _reasons(build, app, lambda: placed(image, (path[cut:] for path in found)))
    return next((Unusable(image=image, reason=r, line=line) for r, line in reasons), None)


def _reasons(build: Build, app: str, files: Callable[[], Placed]) -> Iterator[tuple[str, int]]:
    image, command = build.image, build.image.command
    runs = " ".join(i.value for i in image.instructions if i.word == "RUN")
    if not image.base:
        yield "it has no FROM with an image.", image.start
        return
    plain = bool(PLAIN.match(image.base))
    if command is None:
        why = "it ends without CMD and ENTRYPOINT, and a Space reads no compose file."
        yield from [(why, image.start)] if plain else []
        return
    if NO_PYTHON.search(image.base.split(":")[0]) and not STARTS_PYTHON.search(
        f"{command.value} {runs}"
    ):
        yield f"its last stage is `{image.base}`, where nothing starts Python.", image.start
    if not plain or _is_unclear(image):
        return
    if not any(matches(app, path) for path, _ in build.sources()):
        yield f"it copies no code: `{app}` is in none of its COPY instructions.", command.line
        return
    there = files()
    yield from ((why, command.line) for why in _no_module(image, command.value, there))
    yield from ((why, command.line) for why in _no_script(command.value, there, runs))


def _is_unclear(image: OwnImage) -> bool:
    """Whether files may come or go in ways that aren't followed."""
    sources = [source for source, _ in image.copied()]
    return any("$" in source or "://" in source for source in sources) or any(
        _MOVES.search(found.value) for found in image.instructions
    )


def _no_module(image: OwnImage, command: str, there: Placed) -> Iterator[str]:
    """The module that a server is told to start and that no COPY brings."""
    apps = [found for found in commands(command, image.path, 0) if found.variable]
    searched = _ELSEWHERE.search(command) or any(
        "PYTHONPATH" in i.value for i in image.instructions
    )
    known = [path if searched else _seen(there, path) for path in there.files]
    if apps and not any(_is_module(known, found.module) for found in apps):
        yield f"it starts `{apps[0].module}:{apps[0].variable}`, and no file is that module."


def _no_script(command: str, there: Placed, runs: str) -> Iterator[str]:
    """Scripts that are started and that no COPY brings and no RUN makes."""
    started = words(command)
    scripts = [*SCRIPT.findall(command), *filter(_SHELL_SCRIPT.fullmatch, started)]
    for script in scripts:
        name = posixpath.basename(script)
        exact = "/" in script or script.endswith(".py")
        there_is = there.path(script) in there.files
        if _ELSEWHERE.search(command) or not exact or "$" in there.workdir:
            end = f"/{posixpath.normpath(script).lstrip('./')}"
            there_is = any(path.endswith(end) for path in there.files)
        if not there_is and name not in runs:
            yield f"it starts `{script}`, and no such file is there ({there.path(script)})."


def _seen(there: Placed, path: str) -> str:
    """A path as seen from the working directory, whose own name is no package's then."""
    return path.removeprefix(there.workdir.rstrip("/"))


def _is_module(paths: list[str], module: str) -> bool:
    """Whether some file may be it: folders are added to the search path in too many ways."""
    base = "/" + module.replace(".", "/")
    return any(path.endswith((f"{base}.py", f"{base}/__init__.py")) for path in paths)
