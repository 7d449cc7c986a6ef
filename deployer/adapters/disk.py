"""The workspace on disk (port ``Files``). No link is ever followed, no path leads outside."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deployer.errors import Exit, Problem, Refused, Where
from deployer.model import Digest, WorkspaceEntry, WorkspaceKind

CHUNK = 1 << 20
LARGE = 8 * CHUNK  # from here on a second thread pays


class Workspace:
    """``Files`` below ``root``. Raises ``Refused`` (exit 2) for a path that would leave it."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._plain_folders = {""}

    def walk(self, folder: str, descend: Callable[[str], bool]) -> Iterator[WorkspaceEntry]:
        """Every path below ``folder``; nothing for a folder that is missing, a link, or closed."""
        start = self._plain(folder)
        if start is None or not start.is_dir():
            return
        prefix = "" if start == self._root else f"{start.relative_to(self._root).as_posix()}/"
        # A stack and not recursion: a tree may be deeper than Python's stack.
        pending = [_entries(start, prefix)]
        while pending:
            entry = next(pending[-1], None)
            if entry is None:
                pending.pop()
                continue
            yield entry
            if entry.kind is WorkspaceKind.FOLDER and descend(entry.path):
                pending.append(_entries(self._root / entry.path, f"{entry.path}/"))

    def read(self, path: str) -> bytes | None:
        """A regular file's bytes; None for anything else and for what lies behind a link.

        Raises ``Refused`` (exit 3) where this user may not read it.
        """
        try:
            location = self._within(path)
            # Asked for each of thousands of files: text, which is made in no time, not a Path.
            if location is None or not stat.S_ISREG(os.lstat(location).st_mode):
                return None
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError:  # in a folder that is closed, and passed over by a walk
            return None
        try:
            # It is read at once: a buffer would only be filled and copied.
            with open(location, "rb", buffering=0) as stream:  # noqa: PTH123 - as above
                return stream.read()
        except PermissionError:
            raise Refused([_closed(path)]) from None

    def digest(self, path: str) -> Digest:
        """Git blob SHA-1 (git-hash-object) and SHA-256 (git-lfs) from one pass over the file."""
        try:
            location = self._plain(path)
            if location is None:
                raise Refused([_outside(path, "is a link or lies behind one")])
            return _digest(location)
        except PermissionError:
            raise Refused([_closed(path)]) from None

    def write(self, path: str, content: bytes) -> None:
        """Replace a file in one step, keeping its mode; a new one gets the usual 0644."""
        location = self._plain(path)
        if location is None:
            raise Refused([_outside(path, "is a link or lies behind one")])
        location.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(location.stat().st_mode) if location.exists() else 0o644
        descriptor, name = tempfile.mkstemp(dir=location.parent, prefix=".hf-space-deploy-")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            Path(name).chmod(mode)
            Path(name).replace(location)
        finally:
            Path(name).unlink(missing_ok=True)

    def _plain(self, path: str) -> Path | None:
        """Where ``path`` lies, or None when a link is on the way to it or it is one."""
        location = self._within(path)
        return None if location is None or (place := Path(location)).is_symlink() else place

    def _within(self, path: str) -> str | None:
        """Where ``path`` lies, or None when a link is on the way to it."""
        if path.startswith("/") or ".." in path.split("/") or "\0" in path:
            raise Refused([_outside(path, "leads outside the workspace")])
        return f"{self._root}/{path}" if self._is_plain(path.rpartition("/")[0]) else None

    def _is_plain(self, folder: str) -> bool:
        """Whether no part of ``folder`` is a link. Thousands of files lie in the same few."""
        unknown = []
        while folder not in self._plain_folders:
            unknown.append(folder)
            folder = folder.rpartition("/")[0]
        for below in reversed(unknown):
            if (self._root / below).is_symlink():
                return False
            self._plain_folders.add(below)
        return True


def _digest(location: Path) -> Digest:
    with location.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        blob = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        whole = hashlib.sha256()
        chunks = iter(lambda: stream.read(CHUNK), b"")
        if size >= LARGE:
            _hash_beside(chunks, blob.update, whole.update)
        else:
            for chunk in chunks:
                blob.update(chunk)
                whole.update(chunk)
    return Digest(size=size, blob=blob.hexdigest(), sha256=whole.hexdigest())


def _hash_beside(
    chunks: Iterator[bytes], one: Callable[[bytes], None], other: Callable[[bytes], None]
) -> None:
    """Feed two hashes at once: hashlib lets other threads run meanwhile."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        for chunk in chunks:
            beside = thread.submit(one, chunk)
            other(chunk)
            beside.result()


def _entries(folder: Path, prefix: str) -> Iterator[WorkspaceEntry]:
    try:
        with os.scandir(folder) as scan:
            found = sorted(scan, key=lambda entry: entry.name)
        return iter([_entry(entry, prefix + entry.name) for entry in found])
    except PermissionError:
        # A database's folder, say, that an earlier step's container made, as another user.
        return iter(())


def _entry(entry: os.DirEntry[str], path: str) -> WorkspaceEntry:
    if entry.is_symlink():
        return WorkspaceEntry(path=path, kind=WorkspaceKind.LINK, target=_target(entry.path))
    if entry.is_dir(follow_symlinks=False):
        return WorkspaceEntry(path=path, kind=WorkspaceKind.FOLDER)
    if entry.is_file(follow_symlinks=False):
        size = entry.stat(follow_symlinks=False).st_size
        return WorkspaceEntry(path=path, kind=WorkspaceKind.FILE, size=size)
    return WorkspaceEntry(path=path, kind=WorkspaceKind.OTHER)


def _target(link: str) -> str:
    """Where a link leads, "" where that is nobody's business (`/proc/1/cwd`)."""
    try:
        return Path(link).readlink().as_posix()
    except OSError:
        return ""


def _closed(path: str) -> Problem:
    return Problem(
        exit=Exit.BUNDLE,
        message=f"`{path}` may not be read by the user that runs this job.",
        hint="Change its owner or mode in an earlier step, or leave it out (input `ignore`).",
        where=Where(file=path),
    )


def _outside(path: str, why: str) -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION,
        message=f"`{path}` {why}.",
        hint="Use a path inside the repository, without links.",
        where=Where(file=path),
    )
