"""The words of a Dockerfile: lines, quotes, variables, lists, and paths of the image.

Grammar: Dockerfile reference (line continuation, comments, here-documents, exec and shell form).
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping

_VARIABLE = re.compile(r"\\\$|\$(?:\{(\w+)(?::?([-+])([^}]*))?\}|(\w+))")
_HEREDOC = re.compile(r"<<-?\s*[\"']?(\w+)[\"']?")


def logical_lines(text: str) -> Iterator[str]:
    """Instructions with continued lines joined, comments and blank lines gone."""
    held, ends = "", ""
    for raw in text.lstrip("\ufeff").splitlines():
        if ends:
            ends = "" if raw.strip() == ends else ends
            continue
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        held += raw.strip()
        if held.endswith("\\"):
            held = held[:-1].rstrip() + " "
            continue
        document = _HEREDOC.search(held) if re.match(r"(?i)(run|copy|add)\b", held) else None
        ends = document[1] if document else ""
        yield re.sub(r"\s+", " ", held, count=1)
        held = ""
    if held:
        yield held


def expand(text: str, values: Mapping[str, str]) -> str:
    """Replace ``$NAME``, ``${NAME}``, ``${NAME:-default}`` and ``${NAME:+other}``."""

    def one(match: re.Match[str]) -> str:
        braced, operator, other, bare = match.groups()
        if match[0] == "\\$":
            return "$"
        value = values.get(braced or bare, "")
        if operator == "-":
            return value or other
        return (other if value else "") if operator == "+" else value

    return _VARIABLE.sub(one, text)


def absolute(path: str, folder: str) -> str:
    """A path of the image, made absolute; a trailing slash is kept since it marks a folder."""
    joined = path if path.startswith("/") else f"{folder.rstrip('/')}/{path}"
    parts = [part for part in joined.split("/") if part not in ("", ".")]
    slash = "/" if path.endswith(("/", "/.")) or path == "." else ""
    return "/" + "/".join(parts) + (slash if parts else "")


def unquote(text: str) -> str:
    """A word without the quotes around it."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def words(text: str) -> list[str]:
    if text.startswith("["):
        return [str(word) for word in json.loads(text)]
    return shlex.split(text)


def assignments(text: str) -> list[tuple[str, str]]:
    """``ENV``'s two forms: ``NAME=value …`` and the old ``NAME value``."""
    if "=" not in text.split(" ", 1)[0]:
        name, _, value = text.partition(" ")
        return [(name, value.strip())]
    pairs = [word.partition("=") for word in shlex.split(text)]
    return [(name, value) for name, _, value in pairs]


def command(text: str) -> tuple[str, ...]:
    """Exec form as it is; shell form through ``/bin/sh -c``, as Docker does."""
    if text.startswith("["):
        try:
            return tuple(str(word) for word in json.loads(text))
        except json.JSONDecodeError:  # Docker, too, takes a broken list for shell form
            pass
    return ("/bin/sh", "-c", text) if text else ()
