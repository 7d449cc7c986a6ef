"""The backend's own Dockerfile, and the folder that it is meant to be built from."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Container, Iterator

import yaml
from msgspec import Struct

from deployer.bundle.ignore import INPUT, IgnoreRules, on_the_way
from deployer.bundle.place import kind_of
from deployer.code.launch import OWN_IMAGES
from deployer.code.search_path import within
from deployer.code.source import join, parent
from deployer.image.own import OwnImage, read_dockerfile
from deployer.ports import Files

COMPOSE = (
    *("docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"),
    *("docker-compose.prod.yml", "docker-compose.production.yml"),
)
# Where a backend's Dockerfile lies that is built from the repository's root.
ELSEWHERE = (
    *OWN_IMAGES,
    *("Dockerfile.backend", "backend.Dockerfile", "Dockerfile.api", "api.Dockerfile"),
    *("docker/Dockerfile", "docker/Dockerfile.backend", "docker/backend.Dockerfile"),
    *("docker/Dockerfile.api", "docker/api.Dockerfile", "docker/backend/Dockerfile"),
)
STARTS_PYTHON = re.compile(r"\b(?:uvicorn|gunicorn|hypercorn|granian|fastapi|python3?|uv|poetry)\b")
NO_PYTHON = re.compile(r"(?:^|/)(?:nginx|node|caddy|httpd|oven/bun|bun)\b")
_PATTERN = set("$*?[")


class Build(Struct, frozen=True, kw_only=True):
    """A Dockerfile with its build context, a folder of the workspace."""

    image: OwnImage
    context: str

    def source(self, written: str) -> str | None:
        """The workspace path that a COPY names; None for one above the context."""
        inside = posixpath.normpath(written.lstrip("/") or ".")
        return None if inside.startswith("..") else posixpath.normpath(join(self.context, inside))

    def sources(self) -> Iterator[tuple[str, int]]:
        """What is copied by name, as workspace paths, with the lines. Patterns as they are."""
        for written, line in self.image.copied():
            path = None if "://" in written or "$" in written else self.source(written)
            if path is not None:
                yield path, line


def find_build(
    files: Files,
    folder: str,
    rules: IgnoreRules,
    outer: IgnoreRules,
    unusable: Container[str] = (),
) -> Build | None:
    """The backend's own Dockerfile: in its folder, else one outside that builds this backend.

    One made for the Hub goes before the general one. The input ``ignore`` may name it, to have one
    made instead; ``outer`` are its rules as seen from the workspace's root. Those that are
    ``unusable`` are passed over.
    """
    declared = dict([*_declared(files), *_hosted(files, folder)])
    for name in OWN_IMAGES:
        image = _read(files, join(folder, name), rules)
        if image is not None and image.path not in unusable:
            context = _context(files, image, folder, declared.get(image.path))
            return Build(image=image, context=context)
    if folder == ".":
        return None
    usual = [path for path in declared if "dev" not in path.rpartition("/")[2]]
    for path in dict.fromkeys((*OWN_IMAGES[:-1], *usual, *ELSEWHERE, *declared)):
        image = _read(files, path, outer)
        if image is not None and path not in unusable and not within(path, folder):
            context = _context(files, image, folder, declared.get(path))
            build = Build(image=image, context=context)
            if builds(build, folder):
                return build
    return None


def builds(build: Build, folder: str) -> bool:
    """Whether a Dockerfile elsewhere is this backend's: it copies from it and starts Python."""
    command = build.image.command
    if NO_PYTHON.search(build.image.base.split(":")[0]) or command is None:
        return False
    starts = STARTS_PYTHON.search(command.value) or command.value.endswith((".sh", '.sh"]'))
    named = [path for path, _ in build.sources() if within(path, folder)]
    whole = any(within(folder, path) for path, _ in build.sources()) and folder in " ".join(
        item.value for item in build.image.instructions
    )
    return bool(starts) and bool(named or whole)


def _read(files: Files, path: str, rules: IgnoreRules) -> OwnImage | None:
    content = files.read(path)
    rule = rules.verdict(path)
    if content is None or (rule and rule.origin == INPUT):
        return None
    return read_dockerfile(content, path)


def _context(files: Files, image: OwnImage, folder: str, declared: str | None) -> str:
    """The folder in which most of what is copied exists; what a compose file says goes first."""
    nearest = [declared, *reversed(on_the_way(parent(image.path)))]
    places = [place for place in nearest if place is not None and within(folder, place)]
    return min(places, key=lambda place: _missing(files, Build(image=image, context=place)))


def _missing(files: Files, build: Build) -> int:
    plain = {path for path, _ in build.sources() if not _PATTERN & set(path)}
    return sum(kind_of(files, path) is None for path in plain)


def _declared(files: Files) -> Iterator[tuple[str, str]]:
    """The Dockerfiles that compose files at the root name, each with its context."""
    for name in COMPOSE:
        for build in _builds(files.read(name)):
            written = str(build.get("context", "."))
            context = posixpath.normpath(written)
            path = posixpath.normpath(join(context, str(build.get("dockerfile", "Dockerfile"))))
            if "$" not in written + path and not path.startswith(("/", "..")):
                yield path, context


def _hosted(files: Files, folder: str) -> Iterator[tuple[str, str]]:
    """The same of what other hosts are told: Render's blueprint and Fly's file."""
    services = _document(files.read("render.yaml")).get("services")
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict) and "dockerfilePath" in service:
            root = str(service.get("rootDir", "."))
            yield from _inside(root, service["dockerfilePath"], service.get("dockerContext", "."))
    for place in dict.fromkeys((folder, ".")):
        try:
            read = tomllib.loads((files.read(join(place, "fly.toml")) or b"").decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
            continue
        build = read.get("build")
        if isinstance(build, dict):
            dockerfile = build.get("dockerfile", "Dockerfile")
            yield from _inside(place, dockerfile, build.get("context", "."))


def _inside(place: str, dockerfile: object, context: object) -> Iterator[tuple[str, str]]:
    """Both as workspace paths, unless one leaves the workspace."""
    path, root = (posixpath.normpath(join(place, str(item))) for item in (dockerfile, context))
    if not any(item.startswith(("/", "..")) or "\0" in item for item in (path, root)):
        yield path, root


def _document(content: bytes | None) -> dict[str, object]:
    try:
        document = yaml.safe_load(content or b"")
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _builds(content: bytes | None) -> Iterator[dict[str, object]]:
    services = _document(content).get("services")
    for service in services.values() if isinstance(services, dict) else ():
        build = service.get("build") if isinstance(service, dict) else None
        if isinstance(build, str):
            yield {"context": build}
        elif isinstance(build, dict):
            yield build
