"""What the Space's image must hold, from everything that was found."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.bundle.parts import Parts
from deployer.dependencies.system_packages import (
    commands_after,
    debian_release,
    system_packages,
)
from deployer.errors import Notice
from deployer.image.made import Image
from deployer.image.places import Place, find_places
from deployer.image.programs import find_programs
from deployer.image.writable import storage_notices, writable


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
    room = writable(_places(parts), map(shipped, parts.reading.listing.files), shipped, workdir)
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
    yield from storage_notices(_places(parts), parts.reading.image)


def _places(parts: Parts) -> tuple[Place, ...]:
    return find_places(parts.reading.target.project, parts.reading.closure)
