"""Finds the data files beside a frontend, and what each kind of them may become.

Rule: a file that only production reads is changed. One that serves the developer's machine, too,
can't branch: it is reported, with the line to write.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from deployer.frontend import data_formats
from deployer.frontend.branches import Side
from deployer.frontend.data_formats import DataPlace
from deployer.frontend.discovery import Frontend
from deployer.frontend.environment import Read
from deployer.frontend.listing import Listed
from deployer.frontend.modes import build_of
from deployer.frontend.places import URL_NAME
from deployer.frontend.syntax import is_utf8


class Kind(Enum):
    """What a data file is."""

    VERCEL = "vercel"
    NETLIFY = "netlify"
    REDIRECTS = "redirects"
    NGINX = "nginx"
    SETTINGS = "settings"
    YAML = "yaml"
    WORKFLOW = "workflow"
    COMPOSE = "compose"
    IMAGE = "image"
    WEBPACK = "webpack"
    PAGE = "page"
    HEADERS = "headers"


class Data(Struct, frozen=True, kw_only=True):
    """A data file's places, and whether only production reads it (``changes``)."""

    path: str
    kind: Kind
    changes: bool
    places: tuple[DataPlace, ...]


_WORKFLOWS = ".github/workflows"
_LARGEST = 200_000
_NAMES = (
    (Kind.VERCEL, re.compile(r"vercel\.json")),
    (Kind.NETLIFY, re.compile(r"netlify\.toml")),
    (Kind.HEADERS, re.compile(r"_headers")),
    (Kind.REDIRECTS, re.compile(r"_redirects")),
    (Kind.NGINX, re.compile(r"(?:.*nginx.*|default|app|site)\.conf(?:\.template)?")),
    (Kind.COMPOSE, re.compile(r"(?:docker-)?compose[\w.-]*\.ya?ml")),
    (Kind.IMAGE, re.compile(r"Dockerfile[\w.-]*|[\w.-]*\.Dockerfile")),
    (Kind.WEBPACK, re.compile(r"webpack[\w.-]*\.[cm]?[jt]s")),
    (Kind.YAML, re.compile(r"(?:[\w-]*config|settings|env)(?:[.-][\w-]+)?\.ya?ml")),
    (
        Kind.SETTINGS,
        re.compile(r"(?!ts|js)(?:[\w.-]*config|settings|appsettings|env)[\w.-]*\.json"),
    ),
)
# One look for thousands of names, most of which are none of these.
_ANY_NAME = re.compile("|".join(f"(?:{names.pattern})" for _, names in _NAMES))
# Settings of a frontend stand in these folders of it, or beside its manifest.
_IN_THE_FRONTEND = frozenset({Kind.SETTINGS, Kind.YAML, Kind.WEBPACK})
_SOURCES = ("public/", "static/", "src/", "assets/", "app/", "lib/", "config/")
_PUBLISHES = re.compile(rb"deploy|publish|pages|vercel|netlify|s3 sync", re.IGNORECASE)
# Of vercel.json: what sends requests on, and what is set for a build.
_VERCEL_KEYS = frozenset({"rewrites", "redirects", "routes"})
_DESTINATIONS = frozenset({"destination", "dest"})
_READERS = {
    Kind.NETLIFY: data_formats.in_netlify,
    Kind.REDIRECTS: data_formats.in_redirects,
    Kind.HEADERS: data_formats.nothing,
    Kind.NGINX: data_formats.in_nginx,
    Kind.SETTINGS: data_formats.in_json,
    Kind.YAML: data_formats.in_yaml,
    Kind.WEBPACK: data_formats.in_webpack,
    Kind.COMPOSE: data_formats.in_build_values,
    Kind.IMAGE: data_formats.in_build_values,
    Kind.WORKFLOW: data_formats.in_build_values,
}


def with_data(
    frontends: tuple[Frontend, ...], listed: Iterable[Listed], read: Read
) -> tuple[Frontend, ...]:
    """The frontends with the data files that belong to each: below it, or above the only one."""
    data: dict[str, dict[str, bytes]] = {frontend.root: {} for frontend in frontends}
    for file in listed:
        if file.size > _LARGEST or not kind_of(file.path):
            continue
        root = _owner(file.path, frontends)
        content = read(file.path) if root is not None else None
        if root is not None and content is not None:
            data[root][file.path] = content
    return tuple(replace(frontend, data=data[frontend.root]) for frontend in frontends)


def _owner(path: str, frontends: tuple[Frontend, ...]) -> str | None:
    """The innermost frontend around a file, else the only one; None for nobody's file.

    Scripts without a framework at the root of a repository are no reason to take the hosting's
    files from the only frontend that is built.
    """
    roots = tuple(frontend.root for frontend in frontends)
    built = [frontend.root for frontend in frontends if frontend.framework.bundled]
    around = [root for root in roots if root == "." or path.startswith(f"{root}/")]
    root = max(around, key=len) if around else None
    if kind_of(path) in _IN_THE_FRONTEND:
        inside = path if root in (None, ".") else path.removeprefix(f"{root}/")
        return root if "/" not in inside or inside.startswith(_SOURCES) else None
    folder = posixpath.dirname(path)
    above = folder in ("", _WORKFLOWS) or any(one.startswith(f"{folder}/") for one in built)
    if len(built) == 1 and (above or root is None) and root not in built:
        return built[0]
    return roots[0] if root is None and len(roots) == 1 else root


def kind_of(path: str) -> Kind | None:
    """What a path's name tells, or None."""
    folder, _, name = path.rpartition("/")
    if folder == _WORKFLOWS:
        return Kind.WORKFLOW if name.endswith((".yml", ".yaml")) else None
    if _ANY_NAME.fullmatch(name) is None:
        return None
    return next(kind for kind, names in _NAMES if names.fullmatch(name))


def read_data(path: str, content: bytes) -> Data | None:
    """The file's places; None for a development file, and for what is no text or nothing known."""
    kind = kind_of(path)
    build = build_of(path, lambda _: False)
    if kind is None or build is Side.LOCAL or not is_utf8(content):
        return None
    if kind is Kind.WORKFLOW and not _PUBLISHES.search(path.encode() + content):
        return None
    places = _vercel(path, content) if kind is Kind.VERCEL else _READERS[kind](path, content)
    hosting = kind in (Kind.VERCEL, Kind.NETLIFY, Kind.REDIRECTS)
    settings = kind in (Kind.SETTINGS, Kind.YAML) and build is Side.PRODUCTION
    return Data(path=path, kind=kind, changes=hosting or settings, places=tuple(places))


def _vercel(path: str, content: bytes) -> Iterator[DataPlace]:
    for place in data_formats.in_json(path, content):
        sends = place.names[0] in _DESTINATIONS and not _VERCEL_KEYS.isdisjoint(place.names)
        if sends:
            yield place
        elif "env" in place.names[1:] and URL_NAME.fullmatch(place.names[0].upper()):
            yield replace(place, source=None)


def all_data(data: Mapping[str, bytes]) -> Iterator[Data]:
    """Every readable data file of a frontend."""
    for path, content in data.items():
        found = read_data(path, content)
        if found is not None:
            yield found
