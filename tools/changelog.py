"""The changelog's section of a version: what a release is refused for, or its notes.

``python tools/changelog.py v1.2.3`` prints the notes, or every reason why this tag is no release.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
TAG: Final = re.compile(r"v(\d+\.\d+\.\d+)")
HEADING: Final = re.compile(r"^## \[(?P<name>[^\]]+)\](?: - (?P<day>\d{4}-\d\d-\d\d))?$", re.M)
VERSION: Final = re.compile(r'^(?:__version__|version) = "([^"]+)"$', re.M)
VERSIONS_OF: Final = ("deployer/__init__.py", "pyproject.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the changelog; ``day`` is "" where none is given."""

    name: str
    day: str
    text: str


def sections(changelog: str) -> list[Section]:
    """The changelog's parts, newest first, as they stand."""
    found = list(HEADING.finditer(changelog))
    ends = [each.start() for each in found[1:]] + [len(changelog)]
    return [
        Section(name=one["name"], day=one["day"] or "", text=changelog[one.end() : end].strip())
        for one, end in zip(found, ends, strict=True)
    ]


def refusals(tag: str, changelog: str, versions: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Why ``tag`` is no release; ``versions`` are files with the version that each one names."""
    match = TAG.fullmatch(tag)
    if not match:
        yield f"`{tag}` is no tag of a release: these have the form v1.2.3."
        return
    version = match[1]
    for file, named in versions:
        if named != version:
            yield f"{file} names version {named}, the tag {version}."
    parts = sections(changelog)
    if any(each.name == "Unreleased" and each.text for each in parts):
        yield f"CHANGELOG.md: move what stands under [Unreleased] to [{version}]."
    released = [each for each in parts if each.name != "Unreleased"]
    mine = next((each for each in released if each.name == version), None)
    if mine is None or not mine.day:
        yield f"CHANGELOG.md has no heading `## [{version}] - YYYY-MM-DD`."
    elif mine is not released[0]:
        yield f"CHANGELOG.md has {released[0].name} above {version}: v1 would go back."
    elif not mine.text:
        yield f"CHANGELOG.md says nothing below [{version}]."


def named_versions(root: Path) -> list[tuple[str, str]]:
    """Each file that names the version, with what it names ("" for nothing)."""
    texts = ((file, (root / file).read_text(encoding="utf-8")) for file in VERSIONS_OF)
    return [(file, match[1] if (match := VERSION.search(text)) else "") for file, text in texts]


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Exit code: 0 with the notes on standard output, 1 with the refusals on standard error."""
    tag = arguments[0] if arguments else ""
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    refused = list(refusals(tag, changelog, named_versions(root)))
    for each in refused:
        print(f"changelog: {each}", file=sys.stderr)
    if refused:
        return 1
    print(next(each.text for each in sections(changelog) if each.name == tag[1:]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
