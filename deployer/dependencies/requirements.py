"""requirements.txt as pip reads it: cleaned of test packages, everything else left as it is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from deployer.errors import Exit, Problem, Where

# What only tests, linting and type checking need. `pytest-…` and `types-…` go by prefix.
TEST_PACKAGES = frozenset(
    (
        *("pytest", "coverage", "tox", "nox", "mock", "respx", "requests-mock", "responses"),
        *("freezegun", "time-machine", "factory-boy", "hypothesis", "schemathesis"),
        *("testcontainers", "locust", "vcrpy", "mutmut", "ruff", "black", "flake8", "pylint"),
        *("pyflakes", "pycodestyle", "pydocstyle", "isort", "mypy", "pyright", "autopep8"),
        *("autoflake", "bandit", "pre-commit", "pyupgrade", "vulture", "yapf", "pytype"),
        *("asgi-lifespan", "ipdb", "pdbpp"),
    )
)
TEST_PREFIXES = ("pytest-", "flake8-", "pylint-", "types-", "pytest_")
TEST_SUFFIXES = ("-stubs",)
PATHS = re.compile(r"^\.|^file:|^[^:@]*/|\.(?:whl|zip|tar\.gz)$|@\s*file:")
CREDENTIALS = re.compile(r"https?://[^/\s@$]++@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
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
        return bool(PATHS.search(self.value)) and self.option in {"", "-e", "--editable"}

    @property
    def is_unreadable(self) -> bool:
        """Whether pip, too, would find no requirement in this line."""
        plain = self.value and not self.option and self.requirement is None
        return bool(plain) and not self.is_path and not set(":$") & set(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A requirements file without test packages. ``removed`` holds their names."""

    content: bytes
    removed: tuple[str, ...]
    entries: tuple[Entry, ...]


def decode(content: bytes) -> str:
    """The text of a requirements file in any encoding that editors on Windows write."""
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
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
    kept = [entry for entry in entries if not is_test_package(entry.name, needed)]
    removed = tuple(entry.name for entry in entries if is_test_package(entry.name, needed))
    return Cleaned(
        content="".join(entry.raw for entry in kept).encode(),
        removed=removed,
        entries=tuple(kept),
    )


def is_test_package(name: str, needed: frozenset[str] = frozenset()) -> bool:
    """Whether a distribution only serves tests, and the app does not import it itself."""
    listed = name in TEST_PACKAGES or name.startswith(TEST_PREFIXES) or name.endswith(TEST_SUFFIXES)
    return bool(name) and listed and name.replace("-", "_") not in needed


def with_added(content: bytes, line: str) -> bytes:
    """The file with one more line, ended as its other lines are."""
    end = b"\r\n" if b"\r\n" in content else b"\n"
    gap = b"" if not content or content.endswith(b"\n") else end
    return content + gap + line.encode() + end


def problems(entries: Iterable[Entry], path: str) -> Iterator[Problem]:
    """What would make the build fail or leak."""
    for entry in entries:
        if CREDENTIALS.search(entry.raw):
            yield Problem(
                exit=Exit.BUNDLE,
                message="An address with a user name or password would ship with the Space.",
                hint="Take the credentials out; use a public index or vendor the package.",
                where=Where(file=path, line=entry.line),
            )


def _logical(text: str) -> Iterator[tuple[str, int]]:
    held, start = "", 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        start = start or number
        held += line
        comment = line.lstrip().startswith("#")
        if line.rstrip("\r\n").endswith("\\") and not comment:
            continue
        yield held, start
        held, start = "", 0
    if held:
        yield held, start


def _entry(raw: str, line: int) -> Entry:
    joined = re.sub(r"\\\r?\n", " ", raw).strip()
    text = re.sub(r"(^|\s)#.*$", "", joined).strip()
    if not text:
        return Entry(raw=raw, line=line)
    if text.startswith("-"):
        option, value = _option(text)
        return Entry(raw=raw, line=line, option=option, value=value)
    spec = re.split(r"\s--?[a-zA-Z]", text, maxsplit=1)[0].strip()
    return Entry(raw=raw, line=line, requirement=_requirement(spec), value=spec)


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
