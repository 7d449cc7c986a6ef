"""Expressions of the user's code, worked out as far as reading tells; nothing is run."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable, Iterator

from deployer.code.abstract import (
    UNKNOWN,
    Function,
    Outside,
    Scope,
    Value,
)
from deployer.code.foreign import LONG, Given, filled, is_known, joined, turns
from deployer.code.members import Members

STEPS = 60_000  # expressions worked out for one app: more is a generated file
BUILT_IN = frozenset(
    (
        *("str", "int", "float", "bool", "list", "dict", "tuple", "set", "getattr", "super"),
        *("zip", "enumerate", "sorted", "iter"),
    )
)


class Exhausted(Exception):
    """The code is too long or too deep to be worked out; what was found until then counts."""


class Evaluator(Members):
    """Works out expressions. Calls and modules are the subclass's."""

    def __init__(self) -> None:
        self._steps = STEPS

    @abstractmethod
    def call(self, function: Value, given: Given, scope: Scope) -> Value:
        """What calling gives."""

    def spend(self) -> None:
        """One step less. Raises ``Exhausted`` after the last."""
        self._steps -= 1
        if self._steps < 0:
            raise Exhausted

    def value(self, node: ast.expr | None, scope: Scope) -> Value:
        """What an expression stands for; UNKNOWN where only running would tell."""
        if node is None:
            return UNKNOWN
        self.spend()
        worked_out = _EXPRESSIONS.get(type(node))
        if worked_out is not None:
            return worked_out(self, node, scope)
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self.value(part, scope)
        return UNKNOWN

    def _constant(self, node: ast.Constant, _: Scope) -> Value:
        return node.value

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        current: Scope | None = scope
        while current is not None:
            if node.id in current.names and (current is scope or not current.is_class):
                return current.names[node.id]
            current = current.parent
        return Outside(node.id) if node.id in BUILT_IN else UNKNOWN

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Value:
        return self.attribute(self.value(node.value, scope), node.attr)

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        function = self.value(node.func, scope)
        args = list(self._unfolded(node.args, scope))
        named: dict[str, Value] = {}
        for item in node.keywords:
            value = self.value(item.value, scope)
            if item.arg is not None:
                named[item.arg] = value
            elif isinstance(value, dict):
                named |= {key: each for key, each in value.items() if isinstance(key, str)}
        return self.call(function, Given(args=args, named=named, line=node.lineno), scope)

    def _unfolded(self, nodes: list[ast.expr], scope: Scope) -> Iterator[Value]:
        for node in nodes:
            if isinstance(node, ast.Starred):
                value = self.value(node.value, scope)
                yield from value if isinstance(value, list | tuple) else ()
            else:
                yield self.value(node, scope)

    def _list(self, node: ast.List | ast.Set, scope: Scope) -> Value:
        return list(self._unfolded(node.elts, scope))

    def _tuple(self, node: ast.Tuple, scope: Scope) -> Value:
        return tuple(self._unfolded(node.elts, scope))

    def _dict(self, node: ast.Dict, scope: Scope) -> Value:
        found: dict[Value, Value] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.value(item, scope)
            if key is None:
                found |= value if isinstance(value, dict) else {}
            elif isinstance(name := self.value(key, scope), str | int):
                found[name] = value
        return found

    def _joined(self, node: ast.JoinedStr, scope: Scope) -> Value:
        parts = (p.value if isinstance(p, ast.FormattedValue) else p for p in node.values)
        return joined([self.value(part, scope) for part in parts])

    def _binary(self, node: ast.BinOp, scope: Scope) -> Value:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        match node.op, left, right:
            case (ast.Add(), str(), str()):
                return joined([left, right])
            case (ast.Add(), list() | tuple(), list() | tuple()):
                return [*left, *right] if len(left) + len(right) < LONG else UNKNOWN
            case (ast.Mod(), str(), _):
                return filled(left, right if isinstance(right, tuple) else (right,))
            case (ast.BitOr(), dict(), dict()):
                return {**left, **right}
        return UNKNOWN

    def _either(self, node: ast.BoolOp, scope: Scope) -> Value:
        values = [self.value(part, scope) for part in node.values]
        known = [each for each in values if is_known(each)]
        if isinstance(node.op, ast.And):
            return known[-1] if known and len(known) == len(values) else UNKNOWN
        return next((each for each in known if each), known[-1] if known else UNKNOWN)

    def _choice(self, node: ast.IfExp, scope: Scope) -> Value:
        """The side that is known; of two the first that is something."""
        sides = [self.value(node.body, scope), self.value(node.orelse, scope)]
        known = [side for side in sides if is_known(side)]
        return next((side for side in known if side is not None), known[0] if known else UNKNOWN)

    def _walrus(self, node: ast.NamedExpr, scope: Scope) -> Value:
        value = self.value(node.value, scope)
        self.bind(node.target, value, scope)
        return value

    def _item(self, node: ast.Subscript, scope: Scope) -> Value:
        owner, key = self.value(node.value, scope), self.value(node.slice, scope)
        match owner, key:
            case (dict(), str() | int()):
                return owner.get(key, UNKNOWN)
            case (list() | tuple(), int()):
                return owner[key] if -len(owner) <= key < len(owner) else UNKNOWN
            case (Outside(), tuple()) if owner.tail == "Annotated":
                return key
        return UNKNOWN

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp, scope: Scope) -> Value:
        inner = Scope(scope.path, scope, owner=scope.owner, itself=scope.itself)
        found: list[Value] = []
        first = node.generators[0]
        for turn in turns(self.value(first.iter, scope)):
            self.bind(first.target, turn, inner)
            found.append(self.value(node.elt, inner))
        return found

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Value:
        return Function(node, scope)

    def _awaited(self, node: ast.Await, scope: Scope) -> Value:
        return self.value(node.value, scope)

    @abstractmethod
    def bind(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Assign a value to a name, an attribute, or several of them."""


_EXPRESSIONS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Constant: Evaluator._constant,
    ast.Name: Evaluator._name,
    ast.Attribute: Evaluator._attribute,
    ast.Call: Evaluator._call,
    ast.List: Evaluator._list,
    ast.Set: Evaluator._list,
    ast.Tuple: Evaluator._tuple,
    ast.Dict: Evaluator._dict,
    ast.JoinedStr: Evaluator._joined,
    ast.BinOp: Evaluator._binary,
    ast.BoolOp: Evaluator._either,
    ast.IfExp: Evaluator._choice,
    ast.NamedExpr: Evaluator._walrus,
    ast.Subscript: Evaluator._item,
    ast.ListComp: Evaluator._comprehension,
    ast.GeneratorExp: Evaluator._comprehension,
    ast.Lambda: Evaluator._lambda,
    ast.Await: Evaluator._awaited,
}
