"""What the Space installs, told for the plan."""

from __future__ import annotations

from deployer.bundle.image import image_of
from deployer.bundle.parts import Parts
from deployer.model import Installed


def installed(parts: Parts) -> Installed | None:
    """None when the backend's own Dockerfile needs no manifest, or none could be read."""
    found = parts.dependencies
    if found is None:
        return None
    return Installed(
        manifest=found.manifest,
        kind=found.kind,
        reason=found.reason,
        locked=found.locked,
        packages=tuple(sorted(found.names)),
        removed=found.removed,
        system=image_of(parts).packages if parts.reading.image is None else (),
    )
