"""How the lines written into a client look: the file's own quotes, indentation and line ends."""

from __future__ import annotations

import re

from msgspec import Struct

from deployer.frontend.syntax import Script

# Hostnames of the developer's machine; the empty one is a page opened from disk (``file:``).
HOSTNAMES = r"/^(localhost|.+\.localhost|127\.0\.0\.1|\[::1\]|)$/"
_MODERN = re.compile(rb"\b(?:const|let|class|import|export)\b|=>|`")
_INDENT = re.compile(rb"^([ \t]+)\S", re.MULTILINE)


class Layout(Struct, frozen=True, kw_only=True):
    """``unit`` is one step of indentation, ``end`` the line end, ``keyword`` const or var."""

    quote: str
    unit: str
    end: str
    semicolon: str
    keyword: str

    def quoted(self, value: str, quote: str = "") -> str:
        """A literal of ``value``, which needs no escaping."""
        quote = quote or self.quote
        return f"{quote}{value}{quote}"

    def local_test(self) -> tuple[str, ...]:
        """Conjuncts, true together on the developer's machine; no exception anywhere."""
        return (
            f"typeof window !== {self.quoted('undefined')}",
            "window.location",
            f"{HOSTNAMES}.test(window.location.hostname)",
        )

    def production_test(self) -> tuple[str, ...]:
        """Disjuncts, one of them true everywhere else, on a server too."""
        return (
            f"typeof window === {self.quoted('undefined')}",
            "!window.location",
            f"!{HOSTNAMES}.test(window.location.hostname)",
        )

    def choice(self, local: str, deployed: str, indent: str, *, closed: bool) -> str:
        """An expression over several lines that gives one of two literals; ``closed`` in ()."""
        first, second, last = self.local_test()
        step = f"{self.end}{indent}{self.unit}"
        chosen = f"{step}{self.unit}? {local}{step}{self.unit}: {deployed}"
        if closed:
            return f"({step}{first} && {second} &&{step}{last}{chosen}{self.end}{indent})"
        return f"{first} && {second} &&{step}{last}{chosen}"

    def short_choice(self, local: str, deployed: str) -> str:
        """The same on one line."""
        return f"{' && '.join(self.local_test())} ? {local} : {deployed}"

    def build_choice(self, local: str, deployed: str, *, meta: bool = False) -> str:
        """The same by the build's mode. ``meta``: Vite's way to ask, as Node's."""
        production = self.quoted("production")
        if meta:
            return f"import.meta.env.PROD ? {deployed} : {local}"
        return f"process.env.NODE_ENV === {production} ? {deployed} : {local}"

    def production_const(self, name: str, indent: str) -> str:
        """A statement that names the test, with the line ends and indentation that follow it."""
        step = f"{self.end}{indent}{self.unit}"
        test = f" ||{step}".join(self.production_test())
        return f"{self.keyword} {name} ={step}{test}{self.semicolon}{self.end}{self.end}{indent}"


def by_hand_choice(local: str, deployed: str, test: str = "") -> str:
    """The expression for a person to write, on one line; ``test`` instead of the hostname's."""
    if test:
        return f"{test} ? '{local}' : '{deployed}'"
    plain = Layout(quote="'", unit="  ", end="\n", semicolon=";", keyword="const")
    return plain.short_choice(plain.quoted(local), plain.quoted(deployed))


def read_layout(script: Script) -> Layout:
    """The layout that most of the file has."""
    content = script.content
    opening = [content[node.start_byte : node.start_byte + 1] for node in script.captured("text")]
    return Layout(
        quote='"' if opening.count(b'"') > opening.count(b"'") else "'",
        unit=_unit(content),
        end="\r\n" if content.count(b"\r\n") * 2 > content.count(b"\n") else "\n",
        semicolon=";" if _semicolons(content) else "",
        keyword="const" if _MODERN.search(content) else "var",
    )


def _unit(content: bytes) -> str:
    found = [match[1].decode() for match in _INDENT.finditer(content)]
    if not found:
        return "  "
    if sum(indent.startswith("\t") for indent in found) * 2 > len(found):
        return "\t"
    widths = [len(indent) for indent in found if "\t" not in indent and len(indent) > 1]
    return " " * (min(widths, default=2) if min(widths, default=2) in (2, 3, 4, 8) else 2)


def _semicolons(content: bytes) -> bool:
    with_one = len(re.findall(rb";[ \t]*(?://[^\n]*)?\r?$", content, re.MULTILINE))
    without = len(re.findall(rb"[\w)'\"`\]][ \t]*\r?$", content, re.MULTILINE))
    return with_one >= without or with_one > 2


def indent_at(content: bytes, position: int) -> tuple[str, bool]:
    """Indentation of the line that ``position`` is on, and whether only that stands before it."""
    start = max(content.rfind(b"\n", 0, position), content.rfind(b"\r", 0, position)) + 1
    before = content[start:position].decode("utf-8", "replace").removeprefix("\ufeff")
    indent = before[: len(before) - len(before.lstrip(" \t"))]
    return indent, not before.strip()
