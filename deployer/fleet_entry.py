"""One Space of a fleet: its entry's inputs in the place of the workflow's."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from deployer.context import Context
from deployer.fleet import Entry
from deployer.fleet.values import found_in
from deployer.given import given_text, variable_names
from deployer.ports import Files


def apply_entry(
    environ: Mapping[str, str], context: Context, files: Files
) -> tuple[Mapping[str, str], Context]:
    """Inputs and surroundings of the Space that ``fleet`` and ``space`` name together.

    Unchanged where one of the two is not given. Raises ``Refused`` (exit 2).
    """
    path, space = given_text("fleet", environ), given_text("space", environ)
    if not path or not space:
        return environ, context
    from deployer.fleet.reading import find_entry, read_fleet

    entry = find_entry(read_fleet(files.read(path), path), space)
    return inputs_of(entry, environ), context_of(entry, context, found_in(environ))


def inputs_of(entry: Entry, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with the entry's inputs; what it leaves open stays the workflow's."""
    overlaid = dict(environ)
    for name, text in entry.texts().items():
        for spelling in variable_names(name):
            overlaid.pop(spelling, None)
        overlaid[variable_names(name)[1]] = text
    return overlaid


def context_of(entry: Entry, context: Context, values: Mapping[str, str]) -> Context:
    """The surroundings in which the entry's names stand for its own values."""
    return replace(context, environment={**context.environment, **entry.environment(values)})
