"""The commands of a RUN, and what each means where there is no container."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from deployer.image.own import words

_PIP: Final = re.compile(r"pip3?(?:\.\d+)?")
_INTERPRETER: Final = re.compile(r"python3?(?:\.\d+)?")
_INSTALLERS: Final = frozenset({"poetry", "pipenv", "conda", "mamba", "micromamba", "pdm", "rye"})
_BETWEEN: Final = frozenset({"&&", "||", ";", "|", "&"})
# `python -m` these make an environment, and there is one already.
_OWN_MODULES: Final = frozenset({"venv", "virtualenv", "ensurepip"})


class Install(Struct, frozen=True, kw_only=True):
    """The arguments of one ``pip install``, and the folder of the image that it runs in."""

    arguments: tuple[str, ...]
    folder: str


class Run(Struct, frozen=True, kw_only=True):
    """A ``python …``, ``mkdir`` or ``chmod`` of a RUN, and the image's folder that it runs in."""

    words: tuple[str, ...]
    folder: str


class Skipped(Struct, frozen=True, kw_only=True):
    """What only a container can follow, and may be done without."""

    text: str


def split(text: str) -> list[list[str]] | None:
    """The commands of a RUN, each as words; None for a text that is more than plain commands."""
    if text.startswith("["):
        return [found] if (found := words(text)) else None
    if "<<" in text or "$(" in text or "`" in text:
        return None
    lexer = shlex.shlex(text, posix=True, punctuation_chars="&|;")
    lexer.whitespace_split = True
    lexer.commenters = ""
    commands: list[list[str]] = [[]]
    try:
        for word in lexer:
            commands = [*commands, []] if word in _BETWEEN else commands
            commands[-1] += [] if word in _BETWEEN else [word]
    except ValueError:  # an open quote
        return None
    return [_without_settings(command) for command in commands if _without_settings(command)]


def _without_settings(command: list[str]) -> list[str]:
    """``PIP_NO_CACHE_DIR=1 pip install …`` without what stands before the program."""
    first = next((i for i, word in enumerate(command) if not re.match(r"\w+=", word)), len(command))
    return command[first:]


def is_beyond(command: Sequence[str]) -> bool:
    """Whether an installer runs here that is not pip."""
    program = posixpath.basename(command[0])
    module = command[2] if command[1:2] == ["-m"] and len(command) > 2 else ""
    by_uv = program == "uv" and command[1:2] in (["sync"], ["run"])
    return by_uv or program in _INSTALLERS or module in _INSTALLERS


def understand(command: Sequence[str], folder: str) -> Install | Run | Skipped:
    """What one command of a RUN means without a container."""
    program, rest = posixpath.basename(command[0]), list(command[1:])
    if program == "uv" and rest[:1] == ["pip"]:
        program, rest = "pip", rest[1:]
    elif _INTERPRETER.fullmatch(program) and rest[:2] == ["-m", "pip"]:
        program, rest = "pip", rest[2:]
    if _PIP.fullmatch(program) and rest[:1] == ["install"]:
        return Install(arguments=tuple(rest[1:]), folder=folder)
    if program == "pip" and rest[:1] == ["sync"]:
        files = (word for word in rest[1:] if not word.startswith("-"))
        return Install(
            arguments=tuple(each for file in files for each in ("-r", file)), folder=folder
        )
    makes_one = rest[:1] == ["-m"] and rest[1:2] and rest[1] in _OWN_MODULES
    if program in ("mkdir", "chmod") or (_INTERPRETER.fullmatch(program) and not makes_one):
        return Run(words=(program, *rest), folder=folder)
    return Skipped(text=f"RUN {shlex.join(command)}")


def mentions_installer(text: str) -> bool:
    """Whether a text that is more than plain commands may install what the app needs."""
    return re.search(r"\b(?:pip3?|uv|poetry|pipenv|conda)\b", text) is not None
