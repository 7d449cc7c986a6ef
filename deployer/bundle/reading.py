"""The backend as it lies there: its folder, the files that ship, the app and what it imports."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from deployer.bundle import checks
from deployer.bundle.aside import Wanted, literal_words, run_words, set_aside
from deployer.bundle.brought import Brought, bring, bring_context, missing_copies
from deployer.bundle.context import Build, find_build
from deployer.bundle.folder import elsewhere, find_folder
from deployer.bundle.ignore import IgnoreRules, built_in_rules
from deployer.bundle.listing import Listing, docker_rules, git_rules, list_backend
from deployer.bundle.no_app import explained
from deployer.bundle.outside import (
    Reach,
    absent,
    inside_uses,
    outside_uses,
    reach_of_data,
    reach_of_imports,
    run_folder,
    searched,
    served_inside,
)
from deployer.bundle.request import BundleRequest
from deployer.bundle.stores import named_in_tests
from deployer.code.choose import Target, choose
from deployer.code.files import Code
from deployer.code.launch import Launch, launches
from deployer.code.path_uses import Uses, find_uses
from deployer.code.paths import at
from deployer.code.project import Project
from deployer.code.search_path import widened, within
from deployer.errors import Notice, Refused, Where
from deployer.image.own import OwnImage
from deployer.ports import Files

ROUNDS = 6  # what an import brings back may import something left out in turn


class Reading(Struct, frozen=True, kw_only=True):
    """What was read. ``closure`` are the files that the app imports, itself included.

    ``cwd`` is the workspace folder that the app is run from; ``context`` the one that an own
    Dockerfile is built from.
    """

    folder: str
    rules: IgnoreRules
    image: OwnImage | None
    listing: Listing
    code: Code
    target: Target
    closure: tuple[str, ...]
    cwd: str
    context: str | None = None

    @property
    def imported(self) -> frozenset[str]:
        """The top names of everything that the app imports."""
        modules = (self.code.module(path) for path in self.closure)
        names = (found for module in modules if module for found in module.imports)
        return frozenset(found.module.partition(".")[0] for found in names if not found.level)


class _Place(Struct, frozen=True, kw_only=True):
    """Where to read: what is known before the code is."""

    files: Files
    folder: str
    rules: IgnoreRules
    outer: IgnoreRules
    build: Build | None
    started: Sequence[Launch]
    app: str | None

    def chosen(self, code: Code) -> Target:
        """The app to run. Raises ``Refused`` with what doesn't parse, too."""
        try:
            return choose(code, self.folder, self.started, self.app)
        except Refused as refused:
            # A file that doesn't parse may well be the one with the app.
            unread = [b for b in code.broken.values() if code.module(b.path) is None]
            broken = [checks.syntax_problem(b) for b in unread]
            instead = elsewhere(self.files, self.folder)
            found = [explained(problem, code, instead) for problem in refused.problems]
            raise Refused([*found, *broken]) from refused


class _Round(Struct, frozen=True, kw_only=True):
    """What one look at the code came to."""

    listing: Listing
    brought: Brought
    target: Target
    closure: tuple[str, ...]
    uses: Uses
    cwd: str


def read_backend(request: BundleRequest, files: Files, unusable: Container[str] = ()) -> Reading:
    """The backend; what the app imports comes back although a rule leaves it out.

    Dockerfiles that are ``unusable`` count as absent.

    Raises ``Refused``: exit 2 for a wrong folder or app, exit 3 when there is no app.
    """
    place = _place(request, files, unusable)
    needed = frozenset(_copied(place.build, place.folder)) if place.build else frozenset()
    reach, target = Reach(), None
    for _ in range(ROUNDS):
        seen = _look(place, needed, reach, target)
        left_out = seen.listing.left_out
        more = checks.wanted_but_left_out(seen.target.project, seen.closure, place.folder, left_out)
        more |= served_inside(files, place.folder, seen.cwd, seen.uses)
        more |= named_in_tests(left_out, seen.uses, seen.cwd)
        further = _further(place, seen)
        if more <= needed and reach.holds(further):
            break
        needed, reach = needed | more, reach | further
        # The app stays chosen: what is brought along only makes more of its imports work.
        target = seen.target if reach.packages else None
    return _told(place, seen)


def _place(request: BundleRequest, files: Files, unusable: Container[str]) -> _Place:
    built_in = built_in_rules()
    folder = find_folder(files, request.folder, given=request.folder_given, rules=built_in)
    outer = built_in.with_input(".", request.ignore)
    rules = git_rules(files, folder, built_in).with_input(folder, request.ignore)
    build = find_build(files, folder, rules, outer, unusable)
    context, dockerfile = (build.context, build.image.path) if build else (folder, "")
    rules = docker_rules(files, context, rules, dockerfile)
    return _Place(
        files=files,
        folder=folder,
        rules=rules,
        outer=outer,
        build=build,
        started=launches(files, folder),
        app=request.app,
    )


def _look(place: _Place, needed: frozenset[str], reach: Reach, target: Target | None) -> _Round:
    files, folder = place.files, place.folder
    listing = list_backend(files, folder, replace(place.rules, needed=needed))
    outer = replace(place.outer, needed=needed)
    if place.build is not None:
        brought = bring_context(files, place.build, folder, outer)
    else:
        brought = bring(files, reach, outer)
    both = listing | brought.listing
    code = Code(files, both.files)
    if target is None:
        target = place.chosen(code)
    else:
        target = replace(target, project=Project(code=code, roots=target.project.roots))
    target, closure, uses = _followed(target, folder, reach)
    cwd = run_folder(files, folder, target.project, uses)
    return _Round(listing=both, brought=brought, target=target, closure=closure, uses=uses, cwd=cwd)


def _followed(target: Target, folder: str, reach: Reach) -> tuple[Target, tuple[str, ...], Uses]:
    """The app with the folders that its own code adds to ``sys.path``, and what it imports."""
    project, path = target.project, target.app.path
    uses = find_uses(project, project.closure(path))
    added = (*reach.search, *searched(uses, folder))
    project = widened(project, folder, path, added) if added else project
    closure = project.closure(path)
    uses = find_uses(project, closure) if project.roots != target.project.roots else uses
    return replace(target, project=project), closure, uses


def _further(place: _Place, seen: _Round) -> Reach:
    """What the code names outside the backend; an own Dockerfile says itself what it needs."""
    if place.build is not None or place.folder == ".":
        return Reach()
    files, folder = place.files, place.folder
    imports = reach_of_imports(files, folder, seen.target.project, seen.closure, seen.uses)
    return imports | reach_of_data(files, folder, seen.cwd, seen.uses)


def _told(place: _Place, seen: _Round) -> Reading:
    """The last look, less what only seemed to ship, with what there is to say about it."""
    folder, build, target = place.folder, place.build, seen.target
    shipping = seen.brought.shipping(seen.closure)
    kept = {
        path: entry
        for path, entry in seen.listing.files.items()
        if within(path, folder) or path in shipping
    }
    notices = (*seen.listing.notices, *_lacking(place, seen))
    listing = replace(seen.listing, files=kept, notices=notices)
    listing = set_aside(listing, folder, build.context if build else folder, _wanted(place, seen))
    if len(listing.files) != len(seen.listing.files):
        code = Code(place.files, listing.files)
        target = replace(target, project=Project(code=code, roots=target.project.roots))
    return Reading(
        folder=folder,
        rules=place.rules,
        image=build.image if build else None,
        listing=listing,
        code=target.project.code,
        target=target,
        closure=seen.closure,
        cwd=seen.cwd,
        context=build.context if build else None,
    )


def _lacking(place: _Place, seen: _Round) -> Iterator[Notice]:
    """What the app reads outside the backend and won't find in the Space."""
    outside = [*outside_uses(place.folder, seen.cwd, seen.uses)]
    inside = [*inside_uses(place.folder, seen.cwd, seen.uses)]
    if place.build is None:
        yield from absent(place.files, [*outside, *inside])
        return
    reads = [(path, Where(file=u.path, line=u.line)) for u, path in outside if u.needed]
    yield from missing_copies(place.build, reads)
    made, cut = place.build.image.made(), len(place.folder)
    inside = [(use, path) for use, path in inside if not made & {*path[cut:].split("/")}]
    yield from absent(place.files, inside)


def _wanted(place: _Place, seen: _Round) -> Wanted:
    """What speaks for shipping a folder that looks like a frontend."""
    named = {at(use.known, seen.cwd) or "." for use in seen.uses.named}
    copied = {path for path, _ in place.build.sources()} if place.build else set()
    base = place.build.context if place.build else place.folder
    return Wanted(
        closure=frozenset(seen.closure),
        named=frozenset(path for path in named | copied if not within(base, path)),
        words=literal_words(seen.target.project, seen.closure) | run_words(place.build),
        asked=place.rules.given,
    )


def _copied(build: Build, folder: str) -> Iterator[str]:
    """What the Dockerfile copies by name is needed, be it called `tests`."""
    for path, _ in build.sources():
        if not any(sign in path for sign in "*?[") and not within(folder, path):
            yield path
