"""How each input's text becomes a value. Every parser raises ``Invalid`` with what it wants."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from msgspec import Struct

from deployer.model import Mode, Secret, SpaceId

COLORS: Final = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")


class Invalid(ValueError):
    """An input's text can't be read; the message says what it should look like.

    ``hint``: a whole sentence with what was probably meant, or "".
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def nearest(word: str, known: Iterable[str]) -> str:
    """Of the known words the one that was probably meant; "" when none is close."""
    return next(iter(difflib.get_close_matches(word.lower(), list(known), 1)), "")


class Choice(Struct, frozen=True, kw_only=True):
    """One of a few words."""

    words: tuple[str, ...]

    def __call__(self, text: str) -> str:
        if text not in self.words:
            near = nearest(text, self.words)
            hint = f"Did you mean `{near}`?" if near else ""
            raise Invalid(f"must be one of {', '.join(self.words)}", hint)
        return text


def choice(*words: str) -> Choice:
    return Choice(words=words)


def mode(text: str) -> Mode:
    return Mode(choice(*(mode.value for mode in Mode))(text))


def boolean(text: str) -> bool:
    # YAML 1.2 core schema, as GitHub's own toolkit reads booleans.
    return choice("true", "false")(text.lower()) == "true"


def seconds(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) == 0:
        raise Invalid("must be a whole number of seconds above 0")
    return int(text)


def sleep_time(text: str) -> int:
    # -1 means never (HfApi.set_space_sleep_time).
    return -1 if text == "-1" else seconds(text)


def count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) == 0:
        raise Invalid("must be a whole number from 1 to 999")
    return int(text)


def space(text: str) -> SpaceId:
    owner, _, name = text.partition("/")
    for part in (owner, name):
        if not _is_repository_word(part):
            raise Invalid(
                "must be `owner/name` as in the Space's address; each part has at most 96 letters, "
                "digits, `-`, `_`, `.`, no `--` or `..`, and doesn't begin or end with `-` or `.`",
                _of_address(text),
            )
    return SpaceId(owner=owner, name=name)


def _of_address(text: str) -> str:
    """What to write, where the text is the address of the Space's page."""
    found = re.search(r"\bspaces/([\w.-]+/[\w.-]+?)(?:\.git)?(?:[/?#]|$)", text, re.ASCII)
    return f"Write `{found[1]}`." if found else ""


def _is_repository_word(word: str) -> bool:
    # huggingface_hub's validate_repo_id, applied to each half.
    return (
        re.fullmatch(r"[A-Za-z0-9_.-]{1,96}", word) is not None
        and word.strip("-.") == word
        and "--" not in word
        and ".." not in word
        and not word.endswith(".git")
    )


def folder(text: str) -> str:
    path = PurePosixPath(text.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", text):
        raise Invalid("must be a path inside the repository, relative to its root")
    return str(path)


def lines(text: str) -> tuple[str, ...]:
    return tuple(line.rstrip("\r") for line in text.split("\n") if line.strip())


def paths(text: str) -> tuple[str, ...]:
    stripped = tuple(line.strip() for line in lines(text))
    return () if stripped == ("none",) else tuple(folder(line) for line in stripped)


def words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[,\n]", text) if part.strip())


def names(text: str) -> tuple[str, ...]:
    return tuple(re.split(r"[,\s]+", text.strip(", \t\r\n")))


def health_path(text: str) -> str:
    if not re.fullmatch(r"/[!-~]*", text) or text.startswith("//"):
        raise Invalid("must be a path that begins with one `/`, such as `/api/health`")
    return text


def app(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(\(\))?", text):
        raise Invalid("must be `module:variable`, such as `app.main:app`")
    return text


def python_version(text: str) -> str:
    if not re.fullmatch(r"3\.([7-9]|[1-9][0-9])(\.[0-9]{1,2})?", text):
        # YAML reads 3.10 as the number 3.1.
        raise Invalid("must be a Python version in quotes, such as `'3.11'`")
    return text


def url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s'\"`\\<>]+", text):
        raise Invalid("must be an address that begins with `http://` or `https://`")
    return text.rstrip("/")


def revision(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{7,64}", text):
        raise Invalid("must be a commit of the Space: at least seven of its hexadecimal digits")
    return text.lower()


color = choice(*COLORS)


def short_description(text: str) -> str:
    # The Hub's own limit, enforced by its validate-yaml endpoint.
    if len(text) > 60:
        raise Invalid(f"has {len(text)} characters; the Hub takes at most 60")
    return text


def token(text: str) -> Secret:
    # It becomes an HTTP header: anything else would fail there, with the token in the message.
    if not re.fullmatch(r"[!-~]+", text.strip()):
        raise Invalid("has white space or a character inside that no token has: copy it again")
    return Secret(text.strip())


def one_line(text: str) -> str:
    if "\n" in text.strip():
        raise Invalid("must be one line")
    return text.strip()
