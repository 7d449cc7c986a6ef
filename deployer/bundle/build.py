"""The order in which a bundle is decided. Everything is read, nothing of the user's is run."""

from __future__ import annotations

from deployer.bundle import checks, hazards
from deployer.bundle.assemble import assemble
from deployer.bundle.layout import layout_of, own_readme
from deployer.bundle.parts import Findings, Parts
from deployer.bundle.reading import Reading
from deployer.bundle.request import BundleRequest, check_request
from deployer.bundle.unusable import Unusable, read_usable
from deployer.code.cors import has_cors
from deployer.code.environment import read_environment
from deployer.code.files import Sources
from deployer.code.health_route import find_health
from deployer.code.origins import find_origins
from deployer.code.routes import read_app
from deployer.dependencies import imported
from deployer.dependencies.manifest import (
    Chosen,
    Dependencies,
    OwnInstall,
    find_manifest,
    install,
)
from deployer.dependencies.python_version import find_python
from deployer.errors import Notice, Problem, Refused, refuse
from deployer.model import Backend, Bundle
from deployer.ports import Files


def build_bundle(request: BundleRequest, files: Files) -> Bundle:
    """The bundle. Raises ``Refused`` with every problem: exit 2 for inputs, 3 for the backend."""
    refuse(check_request(request))
    files = Sources(files)
    reading, aside = read_usable(request, files)
    chosen, unread = _manifest(files, reading)
    backend, told = _describe(request, files, reading, chosen, aside)
    dependencies, refused = _dependencies(chosen, backend.python_version)
    checked = _check(files, reading, backend)
    lacking = _not_installed(reading, dependencies, backend.python_version)
    parts = Parts(
        request=request,
        reading=reading,
        backend=backend,
        dependencies=dependencies,
        layout=layout_of(
            reading.folder,
            reading.target.project.roots,
            reading.listing.files,
            cwd=reading.cwd,
            context=reading.context,
        ),
        readme=own_readme(reading.folder, reading.listing.files),
        cors=has_cors(reading.target.project, reading.closure),
        notices=(
            *(item.notice(backend.dockerfile) for item in aside),
            *(*checked.notices, *told, *lacking),
            *(dependencies.notices if dependencies else ()),
        ),
    )
    if reading.image is None and dependencies is None:
        unread = (*(item.problem() for item in aside), *unread)
    return assemble(parts, files, [*unread, *refused, *checked.problems])


def _manifest(files: Files, reading: Reading) -> tuple[Chosen | None, tuple[Problem, ...]]:
    """The manifest, or why there is none: told together with what else is wrong."""
    own = None
    if reading.image is not None:
        runs = [found.value for found in reading.image.instructions if found.word == "RUN"]
        own = OwnInstall(copied=[source for source, _ in reading.image.copied()], commands=runs)
    try:
        return find_manifest(files, reading.folder, reading.imported, own), ()
    except Refused as refused:
        return None, refused.problems


def _dependencies(
    chosen: Chosen | None, python: str
) -> tuple[Dependencies | None, tuple[Problem, ...]]:
    """What the Space installs with its Python, or why it can't."""
    try:
        return install(chosen, python) if chosen else None, ()
    except Refused as refused:
        return None, refused.problems


def _not_installed(
    reading: Reading, dependencies: Dependencies | None, python: str
) -> tuple[Notice, ...]:
    """What the app imports or needs and the Space would not install."""
    if dependencies is None:
        return ()
    image = reading.image.instructions if reading.image else ()
    runs = (instruction.value for instruction in image if instruction.word == "RUN")
    return imported.missing(
        reading.target.project,
        reading.target.app.path,
        dependencies.entries,
        manifest=dependencies.declared_in,
        python=checks.version_tuple(python),
        also=imported.installed_by_hand(runs),
        locked=dependencies.locked,
    )


def _describe(
    request: BundleRequest,
    files: Files,
    reading: Reading,
    chosen: Chosen | None,
    aside: tuple[Unusable, ...],
) -> tuple[Backend, tuple[Notice, ...]]:
    project, closure, app = reading.target.project, reading.closure, reading.target.app
    serves = read_app(project, app.path, app.name)
    health = find_health(request.health_path, serves, str(reading.target))
    environment = read_environment(project, closure)
    images = (reading.image, *(item.image for item in aside))
    python = find_python(
        files,
        reading.folder,
        chosen.asked if chosen else (),
        wanted=chosen.python if chosen else "",
        given=request.python_version,
        image=next((image.base for image in images if image), ""),
        syntax=checks.needed_python(reading.code, closure),
    )
    backend = Backend(
        folder=reading.folder,
        app=str(reading.target),
        python_version=python.version,
        python_reason=python.reason,
        health_path=health.path,
        health_found=health.found,
        routes=serves.routes,
        environment=environment,
        origins=find_origins(project, closure, environment),
        app_file=reading.target.app.path,
        app_line=reading.target.app.line,
        app_reason=reading.target.reason,
        health_reason="the input health-path" if request.health_path else "",
        dockerfile=reading.image.path if reading.image else "",
    )
    return backend, (health.notice,) if health.notice else ()


def _check(files: Files, reading: Reading, backend: Backend) -> Findings:
    listing = reading.listing
    problems, notices = checks.syntax(reading.code, reading.closure, backend.python_version)
    if reading.image is None:
        # An own Dockerfile may make modules or copy them from elsewhere.
        problems += checks.imports(
            reading.target, reading.closure, files, reading.folder, listing.left_out
        )
    return Findings(
        problems=(*listing.problems, *problems),
        notices=(*notices, *listing.notices, *hazards.environment_notices(listing.left_out)),
    )
