"""Which names a function makes or takes itself, and which it finds in its module."""

from __future__ import annotations

import ast

from deployer.code.apps import FunctionNode
from deployer.code.project import Project
from deployer.code.route_graph import Node
from deployer.code.source import statements


def is_local(project: Project, node: Node) -> bool:
    """Whether a function makes or takes the name itself."""
    module = project.code.module(node.path)
    function = _function_named(module.tree.body if module else [], node.scope.split("."))
    if function is None:
        return False
    arguments = {item.arg for item in function.args.args + function.args.kwonlyargs}
    return node.name in arguments or any(
        isinstance(item, ast.Name) and item.id == node.name and isinstance(item.ctx, ast.Store)
        for item in ast.walk(function)
    )


def own_texts(function: FunctionNode) -> dict[str, ast.expr]:
    """What a function's parameters and variables hold, as far as that may be a text."""
    arguments = function.args
    names = [item.arg for item in arguments.args]
    found = dict(zip(reversed(names), reversed(arguments.defaults), strict=False))
    for item in statements(function.body):
        match item:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = value
    texts = ast.Constant | ast.JoinedStr | ast.BinOp | ast.Attribute
    return {name: value for name, value in found.items() if isinstance(value, texts)}


def _function_named(body: list[ast.stmt], parts: list[str]) -> FunctionNode | None:
    for item in body:
        if isinstance(item, FunctionNode | ast.ClassDef) and item.name == parts[0]:
            if len(parts) > 1:
                return _function_named(item.body, parts[1:])
            return item if isinstance(item, FunctionNode) else None
    return None
