"""A Dockerfile's steps without Docker: files into a folder, packages into an environment."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from deployer.adapters import python_environment
from deployer.adapters.child import LATE, Child
from deployer.adapters.image_root import ImageRoot
from deployer.adapters.python_environment import Interpreter
from deployer.errors import Notice
from deployer.image.commands import Install, Run, Skipped
from deployer.image.recipe import Copy, Recipe

USER: Final = 1000  # "Docker Spaces", Permissions
SYSTEM_PATH: Final = "/usr/local/bin:/usr/bin:/bin"
NOT_FOUND: Final = 127  # as a shell gives it
FORGIVEN: Final = ("mkdir", "chmod")  # what they say of paths outside the app's own is no matter
NOT_USER: Final = Notice(
    message="The app is rehearsed as root, for user 1000 can't start this machine's Python: what "
    "it writes outside its home is not noticed.",
)


class VenvBuild:
    """One build in ``folder``. ``user`` is who the app may run as, None for whoever we are."""

    def __init__(
        self, folder: Path, recipe: Recipe, *, seconds: float, say: Callable[[str], None]
    ) -> None:
        self.root = ImageRoot(folder / "root", recipe)
        self.user: int | None = None
        self.child: Child | None = None
        self._folder, self._recipe = folder, recipe
        self._seconds, self._say = seconds, say
        self._python = Interpreter(program="", version="")

    @property
    def environment(self) -> Path:
        """The virtual environment."""
        return self._folder / "venv"

    @property
    def size(self) -> int:
        """Bytes of packages and files."""
        size_of = python_environment.size_of
        return size_of(self.environment) + size_of(self.root.place)

    def values(self, given: Mapping[str, str]) -> dict[str, str]:
        """The image's variables and the given ones, with this machine's paths."""
        own = {"LANG": "C.UTF-8", **self.root.environment(), **given}
        path = f"{self.environment / 'bin'}:{SYSTEM_PATH}"
        return {**own, "PATH": path, "VIRTUAL_ENV": str(self.environment)}

    def follow(self, space: Path) -> str:
        """Do the steps in their order; the error of the first that fails, "" for none."""
        if error := self._create():
            return error
        for step in self._recipe.steps:
            if error := self._step(step, space):
                return error
        if _is_root():
            self._hand_over()
        return ""

    def notices(self) -> Iterator[Notice]:
        """What was done in another way than the image does it."""
        wanted, here = self._recipe.python, self._python.version
        if wanted not in ("", here):
            yield Notice(
                message=f"The Space runs Python {wanted}; it is not on this machine, so the app is "
                f"rehearsed with Python {here}.",
                hint="A step with actions/setup-python before this one brings it.",
            )
        yield from self.root.notices()
        if _is_root() and self.user is None:
            yield NOT_USER

    def _create(self) -> str:
        """The environment, of the first Python that makes one."""
        code = 0
        for python in python_environment.interpreters(self._recipe.python, _usable):
            self._say(f"Python {python.version}: {python.program}")
            shutil.rmtree(self.environment, ignore_errors=True)
            command = python_environment.create_command(python, self.environment)
            code = self._run(command, self._folder, python_environment.environment())
            if code == 0:
                self._python = python
                return ""
        return f"no virtual environment could be made (exit code {code})"

    def _step(self, step: Copy | Install | Run | Skipped, space: Path) -> str:
        match step:
            case Copy():
                return self.root.copy(step, space)
            case Install():
                return self._install(step)
            case Run():
                return self._do(step)
            case Skipped():
                self._say(f"not done without Docker: {step.text}")
                return ""

    def _install(self, step: Install) -> str:
        text = f"pip install {' '.join(step.arguments)}"
        self._say(text)
        words = self.root.mapped(step.arguments)
        command = python_environment.install_command(self.environment, words)
        folder = self.root.made(step.folder)
        return self._failed(text, self._run(command, folder, python_environment.environment()))

    def _do(self, step: Run) -> str:
        text = " ".join(step.words)
        self._say(text)
        command = self.root.mapped(step.words)
        values = {**python_environment.environment(), **self.values({})}
        program = shutil.which(command[0], path=values["PATH"]) or command[0]
        code = self._run([program, *command[1:]], self.root.made(step.folder), values)
        return "" if step.words[0] in FORGIVEN else self._failed(text, code)

    def _failed(self, command: str, code: int) -> str:
        if code == LATE:
            return f"`{command}` was not done within {self._seconds:.0f} s"
        return f"`{command}` ended with exit code {code}" if code else ""

    def _run(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> int:
        try:
            self.child = Child(command, folder=folder, environment=environment)
        except OSError as error:
            self._say(f"{command[0]}: {error.strerror}")
            return NOT_FOUND
        return self.child.finish(self._seconds, self._say)

    def _hand_over(self) -> None:
        """Give the app's files to user 1000, where he can start the interpreter."""
        for here, folders, names in os.walk(self.root.place):
            for name in (".", *folders, *names):
                os.chown(Path(here) / name, USER, USER, follow_symlinks=False)
        if _usable(str(self.environment / "bin" / "python")):
            self.user = USER


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _usable(program: str) -> bool:
    """Whether the app could be started with this Python: as user 1000, where we are root."""
    user = USER if _is_root() else None
    try:
        child = Child([program, "-I", "-c", ""], folder=Path("/"), environment={}, user=user)
    except OSError:
        return False
    return child.finish(20, lambda _: None) == 0
