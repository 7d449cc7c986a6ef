"""One ignore pattern: where it stands, what it matches, and what it could match below a folder.

Patterns are matched by pathspec, each on paths relative to the folder of its file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from pathspec.pattern import RegexMatchResult
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from deployer.code.source import join


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern, which sees paths relative to ``base``. ``text`` is as its author wrote it."""

    text: str
    origin: str
    base: str
    pattern: GitIgnoreSpecPattern

    @property
    def leaves_out(self) -> bool:
        return bool(self.pattern.include)

    @property
    def parts(self) -> list[str]:
        """The pattern's path from the workspace's root; a name alone matches at any depth."""
        body = self.text.removeprefix("!").rstrip("/")
        spread = body.lstrip("/") if "/" in body else f"**/{body}"
        return join(self.base, spread).split("/")

    def matches(self, path: str) -> bool:
        return self._match(path) is not None

    def by_folder(self, path: str) -> bool:
        """Whether it matches only because a folder does: one above ``path``, or ``path/``."""
        found = self._match(path)
        return found is not None and bool(found.match.groupdict().get("ps_d"))

    def may_match_below(self, folder: str) -> bool:
        """Whether a path inside ``folder`` could match, though ``folder`` itself doesn't."""
        wanted, have = self.parts, folder.split("/")
        for part, name in zip(wanted, have, strict=False):
            if part == "**":
                return True
            if not fnmatchcase(name, part):
                return False
        return len(wanted) > len(have)

    def _match(self, path: str) -> RegexMatchResult | None:
        inside = relative(path, self.base)
        return self.pattern.match_file(inside) if inside else None


@dataclass(frozen=True, slots=True)
class Group:
    """Rules of one kind. ``any`` tells most paths apart at once: an expression for each base."""

    rules: tuple[Rule, ...] = ()
    any: tuple[tuple[str, re.Pattern[str]], ...] = ()

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Group:
        """A group; some expression of its matches whenever a rule's does."""
        held = tuple(rules)
        by_base: dict[str, list[str]] = {}
        for rule in held:
            expression = str(rule.pattern.regex.pattern) if rule.pattern.regex else "(?!)"
            by_base.setdefault(rule.base, []).append(expression.replace("(?P<ps_d>", "(?:"))
        return cls(
            rules=held,
            any=tuple((base, re.compile("|".join(found))) for base, found in by_base.items()),
        )

    def matching(self, path: str) -> list[Rule]:
        """The rules that match, in order."""
        if not any(
            expression.search(inside)
            for base, expression in self.any
            if (inside := relative(path, base))
        ):
            return []
        return [rule for rule in self.rules if rule.matches(path)]


def git_rule(line: str, folder: str, origin: str) -> Rule | None:
    """A gitignore line of a file in ``folder``; None for blanks, comments and broken patterns."""
    text = line.rstrip("\r\n")
    try:
        pattern = GitIgnoreSpecPattern(text)
    except ValueError:
        return None  # git, too, treats a broken pattern as one that matches nothing
    if pattern.include is None:
        return None
    return Rule(text=text.strip(), origin=origin, base=folder, pattern=pattern)


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


def relative(path: str, base: str) -> str:
    """``path`` as seen from ``base``; empty when it doesn't lie below it."""
    if base in {"", "."}:
        return path
    return path[len(base) + 1 :] if path.startswith(f"{base}/") else ""
