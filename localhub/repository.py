"""A Space's repository: a real bare git repository, read and written with git's plumbing."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from localhub.large_files import POINTER_BYTES, LargeFiles, Pointer, parse_pointer

_SHA = re.compile(r"[0-9a-f]{5,40}")
_PLAIN = ("-c", "core.quotePath=false", "-c", "filter.lfs.smudge=", "-c", "filter.lfs.required=0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file or folder of a tree; ``size`` in bytes, of the content and not of a pointer."""

    kind: str
    path: str
    oid: str
    size: int
    pointer: Pointer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A commit as the Hub lists it."""

    sha: str
    author: str
    date: datetime
    title: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file put (``content``) or one path removed, with all below it (None)."""

    path: str
    content: bytes | None


class Repository:
    """One bare repository. Methods block for some milliseconds: call them in a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self) -> None:
        """Make an empty repository whose branch is ``main``."""
        self.folder.mkdir(parents=True)
        self.git("init", "--quiet", "--bare", "--initial-branch=main", ".")

    def git(self, *arguments: str, feed: bytes = b"", index: Path | None = None) -> bytes:
        """Run git here and return its output; ``CalledProcessError`` when it fails."""
        done = subprocess.run(
            ["git", *_PLAIN, *arguments],
            cwd=self.folder,
            input=feed,
            env=_environment(index),
            capture_output=True,
            check=True,
        )
        return done.stdout

    def find(self, revision: str) -> str | None:
        """The commit that a branch, tag, full ref or (short) hash names."""
        names = [revision] if revision.startswith("refs/") or revision == "HEAD" else []
        names += [f"refs/heads/{revision}", f"refs/tags/{revision}"]
        names += [revision] if _SHA.fullmatch(revision) else []
        for name in names:
            try:
                found = self.git("rev-parse", "--quiet", "--verify", f"{name}^{{commit}}")
            except subprocess.CalledProcessError:
                continue
            return found.decode().strip()
        return None

    def head(self) -> str | None:
        """The newest commit on ``main``."""
        return self.find("main")

    def entries(self, sha: str, path: str = "", *, recursive: bool = False) -> list[Entry] | None:
        """The entries below a folder, or None when there is no such folder."""
        flags = ["-r", "-t"] if recursive else []
        try:
            listing = self.git("ls-tree", "-z", "-l", *flags, f"{sha}:{path}")
        except subprocess.CalledProcessError:
            return None
        prefix = f"{path}/" if path else ""
        return self._with_pointers([_entry(row, prefix) for row in _rows(listing)])

    def lookup(self, sha: str, paths: Sequence[str]) -> list[Entry]:
        """The entries at exactly these paths; missing ones are left out."""
        names = [path.strip("/") for path in paths]
        listing = self.git("ls-tree", "-z", "-l", sha, "--", *names) if names else b""
        return self._with_pointers([_entry(row, "") for row in _rows(listing)])

    def read(self, sha: str, path: str) -> bytes | None:
        """A blob's bytes (a pointer stays one), or None."""
        try:
            return self.git("cat-file", "blob", f"{sha}:{path}")
        except subprocess.CalledProcessError:
            return None

    def history(
        self, sha: str, *, skip: int = 0, limit: int = 50, path: str = ""
    ) -> list[Revision]:
        """Commits, newest first."""
        form = "%H%x00%an%x00%ct%x00%s%x00%b%x00%x00"
        span = (f"--skip={skip}", f"--max-count={limit}", f"--format={form}")
        text = self.git("log", *span, sha, *(["--", path] if path else [])).decode()
        return [_revision(record) for record in text.split("\0\0\n") if record]

    def count(self, since: str | None, until: str) -> int:
        """How many commits ``until`` has beyond ``since``."""
        span = f"{since}..{until}" if since else until
        return int(self.git("rev-list", "--count", span))

    def commit(
        self, changes: Iterable[Change], *, message: str, author: str, branch: str = "main"
    ) -> str:
        """One commit on top of ``branch``; its hash. Git's own importer writes it in one go."""
        ref = f"refs/heads/{branch}"
        stream = [f"commit {ref}\n".encode(), _signature(author), _data(message.encode())]
        if parent := self.find(ref):
            stream.append(f"from {parent}\n".encode())
        stream += [_import_line(change) for change in changes]
        self.git(
            "fast-import",
            "--quiet",
            "--done",
            "--date-format=now",
            feed=b"".join([*stream, b"done\n"]),
        )
        return self.git("rev-parse", ref).decode().strip()

    def checkout(self, sha: str, folder: Path, store: LargeFiles) -> None:
        """Write a revision's files into an empty folder, large files with their content."""
        with TemporaryDirectory() as scratch:
            index = Path(scratch) / "index"
            self.git("read-tree", sha, index=index)
            self.git(f"--work-tree={folder}", "checkout-index", "--all", index=index)
        for entry in self.entries(sha, recursive=True) or []:
            content = store.path(entry.pointer.oid) if entry.pointer else None
            if content:
                (folder / entry.path).write_bytes(content.read_bytes())

    def ignored(self, rules: bytes, paths: Sequence[str]) -> set[str]:
        """Which of the paths a root ``.gitignore`` with these rules leaves out."""
        with TemporaryDirectory() as scratch:
            excludes = Path(scratch) / "excludes"
            excludes.write_bytes(rules)
            empty = Path(scratch) / "empty"
            empty.mkdir()
            flags = ("-c", f"core.excludesFile={excludes}", f"--work-tree={empty}")
            try:
                feed = "\0".join(paths).encode()
                answer = self.git(*flags, "check-ignore", "--no-index", "-z", "--stdin", feed=feed)
            except subprocess.CalledProcessError:  # exit code 1: nothing is ignored
                return set()
        return {path for path in answer.decode().split("\0") if path}

    def _with_pointers(self, entries: list[Entry]) -> list[Entry]:
        """Small blobs may be pointers: read them all in one go and say so."""
        small = [e for e in entries if e.kind == "file" and e.size < POINTER_BYTES]
        found = dict(zip((e.oid for e in small), self._blobs(small), strict=True))
        return [_resolve(entry, parse_pointer(found.get(entry.oid, b""))) for entry in entries]

    def _blobs(self, entries: Sequence[Entry]) -> list[bytes]:
        if not entries:
            return []
        feed = "".join(f"{entry.oid}\n" for entry in entries).encode()
        output, at, blobs = self.git("cat-file", "--batch", feed=feed), 0, []
        for entry in entries:
            start = output.index(b"\n", at) + 1
            at = start + entry.size + 1
            blobs.append(output[start : start + entry.size])
        return blobs


def _environment(index: Path | None) -> dict[str, str]:
    """Git without the user's own configuration, so that every machine answers alike."""
    plain = {"PATH": os.environ.get("PATH", os.defpath), "GIT_CONFIG_NOSYSTEM": "1"}
    plain |= {"GIT_CONFIG_GLOBAL": os.devnull, "HOME": os.devnull, "LC_ALL": "C"}
    return plain | ({"GIT_INDEX_FILE": str(index)} if index else {})


def _rows(listing: bytes) -> list[str]:
    return [row.decode("utf-8", "surrogateescape") for row in listing.split(b"\0") if row]


def _entry(row: str, prefix: str) -> Entry:
    facts, path = row.split("\t", 1)
    _mode, kind, oid, size = facts.split()
    kind = {"tree": "directory", "blob": "file"}.get(kind, kind)
    return Entry(kind=kind, path=prefix + path, oid=oid, size=0 if size == "-" else int(size))


def _resolve(entry: Entry, pointer: Pointer | None) -> Entry:
    if entry.kind != "file" or pointer is None:
        return entry
    return Entry(kind="file", path=entry.path, oid=entry.oid, size=pointer.size, pointer=pointer)


def _revision(record: str) -> Revision:
    sha, author, seconds, title, message = record.lstrip("\n").split("\0")[:5]
    date = datetime.fromtimestamp(int(seconds), UTC)
    return Revision(sha=sha, author=author, date=date, title=title, message=message.strip())


def _signature(author: str) -> bytes:
    name = re.sub(r"[<>\n]", "", author)
    return f"committer {name} <{name}@users.noreply.localhub> now\n".encode()


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _import_line(change: Change) -> bytes:
    escaped = change.path.replace("\\", "\\\\").replace('"', '\\"').encode()
    if change.content is None:
        return b'D "%s"\n' % escaped
    return b'M 100644 inline "%s"\n%s' % (escaped, _data(change.content))
