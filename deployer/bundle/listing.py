"""Which files of the backend ship: one walk that never enters what is left out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from msgspec import Struct, field

from deployer.bundle.ignore import BUILT_IN, IgnoreRules, gitignore_of, on_the_way
from deployer.bundle.rules import Rule
from deployer.code.search_path import within
from deployer.code.source import join, parent
from deployer.errors import Exit, Notice, Problem, Where
from deployer.model import LeftOut, WorkspaceEntry, WorkspaceKind
from deployer.ports import Files


class Listing(Struct, frozen=True, kw_only=True):
    """What the walk found. ``files`` maps the path it ships under to the file that it is."""

    files: dict[str, WorkspaceEntry]
    left_out: tuple[LeftOut, ...]
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()

    def __or__(self, other: Listing) -> Listing:
        """Both, without saying anything twice."""
        return Listing(
            files={**other.files, **self.files},
            left_out=tuple(dict.fromkeys((*self.left_out, *other.left_out))),
            problems=tuple(dict.fromkeys((*self.problems, *other.problems))),
            notices=tuple(dict.fromkeys((*self.notices, *other.notices))),
        )

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(entry.size for entry in self.files.values())


class _Walk(Struct):
    """The state of one walk: rules grow with every ``.gitignore`` on the way."""

    files: Files
    rules: IgnoreRules
    shipped: dict[str, WorkspaceEntry] = field(default_factory=dict)
    links: list[WorkspaceEntry] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    entered: set[str] = field(default_factory=set)

    def take(self, entry: WorkspaceEntry) -> None:
        """File one entry; of folders, remember which ones are worth entering."""
        is_folder = entry.kind is WorkspaceKind.FOLDER
        rule = self.rules.verdict(f"{entry.path}/" if is_folder else entry.path)
        if is_folder:
            self._folder(entry.path, rule)
        elif rule is not None:
            self.left_out.append(LeftOut(path=entry.path, rule=rule.text, origin=rule.origin))
        elif entry.kind is WorkspaceKind.LINK:
            self.links.append(entry)
        elif entry.kind is WorkspaceKind.FILE:
            self.shipped[entry.path] = entry

    def _folder(self, path: str, rule: Rule | None) -> None:
        text, origin = (rule.text, rule.origin) if rule else (self._environment(path), BUILT_IN)
        if text and not (rule and self.rules.may_enter(path, rule)):
            self.left_out.append(LeftOut(path=f"{path}/", rule=text, origin=origin))
            return
        self.entered.add(path)
        self.rules = with_gitignore(self.files, self.rules, path)

    def _environment(self, path: str) -> str:
        """The mark of a virtual environment, whatever its folder is called."""
        marked = self.files.read(f"{path}/pyvenv.cfg") is not None
        return "pyvenv.cfg (a virtual environment)" if marked else ""


def list_backend(files: Files, folder: str, rules: IgnoreRules) -> Listing:
    """The files of ``folder`` that ship and what is left out, each with the rule."""
    walk = _Walk(files=files, rules=rules)
    for entry in files.walk(folder, lambda path: path in walk.entered):
        walk.take(entry)
    return _with_links(walk, folder)


def list_file(files: Files, path: str, rules: IgnoreRules) -> Listing:
    """One file, if it ships."""
    walk = _Walk(files=files, rules=rules)
    for entry in files.walk(parent(path), lambda _: False):
        if entry.path == path:
            walk.take(entry)
    return _with_links(walk, parent(path))


def _with_links(walk: _Walk, folder: str) -> Listing:
    shipped = dict(walk.shipped)
    problems: list[Problem] = []
    notices: list[Notice] = []
    for link in walk.links:
        target = posixpath.normpath(posixpath.join(parent(link.path), link.target))
        found = dict(_behind(link, target, walk.shipped))
        shipped |= found
        if target.startswith(("/", "..")) or not within(target, folder):
            problems.append(_leaving_link(link, folder))
        elif not found:
            notices.append(_empty_link(link))
    return Listing(
        files=shipped,
        left_out=tuple(walk.left_out),
        problems=tuple(problems),
        notices=tuple(notices),
    )


def folder_rules(files: Files, folder: str, rules: IgnoreRules) -> IgnoreRules:
    """``rules`` with every ignore file from the workspace's root down to ``folder``."""
    return docker_rules(files, folder, git_rules(files, folder, rules))


def git_rules(files: Files, folder: str, rules: IgnoreRules) -> IgnoreRules:
    """``rules`` with every ``.gitignore`` from the workspace's root down to ``folder``."""
    for place in on_the_way(folder):
        rules = with_gitignore(files, rules, place)
    return rules


def docker_rules(
    files: Files, context: str, rules: IgnoreRules, dockerfile: str = ""
) -> IgnoreRules:
    """``rules`` with the ``.dockerignore`` of a build context; a Dockerfile's own goes first."""
    own = [f"{dockerfile}.dockerignore"] if dockerfile else []
    for path in (*own, join(context, ".dockerignore")):
        content = files.read(path)
        if content:
            return rules.with_dockerignore(context, _text(content), path)
    return rules


def with_gitignore(files: Files, rules: IgnoreRules, folder: str) -> IgnoreRules:
    """``rules`` with those of the folder's own ``.gitignore``, if it has one."""
    path = gitignore_of(folder)
    content = files.read(path)
    return rules.with_gitignore(folder, _text(content), path) if content else rules


def _behind(
    link: WorkspaceEntry, target: str, shipped: dict[str, WorkspaceEntry]
) -> Iterator[tuple[str, WorkspaceEntry]]:
    """What a link stands for, as files of its own: the Hub's commits know no links."""
    if target in shipped:
        yield link.path, shipped[target]
    if not link.path.startswith(f"{target}/"):
        for path, entry in shipped.items():
            if path.startswith(f"{target}/"):
                yield f"{link.path}{path[len(target) :]}", entry


def _leaving_link(link: WorkspaceEntry, folder: str) -> Problem:
    return Problem(
        exit=Exit.BUNDLE,
        message=f"The link `{link.path}` leaves the folder `{folder}`.",
        hint="Replace it by the file itself, or leave it out with the input `ignore`.",
        where=Where(file=link.path),
    )


def _empty_link(link: WorkspaceEntry) -> Notice:
    return Notice(
        message=f"The link `{link.path}` points to nothing that ships, and stays behind.",
        where=Where(file=link.path),
    )


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig", "replace")
