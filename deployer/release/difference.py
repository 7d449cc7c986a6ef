"""What to push: the bundle against the Space's tree, and the list of what we brought.

Only what an earlier deploy brought is ever removed. What it brought stands in ``MANIFEST``, a file
in the Space itself, made from nothing but the bundle: an unchanged bundle leaves it unchanged.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final

from msgspec import Struct

from deployer.model import BundleFile, Digest, SpaceFile
from deployer.release import marker

MANIFEST: Final = ".hf-space-deploy.json"
# The Hub edits it when a commit brings large files; ours would be overwritten for ever.
HUB_OWNED: Final = ".gitattributes"


class Difference(Struct, frozen=True, kw_only=True):
    """What one commit has to add, change and delete; ``kept`` is on the Space but not ours."""

    added: tuple[BundleFile, ...] = ()
    changed: tuple[BundleFile, ...] = ()
    deleted: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing to commit."""
        return not (self.added or self.changed or self.deleted)


def with_manifest(files: Sequence[BundleFile], *, health_path: str = "") -> tuple[BundleFile, ...]:
    """The bundle's files plus the manifest that names them, sorted by path.

    A made Dockerfile is given the marker of the bundle (marker.py), which the digest leaves out.
    """
    shipped = [_made(file, "") for file in files if file.path not in (MANIFEST, HUB_OWNED)]
    listing = hashlib.sha256()
    for file in shipped:
        listing.update(f"{file.path}\0{file.digest.blob}\n".encode())
    digest = listing.hexdigest()
    content = {
        "deployed-by": "hf-space-deploy",
        "schema": 1,
        "bundle": digest,
        **({"health": health_path} if health_path else {}),
        "files": [file.path for file in shipped],
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    manifest = _with_content(MANIFEST, text.encode())
    marked = (_made(file, digest) for file in shipped)
    return tuple(sorted((*marked, manifest), key=lambda file: file.path))


def _made(file: BundleFile, digest: str) -> BundleFile:
    """A made Dockerfile with the marker of ``digest``, or with none; any other file as it is."""
    if file.path != "Dockerfile" or file.content is None or not marker.is_made(file.content):
        return file
    content = marker.put(file.content, digest) if digest else marker.taken(file.content)
    return _with_content(file.path, content)


def _with_content(path: str, content: bytes) -> BundleFile:
    return BundleFile(path=path, digest=digest_of(content), content=content)


def bundle_digest(files: Iterable[BundleFile]) -> str:
    """The manifest's ``bundle`` digest: SHA-256 over paths and blobs; "" without a manifest."""
    manifest = next((file.content for file in files if file.path == MANIFEST), None)
    return str(json.loads(manifest)["bundle"]) if manifest else ""


def digest_of(content: bytes) -> Digest:
    """The digests of bytes in memory."""
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
    return Digest(
        size=len(content), blob=blob.hexdigest(), sha256=hashlib.sha256(content).hexdigest()
    )


def holds(stored: SpaceFile, content: bytes | None) -> bool:
    """Whether these are the bytes of a file that the Space lists."""
    if content is None:
        return False
    digest = digest_of(content)
    return stored.blob == digest.blob if stored.sha256 is None else stored.sha256 == digest.sha256


class Manifest(Struct, frozen=True, kw_only=True):
    """What an earlier deploy wrote down: the paths it brought, its bundle, its health path."""

    files: frozenset[str] = frozenset()
    bundle: str = ""
    health_path: str = ""


def read_manifest(content: bytes | None) -> Manifest:
    """The manifest; an empty one when there is none that we can read."""
    try:
        read = json.loads(content or b"{}")
        files = frozenset(path for path in read["files"] if isinstance(path, str))
        bundle, health = str(read.get("bundle", "")), str(read.get("health", ""))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Manifest()
    return Manifest(
        files=files,
        bundle=bundle if re.fullmatch(r"[0-9a-f]{64}", bundle) else "",
        health_path=health if re.fullmatch(r"/(?!/)[!-~]*", health) else "",
    )


def foreign_paths(files: Sequence[BundleFile], tree: Iterable[SpaceFile]) -> tuple[str, ...]:
    """What stands on the Space and not in the bundle: ours from earlier, or made by hand."""
    ours = {file.path for file in files} | {MANIFEST, HUB_OWNED}
    return tuple(sorted(file.path for file in tree if file.path not in ours))


def compare(
    files: Sequence[BundleFile], tree: Iterable[SpaceFile], brought: frozenset[str]
) -> Difference:
    """The difference between the bundle and the Space's tree."""
    there = {file.path: file for file in tree}
    foreign = foreign_paths(files, there.values())
    in_the_way = _in_the_way(files, foreign)
    gone = tuple(path for path in foreign if path in brought or path in in_the_way)
    return Difference(
        added=tuple(file for file in files if file.path not in there),
        changed=tuple(
            file for file in files if file.path in there and not _same(file, there[file.path])
        ),
        deleted=gone,
        kept=tuple(path for path in foreign if path not in gone),
    )


def _same(file: BundleFile, stored: SpaceFile) -> bool:
    if stored.sha256 is not None:
        return stored.sha256 == file.digest.sha256
    return stored.blob == file.digest.blob


def _in_the_way(files: Sequence[BundleFile], foreign: Sequence[str]) -> frozenset[str]:
    """Foreign files where the bundle needs a folder of that name, or below one of its files."""
    ours = {file.path for file in files}
    folders = {str(parent) for path in ours for parent in PurePosixPath(path).parents}
    return frozenset(
        path
        for path in foreign
        if path in folders or any(str(above) in ours for above in PurePosixPath(path).parents)
    )
