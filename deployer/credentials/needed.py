"""Names that the backend's code cannot do without and that nobody gives.

A warning and no problem: an own Dockerfile may set the name, and the code may never get there.
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.credentials import names
from deployer.errors import Notice, Where
from deployer.model import Backend, Configuration, EnvironmentName


def lacking(backend: Backend, given: frozenset[str], stored: Configuration) -> tuple[Notice, ...]:
    """A notice for each such name, with the place that reads it."""
    there = {each.upper() for each in (*given, *stored.secrets, *stored.variables, *names.RESERVED)}
    return tuple(_notices(backend.environment, there))


def _notices(environment: tuple[EnvironmentName, ...], there: set[str]) -> Iterator[Notice]:
    for each in environment:
        # pydantic-settings reads its names in any case.
        if each.required and each.name.upper() not in there:
            sensitive = names.is_sensitive(each.name) or "DATABASE" in each.name.upper()
            yield Notice(
                message=f"The code needs `{each.name}`, which neither the workflow nor the Space "
                "gives it: it may not start.",
                hint="Name it in the input `secrets`."
                if sensitive
                else "Name it in the input `variables`, or in `secrets` if nobody may read it.",
                where=Where(file=each.file, line=each.line or None) if each.file else None,
            )
