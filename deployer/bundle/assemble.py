"""The exact files of the Space from what was decided: copied, cleaned and made ones."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from deployer.bundle import hazards
from deployer.bundle.card import (
    card_changes,
    card_file,
    card_notices,
    competing,
    read_card,
)
from deployer.bundle.image import image_of, storage, written_secrets
from deployer.bundle.installed import installed
from deployer.bundle.layout import copy_problems, has_text, name_problems
from deployer.bundle.packages import missing_packages
from deployer.bundle.parts import Findings, Parts
from deployer.bundle.port import app_port
from deployer.bundle.refused import BundleRefused
from deployer.bundle.started import script_notices
from deployer.bundle.stores import App, unopened
from deployer.errors import Notice, Problem, Where
from deployer.image.checks import check_dockerfile
from deployer.image.made import make_dockerfile
from deployer.image.places import find_places
from deployer.model import Bundle, BundleFile, Digest, LeftOut, WorkspaceEntry
from deployer.ports import Files


def assemble(parts: Parts, files: Files, problems: Iterable[Problem]) -> Bundle:
    """The bundle, sorted by path. Raises ``BundleRefused`` with ``problems`` and what is found."""
    literals = _literals(parts)
    shipped, left_out = _stores(parts, files, literals)
    readme, recoded = read_card(_own_readme(parts, files) or b"")
    port, port_notices = app_port(parts, readme)
    places = find_places(parts.reading.target.project, parts.reading.closure)
    parts = replace(parts, backend=replace(parts.backend, app_port=port), places=places)
    changes = card_changes(parts, readme)
    made = _made(parts, files) | card_file(parts, readme, changes, recoded=recoded)
    copied = _copied(parts, files, shipped, frozenset(made))
    made_files = (_made_file(path, content) for path, content in made.items())
    bundle_files = sorted([*copied, *made_files], key=lambda file: file.path)
    content, image = _content(files, shipped, bundle_files), _brought_image(parts, bundle_files)
    notices = (
        *parts.notices,
        *_database_notices(left_out),
        *hazards.missed(parts.reading.listing.left_out, literals),
        *card_notices(parts, readme, changes),
        *competing(parts, files, shipped),
        *content.notices,
        *port_notices,
        *storage(parts),
        *image.notices,
    )
    everything_left = (*parts.reading.listing.left_out, *left_out)
    bundle = Bundle(
        files=tuple(file for file in bundle_files if has_text(file.path)),
        left_out=tuple(sorted(everything_left, key=lambda item: item.path)),
        backend=parts.backend,
        installed=installed(parts),
        notices=tuple(dict.fromkeys(notices)),
    )
    found = [*problems, *content.problems, *image.problems]
    if found:
        raise BundleRefused(found, bundle)
    return bundle


def _content(
    files: Files, shipped: dict[str, WorkspaceEntry], bundle_files: Sequence[BundleFile]
) -> Findings:
    """What the files themselves hold, weigh and are called."""
    leaks, suspicions = _scan(files, shipped)
    readable = [file for file in bundle_files if has_text(file.path)]
    return Findings(
        problems=(
            *leaks,
            *hazards.size_problems(readable),
            *name_problems(file.path for file in bundle_files),
        ),
        notices=(
            *suspicions,
            *hazards.size_notices(readable),
            *hazards.binary_notices(readable),
            *hazards.number_notices(readable),
        ),
    )


def _brought_image(parts: Parts, bundle_files: Sequence[BundleFile]) -> Findings:
    """What is to be said of the backend's own Dockerfile, if it is the Space's."""
    image, names = parts.reading.image, [file.path for file in bundle_files]
    if image is None:
        return Findings()
    given, port = (*parts.request.secrets, *parts.request.variables), parts.backend.app_port
    return Findings(
        problems=(*written_secrets(image), *copy_problems(image, names, parts.layout.base)),
        notices=(
            *check_dockerfile(image, port, given=given, ships=names),
            *script_notices(parts),
        ),
    )


def _copied(
    parts: Parts, files: Files, shipped: dict[str, WorkspaceEntry], made: frozenset[str]
) -> Iterator[BundleFile]:
    """The files that ship as they are."""
    for path, entry in shipped.items():
        replaced = path == parts.readme and "README.md" in made
        ship = parts.layout.shipped(path)
        if ship not in made and not replaced:
            yield BundleFile(path=ship, digest=files.digest(entry.path), source=entry.path)


def _scan(files: Files, shipped: dict[str, WorkspaceEntry]) -> tuple[list[Problem], list[Notice]]:
    """Credentials in what ships: those of known shapes, and what only looks like one."""
    problems: list[Problem] = []
    notices: list[Notice] = []
    for entry in shipped.values():
        if hazards.is_scanned(entry.size):
            content = files.read(entry.path) or b""
            found = list(hazards.scan(entry.path, content))
            problems += found
            known = {problem.where.line for problem in found if problem.where}
            notices += hazards.suspicious(entry.path, content, known)
    return problems, notices


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


def _stores(
    parts: Parts, files: Files, literals: frozenset[str]
) -> tuple[dict[str, WorkspaceEntry], list[LeftOut]]:
    """Databases ship when the code opens them, or the input `ignore` brings them back."""
    app = App.of(parts.backend.folder, literals, parts.reading.imported)
    given = parts.reading.rules.given
    listed = parts.reading.listing.files
    left_out = [
        LeftOut(path=path, rule=rule, origin="built-in")
        for path, rule in unopened(listed, app).items()
        if not any(not rule.leaves_out for rule in given.matching(path))
        if not hazards.is_pointer(files.read(path) or b"" if listed[path].size < 500 else b"")
    ]
    left = {item.path for item in left_out}
    return {path: entry for path, entry in listed.items() if path not in left}, left_out


def _database_notices(left_out: list[LeftOut]) -> Iterator[Notice]:
    for item in left_out:
        yield Notice(
            message=f"`{item.path}` is left out: it is {item.rule}.",
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
