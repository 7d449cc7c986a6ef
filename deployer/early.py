"""What is wrong with values, in a run whose inputs can't be read: it is told at once with that."""

from __future__ import annotations

from collections.abc import Mapping

from deployer.credentials import hygiene, origins, syntax
from deployer.errors import Problem
from deployer.given import raw_text
from deployer.input_types import words


def value_problems(environ: Mapping[str, str], values: Mapping[str, str]) -> tuple[Problem, ...]:
    """Problems of secrets, variables and origins that show without the backend and the Space.

    ``values``: what the names under ``secrets`` and ``variables`` stand for.
    """
    secrets, variables = raw_text("secrets", environ), raw_text("variables", environ)
    parsed = syntax.parse_inputs(secrets, variables, values)
    judged, _ = hygiene.check_entries(parsed.entries, backend=None)
    frontend = origins.frontend_origins(words(raw_text("frontend-url", environ)))
    return (*parsed.problems, *judged, *frontend.problems)
