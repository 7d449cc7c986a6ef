"""What must not reach a Space, or would surprise there: keys, LFS pointers, sizes, databases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deployer.errors import Exit, Notice, Problem, Where
from deployer.model import BundleFile, LeftOut

MEGABYTE = 1024 * 1024
LARGE = 10 * MEGABYTE
SPACE_LIMIT = 1024 * MEGABYTE  # a Space's repository holds 1 GB (Hub, storage limits)
SCANNED = 2 * MEGABYTE  # larger files are data, not code or configuration
POINTER = b"version https://git-lfs.github.com/spec/v1"
DATABASES = (".db", ".sqlite", ".sqlite3", ".db3")
EXAMPLES = re.compile(r"example|sample|template|dist$|rc$")


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of credential and how it looks (prefixes as their issuers document them).

    One of ``marks`` stands in each of them: where none does, the slow search is spared.
    """

    kind: str
    marks: tuple[bytes, ...]
    pattern: re.Pattern[bytes]


SHAPES = (
    Shape("a Hugging Face token", (b"hf_",), re.compile(rb"\bhf_[A-Za-z0-9]{30,}\b")),
    Shape(
        "a GitHub token",
        (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_"),
        re.compile(rb"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{50,})\b"),
    ),
    Shape("an AWS access key", (b"AKIA", b"ASIA"), re.compile(rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    Shape("a Google API key", (b"AIza",), re.compile(rb"\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])")),
    Shape(
        "an OpenAI or Anthropic key",
        (b"sk-",),
        re.compile(rb"\bsk-(?:[a-z]+\d*-)*[A-Za-z0-9_-]{32,}"),
    ),
    Shape(
        "an OpenRouter, Groq or xAI key",
        (b"gsk_", b"xai-"),
        re.compile(rb"\b(?:gsk_|xai-)[A-Za-z0-9]{40,}\b"),
    ),
    Shape("a Slack token", (b"xox",), re.compile(rb"\bxox[abprs]-[A-Za-z0-9-]{20,}")),
    Shape("a Stripe key", (b"k_live_",), re.compile(rb"\b[rs]k_live_[A-Za-z0-9]{20,}")),
    Shape("a SendGrid key", (b"SG.",), re.compile(rb"\bSG\.[\w-]{20,}\.[\w-]{40,}")),
    Shape(
        "a JSON web token (a Qdrant or Supabase key)",
        (b".eyJ",),
        re.compile(rb"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}"),
    ),
    Shape(
        "a private key",
        (b"PRIVATE KEY-----",),
        re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\\r|\\n|\s)*[A-Za-z0-9+/=]{40,}"),
    ),
)
DATABASE_URL = re.compile(
    rb"\b(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|amqp)(?:\+\w+)*://"
    rb"[^\s:@/\"'<>{}$]+:(?P<password>[^\s@/\"'<>{}$]+)@(?P<host>[A-Za-z0-9.-]+)"
)
HARMLESS_HOSTS = re.compile(
    rb"localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal|[^.]+|(?:.*\.)?(?:example\.\w+|test|local)"
    rb"|(?:your|my|ep-x|xxx|host).*"
)
PLACEHOLDER = re.compile(
    rb"(?i)pass(?:word|wd)?|postgres|secret|changeme|xxx+|\*+|your.*|my.*|test|example|user|root|admin|placeholder|\.\.\."
)
# The last one is the payload with which every text on JSON web tokens begins.
FAKE = re.compile(
    rb"(?i)xxxx|your|example|placeholder|abcdef|123456789|dummy|fake|test|\.\.\.|redacted"
    rb"|eyJzdWIiOiIxMjM0NTY3ODkwI"
)


def scan(path: str, content: bytes) -> Iterator[Problem]:
    """A problem for each line of a file that seems to hold a credential; never its value."""
    if content.startswith(POINTER):
        yield _pointer(path)
        return
    for kind, position in _credentials(content):
        line = content.count(b"\n", 0, position) + 1
        yield Problem(
            exit=Exit.BUNDLE,
            message=f"This line seems to hold {kind}, and the file would ship with the Space.",
            hint="Revoke it, read it from the environment, and name it in the input `secrets`.",
            where=Where(file=path, line=line),
        )


def _credentials(content: bytes) -> Iterator[tuple[str, int]]:
    for shape in SHAPES:
        if not any(mark in content for mark in shape.marks):
            continue
        for match in shape.pattern.finditer(content):
            if not _is_placeholder(match[0]):
                yield shape.kind, match.start()
    for match in DATABASE_URL.finditer(content) if b"://" in content else ():
        harmless = HARMLESS_HOSTS.fullmatch(match["host"]) or PLACEHOLDER.fullmatch(
            match["password"]
        )
        if not harmless:
            yield "a database's password", match.start()


def _is_placeholder(value: bytes) -> bool:
    """Examples in documentation repeat few characters or say what they are."""
    return len(set(value)) < 12 or (b"PRIVATE KEY" not in value and bool(FAKE.search(value)))


def is_scanned(size: int) -> bool:
    """Whether a file is small enough to hold code or configuration."""
    return size <= SCANNED


def _pointer(path: str) -> Problem:
    return Problem(
        exit=Exit.BUNDLE,
        message=f"`{path}` is a git-lfs pointer, not the file itself.",
        hint="Set `lfs: true` on actions/checkout.",
        where=Where(file=path),
    )


def size_problems(files: Iterable[BundleFile]) -> Iterator[Problem]:
    """A bundle that no Space can hold."""
    total = sum(file.digest.size for file in files)
    if total > SPACE_LIMIT:
        yield Problem(
            exit=Exit.BUNDLE,
            message=f"The bundle has {total / MEGABYTE:,.0f} MB; a Space's repository holds 1 GB.",
            hint="Leave large files out with the input `ignore`; load them when the app starts.",
            where=Where(input="ignore"),
        )


def size_notices(files: Iterable[BundleFile]) -> Iterator[Notice]:
    """Files whose size a person should know of."""
    for file in files:
        if file.digest.size > LARGE:
            yield Notice(
                message=f"`{file.path}` has {file.digest.size / MEGABYTE:,.1f} MB and ships.",
                hint="If the app does without it, leave it out with the input `ignore`.",
                where=Where(file=file.source) if file.source else None,
            )


def environment_notices(left_out: Iterable[LeftOut]) -> Iterator[Notice]:
    """Each `.env` file that stays behind: what it sets is missing in the Space."""
    for item in left_out:
        name = item.path.rstrip("/").rpartition("/")[2]
        if name.startswith(".env") and not item.path.endswith("/") and not EXAMPLES.search(name):
            yield Notice(
                message=f"`{item.path}` is left out: it may hold secrets.",
                hint="Name what the app needs from it in the inputs `secrets` and `variables`.",
                where=Where(file=item.path),
            )


def missed(left_out: Iterable[LeftOut], literals: frozenset[str]) -> Iterator[Notice]:
    """Each file that an ignore file takes although the app's code names it."""
    names = {re.split(r"[/\\]", literal)[-1] for literal in literals}
    for item in left_out:
        name = item.path.rsplit("/", 1)[-1]
        if name.startswith(".env"):
            continue  # told by environment_notices: nobody should be advised to ship it
        if name and name in names and item.origin.endswith((".gitignore", ".dockerignore")):
            yield Notice(
                message=f"`{item.path}` is left out by {item.origin}, and the app's code names it.",
                hint=f"If the app needs it, add the line `!{name}` to the input `ignore`.",
                where=Where(file=item.path),
            )


def is_database(path: str) -> bool:
    """Whether a file is a database by its name."""
    return path.lower().endswith(DATABASES)


def is_named(path: str, folder: str, literals: frozenset[str]) -> bool:
    """Whether the code names a data file: its file name, or a folder that it lies in."""
    inside = path if folder == "." else path[len(folder) + 1 :]
    parts = inside.split("/")
    return any(
        part in re.split(r"[/\\]", literal)
        for part in parts
        for literal in literals
        if part in literal
    )
