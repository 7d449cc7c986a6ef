"""What calls give: objects made, routers set up and put together, routes added."""

from __future__ import annotations

import ast
from collections.abc import Callable

from deployer.code.abstract import (
    UNKNOWN,
    Adds,
    Bound,
    Class,
    Function,
    Instance,
    Outside,
    Router,
    Scope,
    Super,
    Value,
    is_app,
)
from deployer.code.evaluate import Evaluator
from deployer.code.foreign import LIBRARY, Given, method_of
from deployer.code.routing import (
    add_route,
    answers_with_file,
    any_guards,
    hang,
    methods_of,
    set_up,
    wrapped,
)

WRAPPERS = ("Middleware", "ASGIApp", "CORS", "VersionedFastAPI")
SAME = ("mount_gradio_app", "add_pagination")  # they give back the app that they are given
MAKERS = ("FastAPI", "Router", "FastAPIOffline")
ASKED = frozenset(("str", "int", "float", "bool", "date", "datetime", "UUID"))


class Calls(Evaluator):
    """Calls, by what is called."""

    def call(self, function: Value, given: Given, scope: Scope) -> Value:
        called = _CALLED.get(type(function))
        return called(self, function, given, scope) if called else UNKNOWN

    def _call_function(self, function: Function, given: Given, _: Scope) -> Value:
        return self.invoke(function, given)

    def _call_class(self, cls: Class, given: Given, _: Scope) -> Value:
        """An object of the user's class, made as its ``__init__`` makes it."""
        made = _blank(cls)
        init = cls.find("__init__")
        if isinstance(init, Function):
            self.invoke(Function(init.node, init.scope, init.kind, init.owner, made), given)
        elif isinstance(made, Router):
            set_up(made, given.named)
        else:
            made.fields |= given.named  # as a dataclass or a model does
        return made

    def _call_outside(self, function: Outside, given: Given, scope: Scope) -> Value:
        tail = function.tail
        handed = [each for each in given.values if is_app(each)]
        if handed and (tail in SAME or tail.endswith(WRAPPERS)):
            return handed[0] if tail in SAME else wrapped(handed[0])
        if tail.endswith(MAKERS):
            router = Router(is_app=not tail.endswith("Router"))
            set_up(router, given.named)
            return router
        if tail == "super":
            return Super(scope.itself, scope.owner) if scope.owner else UNKNOWN
        if tail == "getattr" and isinstance(name := given.at(1, "name"), str):
            return self.attribute(given.at(0, "object"), name)
        known = LIBRARY.get(tail, _unheard_of)(given)
        return Outside(f"{function.dotted}()") if known is UNKNOWN else known

    def _call_adds(self, adds: Adds, given: Given, _: Scope) -> Value:
        self.add(adds, given.at(0, ""))
        return given.at(0, "")

    def _call_bound(self, bound: Bound, given: Given, scope: Scope) -> Value:
        if isinstance(bound.owner, Router):
            return self._of_router(bound.owner, bound.name, given, scope)
        return method_of(bound.owner, bound.name, given)

    def _call_object(self, of: Instance, given: Given, _: Scope) -> Value:
        method = self.attribute(of, "__call__")
        return self.invoke(method, given) if isinstance(method, Function) else UNKNOWN

    def _of_router(self, router: Router, name: str, given: Given, scope: Scope) -> Value:
        if name == "__init__":
            set_up(router, given.named)
        elif name == "include_router":
            guarded = any_guards(given.named.get("dependencies"))
            hang(router, given.at(0, "router"), given.at(1, "prefix"), guarded=guarded)
        elif name == "mount":
            path = given.at(0, "path")
            # A mount at "/" serves below the root, it adds no slash of its own.
            hang(router, given.at(1, "app"), path.rstrip("/") if isinstance(path, str) else "")
        else:
            return self._route(router, name, given, scope)
        return UNKNOWN

    def _route(self, router: Router, name: str, given: Given, scope: Scope) -> Value:
        path, told = given.at(0, "path"), given.named.get("summary")
        if not isinstance(path, str) or (path and not path.startswith("/")):
            return UNKNOWN
        adds = Adds(
            router=router,
            methods=methods_of(name, given.named.get("methods")),
            path=path,
            summary=told if isinstance(told, str) else "",
            guarded=any_guards(given.named.get("dependencies")),
            line=given.line,
            file=scope.path,
        )
        if name.startswith("add_"):
            self.add(adds, given.at(1, "endpoint"))
            return UNKNOWN
        return adds

    def add(self, adds: Adds, endpoint: Value) -> None:
        """Add a route for its function."""
        function = endpoint if isinstance(endpoint, Function) else None
        probed = "GET" in adds.methods and "{" not in adds.path
        asks = answers_with_file(function) if probed else False
        asks = asks or (probed and function is not None and self._asks(function))
        add_route(adds, function, asks=asks)

    def _asks(self, function: Function) -> bool:
        """Whether a call without credentials and parameters would be turned away."""
        for argument, default in _parameters(function.node.args):
            said = self.value(argument.annotation, function.scope)
            told = [said, self.value(default, function.scope)]
            if any_guards([*told, *(said if isinstance(said, tuple) else ())]):
                return True
            named = argument.annotation if default is None else None
            if isinstance(named, ast.Name) and named.id in ASKED:
                return True
        return False


def _unheard_of(_: Given) -> Value:
    return UNKNOWN


def _blank(cls: Class) -> Instance | Router:
    foreign = cls.foreign
    if any(name.endswith(MAKERS) for name in foreign):
        return Router(is_app=any(name.endswith("FastAPI") for name in foreign), cls=cls)
    return Instance(cls)


def _parameters(arguments: ast.arguments) -> list[tuple[ast.arg, ast.expr | None]]:
    """Every parameter with its default."""
    given = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(given) - len(arguments.defaults))
    return [
        *zip(given, [*missing, *arguments.defaults], strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]


_CALLED: dict[type, Callable[..., Value]] = {
    Function: Calls._call_function,
    Class: Calls._call_class,
    Outside: Calls._call_outside,
    Adds: Calls._call_adds,
    Bound: Calls._call_bound,
    Instance: Calls._call_object,
}
