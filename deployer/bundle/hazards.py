"""What must not reach a Space, or would surprise there: keys, LFS pointers, sizes, databases."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator

from deployer.bundle.credentials import assigned, credentials
from deployer.errors import Exit, Notice, Problem, Where
from deployer.model import BundleFile, LeftOut

MEGABYTE = 1024 * 1024
LARGE = 10 * MEGABYTE
SPACE_LIMIT = 1024 * MEGABYTE  # a Space's repository holds 1 GB (Hub, storage limits)
MANY = 2000  # the Hub's pages advise against commits of more than some hundred files
FOREIGN = (".exe", ".dll", ".msi", ".pyd", ".dylib", ".dmg", ".apk")
SCANNED = 2 * MEGABYTE  # larger files are data, not code or configuration
POINTER = b"version https://git-lfs.github.com/spec/v1"
EXAMPLES = re.compile(r"example|sample|template|dist$|rc$")


def scan(path: str, content: bytes) -> Iterator[Problem]:
    """A problem for each line of a file that seems to hold a credential; never its value."""
    if is_pointer(content):
        yield _pointer(path)
        return
    content = _in_bytes(content)
    kinds: dict[int, str] = {}  # the first of a line: an address may hold a password of known shape
    for kind, position in credentials(content, path):
        kinds.setdefault(content.count(b"\n", 0, position) + 1, kind)
    for line, kind in kinds.items():
        yield Problem(
            exit=Exit.BUNDLE,
            message=f"This line seems to hold {kind}, and the file would ship with the Space.",
            hint="Revoke it, read it from the environment, and name it in the input `secrets`.",
            where=Where(file=path, line=line),
        )


def suspicious(path: str, content: bytes, known: Container[int | None]) -> Iterator[Notice]:
    """A warning for each random literal with a name like ``API_KEY``, but for ``known`` lines."""
    content = _in_bytes(content)
    lines = (content.count(b"\n", 0, position) + 1 for position in assigned(path, content))
    for line in dict.fromkeys(lines):
        if line not in known:
            yield Notice(
                message="This line seems to hold a secret, and the file ships with the Space.",
                hint="If it is one, revoke it and name it in the input `secrets`.",
                where=Where(file=path, line=line),
            )


def _in_bytes(content: bytes) -> bytes:
    """What Windows' shells write as UTF-16, in UTF-8, with the same lines."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16", "replace").encode() if wide else content


def is_pointer(content: bytes) -> bool:
    """Whether a file is what git-lfs leaves in place of the real one."""
    return content.startswith(POINTER)


def binary_notices(files: Iterable[BundleFile]) -> Iterator[Notice]:
    """Programs and libraries of other systems."""
    found = [file.path for file in files if file.path.lower().endswith(FOREIGN)]
    if found:
        yield Notice(
            message=f"Made for another system than a Space's Linux, and shipped: {_some(found)}.",
            hint="Leave them out with the input `ignore`.",
        )


def number_notices(files: Iterable[BundleFile]) -> Iterator[Notice]:
    """More files than one commit should hold, and where most of them lie."""
    folders = Counter(file.path.rpartition("/")[0].partition("/")[0] or "." for file in files)
    total = folders.total()
    if total > MANY:
        folder, most = folders.most_common(1)[0]
        yield Notice(
            message=f"{total:,} files ship, {most:,} of them in `{folder}`: the push will be slow.",
            hint="Leave out what the app does without, with the input `ignore`.",
            where=Where(input="ignore"),
        )


def _some(names: list[str], limit: int = 5) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown


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
        if _is_environment(name) and not item.path.endswith("/") and not EXAMPLES.search(name):
            yield Notice(
                message=f"`{item.path}` is left out: it may hold secrets.",
                hint="Name what the app needs from it in the inputs `secrets` and `variables`.",
                where=Where(file=item.path),
            )


def _is_environment(name: str) -> bool:
    return name.startswith(".env") or name.endswith(".env")


def missed(left_out: Iterable[LeftOut], literals: frozenset[str]) -> Iterator[Notice]:
    """Each file or folder that an ignore file takes although the app's code names it."""
    parts = [re.split(r"[/\\]", literal) for literal in literals]
    names = {path[-1] for path in parts}
    folders = {f"{name}/" for path in parts for name in path[:-1] if name.strip(".")}
    for item in left_out:
        whole = item.path.endswith("/")
        name = item.path.rstrip("/").rsplit("/", 1)[-1] + "/" * whole
        if _is_environment(name):
            continue  # told by environment_notices: nobody should be advised to ship it
        if name in (folders if whole else names) and item.origin.endswith(
            (".gitignore", ".dockerignore")
        ):
            yield Notice(
                message=f"`{item.path}` is left out by {item.origin}, and the app's code names it.",
                hint=f"If the app needs it, add the line `!{name}` to the input `ignore`.",
                where=Where(file=item.path),
            )
