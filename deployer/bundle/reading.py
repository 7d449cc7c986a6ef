"""The backend as it lies there: its folder, the files that ship, the app and what it imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from deployer.bundle import checks
from deployer.bundle.folder import find_folder
from deployer.bundle.ignore import INPUT, IgnoreRules, built_in_rules
from deployer.bundle.listing import Listing, folder_rules, list_backend
from deployer.bundle.request import BundleRequest
from deployer.code.choose import Target, choose
from deployer.code.launch import OWN_IMAGES, Launch, launches
from deployer.code.search_path import within
from deployer.code.source import Code, join
from deployer.errors import Refused
from deployer.image.own import OwnImage, read_dockerfile
from deployer.ports import Files

ROUNDS = 4  # what an import brings back may import something left out in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read. ``closure`` are the files that the app imports, itself included."""

    folder: str
    rules: IgnoreRules
    image: OwnImage | None
    listing: Listing
    code: Code
    target: Target
    closure: tuple[str, ...]

    @property
    def imported(self) -> frozenset[str]:
        """The top names of everything that the app imports."""
        modules = (self.code.module(path) for path in self.closure)
        names = (found for module in modules if module for found in module.imports)
        return frozenset(found.module.partition(".")[0] for found in names if not found.level)


def read_backend(request: BundleRequest, files: Files) -> Reading:
    """The backend; what the app imports comes back although a rule leaves it out.

    Raises ``Refused``: exit 2 for a wrong folder or app, exit 3 when there is no app.
    """
    rules = built_in_rules()
    folder = find_folder(files, request.folder, given=request.folder_given, rules=rules)
    rules = folder_rules(files, folder, rules).with_input(folder, request.ignore)
    image = own_image(files, folder, rules)
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
    return Reading(
        folder=folder,
        rules=rules,
        image=image,
        listing=listing,
        code=code,
        target=target,
        closure=closure,
    )


def own_image(files: Files, folder: str, rules: IgnoreRules) -> OwnImage | None:
    """The backend's own Dockerfile; one made for the Hub before the general one.

    The input ``ignore`` may name it, to have one made instead.
    """
    for name in OWN_IMAGES:
        path = join(folder, name)
        content = files.read(path)
        rule = rules.verdict(path)
        if content is not None and not (rule and rule.origin == INPUT):
            return read_dockerfile(content, path)
    return None


def _chosen(code: Code, folder: str, started: Sequence[Launch], given: str | None) -> Target:
    try:
        return choose(code, folder, started, given)
    except Refused as refused:
        # A file that doesn't parse may well be the one with the app.
        unread = [b for b in code.broken.values() if code.module(b.path) is None]
        broken = [checks.syntax_problem(b) for b in unread]
        raise Refused([*refused.problems, *broken]) from refused


def _copied(image: OwnImage, folder: str) -> Iterator[str]:
    """What the Dockerfile copies by name is needed, be it called `tests`."""
    for source, _ in image.copied():
        cleaned = source.removeprefix("./").strip("/")
        if cleaned and not any(sign in cleaned for sign in "*?[$") and cleaned != ".":
            yield cleaned if within(cleaned, folder) else join(folder, cleaned)
