"""A folder that stands for an image's root: where its paths lie on this machine."""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from deployer.errors import Notice
from deployer.image.commands import Run, Skipped
from deployer.image.recipe import Copy, Recipe

HOME = "/home/user"  # of an image that names none


class ImageRoot:
    """The files of the image below ``place``, and its command and variables with their paths."""

    def __init__(self, place: Path, recipe: Recipe) -> None:
        self.place = place
        self._recipe = recipe
        self._home = recipe.environment.get("HOME") or HOME
        self.made(recipe.folder)
        self.made(self._home)

    @property
    def folder(self) -> Path:
        """The image's working folder."""
        return self._below(self._recipe.folder)

    def made(self, path: str) -> Path:
        """A folder of the image, made where it isn't there."""
        folder = self._below(path)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def mapped(self, words: Sequence[str]) -> tuple[str, ...]:
        """Words in which absolute paths of the image are those of this machine."""
        return tuple(str(self._below(word)) if word.startswith("/") else word for word in words)

    def environment(self) -> dict[str, str]:
        """The image's own variables."""
        values = {name: self._paths(value) for name, value in self._recipe.environment.items()}
        return {**values, "HOME": str(self._below(self._home))}

    def command(self, path: str) -> list[str]:
        """The start command, its program looked for below the root and then on ``path``."""
        words = [self._paths(word) for word in self._recipe.command]
        program = words[0]
        if "/" in program and not Path(program).exists():
            beside = self.folder / program
            program = str(beside) if beside.exists() else posixpath.basename(program)
        return [shutil.which(program, path=path) or program, *words[1:]]

    def copy(self, step: Copy, space: Path) -> str:
        """Copy as Docker does; the error, "" for none."""
        target = self._below(step.target)
        for source in step.sources:
            plain = posixpath.normpath(source.strip("/") or ".")
            found = [space] if plain == "." else sorted(space.glob(plain))
            if not found:
                return f"`COPY {source}` finds nothing in the bundle"
            into = step.target.endswith("/") or len(step.sources) > 1 or len(found) > 1
            for path in found:
                _place(path, target, into=into or target.is_dir())
        return ""

    def notices(self) -> Iterator[Notice]:
        """What the app may miss here: folders that the image makes outside its own."""
        runs = [step.words for step in self._recipe.steps if isinstance(step, Run)]
        made = [word for words in runs if words[0] == "mkdir" for word in words]
        foreign = [word for word in (*made, *self._links()) if word.startswith("/")]
        named = dict.fromkeys(f"`{word}`" for word in foreign if not self._is_own(word))
        if named:
            message = f"The image makes {', '.join(named)} for the app"
            yield Notice(
                message=f"{message}, which is not done on this machine itself.",
                hint="An app that reads or writes there can only be rehearsed with Docker.",
            )

    def _links(self) -> Iterator[str]:
        """Where the image's links lie (``ln -s /home/user/app /app``)."""
        for step in self._recipe.steps:
            if isinstance(step, Skipped) and (found := re.match(r"RUN ln .*\s(/\S+)$", step.text)):
                yield found[1]

    def _is_own(self, path: str) -> bool:
        return any(f"{path}/".startswith(f"{own.rstrip('/')}/") for own in self._known())

    def _below(self, path: str) -> Path:
        inside = self.place / path.strip("/")
        return inside if inside.resolve().is_relative_to(self.place.resolve()) else self.place

    def _known(self) -> list[str]:
        """The paths that the Dockerfile makes, the longest first."""
        copies = (step.target for step in self._recipe.steps if isinstance(step, Copy))
        known = {self._recipe.folder, self._home, *(path.rstrip("/") for path in copies)}
        return sorted((path for path in known if len(path) > 1), key=len, reverse=True)

    def _paths(self, text: str) -> str:
        if not self._known():
            return text
        any_of = "|".join(re.escape(path) for path in self._known())
        root = str(self.place)
        return re.sub(
            rf"(?<![\w./-])({any_of})(?![\w.-])", lambda found: root + str(found[1]), text
        )


def _place(path: Path, target: Path, *, into: bool) -> None:
    """A folder's content is copied, a file goes into a folder or becomes the target."""
    if path.is_dir():
        shutil.copytree(path, target, dirs_exist_ok=True, symlinks=True)
        return
    destination = target / path.name if into else target
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, destination)
