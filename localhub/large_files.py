"""The store of large files (Git LFS): content by SHA-256, and the pointers that stand for it.

Pointer format: git-lfs, docs/spec.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from localhub.refusals import Refusal

POINTER_BYTES = 1024
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize (\d+)\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What git holds in place of a large file; ``size`` is the content's, in bytes."""

    oid: str
    size: int

    def text(self) -> bytes:
        """The pointer file's content."""
        head = "version https://git-lfs.github.com/spec/v1"
        return f"{head}\noid sha256:{self.oid}\nsize {self.size}\n".encode()


def parse_pointer(content: bytes) -> Pointer | None:
    """The pointer that a blob is, or None when it is an ordinary file."""
    match = _POINTER.fullmatch(content)
    return Pointer(oid=match[1].decode(), size=int(match[2])) if match else None


class LargeFiles:
    """Content addressed by its SHA-256."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, oid: str) -> Path | None:
        """Where the content lies, or None when it was never uploaded."""
        path = self._folder / oid
        return path if re.fullmatch("[0-9a-f]{64}", oid) and path.is_file() else None

    async def receive(self, oid: str, chunks: AsyncIterable[bytes]) -> None:
        """Store an upload; content that isn't what it claims to be is refused."""
        digest = hashlib.sha256()
        with NamedTemporaryFile(dir=self._folder, delete=False) as file:
            async for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
        arrived = Path(file.name)
        if digest.hexdigest() != oid:
            arrived.unlink()
            raise Refusal(400, f"The content's SHA-256 isn't {oid}")
        arrived.replace(self._folder / oid)
