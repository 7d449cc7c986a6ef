"""Reads a YAML document into texts, lists and tables that know their lines; nothing is executed.

Every scalar stays the text that was written: `3.10` is no number and `on` no truth. Aliases, tags
and names given twice are refused, and so is what is nested deeper than any such file needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import yaml
from msgspec import Struct

from deployer.errors import Exit, Problem, Refused, Where

DEEPEST: Final = 12
# What PyYAML raises beside its own errors.
_NO_YAML: Final = (ValueError, LookupError, AttributeError, TypeError, RecursionError)
_PLAIN: Final = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
)


class Text(Struct, frozen=True, kw_only=True):
    """A scalar as written; ``null`` for `~`, `null` and nothing at all."""

    text: str
    line: int
    null: bool = False


class Items(Struct, frozen=True, kw_only=True):
    """A list."""

    items: tuple[Part, ...]
    line: int


class Table(Struct, frozen=True, kw_only=True):
    """A mapping. ``lines``: where each key stands."""

    rows: Mapping[str, Part]
    lines: Mapping[str, int]
    line: int


Part = Text | Items | Table


class _Loader(yaml.SafeLoader):
    """Composes nodes and constructs nothing."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The node; an alias, a tag or too deep a nesting is an error of the document."""
        if self.check_event(yaml.AliasEvent):
            raise self._refused("an alias (`*name`) can't be used here: write it out")
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._refused("it is nested too deeply")
        node = super().compose_node(parent, index)
        self.depth -= 1
        if node is not None and node.tag not in _PLAIN:
            raise yaml.MarkedYAMLError(
                problem="a tag (`!name`) can't be used here", problem_mark=node.start_mark
            )
        return node

    def _refused(self, message: str) -> yaml.MarkedYAMLError:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        return yaml.MarkedYAMLError(problem=message, problem_mark=event.start_mark)


def read_document(content: bytes, path: str) -> Part:
    """The document. Raises ``Refused`` (exit 2), with every name that is given twice."""
    try:
        root = yaml.compose(content.decode("utf-8-sig"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise Refused([_broken(f"{error.problem}", path, line)]) from None
    except UnicodeDecodeError:
        raise Refused([_broken("it is not UTF-8", path, None)]) from None
    except (yaml.YAMLError, *_NO_YAML):
        raise Refused([_broken("it holds what no YAML document may", path, None)]) from None
    problems: list[Problem] = []
    part = _part(root, path, problems) if root else Text(text="", line=1, null=True)
    if problems:
        raise Refused(problems)
    return part


def _part(node: yaml.Node, path: str, problems: list[Problem]) -> Part:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _table(node, path, problems)
    if isinstance(node, yaml.SequenceNode):
        return Items(items=tuple(_part(each, path, problems) for each in node.value), line=line)
    return Text(text=node.value, line=line, null=node.tag == "tag:yaml.org,2002:null")


def _table(node: yaml.MappingNode, path: str, problems: list[Problem]) -> Table:
    rows: dict[str, Part] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            problems.append(_broken("a key must be a word", path, line))
        elif key.value in rows:
            problems.append(_twice(key.value, lines[key.value], path, line))
        else:
            rows[key.value], lines[key.value] = _part(value, path, problems), line
    return Table(rows=rows, lines=lines, line=node.start_mark.line + 1)


def _twice(name: str, first: int, path: str, line: int) -> Problem:
    shown = f"`{name}`" if len(name) <= 40 else "A key"
    message = f"{shown} is given twice, first on line {first}."
    hint = "Keep one of them."
    where = Where(file=path, line=line)
    return Problem(exit=Exit.CONFIGURATION, message=message, hint=hint, where=where)


def _broken(reason: str, path: str, line: int | None) -> Problem:
    message = f"The file can't be read as YAML: {reason}."
    return Problem(exit=Exit.CONFIGURATION, message=message, where=Where(file=path, line=line))
