"""Forms of statements and definitions that mean something of their own."""

from __future__ import annotations

import ast

from deployer.code.abstract import AnyFunction, Instance, Router, Value
from deployer.code.source import dotted_name, is_main_guard, statements


def set_attribute(owner: Value, name: str, value: Value) -> None:
    if isinstance(owner, Router) and name == "prefix" and isinstance(value, str):
        owner.prefix = value
    elif isinstance(owner, Router | Instance):
        owner.fields[name] = value


def kind(node: AnyFunction) -> str:
    """How a method is reached: plainly, as a property, on the class."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    names = {(dotted_name(each) or "").rpartition(".")[2] for each in decorators}
    if names & {"property", "cached_property", "computed_field"}:
        return "property"
    return next((name for name in ("staticmethod", "classmethod") if name in names), "")


def is_fastapi(annotation: ast.expr | None) -> bool:
    name = dotted_name(annotation) if annotation else None
    return (name or "").rpartition(".")[2] == "FastAPI"


def is_never(node: ast.If) -> bool:
    """``if TYPE_CHECKING``, ``if False`` and ``if __name__ == "__main__"``."""
    match node.test:
        case ast.Constant(value=value):
            return not value
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
    return is_main_guard(node)


def loaded(target: ast.expr) -> ast.expr:
    match target:
        case ast.Name(id=name):
            return ast.copy_location(ast.Name(id=name, ctx=ast.Load()), target)
    return target


def used_by(tree: ast.Module, names: set[str]) -> set[str]:
    """What the value of one of ``names`` takes as arguments, or its ``mount`` does."""
    used: set[str] = set()
    for statement in statements(tree.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call() as call):
                used |= _arguments(call) - {target} if target in names else set()
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="mount") as func) as call):
                owner = dotted_name(func.value)
                used |= _arguments(call) - {owner} if owner in names else set()
    return used


def _arguments(call: ast.Call) -> set[str]:
    values = [*call.args, *(item.value for item in call.keywords)]
    return {value.id for value in values if isinstance(value, ast.Name)}
