"""What stays behind: gitignore rules from several places, where later ones win.

Order: built-in, every ``.gitignore`` on the way, the backend's ``.dockerignore``, the input
``ignore``. Patterns are matched as pathspec's ``GitIgnoreSpec`` matches them, on workspace paths.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from deployer.bundle.source import join, parent

BUILT_IN = "built-in"
INPUT = "input ignore"

# Never looked into, whatever a general `!` pattern says: only one that names the folder opens it.
SEALED = (
    *(
        ".git",
        ".hg/",
        ".svn/",
        ".bzr/",
        ".jj/",
        "__pycache__/",
        "node_modules/",
        "bower_components/",
    ),
    *(".venv/", "venv/", "virtualenv/", ".virtualenv/", ".conda/", "conda-meta/", "site-packages/"),
    *(
        ".pytest_cache/",
        ".mypy_cache/",
        ".ruff_cache/",
        ".tox/",
        ".nox/",
        ".hypothesis/",
        ".cache/",
    ),
    *(".ipynb_checkpoints/", ".eggs/", "htmlcov/", ".next/", ".nuxt/", ".turbo/", ".parcel-cache/"),
)
JUNK = (
    *("*.py[cod]", "*$py.class", "*.egg-info/", "build/lib/", "build/bdist.*/", ".coverage"),
    *(".coverage.*", "coverage.xml", ".DS_Store", "Thumbs.db", "desktop.ini", "*.log"),
    *(".gitattributes", ".gitmodules", ".gitignore", ".dockerignore", ".github/", ".gitlab-ci.yml"),
    *(".idea/", ".vscode/", ".devcontainer/", "*.swp", "*.swo", "*~", "*.sublime-workspace"),
    *(".project", ".pydevproject", ".settings/", ".pre-commit-config.yaml"),
)
ENVIRONMENT_FILES = (
    *(".env*", "!.env*.example", "!.env*.sample", "!.env*.template", "!.env*.dist"),
    *("!.env.example*", "!.env.sample*", "!.env.template*"),
)
FIXED = (
    *("Dockerfile", "Dockerfile.*", "README.md", "requirements*.txt", "pyproject.toml", "Pipfile*"),
    *("poetry.lock", "uv.lock", "pylock*.toml", "environment.y*ml", "setup.py", "setup.cfg"),
)
TESTS = (
    *("tests/", "test/", "__tests__/", "test_*.py", "*_test.py", "tests.py", "conftest.py"),
    *("pytest.ini", "tox.ini", "noxfile.py", ".coveragerc"),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern with where it comes from. ``text`` is as its author wrote it."""

    text: str
    origin: str
    pattern: GitIgnoreSpecPattern
    anchored: str

    @property
    def leaves_out(self) -> bool:
        return bool(self.pattern.include)

    def may_match_below(self, folder: str) -> bool:
        """Whether a path inside ``folder`` could match, though ``folder`` itself doesn't."""
        wanted = self.anchored.removeprefix("!").strip("/").split("/")
        have = folder.split("/")
        for part, name in zip(wanted, have, strict=False):
            if part == "**":
                return True
            if not fnmatchcase(name, part):
                return False
        return len(wanted) > len(have)


@dataclass(frozen=True, slots=True)
class Group:
    """Rules of one kind with one expression that tells most paths apart at once."""

    rules: tuple[Rule, ...] = ()
    any: re.Pattern[str] | None = None

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Group:
        """A group; its expression matches whenever any rule's does."""
        held = tuple(rules)
        parts = [str(rule.pattern.regex.pattern) for rule in held if rule.pattern.regex]
        joined = "|".join(part.replace("(?P<ps_d>", "(?:") for part in parts)
        return cls(rules=held, any=re.compile(joined) if joined else None)

    def matching(self, path: str) -> list[Rule]:
        """The rules that match, in order."""
        if self.any is None or not self.any.match(path):
            return []
        return [rule for rule in self.rules if rule.pattern.match_file(path)]


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreRules:
    """All rules of a run. Paths are workspace-relative, folders end in ``/``."""

    built_in: Group
    tests: Group
    git: Group = Group()
    docker: Group = Group()
    given: Group = Group()
    docker_folder: str = ""
    needed: frozenset[str] = frozenset()

    def verdict(self, path: str) -> Rule | None:
        """The rule that leaves ``path`` out, or None when it ships."""
        winner, strength = None, 0
        for rule in self._matching(path):
            # As GitIgnoreSpec does: a pattern that names the file beats one that names its folder.
            by_folder = _through_folder(rule, path)
            if by_folder and rule.leaves_out:
                winner, strength = rule, 1
            elif (own := 1 if by_folder else 2) >= strength:
                winner, strength = rule, own
        return winner if winner is not None and winner.leaves_out else None

    def _matching(self, path: str) -> list[Rule]:
        matching = self.built_in.matching(path)
        if not self._is_needed(path):
            matching += self.tests.matching(path) + self.git.matching(path)
            if not is_fixed(self.docker_folder, path):
                # Docker knows no priorities: its last matching pattern speaks for the file.
                matching += self.docker.matching(path)[-1:]
        return matching + self.given.matching(path)

    def may_enter(self, folder: str, rule: Rule) -> bool:
        """Whether something inside a left out folder could still ship."""
        if any(_below(needed, folder) for needed in self.needed):
            return True
        sealed = rule.origin == BUILT_IN and rule.text in SEALED
        # Git never looks into an ignored folder again; a pattern with a path in it may ask for it.
        paths = (other for other in self.git.rules if "/" in _path_part(other))
        return any(
            not other.leaves_out
            and other.may_match_below(folder)
            and (not sealed or _names(other, folder))
            for other in (*paths, *self.docker.rules, *self.given.rules)
        )

    def with_gitignore(self, folder: str, text: str, path: str) -> IgnoreRules:
        """These rules and those of a ``.gitignore`` in ``folder``."""
        more = [rule for line in text.splitlines() if (rule := git_rule(line, folder, path))]
        return replace(self, git=Group.of([*self.git.rules, *more]))

    def with_dockerignore(self, folder: str, text: str, path: str) -> IgnoreRules:
        """These rules and those of a ``.dockerignore`` in ``folder``, anchored there."""
        more = [rule for line in text.splitlines() if (rule := docker_rule(line, folder, path))]
        return replace(self, docker=Group.of(more), docker_folder=folder)

    def with_input(self, folder: str, lines: Iterable[str]) -> IgnoreRules:
        """These rules and those of the input ``ignore``, relative to the backend folder."""
        cleaned = (_from_folder(line, folder) for line in lines)
        more = [rule for line in cleaned if (rule := git_rule(line, folder, INPUT))]
        return replace(self, given=Group.of(more))

    def _is_needed(self, path: str) -> bool:
        return any(_below(path.rstrip("/"), n) or _below(n, path.rstrip("/")) for n in self.needed)


def built_in_rules() -> IgnoreRules:
    """The rules that hold for every backend."""
    general = [git_rule(text, "", BUILT_IN) for text in (*SEALED, *JUNK, *ENVIRONMENT_FILES)]
    tests = [git_rule(text, "", BUILT_IN) for text in TESTS]
    return IgnoreRules(
        built_in=Group.of(rule for rule in general if rule),
        tests=Group.of(rule for rule in tests if rule),
    )


def git_rule(line: str, folder: str, origin: str) -> Rule | None:
    """A gitignore line of a file in ``folder``; None for blanks, comments and broken patterns."""
    text = line.rstrip("\r\n")
    body = text.removeprefix("!")
    if not body.strip(" /") or text.startswith("#"):
        return None
    anchored = text if folder in {"", "."} else _based(text, folder)
    try:
        pattern = GitIgnoreSpecPattern(anchored)
    except ValueError:
        return None  # git, too, treats a broken pattern as one that matches nothing
    return Rule(text=text.strip(), origin=origin, pattern=pattern, anchored=_spread(anchored))


def docker_rule(line: str, folder: str, origin: str) -> Rule | None:
    """A ``.dockerignore`` line: always anchored, cleaned as Go's ``filepath.Clean`` does."""
    text = line.strip()
    if not text or line.startswith("#"):
        return None
    bang = "!" if text.startswith("!") else ""
    body = posixpath.normpath(text.removeprefix("!").strip()).lstrip("/")
    if body in {"", "."}:
        return None
    rule = git_rule(f"{bang}/{body}", folder, origin)
    return replace(rule, text=text) if rule else None


def is_fixed(folder: str, path: str) -> bool:
    """Whether a file ships whatever ``.dockerignore`` says, as ``docker build`` itself needs it."""
    name = path.rpartition("/")[2]
    return parent(path) == (folder or ".") and any(fnmatchcase(name, known) for known in FIXED)


def _from_folder(line: str, folder: str) -> str:
    """People also write the input's paths as they see them, from the workspace's root."""
    bang = "!" if line.startswith("!") else ""
    body = line.removeprefix("!").removeprefix("/")
    return f"{bang}/{body[len(folder) + 1 :]}" if body.startswith(f"{folder}/") else line


def _based(text: str, folder: str) -> str:
    """A pattern of a nested file, written as one of the workspace's root."""
    bang = "!" if text.startswith("!") else ""
    body = text.removeprefix("!")
    base = re.sub(r"([*?\[\]!#\\ ])", r"\\\1", folder)
    anchored = "/" in body.rstrip().rstrip("/")
    return f"{bang}/{base}/{body.lstrip('/')}" if anchored else f"{bang}/{base}/**/{body}"


def _spread(pattern: str) -> str:
    """The pattern with git's rule made plain that a name without slash matches at any depth."""
    bang = "!" if pattern.startswith("!") else ""
    body = pattern.removeprefix("!")
    return pattern if "/" in body.rstrip().rstrip("/") else f"{bang}**/{body}"


def _through_folder(rule: Rule, path: str) -> bool:
    """Whether ``path`` is only matched because a folder above it (or it as a folder) is."""
    found = rule.pattern.match_file(path)
    return found is not None and bool(found.match.groupdict().get("ps_d"))


def _path_part(rule: Rule) -> str:
    return rule.text.removeprefix("!").removeprefix("**/").rstrip("/").removeprefix("/")


def _names(rule: Rule, folder: str) -> bool:
    """Whether the pattern spells out the folder's own name."""
    return folder.rpartition("/")[2] in rule.anchored.split("/")


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def on_the_way(folder: str) -> list[str]:
    """The workspace's root and every folder down to ``folder``."""
    chain = [folder]
    while chain[-1] != ".":
        chain.append(parent(chain[-1]))
    return list(reversed(chain))


def gitignore_of(folder: str) -> str:
    """Where a folder's ``.gitignore`` lies."""
    return join(folder, ".gitignore")
