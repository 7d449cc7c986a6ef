"""What a value of the user's code is, as far as reading tells: routers, classes, functions, texts.

Texts, numbers, lists, tuples and dicts stand for themselves.
"""

from __future__ import annotations

import ast

from msgspec import Struct, field

from deployer.model import Route

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Value = object
ANCESTORS = 100  # of one class: more is generated


class Unknown:
    """What only running the code would tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


class Scope(Struct, eq=False):
    """The names of a module, class or function; those it lacks are its parent's."""

    path: str
    parent: Scope | None = None
    is_class: bool = False
    names: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)  # of what is bound here, imports not
    returned: list[Value] = field(default_factory=list)
    outer: set[str] = field(default_factory=set)  # declared `global`
    kept: set[str] = field(default_factory=set)  # what another branch has set before
    owner: Class | None = None
    itself: Value = None

    @property
    def module(self) -> Scope:
        return self.parent.module if self.parent else self


class Class(Struct, eq=False):
    """A class of the user's. ``outside``: the foreign classes among its bases."""

    name: str
    scope: Scope
    bases: tuple[Class, ...] = ()
    outside: tuple[str, ...] = ()

    def find(self, name: str) -> Value:
        """The member, or that of the nearest base; UNKNOWN without."""
        found = (each.scope.names.get(name, UNKNOWN) for each in self.lineage)
        return next((value for value in found if value is not UNKNOWN), UNKNOWN)

    @property
    def foreign(self) -> tuple[str, ...]:
        """The last names of all foreign bases."""
        names = (name for each in self.lineage for name in each.outside)
        return tuple(name.rpartition(".")[2] for name in names)

    @property
    def lineage(self) -> tuple[Class, ...]:
        """Itself and the classes above, each once, the nearest branch first."""
        found: dict[Class, None] = {}
        pending = [self]
        while pending and len(found) < ANCESTORS:
            current = pending.pop()
            if current not in found:
                found[current] = None
                pending.extend(reversed(current.bases))
        return tuple(found)


class Function(Struct, eq=False):
    """A function of the user's; ``bound`` is what its first parameter stands for."""

    node: AnyFunction
    scope: Scope
    kind: str = ""
    owner: Class | None = None
    bound: Value = None


class Instance(Struct, eq=False):
    """An object of one of the user's classes."""

    cls: Class
    fields: dict[str, Value] = field(default_factory=dict)


class Router(Struct, eq=False):
    """A router or, with ``is_app``, an app: its routes and what hangs on it below which prefix."""

    is_app: bool = False
    prefix: str = ""
    options: dict[str, Value] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)
    children: list[tuple[str, Router, bool]] = field(default_factory=list)
    guarded: bool = False
    cls: Class | None = None
    fields: dict[str, Value] = field(default_factory=dict)


class Package(Struct, frozen=True):
    """A module or package of the user's, by its dotted name."""

    dotted: str


class Outside(Struct, frozen=True):
    """Something that is not the user's code; ``a.b()`` is what calling ``a.b`` gives."""

    dotted: str

    @property
    def tail(self) -> str:
        return self.dotted.rpartition(".")[2]


class Bound(Struct, frozen=True, eq=False):
    """A method of a router, text, list or dict."""

    owner: Value
    name: str


class Super(Struct, frozen=True, eq=False):
    """``super()`` in a method of ``cls``."""

    of: Value
    cls: Class


class Depends(Struct, frozen=True, eq=False):
    """A dependency; ``guards`` when it is likely to turn strangers away."""

    guards: bool


class Adds(Struct, frozen=True, eq=False):
    """Adds a route for the function that it is called with: a decorator."""

    router: Router
    methods: tuple[str, ...]
    path: str
    summary: str
    guarded: bool
    line: int
    file: str


def is_app(value: Value) -> bool:
    """Whether a server could be pointed at it: an app, or an object that wraps one."""
    if isinstance(value, Router):
        return value.is_app
    if isinstance(value, Instance) and isinstance(value.cls.find("__call__"), Function):
        return any(isinstance(inner, Router) and inner.is_app for inner in value.fields.values())
    return False


def inner_app(value: Value) -> Router | None:
    """The router behind an app or its wrapper."""
    if isinstance(value, Router):
        return value
    inner = value.fields.values() if isinstance(value, Instance) else ()
    return next((each for each in inner if isinstance(each, Router)), None)
