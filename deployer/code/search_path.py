"""Which folders Python must search so that the app's imports work: its ``sys.path``.

Imports decide, not documentation: ``from app.x import …`` inside ``backend/app/main.py`` only
works when ``backend`` is searched, whatever a README says.
"""

from __future__ import annotations

from collections.abc import Sequence

from deployer.code.project import Project
from deployer.code.source import parent

EXTRA = 4  # more search path entries than this is a puzzle, not a layout


def search_path(project: Project, folder: str, path: str) -> Project:
    """``project`` as the app in ``path`` needs it; the first root is where it is run from."""
    candidates = _candidates(folder, path)
    best = max(
        candidates, key=lambda root: (_fits(project.searching(root), path), -candidates.index(root))
    )
    return widened(project.searching(best), folder, path)


def widened(project: Project, folder: str, path: str, added: Sequence[str] = ()) -> Project:
    """``project`` with further roots for imports that are still open.

    ``added`` are folders that the code itself adds to its search path.
    """
    for _ in range(EXTRA):
        more = _missing_root(project, folder, path, added)
        if more is None:
            break
        project = project.searching(*project.roots, more)
    return project


def _candidates(folder: str, path: str) -> list[str]:
    """The backend folder first, then the folders below it on the way to ``path``, then above."""
    chain = [parent(path)]
    while chain[-1] != ".":
        chain.append(parent(chain[-1]))
    inside = [root for root in chain if within(root, folder)]
    above = [root for root in chain if root not in inside]
    return [*reversed(inside), *above]


def within(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or below it."""
    return folder in {".", path} or path.startswith(f"{folder}/")


def _fits(project: Project, path: str) -> tuple[bool, int]:
    """No relative import may climb out of its package; then the more imports work, the better."""
    closure = project.closure(path)
    return not any(map(project.climbs_out, closure)), len(closure)


def _missing_root(project: Project, folder: str, path: str, added: Sequence[str]) -> str | None:
    """A further folder from which an import that finds nothing yet would work."""
    closure = project.closure(path)
    on_the_way = {root for found in closure for root in _candidates(folder, found)}
    roots = [*added, *sorted(on_the_way - set(added))]
    foreign = dict.fromkeys(name for current in closure for name in project.foreign(current))
    for top in foreign:
        for root in roots:
            if root not in project.roots and project.code.locate(top, root) and _is_own(top, root):
                return root
    return None


def _is_own(dotted: str, root: str) -> bool:
    """``types`` in ``app/types.py`` is no reason to shadow the standard library's ``types``."""
    return bool(root) and not is_common(dotted)


def is_common(dotted: str) -> bool:
    """Whether an installed module of this name is likelier than one of the user's."""
    return dotted.partition(".")[0] in _COMMON


# Installed modules whose names people also give to files of their own.
_COMMON = frozenset(
    (
        *("types", "logging", "email", "json", "queue", "calendar", "secrets", "token", "select"),
        *("signal", "string", "test", "code", "typing", "enum", "config_parser", "statistics"),
        *("random", "io", "ast", "copy", "platform", "profile", "resource", "qdrant_client"),
        *("openai", "langchain", "cohere", "redis", "celery", "alembic", "google"),
    )
)
