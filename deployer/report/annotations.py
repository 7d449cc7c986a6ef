"""Which findings become annotations: GitHub shows ten per kind and step, so the first ten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from deployer.errors import Notice, Problem

MOST: Final = 10


def choose(
    problems: Sequence[Problem], notices: Sequence[Notice]
) -> tuple[tuple[Problem, ...], tuple[Notice, ...]]:
    """At most ten in all: problems first, lowest exit code first; then warnings, each once."""
    worst = tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.exit))[:MOST]
    warnings = dict.fromkeys(notice for notice in notices if notice.warning)
    return worst, tuple(warnings)[: MOST - len(worst)]
