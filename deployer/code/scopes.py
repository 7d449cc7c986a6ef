"""Which names a function makes or takes itself, and which it finds in its module."""

from __future__ import annotations

import ast

from deployer.code.apps import FunctionNode
from deployer.code.project import Project
from deployer.code.route_graph import Node


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


def _function_named(body: list[ast.stmt], parts: list[str]) -> FunctionNode | None:
    for item in body:
        if isinstance(item, FunctionNode | ast.ClassDef) and item.name == parts[0]:
            if len(parts) > 1:
                return _function_named(item.body, parts[1:])
            return item if isinstance(item, FunctionNode) else None
    return None
