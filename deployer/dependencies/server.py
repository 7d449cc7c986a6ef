"""uvicorn, which the made Dockerfile starts: whether it is there, and how it is added."""

from __future__ import annotations

from msgspec.structs import replace

from deployer.dependencies import pins, requirements
from deployer.dependencies.found import Dependencies, Source
from deployer.errors import Notice, Where

UVICORN = "uvicorn[standard]"
BRINGING = frozenset({"uvicorn", "fastapi-cli", "uvicorn-worker"})


def with_server(found: Dependencies, source: Source) -> Dependencies:
    """The same with uvicorn; beside hashed lines it goes into a second file."""
    if _serves(found):
        return found
    files, also = dict(found.files), found.also
    place = found.main
    if any(entry.hashed for entry in found.entries):
        # One hash in a file makes pip demand one for every package.
        place = also[0] if also else pins.second(source)
        also = also or (place,)
    files[place] = requirements.with_added(files.get(place, b""), UVICORN)
    return replace(
        found,
        files=files,
        also=also,
        entries=(*found.entries, *requirements.parse(f"{UVICORN}\n")),
        notices=(*found.notices, _notice(found.manifest, hashed=place != found.main)),
    )


def _serves(found: Dependencies) -> bool:
    for entry in found.entries:
        extras = entry.requirement.extras if entry.requirement else set()
        brings = entry.name == "fastapi" and bool(extras & {"standard", "all"})
        if entry.name in BRINGING or brings:
            return True
    # An own package may well ask for it; a lock would have told.
    return found.needs_code and not found.locked


def _notice(manifest: str, *, hashed: bool) -> Notice:
    also = f" in a second file, {pins.SECOND}, since the others are locked" if hashed else ""
    return Notice(
        message=f"uvicorn is missing from the requirements; it was added for the Space{also}.",
        hint=f"Add `{UVICORN}` to what the file is made from."
        if hashed
        else f"Add `{UVICORN}` to the file.",
        where=Where(file=manifest),
    )
