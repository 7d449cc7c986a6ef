"""What stays behind: gitignore rules from several places, where later ones win.

Order: built-in, every ``.gitignore`` on the way, the backend's ``.dockerignore``, the input
``ignore``. Patterns are matched as pathspec's ``GitIgnoreSpec`` matches them, on workspace paths.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from deployer.bundle.rules import Group, Rule, docker_rule, git_rule
from deployer.code.source import join, parent

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
    *("*.py[cod]", "*$py.class", "*.egg-info/", "**/build/lib/", "**/build/bdist.*/", ".coverage"),
    *(".coverage.*", "coverage.xml", ".DS_Store", "Thumbs.db", "desktop.ini", "*.log"),
    *(".gitattributes", ".gitmodules", ".gitignore", ".dockerignore", ".github/", ".gitlab-ci.yml"),
    *(".idea/", ".vscode/", ".devcontainer/", "*.swp", "*.swo", "*~", "*.sublime-workspace"),
    *(".project", ".pydevproject", ".settings/", ".pre-commit-config.yaml"),
)
ENVIRONMENT_FILES = (
    *("*.env", "!*example.env", "!*sample.env", "!*template.env"),
    *(".env*", "!.env*.example", "!.env*.sample", "!.env*.template", "!.env*.dist"),
    *("!.env.example*", "!.env.sample*", "!.env.template*"),
)
FIXED = (
    *("Dockerfile", "Dockerfile.*", "README.md", "requirements*.txt", "pyproject.toml", "Pipfile*"),
    *("poetry.lock", "uv.lock", "pylock*.toml", "environment.y*ml", "setup.py", "setup.cfg"),
)
TESTS = (
    *("test_*.py", "*_test.py", "tests.py", "conftest.py", "pytest.ini", "tox.ini", "noxfile.py"),
    *(".coveragerc", "tests/", "test/", "__tests__/"),
)

NO_RULES = Group()


class IgnoreRules(Struct, frozen=True, kw_only=True):
    """All rules of a run. Paths are workspace-relative, folders end in ``/``."""

    sealed: Group
    built_in: Group
    tests: Group
    git: Group = NO_RULES
    docker: Group = NO_RULES
    given: Group = NO_RULES
    docker_folder: str = ""
    needed: frozenset[str] = frozenset()

    def verdict(self, path: str) -> Rule | None:
        """The rule that leaves ``path`` out, or None when it ships."""
        later = self._later(path)
        sealed = next(iter(self.sealed.matching(path)), None)
        if sealed and not any(_opens(rule, sealed) for rule in later):
            return sealed
        # Apart, so that bringing back a tests folder does not bring back its `.env`.
        built_in = _winner(self.built_in.matching(path) + later, path)
        if built_in is not None and built_in.leaves_out:
            return built_in
        tests = [] if self._is_needed(path) else self.tests.matching(path)
        # In a tests folder only the folder counts: a pattern that brings it back brings all of it.
        tests = [rule for rule in tests if rule.by_folder(path)] or tests
        winner = _winner(tests + later, path)
        return winner if winner is not None and winner.leaves_out else None

    def _later(self, path: str) -> list[Rule]:
        """The matching rules of the user, in order."""
        matching: list[Rule] = []
        if not self._is_needed(path):
            matching += self.git.matching(path)
            if not is_fixed(self.docker_folder, path):
                # Docker knows no priorities: its last matching pattern speaks for the file.
                matching += self.docker.matching(path)[-1:]
        return matching + self.given.matching(path)

    def may_enter(self, folder: str, rule: Rule) -> bool:
        """Whether something inside a left out folder could still ship."""
        if any(_below(needed, folder) for needed in self.needed):
            return True
        sealed = rule in self.sealed.rules
        # Git never looks into an ignored folder again; a pattern with a path in it may ask for it.
        paths = (other for other in self.git.rules if "/" in _path_part(other))
        return any(
            not other.leaves_out
            and other.may_match_below(folder)
            and (not sealed or _opens(other, rule))
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
    sealed, general, tests = (
        Group.of(rule for text in texts if (rule := git_rule(text, "", BUILT_IN)))
        for texts in (SEALED, (*JUNK, *ENVIRONMENT_FILES), TESTS)
    )
    return IgnoreRules(sealed=sealed, built_in=general, tests=tests)


def is_fixed(folder: str, path: str) -> bool:
    """Whether a file ships whatever ``.dockerignore`` says, as ``docker build`` itself needs it."""
    name = path.rpartition("/")[2]
    return parent(path) == (folder or ".") and any(fnmatchcase(name, known) for known in FIXED)


def _from_folder(line: str, folder: str) -> str:
    """People also write the input's paths as they see them, from the workspace's root."""
    bang = "!" if line.startswith("!") else ""
    body = line.removeprefix("!").removeprefix("/")
    return f"{bang}/{body[len(folder) + 1 :]}" if body.startswith(f"{folder}/") else line


def _winner(matching: Iterable[Rule], path: str) -> Rule | None:
    """The deciding rule, as ``GitIgnoreSpec`` has it: one for the file beats one for a folder."""
    winner, strength = None, 0
    for rule in matching:
        own = 1 if rule.by_folder(path) else 2
        if own >= strength:
            winner, strength = rule, own
    return winner


def _path_part(rule: Rule) -> str:
    return rule.text.removeprefix("!").removeprefix("**/").rstrip("/").removeprefix("/")


def _opens(rule: Rule, sealed: Rule) -> bool:
    """Whether a `!` pattern spells out the sealed folder's name."""
    return not rule.leaves_out and sealed.text.strip("/") in rule.parts


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
