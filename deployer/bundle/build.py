"""The order in which a bundle is decided. Everything is read, nothing of the user's is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from deployer.bundle import checks, hazards
from deployer.bundle.assemble import assemble
from deployer.bundle.choose import Target, choose
from deployer.bundle.cors import has_cors
from deployer.bundle.dependencies import Dependencies, find_dependencies
from deployer.bundle.dockerfile import OwnImage, read_dockerfile
from deployer.bundle.environment import read_environment
from deployer.bundle.folder import find_folder
from deployer.bundle.health import HealthPath, find_health
from deployer.bundle.ignore import IgnoreRules, built_in_rules
from deployer.bundle.launch import OWN_IMAGES, Launch, launches
from deployer.bundle.layout import layout_of, own_readme
from deployer.bundle.listing import Listing, folder_rules, list_backend
from deployer.bundle.origins import find_origins
from deployer.bundle.parts import Parts
from deployer.bundle.python_version import find_python
from deployer.bundle.request import BundleRequest, check_request
from deployer.bundle.routes import read_routes
from deployer.bundle.source import Code, join
from deployer.bundle.syntax import OLDEST
from deployer.errors import Notice, Problem, Refused, refuse
from deployer.model import Backend, Bundle
from deployer.ports import Files

ROUNDS = 4  # what an import brings back may import something left out in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The files that ship and the app found in them."""

    listing: Listing
    code: Code
    target: Target
    closure: tuple[str, ...]


def build_bundle(request: BundleRequest, files: Files) -> Bundle:
    """The bundle. Raises ``Refused`` with every problem: exit 2 for inputs, 3 for the backend."""
    refuse(check_request(request))
    rules = built_in_rules()
    folder = find_folder(files, request.folder, given=request.folder_given, rules=rules)
    rules = folder_rules(files, folder, rules).with_input(folder, request.ignore)
    image = own_image(files, folder)
    reading = read_backend(request, files, folder, rules, image)
    project, closure = reading.target.project, reading.closure

    dependencies, problems = _dependencies(files, folder, reading, image)
    python = find_python(
        files,
        folder,
        dependencies.entries if dependencies else (),
        given=request.python_version,
        image=image.base if image else "",
        syntax=checks.needed_python(reading.code, closure),
    )
    broken, notices = checks.syntax(reading.code, closure, python)
    problems += [*reading.listing.problems, *broken]
    if image is None:
        # An own Dockerfile may make modules or copy them from elsewhere.
        left_out = reading.listing.left_out
        problems += checks.imports(reading.target, closure, files, folder, left_out)
    routes = read_routes(project, closure, reading.target.app.path, reading.target.app.name)
    health = find_health(request.health_path, routes, str(reading.target))
    environment = read_environment(project, closure)
    backend = Backend(
        folder=folder,
        app=str(reading.target),
        python_version=python,
        health_path=health.path,
        health_found=health.found,
        routes=tuple(routes),
        environment=environment,
        origins=find_origins(project, closure, environment),
    )
    notices += [
        *reading.listing.notices,
        *_notices(health, dependencies),
        *hazards.environment_notices(reading.listing.left_out),
    ]
    parts = Parts(
        request=request,
        backend=backend,
        target=reading.target,
        closure=closure,
        listing=reading.listing,
        rules=rules,
        dependencies=dependencies,
        image=image,
        layout=layout_of(folder, project.roots, image, reading.listing.files),
        readme=own_readme(folder, reading.listing.files),
        cors=has_cors(project, closure),
        notices=tuple(notices),
    )
    return assemble(parts, files, problems)


def read_backend(
    request: BundleRequest, files: Files, folder: str, rules: IgnoreRules, image: OwnImage | None
) -> Reading:
    """The listing and the app; what the app imports comes back although a rule leaves it out."""
    started = launches(files, folder)
    needed = frozenset(_copied(image, folder)) if image else frozenset()
    for _ in range(ROUNDS):
        listing = list_backend(files, folder, replace(rules, needed=needed))
        code = Code(files, listing.files)
        target = _chosen(code, folder, started, request.app)
        closure = target.project.closure(target.app.path)
        more = checks.wanted_but_left_out(target.project, closure, folder, listing.left_out)
        if more <= needed:
            break
        needed |= more
    return Reading(listing=listing, code=code, target=target, closure=closure)


def own_image(files: Files, folder: str) -> OwnImage | None:
    """The backend's own Dockerfile; one made for the Hub before the general one."""
    for name in OWN_IMAGES:
        path = join(folder, name)
        content = files.read(path)
        if content is not None:
            return read_dockerfile(content, path)
    return None


def _chosen(code: Code, folder: str, started: tuple[Launch, ...], given: str | None) -> Target:
    try:
        return choose(code, folder, started, given)
    except Refused as refused:
        # A file that doesn't parse may well be the one with the app.
        broken = [checks.syntax_problem(b) for b in code.broken.values() if b.since == OLDEST]
        raise Refused([*refused.problems, *broken]) from refused


def _copied(image: OwnImage, folder: str) -> Iterator[str]:
    """What the Dockerfile copies by name is needed, be it called `tests`."""
    for source, _ in image.copied():
        cleaned = source.removeprefix("./").strip("/")
        if cleaned and not any(sign in cleaned for sign in "*?[$") and cleaned != ".":
            yield join(folder, cleaned)


def _dependencies(
    files: Files, folder: str, reading: Reading, image: OwnImage | None
) -> tuple[Dependencies | None, list[Problem]]:
    project = reading.target.project
    used = frozenset(
        found.module.partition(".")[0]
        for path in reading.closure
        if (module := project.code.module(path))
        for found in module.imports
        if not found.level
    )
    try:
        return find_dependencies(files, folder, used, image), []
    except Refused as refused:
        return None, list(refused.problems)


def _notices(health: HealthPath, dependencies: Dependencies | None) -> list[Notice]:
    return [
        *([health.notice] if health.notice else []),
        *(dependencies.notices if dependencies else ()),
    ]
