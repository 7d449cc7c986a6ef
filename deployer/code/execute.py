"""The statements of the user's modules, gone through once in Python's order; nothing is run.

What only running would tell is left open: both sides of a branch count, a loop over something
unknown is gone through once.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from itertools import zip_longest

from deployer.code.abstract import (
    UNKNOWN,
    Adds,
    Class,
    Function,
    Instance,
    Outside,
    Router,
    Scope,
    Value,
    inner_app,
)
from deployer.code.evaluate import Exhausted
from deployer.code.foreign import Given, is_known, turns
from deployer.code.forms import is_fastapi, is_never, kind, loaded, set_attribute
from deployer.code.modules import Modules

DEPTH = 16  # of calls in calls


class Interpreter(Modules):
    """Goes through statements, and through functions when they are called."""

    _depth = 0

    def result(self, function: Function) -> Value:
        """What a function returns that is called without arguments."""
        try:
            return self.invoke(function, Given())
        except (Exhausted, RecursionError):
            returned = (inner_app(each) for each in function.scope.returned)
            return next((each for each in returned if each), UNKNOWN)

    def invoke(self, function: Function, given: Given) -> Value:
        if self._depth >= DEPTH:
            return UNKNOWN
        scope = Scope(function.scope.path, function.scope, owner=function.owner)
        args = given.args if function.bound is None else [function.bound, *given.args]
        scope.itself = args[0] if args else None
        self._bind_arguments(function, args, given.named, scope)
        self._depth += 1
        try:
            if isinstance(function.node, ast.Lambda):
                return self.value(function.node.body, scope)
            self.run(function.node.body, scope)
        finally:
            self._depth -= 1
        best = (each for each in scope.returned if isinstance(each, Router | Instance))
        value = next(best, scope.returned[0] if scope.returned else None)
        said = getattr(function.node, "returns", None)
        return Router(is_app=True) if is_fastapi(said) and not is_known(value) else value

    def bind(self, target: ast.expr, value: Value, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                self._bind_name(name, value, scope, target.lineno)
            case ast.Attribute(value=owner, attr=attr):
                set_attribute(self.value(owner, scope), attr, value)
            case ast.Tuple(elts=names) | ast.List(elts=names):
                known = isinstance(value, list | tuple) and len(value) == len(names)
                parts = value if known and isinstance(value, list | tuple) else ()
                for inner, part in zip_longest(names, parts, fillvalue=UNKNOWN):
                    assert isinstance(inner, ast.expr)
                    self.bind(inner, part, scope)
            case ast.Subscript(value=owner, slice=key):
                held, name_of = self.value(owner, scope), self.value(key, scope)
                if isinstance(held, dict) and isinstance(name_of, str | int):
                    held[name_of] = value

    def _bind_name(self, name: str, value: Value, scope: Scope, line: int) -> None:
        home = scope.module if name in scope.outer else scope
        if name in home.kept and is_known(home.names.get(name, UNKNOWN)):
            return
        home.names[name] = value
        home.lines[name] = line

    def _bind_arguments(
        self, function: Function, args: list[Value], named: dict[str, Value], scope: Scope
    ) -> None:
        arguments = function.node.args
        names = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
        defaults = dict(zip(reversed(names), reversed(arguments.defaults), strict=False))
        keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        defaults |= {item.arg: default for item, default in keywords if default is not None}
        for name in (*names, *(item.arg for item in arguments.kwonlyargs)):
            default = defaults.get(name)
            scope.names[name] = self.value(default, function.scope) if default else UNKNOWN
        scope.names |= dict(zip(names, args, strict=False))
        known = {name: value for name, value in named.items() if name in scope.names}
        scope.names |= known
        if arguments.vararg:
            scope.names[arguments.vararg.arg] = tuple(args[len(names) :])
        if arguments.kwarg:
            rest = {name: value for name, value in named.items() if name not in known}
            scope.names[arguments.kwarg.arg] = rest

    def run(self, body: Iterable[ast.stmt], scope: Scope) -> None:
        for statement in body:
            self.spend()
            gone_through = _STATEMENTS.get(type(statement))
            if gone_through is not None:
                gone_through(self, statement, scope)

    def _expression(self, node: ast.Expr, scope: Scope) -> None:
        self.value(node.value, scope)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.value(node.value, scope)
        for target in node.targets:
            self.bind(target, value, scope)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            value = self.value(node.value, scope)
            if is_fastapi(node.annotation) and not isinstance(value, Router):
                value = Router(is_app=True)  # a foreign function made it
            self.bind(node.target, value, scope)

    def _added(self, node: ast.AugAssign, scope: Scope) -> None:
        sum_of = ast.BinOp(left=loaded(node.target), op=node.op, right=node.value)
        self.bind(node.target, self.value(ast.copy_location(sum_of, node), scope), scope)

    def _return(self, node: ast.Return, scope: Scope) -> None:
        scope.returned.append(self.value(node.value, scope) if node.value else None)

    def _global(self, node: ast.Global, scope: Scope) -> None:
        scope.outer |= set(node.names)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        owner = scope.owner if scope.is_class else None
        function = Function(node, scope, kind(node), owner)
        for decorator in reversed(node.decorator_list):
            made = self.value(decorator, scope)
            if isinstance(made, Adds):
                self.add(made, function)
            elif isinstance(made, Function):
                self.invoke(made, Given(args=[function]))
        self._bind_name(node.name, function, scope, node.lineno)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        bases = [self.value(base, scope) for base in node.bases]
        cls = Class(
            name=node.name,
            scope=Scope(scope.path, scope, is_class=True),
            bases=tuple(base for base in bases if isinstance(base, Class)),
            outside=tuple(base.dotted for base in bases if isinstance(base, Outside)),
        )
        cls.scope.owner = cls
        self._bind_name(node.name, cls, scope, node.lineno)
        self.run(node.body, cls.scope)

    def _if(self, node: ast.If, scope: Scope) -> None:
        self.value(node.test, scope)
        never = is_never(node)
        if not never:
            self.run(node.body, scope)
        self._otherwise([node.orelse], scope, kept=not never)

    def _try(self, node: ast.Try, scope: Scope) -> None:
        self.run(node.body, scope)
        self.run(node.orelse, scope)
        self._otherwise([handler.body for handler in node.handlers], scope)
        self.run(node.finalbody, scope)

    def _match(self, node: ast.Match, scope: Scope) -> None:
        self.value(node.subject, scope)
        self._otherwise([case.body for case in node.cases], scope)

    def _otherwise(
        self, bodies: Iterable[list[ast.stmt]], scope: Scope, *, kept: bool = True
    ) -> None:
        """Branches beside one that was gone through: what that has set stays."""
        for body in bodies:
            before = set(scope.kept)
            scope.kept |= set(scope.names) if kept else set()
            self.run(body, scope)
            scope.kept = before

    def _loop(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        for turn in turns(self.value(node.iter, scope)):
            self.bind(node.target, turn, scope)
            self.run(node.body, scope)
        self.run(node.orelse, scope)

    def _while(self, node: ast.While, scope: Scope) -> None:
        self.run(node.body, scope)

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        for item in node.items:
            value = self.value(item.context_expr, scope)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value, scope)
        self.run(node.body, scope)


_STATEMENTS: dict[type[ast.stmt], Callable[..., None]] = {
    ast.Expr: Interpreter._expression,
    ast.Assign: Interpreter._assign,
    ast.AnnAssign: Interpreter._annotated,
    ast.AugAssign: Interpreter._added,
    ast.Return: Interpreter._return,
    ast.Global: Interpreter._global,
    ast.Nonlocal: Interpreter._global,
    ast.FunctionDef: Interpreter._function,
    ast.AsyncFunctionDef: Interpreter._function,
    ast.ClassDef: Interpreter._class,
    ast.If: Interpreter._if,
    ast.Try: Interpreter._try,
    ast.TryStar: Interpreter._try,
    ast.Match: Interpreter._match,
    ast.For: Interpreter._loop,
    ast.AsyncFor: Interpreter._loop,
    ast.While: Interpreter._while,
    ast.With: Interpreter._with,
    ast.AsyncWith: Interpreter._with,
    ast.Import: Interpreter.bring,
    ast.ImportFrom: Interpreter.bring,
}
