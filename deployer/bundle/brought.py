"""The files that are brought along from outside the backend, under the same rules as its own."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from msgspec import Struct, field
from msgspec.structs import replace

from deployer.bundle.context import Build
from deployer.bundle.ignore import IgnoreRules
from deployer.bundle.listing import Listing, docker_rules, git_rules, list_backend, list_file
from deployer.bundle.outside import DATA_LIMIT, MEGABYTE, PACKAGE_FILES, PACKAGE_LIMIT, Reach
from deployer.bundle.place import kind_of
from deployer.code.search_path import within
from deployer.code.source import join
from deployer.errors import Notice, Where
from deployer.model import WorkspaceEntry, WorkspaceKind
from deployer.ports import Files


class Brought(Struct, frozen=True, kw_only=True):
    """``listing`` as of a walk. Of the packages in ``partly`` only what is imported ships."""

    listing: Listing = field(default_factory=lambda: Listing(files={}, left_out=()))
    partly: tuple[str, ...] = ()

    def shipping(self, closure: Iterable[str]) -> dict[str, WorkspaceEntry]:
        """The files that ship when the app imports ``closure``."""
        imported = set(closure)
        return {
            path: entry
            for path, entry in self.listing.files.items()
            if path in imported or not any(within(path, package) for package in self.partly)
        }


def bring(files: Files, reach: Reach, rules: IgnoreRules) -> Brought:
    """What ``reach`` names; ``rules`` are those of the workspace's root."""
    listing = Listing(files={}, left_out=())
    partly: list[str] = []
    for path, where in reach.packages.items():
        found = _listed(files, path, rules)
        large = found.size > PACKAGE_LIMIT or len(found.files) > PACKAGE_FILES
        if large or join(path, "package.json") in found.files:
            partly.append(path)
        listing |= replace(found, notices=(*found.notices, _told(path, where, "imported")))
    for path, where in reach.data.items():
        if path in listing.files and not any(within(path, package) for package in partly):
            continue
        # What the code names ships, although git may ignore it: a frontend that was built here.
        found = _listed(files, path, replace(rules, needed=rules.needed | {path}))
        if found.size > DATA_LIMIT:
            listing |= Listing(files={}, left_out=(), notices=(_too_large(path, where, found),))
        elif found.files:
            listing |= replace(found, notices=(*found.notices, _told(path, where, "read")))
            partly = [package for package in partly if not within(package, path)]
    return Brought(listing=listing, partly=tuple(partly))


def bring_context(files: Files, build: Build, folder: str, rules: IgnoreRules) -> Brought:
    """What the own Dockerfile copies from outside the backend, as ``docker build`` would see it."""
    rules = docker_rules(files, build.context, rules, build.image.path)
    listing = Listing(files={}, left_out=())
    for path, line in build.sources():
        place = _before_pattern(path)
        if within(place, folder) or kind_of(files, place) is None:
            continue
        needed = rules if within(folder, place) else replace(rules, needed=rules.needed | {path})
        found = _listed(files, place, needed)
        found = _copied(found, path, rules)
        whole = within(folder, place)
        told = () if whole else (_told(path, Where(file=build.image.path, line=line), "copied"),)
        if found.files:
            listing |= replace(found, notices=(*found.notices, *told))
    return Brought(listing=listing)


def _copied(found: Listing, path: str, rules: IgnoreRules) -> Listing:
    """What a COPY of ``path`` takes; Docker's own rules hold below what is copied by name."""
    kept = {
        place: entry
        for place, entry in found.files.items()
        if matches(place, path)
        and (place == path or not any(r.leaves_out for r in rules.docker.matching(place)[-1:]))
    }
    return replace(found, files=kept, left_out=() if set(path) & set("*?[") else found.left_out)


def missing_copies(build: Build, uses: Iterable[tuple[str, Where]]) -> Iterator[Notice]:
    """What the app reads outside the backend and the own Dockerfile leaves behind."""
    copied = [path for path, _ in build.sources()]
    for path, where in uses:
        if not any(within(path, source) or within(source, path) for source in copied):
            yield Notice(
                message=f"The app reads `{path}`, which `{build.image.path}` does not copy.",
                hint="Add a COPY for it, and build from the folder that holds both.",
                where=where,
            )


def _listed(files: Files, path: str, rules: IgnoreRules) -> Listing:
    if kind_of(files, path) is WorkspaceKind.FOLDER:
        return list_backend(files, path, git_rules(files, path, rules))
    above = posixpath.dirname(path) or "."
    return list_file(files, path, git_rules(files, above, rules))


def _before_pattern(path: str) -> str:
    """The folder that a COPY with wildcards begins in; the path itself without any."""
    parts = path.split("/")
    plain = next((i for i, part in enumerate(parts) if set(part) & set("*?[")), len(parts))
    return "/".join(parts[:plain]) or "."


def matches(path: str, pattern: str) -> bool:
    """Whether a file is one that the pattern names, or lies in a folder that it names."""
    if pattern == ".":
        return True
    wanted, have = pattern.split("/"), path.split("/")
    return len(have) >= len(wanted) and all(
        fnmatchcase(name, part) for name, part in zip(have, wanted, strict=False)
    )


def _told(path: str, where: Where, how: str) -> Notice:
    return Notice(
        message=f"`{path}` lies outside the backend and is brought along: it is {how} here.",
        where=where,
        warning=False,
    )


def _too_large(path: str, where: Where, found: Listing) -> Notice:
    return Notice(
        message=f"`{path}` outside the backend is read here. It has {found.size / MEGABYTE:,.0f} MB"
        f" and stays behind: {DATA_LIMIT // MEGABYTE} MB is the limit.",
        hint="Move what it needs into the backend folder, or load it when the app starts.",
        where=where,
    )
