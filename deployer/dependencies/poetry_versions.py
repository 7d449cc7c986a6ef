"""Poetry's version constraints as PEP 440 specifiers: https://python-poetry.org/docs/dependency-specification/"""

from __future__ import annotations

import re

from packaging.specifiers import SpecifierSet
from packaging.version import Version

OPERATOR = re.compile(r"\s*(\^|~=|~|===|==|!=|>=|<=|>|<|=)?\s*([^\s,]+)\s*,?")


def alternatives(constraint: str) -> list[str]:
    """One specifier set for each part between ``||``; an empty one allows every version.

    Raises ``ValueError`` for what Poetry could not read either.
    """
    parts = re.split(r"\|\|?", constraint)
    return [",".join(filter(None, map(_single, OPERATOR.findall(part)))) for part in parts]


def specifier(constraint: str) -> str:
    """The specifiers that pip can take: of several alternatives the last, mostly the newest."""
    found = alternatives(constraint)[-1]
    SpecifierSet(found)  # raises for what pip could not read
    return found


def marker(constraint: str) -> str:
    """A constraint on Python as a marker, or an empty string when it allows every version."""
    found = []
    for part in alternatives(constraint):
        terms = [
            f'python_full_version {spec.operator} "{spec.version}"' for spec in SpecifierSet(part)
        ]
        if not terms:
            return ""
        found.append(" and ".join(sorted(terms)))
    return found[0] if len(found) == 1 else " or ".join(f"({terms})" for terms in found)


def _single(found: tuple[str, str]) -> str:
    sign, version = found
    if version == "*":
        return ""
    if sign in {"^", "~"}:
        release = Version(version).release
        return f">={version},<{_above(release, tilde=sign == '~')}"
    if not sign or sign in {"=", "=="}:
        return f"=={version}"
    return f"{sign}{version}"


def _above(release: tuple[int, ...], *, tilde: bool) -> str:
    """The first version that is too new: for a caret the leftmost part that is not 0 grows."""
    if tilde:
        place = min(1, len(release) - 1)
    else:
        place = next((i for i, part in enumerate(release) if part), len(release) - 1)
    return ".".join(str(part) for part in (*release[:place], release[place] + 1))
