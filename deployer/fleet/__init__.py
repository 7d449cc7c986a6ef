"""A fleet: many Spaces in one file (`spaces.yml`), each with inputs of its own.

It decides what stands in that file, which Spaces go first, and what is left to do after a run.
Rule: no token and no secret's value is ever read from the file, only names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct, field

# Bytes of the file, and Spaces in it: .github/workflows/fleet.yml has four waves of 256 jobs, and
# the matrices of so many fit into the outputs of a job.
LARGEST: Final = 512 * 1024
MOST: Final = 1024


class Input(Struct, frozen=True, kw_only=True):
    """An input's text and the 1-based line that gives it."""

    text: str
    line: int


class Named(Struct, frozen=True, kw_only=True):
    """A secret or variable. ``source``: the name in the workflow's environment that its value
    comes from; ``value``: a variable's own, None for one that comes from the environment."""

    line: int
    source: str
    value: str | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """One Space with its inputs, defaults included."""

    space: str
    line: int
    canary: bool = False
    inputs: Mapping[str, Input] = field(default_factory=dict)
    secrets: Mapping[str, Named] = field(default_factory=dict)
    variables: Mapping[str, Named] = field(default_factory=dict)

    @property
    def backend(self) -> str:
        """Its folder."""
        return self.inputs["backend"].text if "backend" in self.inputs else "backend"

    def texts(self) -> dict[str, str]:
        """Its inputs as a workflow would give them; what it leaves open is not among them.

        Without a frontend of its own it gets none: all Spaces would find the same client, and the
        last one would win it.
        """
        texts = {"frontend": "none", "space": self.space}
        texts |= {name: given.text for name, given in self.inputs.items()}
        if self.secrets:
            texts["secrets"] = "\n".join(self.secrets)
        if self.variables:
            empty = {name for name, named in self.variables.items() if named.value == ""}
            rows = (f'{name}=""' if name in empty else name for name in self.variables)
            texts["variables"] = "\n".join(rows)
        return texts

    def environment(self, values: Mapping[str, str]) -> dict[str, str]:
        """What its names stand for; "" for one without a value, whatever else has that name."""
        found = {name: values.get(named.source, "") for name, named in self.secrets.items()}
        for name, named in self.variables.items():
            found[name] = values.get(name, "") if named.value is None else named.value
        return found

    def without_value(self, values: Mapping[str, str]) -> Iterator[tuple[str, Named]]:
        """The names that ``values`` has nothing for."""
        for name, named in (*self.secrets.items(), *self.variables.items()):
            if named.value is None and not values.get(named.source):
                yield name, named

    def line_of(self, name: str, number: int | None = None) -> int:
        """Where the file gives an input; for secrets and variables, the ``number``-th of them."""
        if name in self.inputs:
            return self.inputs[name].line
        names = {"secrets": self.secrets, "variables": self.variables}.get(name, {})
        lines = [named.line for named in names.values()]
        return lines[(number or 1) - 1] if 0 < (number or 1) <= len(lines) else self.line


class Fleet(Struct, frozen=True, kw_only=True):
    """All entries, in the order of the file at the workspace path ``path``."""

    path: str
    entries: tuple[Entry, ...]

    def entry(self, space: str) -> Entry | None:
        """The entry of one Space; the Hub doesn't tell capitals apart."""
        return next((e for e in self.entries if e.space.lower() == space.lower()), None)
