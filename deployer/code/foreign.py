"""Calls of what is not the user's: Python's own functions, settings, route objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct, field

from deployer.code.abstract import UNKNOWN, Depends, Function, Outside, Package, Router, Value
from deployer.code.routing import answers_with_file, function_summary, guards, hang, methods_of
from deployer.model import Route

TURNS = 60  # of one loop
LONG = 5_000  # a longer text or list is data, and no part of a path
TRIMS: dict[str, Callable[..., str]] = {
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "removeprefix": str.removeprefix,
    "removesuffix": str.removesuffix,
    "lower": lambda text, *_: text.lower(),
    "upper": lambda text, *_: text.upper(),
}


class Given(Struct, frozen=True, kw_only=True):
    """The arguments of a call, worked out."""

    args: list[Value] = field(default_factory=list)
    named: dict[str, Value] = field(default_factory=dict)
    line: int = 0

    def at(self, position: int, name: str) -> Value:
        """An argument given by position or by name."""
        given = self.args[position] if len(self.args) > position else self.named.get(name)
        return given if len(self.args) > position or name in self.named else UNKNOWN

    @property
    def values(self) -> list[Value]:
        return [*self.args, *self.named.values()]


def turns(items: Value) -> list[Value]:
    """What a loop's variable stands for, turn by turn; once UNKNOWN where that is open."""
    match items:
        case list() | tuple():
            return list(items[:TURNS])
        case dict():
            return list(items)[:TURNS]
    return [UNKNOWN]


def is_known(value: Value) -> bool:
    """Whether a value is one that the code spells out or makes."""
    return value is not UNKNOWN and not isinstance(value, Outside)


def shown(value: Value) -> str | None:
    """A text or small number as it stands in a text; None for anything else."""
    if isinstance(value, str):
        return value if len(value) <= LONG else None
    return str(value) if isinstance(value, int) and abs(value) < 10**9 else None


def joined(parts: list[Value], between: str = "") -> Value:
    """One text of all parts, if each is known."""
    known = [text for part in parts if (text := shown(part)) is not None]
    return between.join(known) if len(known) == len(parts) else UNKNOWN


def filled(text: str, values: tuple[Value, ...]) -> Value:
    """``text % values``, where all are known and fit."""
    parts = re.split(r"%[sd]", text)
    if len(parts) != len(values) + 1:
        return UNKNOWN
    return joined([parts[0], *(e for pair in zip(values, parts[1:], strict=True) for e in pair)])


def method_of(owner: Value, name: str, given: Given) -> Value:
    """What a method of a text, list or dict gives."""
    match owner:
        case str():
            return _of_text(owner, name, given)
        case dict():
            return _of_dict(owner, name, given)
        case list() if len(owner) < LONG and given.args:
            added = given.args[0]
            if name == "append":
                owner.append(added)
            elif name == "extend" and isinstance(added, list | tuple):
                owner.extend(list(added[:LONG]))
    return UNKNOWN


def _of_text(text: str, name: str, given: Given) -> Value:
    args = [each for each in given.args if isinstance(each, str)]
    if name == "format":
        return _formatted(text, given)
    if name == "join":
        parts = given.at(0, "")
        return joined(list(parts), text) if isinstance(parts, list | tuple) else UNKNOWN
    if len(args) != len(given.args):
        return UNKNOWN
    if name == "replace" and len(args) == 2 and len(text) < LONG:
        return text.replace(args[0], args[1][:LONG])
    if name in TRIMS and len(args) < 2 and (args or not name.startswith("remove")):
        return TRIMS[name](text, *args)
    return UNKNOWN


def _formatted(text: str, given: Given) -> Value:
    """``"{}/v{}".format(a, b)``, where only plain fields are used."""
    rest: Iterator[Value] = iter(given.args)
    parts: list[Value] = []
    for position, part in enumerate(re.split(r"\{(\w*)\}", text)):
        if position % 2 == 0:
            parts.append(part)
        elif part.isdigit():
            parts.append(given.at(int(part[:3]), ""))
        else:
            parts.append(given.named.get(part, UNKNOWN) if part else next(rest, UNKNOWN))
    return joined(parts)


def _of_dict(items: dict[Value, Value], name: str, given: Given) -> Value:
    key = given.at(0, "key")
    if name == "get" and isinstance(key, str | int):
        return items.get(key, given.at(1, "default") if len(given.args) > 1 else None)
    views = {"items": list(items.items()), "values": list(items.values()), "keys": list(items)}
    return views.get(name, UNKNOWN)


def _default(given: Given) -> Value:
    """``getenv("X", default)`` and the like: without the variable, its default."""
    return given.at(1, "default")


def _field(given: Given) -> Value:
    """pydantic's ``Field(default)`` and the dataclasses' ``field(default=…)``."""
    value = given.at(0, "default")
    return UNKNOWN if value is Ellipsis else value


def _first(given: Given) -> Value:
    return given.at(0, "")


def _zip(given: Given) -> Value:
    lists = [turns(each) for each in given.args if isinstance(each, list | tuple)]
    return list(zip(*lists, strict=False)) if len(lists) == len(given.args) else UNKNOWN


def _enumerate(given: Given) -> Value:
    items = given.at(0, "")
    return list(enumerate(turns(items))) if isinstance(items, list | tuple) else UNKNOWN


def _import(given: Given) -> Value:
    dotted = given.at(0, "name")
    return Package(dotted) if isinstance(dotted, str) and dotted[:1].isalpha() else UNKNOWN


def _depends(given: Given) -> Value:
    return Depends(guards(given.at(0, "dependency")))


def _mount(given: Given) -> Value:
    path, outer = given.at(0, "path"), Router()
    hang(outer, given.at(1, "app"), path.rstrip("/") if isinstance(path, str) else "")
    return outer


def _route(given: Given) -> Value:
    """``Route("/path", endpoint)`` as a router of one route."""
    path, endpoint = given.at(0, "path"), given.at(1, "endpoint")
    function = endpoint if isinstance(endpoint, Function) else None
    routes = [
        Route(
            method=method,
            path=path,
            summary=function_summary(function),
            file=function.scope.path if function else "",
            line=function.node.lineno if function else 0,
            open=not answers_with_file(function),
        )
        for method in methods_of("route", given.named.get("methods"))
        if isinstance(path, str)
    ]
    return Router(routes=routes)


# By the last part of the name.
LIBRARY: dict[str, Callable[[Given], Value]] = {
    "getenv": _default,
    "get": _default,
    "config": _default,
    "Config()": _default,
    "Field": _field,
    "field": _field,
    "Depends": _depends,
    "Security": _depends,
    "cast": lambda given: given.at(1, "val"),
    "import_module": _import,
    "dict": lambda given: dict(given.named),
    "zip": _zip,
    "enumerate": _enumerate,
    "Mount": _mount,
    "Route": _route,
    "APIRoute": _route,
    **dict.fromkeys(("str", "list", "tuple", "sorted", "iter", "set"), _first),
}
