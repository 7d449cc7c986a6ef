"""What lies among the backend's files and is no part of it: frontends, a repository's documents.

A folder with a ``package.json`` ships when the app imports Python from it, when its code or an own
Dockerfile names it, or when the input ``ignore`` brings it back; named in part, it ships in part.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from deployer.bundle.context import Build
from deployer.bundle.ignore import BUILT_IN
from deployer.bundle.listing import Listing
from deployer.bundle.rules import Group
from deployer.code.project import Project
from deployer.code.search_path import within
from deployer.code.source import parent
from deployer.model import LeftOut

# Beside a backend that is the whole repository; a Space has no use for them.
PLACES = frozenset(
    (
        *("docs", "doc", "documentation", "website", "specs", "infra", "infrastructure"),
        *("terraform", "k8s", "kubernetes", "helm", "notebooks", "e2e", "cypress", "design"),
    )
)


class Wanted(Struct, frozen=True, kw_only=True):
    """What speaks for a folder: imported files, named paths, the input's ``!`` patterns."""

    closure: frozenset[str]
    named: frozenset[str]
    words: frozenset[str]
    asked: Group

    def all_of(self, folder: str) -> bool:
        """Whether the folder ships whole."""
        inside = any(within(path, folder) for path in self.named)
        return (
            any(within(path, folder) for path in self.closure)
            or any(within(folder, path) for path in self.named)
            or (not inside and folder.rpartition("/")[2] in self.words)
            or any(not rule.leaves_out for rule in self.asked.matching(f"{folder}/"))
        )

    def some_of(self, path: str) -> bool:
        """Whether this file ships although its folder stays behind."""
        return any(within(path, name) for name in self.named) or any(
            not rule.leaves_out for rule in self.asked.matching(path)
        )


def set_aside(listing: Listing, backend: str, context: str, wanted: Wanted) -> Listing:
    """``listing`` without what the app has no use for; ``context`` is where the Space begins."""
    left_out: list[LeftOut] = []
    files = dict(listing.files)
    for folder, rule in _strangers(files, backend, context):
        if wanted.all_of(folder):
            continue
        gone = [path for path in files if within(path, folder) and not wanted.some_of(path)]
        for path in gone:
            del files[path]
        if gone:
            left_out.append(LeftOut(path=f"{folder}/", rule=rule, origin=BUILT_IN))
    covered = tuple(item.path for item in left_out)
    before = [item for item in listing.left_out if not item.path.startswith(covered or ("\0",))]
    return replace(listing, files=files, left_out=(*before, *left_out))


def literal_words(project: Project, closure: Iterable[str]) -> frozenset[str]:
    """The first folder of each relative path that stands in the app's code as a text."""
    words: set[str] = set()
    for path in closure:
        module = project.code.module(path)
        for node in module.nodes if module else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                match = _RELATIVE.fullmatch(node.value)
                words |= {match[1]} if match else set()
    return frozenset(words)


def run_words(build: Build | None) -> frozenset[str]:
    """What an own Dockerfile's commands name: ``cd frontend && npm run build``."""
    instructions = build.image.instructions if build else ()
    texts = (found.value for found in instructions if found.word in _COMMANDS)
    return frozenset(word for text in texts for word in re.findall(r"[\w.-]+", text))


def _strangers(files: Iterable[str], backend: str, context: str) -> Iterator[tuple[str, str]]:
    """Folders that look like no part of a backend, outermost first, with the rule's name."""
    paths = list(files)
    found = {parent(p): "package.json (a frontend)" for p in paths if p.endswith("/package.json")}
    if context == ".":
        tops = {path.partition("/")[0] for path in paths if "/" in path}
        found |= {name: f"{name}/ (beside the backend)" for name in tops & PLACES}
    seen: list[str] = []
    for folder in sorted(found, key=lambda place: (place.count("/"), place)):
        holds = within(backend, folder) or within(context, folder)
        if not holds and not any(within(folder, above) for above in seen):
            seen.append(folder)
            yield folder, found[folder]


_COMMANDS = frozenset(("RUN", "WORKDIR", "CMD", "ENTRYPOINT"))
_RELATIVE = re.compile(r"(?:\.{1,2}/)*([\w.-]+)/[^\s]*")
