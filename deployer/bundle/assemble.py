"""The exact files of the Space from what was decided: copied, cleaned and made ones."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import replace

from deployer.bundle import hazards
from deployer.bundle.card import (
    app_port,
    card_changes,
    card_file,
    card_notices,
    competing,
    read_card,
)
from deployer.bundle.image import image_of, storage
from deployer.bundle.installed import installed
from deployer.bundle.layout import copy_problems, name_problems
from deployer.bundle.packages import missing_packages
from deployer.bundle.parts import Parts
from deployer.bundle.refused import BundleRefused
from deployer.errors import Notice, Problem, Where
from deployer.image.checks import check_dockerfile
from deployer.image.made import make_dockerfile
from deployer.model import Bundle, BundleFile, Digest, LeftOut, WorkspaceEntry
from deployer.ports import Files


def assemble(parts: Parts, files: Files, problems: list[Problem]) -> Bundle:
    """The bundle, sorted by path. Raises ``Refused`` with ``problems`` and what is found here."""
    problems = list(problems)
    literals = _literals(parts)
    shipped, left_out = _databases(parts, literals)
    notices = [*parts.notices, *_database_notices(left_out)]
    notices += hazards.missed(parts.reading.listing.left_out, literals)
    readme, recoded = read_card(_own_readme(parts, files) or b"")
    port, port_notices = app_port(parts, readme)
    backend = replace(parts.backend, app_port=port)
    parts = replace(parts, backend=backend)
    changes = card_changes(parts, readme)
    made = _made(parts, files) | card_file(parts, readme, changes, recoded=recoded)
    notices += [*card_notices(parts, readme, changes), *competing(parts, files, shipped)]
    copied = _copied(parts, files, shipped, frozenset(made))
    bundle_files = sorted(
        [*copied, *(_made_file(path, content) for path, content in made.items())],
        key=lambda file: file.path,
    )
    names = [file.path for file in bundle_files]
    problems += [*_scan(files, shipped), *hazards.size_problems(bundle_files)]
    problems += name_problems(names)
    notices += [*port_notices, *hazards.size_notices(bundle_files)]
    notices += storage(parts)
    if parts.reading.image is not None:
        notices += check_dockerfile(parts.reading.image, port)
        problems += copy_problems(parts.reading.image, names, parts.layout.base)
    bundle = Bundle(
        files=tuple(bundle_files),
        left_out=tuple(
            sorted([*parts.reading.listing.left_out, *left_out], key=lambda item: item.path)
        ),
        backend=backend,
        installed=installed(parts),
        notices=tuple(dict.fromkeys(notices)),
    )
    if problems:
        raise BundleRefused(problems, bundle)
    return bundle


def _copied(
    parts: Parts, files: Files, shipped: dict[str, WorkspaceEntry], made: frozenset[str]
) -> Iterator[BundleFile]:
    """The files that ship as they are."""
    for path, entry in shipped.items():
        replaced = path == parts.readme and "README.md" in made
        ship = parts.layout.shipped(path)
        if ship not in made and not replaced:
            yield BundleFile(path=ship, digest=files.digest(entry.path), source=entry.path)


def _scan(files: Files, shipped: dict[str, WorkspaceEntry]) -> Iterator[Problem]:
    for entry in shipped.values():
        if hazards.is_scanned(entry.size):
            yield from hazards.scan(entry.path, files.read(entry.path) or b"")


def _made(parts: Parts, files: Files) -> dict[str, bytes]:
    """Files whose content is ours, by their path in the Space; those of the user unchanged not."""
    made: dict[str, bytes] = {}
    for path in missing_packages(parts.reading.target.project, parts.reading.closure):
        made[parts.layout.shipped(path)] = b""
    if parts.dependencies is not None:
        for path, content in parts.dependencies.files.items():
            listed = path in parts.reading.listing.files
            # An own Dockerfile says what it installs; nothing needs to be made for it.
            if files.read(path) != content if listed else parts.reading.image is None:
                made[parts.layout.shipped(path)] = content
    if parts.reading.image is None:
        made["Dockerfile"] = make_dockerfile(image_of(parts))
    elif parts.layout.shipped(parts.reading.image.path) != "Dockerfile" or (
        parts.reading.image.path not in parts.reading.listing.files
    ):
        made["Dockerfile"] = files.read(parts.reading.image.path) or b""
    return made


def _databases(
    parts: Parts, literals: frozenset[str]
) -> tuple[dict[str, WorkspaceEntry], list[LeftOut]]:
    """Databases ship when the code names them, or the input `ignore` brings them back."""
    shipped: dict[str, WorkspaceEntry] = {}
    left_out: list[LeftOut] = []
    for path, entry in parts.reading.listing.files.items():
        if hazards.is_database(path) and not _is_wanted(parts, path, literals):
            left_out.append(LeftOut(path=path, rule="a database no code names", origin="built-in"))
        else:
            shipped[path] = entry
    return shipped, left_out


def _is_wanted(parts: Parts, path: str, literals: frozenset[str]) -> bool:
    asked = any(not rule.leaves_out for rule in parts.reading.rules.given.matching(path))
    return asked or hazards.is_named(path, parts.backend.folder, literals)


def _database_notices(left_out: list[LeftOut]) -> Iterator[Notice]:
    for item in left_out:
        yield Notice(
            message=f"The database `{item.path}` is left out: no code names it.",
            hint="If the app needs it, add a line like `!*.db` to the input `ignore`.",
            where=Where(file=item.path),
            warning=False,
        )


def _literals(parts: Parts) -> frozenset[str]:
    """The short strings in the app's code, among which are the paths of its data."""
    found: set[str] = set()
    for path in parts.reading.closure:
        module = parts.reading.target.project.code.module(path)
        for node in module.nodes if module else ():
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and len(node.value) < 200
            ):
                found.add(node.value)
    return frozenset(found)


def _made_file(path: str, content: bytes) -> BundleFile:
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
    digest = Digest(
        size=len(content), blob=blob.hexdigest(), sha256=hashlib.sha256(content).hexdigest()
    )
    return BundleFile(path=path, digest=digest, content=content)


def _own_readme(parts: Parts, files: Files) -> bytes | None:
    return files.read(parts.readme) if parts.readme else None
