"""What user 1000 may write: folders that the made image gives him, and places no image can."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from deployer.code.paths import CWD, HERE
from deployer.errors import Notice, Where
from deployer.image.made import HOME
from deployer.image.own import OwnImage
from deployer.image.places import Place

DATA = "/data"
# Where other images have the app; the code's absolute paths then mean the app's own folder.
ELSEWHERE = ("/app", "/code", "/usr/src/app", "/src")
# Belongs to the system, or to a machine that is not this one.
FORBIDDEN = re.compile(
    r"/(?:root|etc|usr|bin|s?bin|lib\w*|proc|sys|dev|boot|run|home/(?!user(?:/|$))[^/]+|Users)(?:/|$)"
)
FREE = re.compile(r"/(?:tmp|var/tmp|dev/(?:null|stdout|stderr|shm)|proc/self/fd|home/user)(?:/|$)")
_PLAIN = re.compile(r"[\w./@+-]+")


class Writable(Struct, frozen=True, kw_only=True):
    """Folders of the image that user 1000 must own, and other names of the app's folder."""

    folders: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def writable(
    places: Iterable[Place], ships: Iterable[str], shipped: Callable[[str], str], workdir: str = ""
) -> Writable:
    """What the made image needs. ``shipped`` maps workspace paths into the Space."""
    there = _folders(ships)
    found = [(place, inside_image(place.folder, shipped, workdir)) for place in places]
    made = {folder for place, folder in found if place.made}
    folders = {folder for _, folder in found if _is_missing(folder, there, made)}
    folders |= {DATA for folder in folders if _below(folder, DATA)}
    links = {link for place, _ in found for link in ELSEWHERE if _below(place.known, link)}
    return Writable(folders=tuple(sorted(folders)), links=tuple(sorted(links)))


def _is_missing(folder: str, there: set[str], made: set[str]) -> bool:
    if not _PLAIN.fullmatch(folder) or folder == "/":
        return False
    if _below(folder, HOME):  # where the code may make what it lacks
        return folder not in made and folder[len(HOME) + 1 :] not in there
    return not FREE.match(folder) and not FORBIDDEN.match(folder)


def storage_notices(places: Iterable[Place], image: OwnImage | None) -> Iterator[Notice]:
    """Places that can't be written, and those that are lost at a restart."""
    said: set[str] = set()
    for place in places:
        if not _is_rooted(place.known) or FREE.match(place.known):
            continue
        where = Where(file=place.path, line=place.line)
        if _below(place.known, DATA) and DATA not in said:
            said.add(DATA)
            yield _lost(place.known, where)
        closed = FORBIDDEN.match(place.known) or (image and not _prepared(image, place.folder))
        if closed and place.folder not in said:
            said.add(place.folder)
            yield _forbidden(place.known, where, image)


def ownership_notices(places: Iterable[Place], image: OwnImage) -> Iterator[Notice]:
    """What the app writes into its own folder, where an own Dockerfile leaves that to root."""
    copy = image.unowned
    if copy is None or image.user is None or image.user.value.split(":")[0] in {"root", "0"}:
        return  # one that runs as root is told to do otherwise
    made = image.made()
    for place in places:
        inside = place.known.removeprefix(HERE).removeprefix(CWD).strip("/").removeprefix("./")
        if not _is_rooted(place.known) and not made & {*inside.split("/")[:-1], inside}:
            yield Notice(
                message=f"`{inside}` is written at {place.path}:{place.line}, and what this copies"
                " belongs to root: a Space runs as UID 1000, which may not.",
                hint="Add `--chown=1000` to the COPY, or write to /tmp.",
                where=Where(file=image.path, line=copy.line),
            )
            return


def inside_image(known: str, shipped: Callable[[str], str], workdir: str = "") -> str:
    """``known`` as an absolute path of the made image."""
    if known.startswith(HERE):
        inside = shipped(posixpath.normpath(known.removeprefix(HERE).lstrip("/") or "."))
        return posixpath.normpath(posixpath.join(HOME, inside))
    if _is_rooted(known):
        root = next((root for root in ELSEWHERE if _below(known, root)), None)
        return posixpath.normpath(f"{HOME}/{known[len(root) :]}" if root else known)
    inside = known.removeprefix(CWD).lstrip("/")
    return posixpath.normpath(posixpath.join(HOME, workdir, inside))


def _is_rooted(known: str) -> bool:
    """Whether the code spells the path out from the top, wherever it runs."""
    return known.startswith("/") and not known.startswith((HERE, CWD))


def _prepared(image: OwnImage, folder: str) -> bool:
    """Whether an own Dockerfile makes the folder, or one above it."""
    top = "/" + folder.strip("/").partition("/")[0]
    words = [i.value for i in image.instructions if i.word in {"RUN", "WORKDIR", "COPY", "VOLUME"}]
    return any(re.search(rf"(?<![\w/]){re.escape(top)}(?![\w-])", value) for value in words)


def _lost(written: str, where: Where) -> Notice:
    return Notice(
        message=f"`{written}` is only kept where the Space has storage mounted at /data.",
        hint="Mount a bucket there in the Space's settings, or all of it is lost at each restart.",
        where=where,
    )


def _forbidden(written: str, where: Where, image: OwnImage | None) -> Notice:
    return Notice(
        message=f"A Space runs as UID 1000, which may not write `{written}`.",
        hint="Write below the app's own folder, or to /tmp"
        + ("; or make the folder in the Dockerfile and give it to UID 1000." if image else "."),
        where=where,
    )


def _folders(ships: Iterable[str]) -> set[str]:
    """Every folder that the Space's files bring into being."""
    there = {""}
    for path in ships:
        while (path := posixpath.dirname(path)) and path not in there:
            there.add(path)
    return there


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
