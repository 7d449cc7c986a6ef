"""Prints what a plan finds in each checkout of a folder, as rows of a Markdown table.

    python tools/real_repositories.py FOLDER

Facts only, and no network. What a scanner takes for a key is counted over all repositories and
named by none: the table is public, and so may be the keys.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from deployer.adapters.disk import Workspace
from deployer.bundle import BundleRequest, build_bundle
from deployer.errors import Problem, Refused
from deployer.model import Bundle, SpaceId

HEAD = (
    "| repository | app | Python | health path | installs from | image, port | files | left out | "
    "names it needs | warnings | seconds |"
)
KEYS = ("seems to hold", "looks like")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One repository: its bundle, or why there is none, and how long that took."""

    name: str
    seconds: float
    bundle: Bundle | None = None
    problems: tuple[Problem, ...] = ()


def look(folder: Path) -> Seen:
    """What a run with nothing but ``space`` would ship from a checkout."""
    began = time.perf_counter()
    request = BundleRequest(space=SpaceId(owner="owner", name="name"))
    name = folder.name.replace("+", "/")
    try:
        bundle = build_bundle(request, Workspace(folder))
    except Refused as refused:
        seconds = time.perf_counter() - began
        return Seen(name=name, seconds=seconds, problems=refused.problems)
    return Seen(name=name, seconds=time.perf_counter() - began, bundle=bundle)


def row(seen: Seen) -> str:
    """A line of the table."""
    cells = _found(seen.bundle) if seen.bundle else (_refused(seen.problems), *[""] * 8)
    return f"| {' | '.join([f'`{seen.name}`', *cells, f'{seen.seconds:.2f}'])} |"


def _found(bundle: Bundle) -> tuple[str, ...]:
    backend, installed = bundle.backend, bundle.installed
    needed = sum(name.required for name in backend.environment)
    warnings = sum(notice.warning for notice in bundle.notices)
    return (
        f"`{backend.app}` in `{backend.folder}`",
        backend.python_version,
        f"`{backend.health_path}`{'' if backend.health_found else ' (none found)'}",
        f"`{installed.manifest}`" if installed else "its image",
        f"{'own' if backend.dockerfile else 'made'}, {backend.app_port}",
        f"{len(bundle.files)}",
        f"{len(bundle.left_out)}",
        f"{needed}",
        f"{warnings}",
    )


def _refused(problems: Iterable[Problem]) -> str:
    """The problems, less those about keys."""
    told = [problem.message for problem in problems if not _is_key(problem)]
    return f"refused: {' '.join(told) or 'keys'}".replace("|", "\\|")


def _is_key(problem: Problem) -> bool:
    return any(word in problem.message for word in KEYS)


def _checkouts(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.is_dir())


def main(folder: Path) -> int:
    """Print the table and the sums; the exit code."""
    seen = [look(path) for path in _checkouts(folder)]
    print(HEAD)
    print("|" + "---|" * (HEAD.count("|") - 1))
    print("\n".join(map(row, seen)))
    keys = sum(_is_key(problem) for each in seen for problem in each.problems)
    planned = sum(each.bundle is not None for each in seen)
    slowest = max((each.seconds for each in seen), default=0.0)
    print(f"\n{planned} of {len(seen)} planned, {keys} keys in all, the slowest {slowest:.2f} s.")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tools/real_repositories.py FOLDER")
    sys.exit(main(Path(sys.argv[1])))
