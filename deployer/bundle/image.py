"""What the Space's image must hold, from everything that was found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deployer.bundle.credentials import FAKE, credentials, is_sensitive, is_worded
from deployer.bundle.parts import Parts
from deployer.dependencies.system_packages import (
    commands_after,
    debian_release,
    system_packages,
)
from deployer.errors import Exit, Notice, Problem, Where
from deployer.image.made import Image
from deployer.image.own import OwnImage, assignments
from deployer.image.programs import find_programs
from deployer.image.writable import ownership_notices, storage_notices, writable


def image_of(parts: Parts) -> Image:
    """What the made Dockerfile depends on."""
    dependencies, target = parts.dependencies, parts.reading.target
    manifests = tuple(
        parts.layout.shipped(path) for path in (dependencies.files if dependencies else {})
    )
    roots = [parts.layout.search(root) for root in target.project.roots]
    entries = dependencies.entries if dependencies else ()
    packages = system_packages(entries, find_programs(target.project, parts.reading.closure))
    workdir = parts.layout.search(parts.reading.cwd)
    shipped = parts.layout.shipped
    room = writable(parts.places, map(shipped, parts.reading.listing.files), shipped, workdir)
    return Image(
        python=parts.backend.python_version,
        app=str(target),
        factory=target.app.factory,
        app_dir=roots[0],
        workdir=workdir,
        search=tuple(roots) if len(roots) > 1 else (),
        requirements=parts.layout.shipped(dependencies.main)
        if dependencies
        else "requirements.txt",
        also=tuple(map(parts.layout.shipped, dependencies.also)) if dependencies else (),
        manifests=manifests,
        needs_code=bool(dependencies and dependencies.needs_code),
        packages=packages,
        release=debian_release(packages),
        commands=commands_after(entries),
        folders=room.folders,
        links=room.links,
        health_path=parts.backend.health_path,
        port=parts.backend.app_port,
    )


def storage(parts: Parts) -> Iterator[Notice]:
    """What the app writes where it can't, or where it is lost."""
    image = parts.reading.image
    yield from storage_notices(parts.places, image)
    if image is not None:
        yield from ownership_notices(parts.places, image)


def written_secrets(image: OwnImage) -> Iterator[Problem]:
    """Values of secrets in ENV and ARG: whoever has the image, or sees the Space, has them."""
    for found in image.instructions:
        if found.word not in {"ENV", "ARG"}:
            continue
        for name, value in assignments(found.value):
            known = any(credentials(value.encode()))  # told of by its shape, wherever it stands
            if is_sensitive(name) and not known and _is_real(value):
                yield Problem(
                    exit=Exit.BUNDLE,
                    message=f"`{found.word} {name}` writes a secret's value into the image.",
                    hint=f"Revoke it, remove the line, and name `{name}` in the input `secrets`.",
                    where=Where(file=image.path, line=found.line),
                )


def _is_real(value: str) -> bool:
    """Whether a value could be in use: no placeholder, no reference to another name, no word."""
    if "$" in value or len(value) < 8 or value.startswith(("/", "http")):
        return False
    mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    return bool(mixed) and not FAKE.search(value.encode()) and not is_worded(value.encode())
