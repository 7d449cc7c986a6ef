"""What ``owner.name`` stands for, by the kind of the owner."""

from __future__ import annotations

from abc import ABC, abstractmethod

from deployer.code.abstract import (
    UNKNOWN,
    Bound,
    Class,
    Function,
    Instance,
    Outside,
    Package,
    Router,
    Super,
    Value,
)
from deployer.code.foreign import Given
from deployer.code.routing import METHODS

ROUTER_METHODS = frozenset(
    (
        *(*METHODS, "trace", "api_route", "route", "websocket", "include_router", "mount"),
        *("add_api_route", "add_route", "__init__"),
    )
)


class Members(ABC):
    """Looks members up. What a property returns and a module holds is the subclass's."""

    @abstractmethod
    def invoke(self, function: Function, given: Given) -> Value:
        """What the user's own function returns."""

    @abstractmethod
    def within(self, package: Package, name: str) -> Value:
        """A name in one of the user's modules."""

    def attribute(self, owner: Value, name: str) -> Value:
        """``owner.name``."""
        match owner:
            case Package():
                return self.within(owner, name)
            case Outside(dotted):
                return Outside(f"{dotted}.{name}")
            case Instance() | Router():
                return self._of_object(owner, name)
            case Class():
                return self._member(owner, name, None)
            case Super():
                return self._above(owner, name)
        # `.value` is that of an enumeration's member.
        plain = isinstance(owner, str | list | dict | tuple)
        return (
            owner
            if name == "value" and isinstance(owner, str)
            else (Bound(owner, name) if plain else UNKNOWN)
        )

    def _of_object(self, owner: Instance | Router, name: str) -> Value:
        if name in owner.fields:
            return owner.fields[name]
        found = self._member(owner.cls, name, owner) if owner.cls else UNKNOWN
        return _of_router(owner, name) if found is UNKNOWN else found

    def _above(self, owner: Super, name: str) -> Value:
        for base in owner.cls.bases:
            found = self._member(base, name, owner.of)
            if found is not UNKNOWN:
                return found
        return _of_router(owner.of, name)

    def _member(self, cls: Class, name: str, owner: Value) -> Value:
        found = cls.find(name)
        if not isinstance(found, Function) or found.kind == "staticmethod":
            return found
        if owner is None and found.kind != "classmethod":
            return found
        bound = cls if found.kind == "classmethod" else owner
        method = Function(found.node, found.scope, found.kind, found.owner, bound)
        return self.invoke(method, Given()) if found.kind == "property" else method


def _of_router(router: Value, name: str) -> Value:
    """What every router has; UNKNOWN for anything that is none."""
    if not isinstance(router, Router):
        return UNKNOWN
    own = {"router": router, "prefix": router.prefix}
    return own.get(name, Bound(router, name) if name in ROUTER_METHODS else UNKNOWN)
