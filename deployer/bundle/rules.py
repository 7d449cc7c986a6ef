"""One ignore pattern: where it stands, what it matches, and what it could match below a folder.

Patterns are matched by pathspec, each on paths relative to the folder of its file.
"""

from __future__ import annotations

import posixpath
import re
import warnings
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from deployer.code.source import join

# What pathspec makes of `*`, `?`, a `**` between folders and one at the start.
_STAR: Final = "[^/]*"
_ONE: Final = "[^/]"
_ANY_FOLDERS: Final = "(?:/.+)?"
_ANY_START: Final = "^(?:.+/)?"
# pathspec lets `[!a]` match the `/` between folders, git doesn't.
_NOT_ONE_OF: Final = re.compile(r"(?<![\\\[])\[\^(?!/\])")


class Rule(Struct, frozen=True):
    """One pattern, which sees paths relative to ``base``. ``text`` is as its author wrote it.

    ``expression`` is the regular one, compiled when it is first asked: most never are (``Group``).
    """

    text: str
    origin: str
    base: str
    expression: str
    leaves_out: bool

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
        return found is not None and bool(found.groupdict().get("ps_d"))

    def may_match_below(self, folder: str) -> bool:
        """Whether a path inside ``folder`` could match, though ``folder`` itself doesn't."""
        wanted, have = self.parts, folder.split("/")
        for part, name in zip(wanted, have, strict=False):
            if part == "**":
                return True
            if not fnmatchcase(name, part):
                return False
        return len(wanted) > len(have)

    def _match(self, path: str) -> re.Match[str] | None:
        inside = relative(path, self.base)
        return _compiled(self.expression).search(inside) if inside else None


class Group(Struct, frozen=True):
    """Rules of one kind. ``any`` tells most paths apart at once: an expression for each base."""

    rules: tuple[Rule, ...] = ()
    any: tuple[tuple[str, re.Pattern[str]], ...] = ()

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Group:
        """A group; some expression of its matches whenever a rule's does."""
        held = tuple(rules)
        by_base: dict[str, list[str]] = {}
        for rule in held:
            expression = rule.expression.replace("(?P<ps_d>", "(?:")
            by_base.setdefault(rule.base, []).append(expression)
        return cls(
            rules=held,
            any=tuple((base, _compiled("|".join(found))) for base, found in by_base.items()),
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
        raw, leaves_out = GitIgnoreSpecPattern.pattern_to_regex(text)
        if raw is None or leaves_out is None:
            return None
        expression = linear(raw)
        if "[" in text:  # nothing else makes a pattern that can't be compiled
            _compiled(expression)
    except (ValueError, re.error):
        return None  # git, too, treats a broken pattern as one that matches nothing
    return Rule(
        text=text.strip(), origin=origin, base=folder, expression=expression, leaves_out=leaves_out
    )


def linear(expression: str) -> str:
    """pathspec's expression, matching the same without trying every way to share out its stars.

    Between two stars the first place that fits is as good as any later one, so that what was
    matched there need not be looked at again: atomic groups say so. Without them a line like
    `*a*a*a*a*a*a*b` takes for ever on a long name.
    """
    runs = [_linear_stars(run) for run in expression.split(_ANY_FOLDERS)]
    if len(runs) > 1 and runs[0].startswith(_ANY_START):
        runs[0] = f"^(?>(?:.+?/)??{runs[0].removeprefix(_ANY_START)}(?=/))"
    between = "".join(f"(?>(?:/.+?)??{run}(?=/))" for run in runs[1:-1])
    last = f"{_ANY_FOLDERS}{runs[-1]}" if len(runs) > 1 else ""
    return _NOT_ONE_OF.sub("(?!/)[^", f"{runs[0]}{between}{last}")


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(expression)


def _linear_stars(run: str) -> str:
    first, *rest = re.sub(r"(?:\[\^/\]\*){2,}", _STAR, run).split(_STAR)
    if not rest:
        return run
    inner = (
        f"{_STAR}{part}" if "/" in part or "(" in part else f"(?>[^/]*?{part})"
        for part in (each.replace(_ONE, "\0") for each in rest[:-1])
    )
    return f"{first}{''.join(inner)}{_STAR}{rest[-1]}".replace("\0", _ONE)


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
