"""The body of a commit request: newline-delimited JSON, one operation a line.

Sent by ``HfApi.create_commit`` (``_prepare_commit_payload``) and by npm's ``commit``.
"""

from __future__ import annotations

import base64
import fnmatch
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from localhub.large_files import LargeFiles, Pointer
from localhub.refusals import Refusal
from localhub.repository import Change

ATTRIBUTES = ".gitattributes"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitRequest:
    """What is to be committed. ``parent`` guards the branch when it is given."""

    summary: str
    description: str
    parent: str | None
    changes: tuple[Change, ...]
    large: tuple[str, ...]

    @property
    def message(self) -> str:
        """The commit's message: summary, blank line, description."""
        return f"{self.summary}\n\n{self.description}".strip()


def parse(body: bytes, store: LargeFiles) -> CommitRequest:
    """Read a commit's body; 400 where it can't be one."""
    header: dict[str, Any] = {}
    changes: list[Change] = []
    large: list[str] = []
    for key, value in _operations(body):
        if key == "header":
            header = value
            continue
        path = _checked_path(value)
        if key == "lfsFile":
            large.append(path)
        changes += _changes(key, path, value, store)
    if not header.get("summary"):
        raise Refusal(400, 'Invalid input: the commit\'s "summary" is missing')
    return CommitRequest(
        summary=header["summary"],
        description=header.get("description") or "",
        parent=header.get("parentCommit"),
        changes=tuple(changes),
        large=tuple(large),
    )


def _operations(body: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(body.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield row["key"], dict(row["value"])
        except (ValueError, KeyError, TypeError):
            raise Refusal(400, f"Invalid commit: line {number} is no operation") from None


def _checked_path(value: dict[str, Any]) -> str:
    path = value.get("path")
    parts = path.split("/") if isinstance(path, str) else [""]
    if any(part in ("", ".", "..", ".git") for part in parts) or "\n" in str(path):
        raise Refusal(400, f"Invalid path in commit: {path!r}")
    return str(path)


def _changes(key: str, path: str, value: dict[str, Any], store: LargeFiles) -> list[Change]:
    moved = [Change(path=value["oldPath"], content=None)] if value.get("oldPath") else []
    if key == "file":
        return [*moved, Change(path=path, content=_content(value))]
    if key == "lfsFile":
        return [*moved, Change(path=path, content=_pointer(path, value, store))]
    if key in ("deletedFile", "deletedFolder", "deletedEntry"):
        return [Change(path=path, content=None)]
    raise Refusal(400, f"Invalid commit: unknown operation {key!r}")


def put_file(value: dict[str, Any]) -> Change:
    """A file as commit and create requests spell it."""
    return Change(path=_checked_path(value), content=_content(value))


def _content(value: dict[str, Any]) -> bytes:
    content = value.get("content", "")
    try:
        if value.get("encoding") == "base64":
            return base64.b64decode(content, validate=True)
        return str(content).encode()
    except ValueError:
        raise Refusal(400, f"Invalid base64 content of {value.get('path')!r}") from None


def _pointer(path: str, value: dict[str, Any], store: LargeFiles) -> bytes:
    """The pointer of an uploaded file; a copy names no size, so the store's is taken."""
    oid = str(value.get("oid"))
    stored = store.path(oid)
    if stored is None:
        raise Refusal(400, f"The LFS object of {path!r} was never uploaded: {oid}")
    return Pointer(oid=oid, size=stored.stat().st_size).text()


def is_large(attributes: str) -> Callable[[str], bool]:
    """Whether ``.gitattributes`` sends a path to the large-file store."""
    patterns = [line.split()[0] for line in attributes.splitlines() if "filter=lfs" in line]

    def matches(path: str) -> bool:
        name = path.rpartition("/")[2]
        return any(fnmatch.fnmatch(path if "/" in p else name, p) for p in patterns)

    return matches


def with_attributes(wanted: CommitRequest, attributes: str) -> tuple[Change, ...]:
    """The changes, and a line in ``.gitattributes`` for each large file that it doesn't name."""
    sent = {change.path: change.content for change in wanted.changes}.get(ATTRIBUTES)
    text = sent.decode("utf-8", "replace") if sent is not None else attributes
    known = is_large(text)
    unnamed = [path for path in wanted.large if not known(path)]
    if not unnamed:
        return wanted.changes
    escaped = (path.replace(" ", "[[:space:]]") for path in unnamed)
    lines = "".join(f"{path} filter=lfs diff=lfs merge=lfs -text\n" for path in escaped)
    edited = Change(path=ATTRIBUTES, content=(text + lines).encode())
    return (*(c for c in wanted.changes if c.path != ATTRIBUTES), edited)
