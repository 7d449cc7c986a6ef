"""requirements.txt as pip reads it: cleaned of test packages, everything else left as it is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from deployer.dependencies.development import is_for_windows, is_test_package
from deployer.errors import Notice, Where

# `# via x, y` on a line, or `# via` and each of them on a line of its own.
VIA = re.compile(r"#\s*via\b[ \t]*([^\r\n]*)")
VIA_MORE = re.compile(r"\s+#\s{2,}([^\r\n]*)")
PATHS = re.compile(r"^\.|^file:|^[^:@]*/|\.(?:whl|zip|tar\.gz)$|@\s*file:")


class Entry(Struct, frozen=True, kw_only=True):
    """One logical line: its raw text with line ends, its 1-based line, what it asks for."""

    raw: str
    line: int
    requirement: Requirement | None = None
    option: str = ""
    value: str = ""

    @property
    def name(self) -> str:
        """The normalised distribution name, or an empty string."""
        return canonicalize_name(self.requirement.name) if self.requirement else ""

    @property
    def hashed(self) -> bool:
        return "--hash" in self.raw

    @property
    def is_path(self) -> bool:
        """An own package by its folder: it can't be installed before the code is there."""
        remote = "://" in self.value and "file:" not in self.value
        asked = self.option in {"", "-e", "--editable"}
        return asked and not remote and bool(PATHS.search(self.value))

    @property
    def is_unreadable(self) -> bool:
        """Whether pip, too, would find no requirement in this line."""
        plain = self.value and not self.option and self.requirement is None
        return bool(plain) and not self.is_path and not set(":$") & set(self.value)


class Cleaned(Struct, frozen=True, kw_only=True):
    """A requirements file without test packages. ``removed`` holds their names."""

    content: bytes
    removed: tuple[str, ...]
    entries: tuple[Entry, ...]


def decode(content: bytes) -> str:
    """The text of a requirements file in any encoding that editors on Windows write."""
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(bom):
            return content.decode(encoding, "replace")
    if b"\0" in content[:200]:
        return content.decode("utf-16-be" if content[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def parse(text: str) -> tuple[Entry, ...]:
    """Every logical line, continuations joined as pip joins them."""
    return tuple(_entry(raw, line) for raw, line in _logical(text))


def clean(content: bytes, needed: frozenset[str] = frozenset()) -> Cleaned:
    """The file without test packages; those whose import name is in ``needed`` stay.

    The result is UTF-8; comments, order and line ends are kept. A file with nothing to remove
    and already in UTF-8 comes back byte for byte.
    """
    entries = parse(decode(content))
    gone = [entry for place, entry in enumerate(entries) if _goes(entries, place, needed)]
    kept = [entry for entry in entries if entry not in gone]
    return Cleaned(
        content="".join(entry.raw for entry in kept).encode(),
        removed=tuple(entry.name for entry in gone),
        entries=tuple(kept),
    )


def _goes(entries: Sequence[Entry], place: int, needed: frozenset[str]) -> bool:
    """Whether the entry serves only tests, or Windows. Where pip-compile says that another
    locked package needs it (``# via x``), pip would miss it."""
    entry = entries[place]
    if is_for_windows(entry.requirement):
        return True
    if not is_test_package(entry.name, needed):
        return False
    users = _users(entries, place) if entry.hashed else []
    return all(is_test_package(user) for user in users)


def _users(entries: Sequence[Entry], place: int) -> Iterator[str]:
    """The packages that pip-compile's comment behind an entry says it is there for."""
    told = [match[1] for line in entries[place].raw.splitlines() if (match := VIA.search(line))]
    for entry in entries[place + 1 :]:
        match = VIA.search(entry.raw) if not told else VIA_MORE.match(entry.raw)
        if not match or not entry.raw.lstrip().startswith("#"):
            break
        told.append(match[1] or " ")
    for words in told:
        for word in words.split(","):
            if re.fullmatch(r"[A-Za-z0-9][\w.-]*(?<!\.txt)(?<!\.in)", word.strip()):
                yield canonicalize_name(word.strip())


def with_added(content: bytes, line: str) -> bytes:
    """The file with one more line, ended as its other lines are."""
    end = b"\r\n" if b"\r\n" in content else b"\n"
    gap = b"" if not content or content.endswith(b"\n") else end
    # A backslash at the very end would take the new line into its own.
    gap += end if (content + gap).rstrip(b"\r\n").endswith(b"\\") else b""
    return content + gap + line.encode() + end


def local_path(entry: Entry) -> str:
    """The path of an own package, without its name, its extras and ``file:``."""
    path = re.sub(r"^[^/]*@\s*(?=file:)", "", entry.value)
    path = re.sub(r"^file:(?://(?=/))?", "", path)
    return re.split(r"\[[^]/]*\]$|\s*[;#]", path, maxsplit=1)[0].strip() or "."


def unreadable(entry: Entry, path: str) -> Notice:
    """That pip will find no requirement here."""
    return Notice(
        message=f"`{entry.value}` is no requirement that pip can read.",
        hint="The build will fail here; write it as `name==version`.",
        where=Where(file=path, line=entry.line),
    )


def _logical(text: str) -> Iterator[tuple[str, int]]:
    held, start = "", 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        start = start or number
        held += line
        comment = line.lstrip().startswith("#")
        if line.splitlines()[0].endswith("\\") and not comment:
            continue
        yield held, start
        held, start = "", 0
    if held:
        yield held, start


def _entry(raw: str, line: int) -> Entry:
    text = re.sub(r"(^|\s)#.*$", "", _joined(raw)).strip()
    if not text:
        return Entry(raw=raw, line=line)
    if text.startswith("-"):
        option, value = _option(text)
        return Entry(raw=raw, line=line, option=option, value=value)
    spec = re.split(r"\s--?[a-zA-Z]", text, maxsplit=1)[0].strip()
    return Entry(raw=raw, line=line, requirement=_requirement(spec), value=spec)


def _joined(raw: str) -> str:
    """The lines as pip joins them; a comment ends what it stands behind."""
    lines = [f" {line}" if line.lstrip().startswith("#") else line for line in raw.splitlines()]
    return "".join(line.removesuffix("\\") for line in lines).strip()


def _option(text: str) -> tuple[str, str]:
    """``-r file``, ``-rfile``, ``--requirement=file`` alike."""
    match = re.match(r"(--[a-z-]+|-[a-zA-Z])[\s=]*(.*)$", text)
    return (match[1], match[2].strip()) if match else (text, "")


def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except (InvalidRequirement, RecursionError):  # a marker may nest parentheses for ever
        egg = re.search(r"[#&]egg=([A-Za-z0-9][\w.-]*)", text)
        return Requirement(egg[1]) if egg else None
