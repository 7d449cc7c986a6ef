"""The app's HTTP routes, read from decorators and ``include_router`` calls, prefixes resolved."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from deployer.code.apps import FunctionNode, makes_app
from deployer.code.project import Project
from deployer.code.route_graph import Graph, Node, collect
from deployer.code.scopes import is_local, own_texts
from deployer.code.source import dotted_name
from deployer.code.values import argument, keyword, text
from deployer.model import Route

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")


def read_routes(project: Project, paths: tuple[str, ...], path: str, name: str) -> list[Route]:
    """The routes that ``name`` in ``path`` serves, in the order in which they match."""
    graph = Graph()
    for current in paths:
        module = project.code.module(current)
        if module is not None:
            _Reader(project, current, graph).read(module.tree.body, "", {})
    start = _resolve(project, Node(path, "", name), graph)
    made = project.lookup(path, name)
    if made and isinstance(made.node, FunctionNode):
        start = Node(made.path, made.name, "return")
    found: dict[tuple[str, str], Route] = {}
    for route in collect(graph, start, ""):
        found.setdefault((route.method, route.path), route)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one file into the graph."""

    project: Project
    path: str
    graph: Graph

    def read(self, body: list[ast.stmt], scope: str, loop: dict[str, ast.expr]) -> None:
        """File every statement of a body; ``loop`` holds what its own names stand for."""
        for statement in body:
            match statement:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._function(statement, scope, loop)
                case ast.ClassDef(body=inner, name=name):
                    self.read(inner, f"{scope}.{name}", loop)
                case ast.For(target=target, iter=items):
                    for values in self._turns(target, items):
                        self.read(statement.body, scope, {**loop, **values})
                case _:
                    self._simple(statement, scope, loop)
                    for block in ("body", "orelse", "finalbody"):
                        self.read(getattr(statement, block, []), scope, loop)

    def _function(self, function: FunctionNode, scope: str, loop: dict[str, ast.expr]) -> None:
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call):
                self._route(decorator, function, scope)
        inner = {**loop, **own_texts(function)}
        self.read(function.body, f"{scope}.{function.name}".lstrip("."), inner)

    def _simple(self, statement: ast.stmt, scope: str, loop: dict[str, ast.expr]) -> None:
        match statement:
            case ast.Assign(targets=[ast.Name() | ast.Attribute() as target], value=value):
                self._assign(target, value, scope, loop)
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
                self._assign(target, value, scope, loop)
            case ast.Expr(value=ast.Call() as call):
                self._call(call, scope, loop)
            case ast.Return(value=ast.Name(id=name)):
                made = Node(self.path, scope, "return")
                self._link(made, None, Node(self.path, scope, name))

    def _assign(
        self, target: ast.expr, value: ast.expr, scope: str, loop: dict[str, ast.expr]
    ) -> None:
        name = dotted_name(target)
        if name is None:
            return
        node = Node(self.path, scope, name)
        match value:
            case ast.Call(func=func):
                given = self._given(keyword(value, "prefix"), loop)
                prefix = text(self.project, self.path, given)
                self.graph.prefix[node] = prefix or self.graph.prefix.get(node, "")
                self._made_by(node, dotted_name(func) or "")
                for inner in (*value.args, *(item.value for item in value.keywords)):
                    # A wrapper (`CORSMiddleware(app)`) serves what it wraps.
                    if isinstance(inner, ast.Name) and makes_app(self.project, self.path, inner):
                        self._link(node, None, Node(self.path, scope, inner.id))
            case ast.Name(id=other):
                self._link(node, None, Node(self.path, scope, other))

    def _made_by(self, node: Node, function: str) -> None:
        found = self.project.lookup(self.path, function) if function else None
        if found and isinstance(found.node, FunctionNode):
            self._link(node, None, Node(found.path, found.name, "return"))

    def _call(self, call: ast.Call, scope: str, loop: dict[str, ast.expr]) -> None:
        match call.func:
            case ast.Attribute(attr="include_router" | "mount" as attr, value=owner):
                self._include(call, attr, dotted_name(owner) or "", scope, loop)
            case ast.Attribute(attr="add_api_route" | "add_route", value=owner):
                self._add_route(call, dotted_name(owner) or "", scope)
            case ast.Name() | ast.Attribute() as function:
                self._handed_over(call, dotted_name(function) or "", scope)

    def _include(
        self,
        call: ast.Call,
        attr: str,
        owner: str,
        scope: str,
        loop: dict[str, ast.expr],
    ) -> None:
        if attr == "mount":
            prefix, router = argument(call, 0, "path"), argument(call, 1, "app")
        else:
            prefix, router = keyword(call, "prefix"), argument(call, 0, "router")
        base = text(self.project, self.path, self._given(prefix, loop)) or ""
        item = self._given(router, loop)
        name = dotted_name(item) if item else None
        if name:
            parent, child = Node(self.path, scope, owner), Node(self.path, scope, name)
            # A mount at "/" serves below the root, it adds no slash of its own.
            self._link(parent, base.rstrip("/") if attr == "mount" else base, child)

    def _turns(self, target: ast.expr, items: ast.expr) -> Iterator[dict[str, ast.expr]]:
        """What the variables of a loop over written-out values are, turn by turn."""
        name = dotted_name(items)
        found = self.project.lookup(self.path, name) if name else None
        listed = found.node if found else items
        for item in listed.elts if isinstance(listed, ast.List | ast.Tuple) else ():
            match target, item:
                case ast.Name(id=single), _:
                    yield {single: item}
                case ast.Tuple(elts=names), ast.Tuple(elts=values):
                    yield {
                        one.id: value
                        for one, value in zip(names, values, strict=False)
                        if isinstance(one, ast.Name)
                    }

    def _given(self, node: ast.expr | None, loop: dict[str, ast.expr]) -> ast.expr | None:
        """``node`` with a loop's variable, or a function's own text, exchanged for its value."""
        match node:
            case ast.Name(id=name) if name in loop:
                return loop[name]
            case ast.Attribute(value=ast.Name(id=name), attr=attr, ctx=ctx) if name in loop:
                return ast.Attribute(value=loop[name], attr=attr, ctx=ctx)
        return node

    def _handed_over(self, call: ast.Call, function: str, scope: str) -> None:
        """``register_routes(app)``: the parameter inside is the app outside."""
        found = self.project.lookup(self.path, function) if function else None
        if found is None or not isinstance(found.node, FunctionNode):
            return
        for parameter, value in zip(found.node.args.args, call.args, strict=False):
            name = dotted_name(value)
            if name:
                inner = Node(found.path, found.name, parameter.arg)
                self._link(Node(self.path, scope, name), None, inner)

    def _route(self, call: ast.Call, function: FunctionNode, scope: str) -> None:
        if not isinstance(call.func, ast.Attribute):
            return
        owner, attr = dotted_name(call.func.value), call.func.attr
        if owner is None or attr not in (*METHODS, "api_route", "route"):
            return
        path = text(self.project, self.path, argument(call, 0, "path"))
        if path is None or (path and not path.startswith("/")):
            return
        methods = [attr.upper()] if attr in METHODS else _methods(call)
        summary = text(self.project, self.path, keyword(call, "summary")) or _summary(function)
        for method in methods:
            self._file(Node(self.path, scope, owner), method, path, summary, call.lineno)

    def _add_route(self, call: ast.Call, owner: str, scope: str) -> None:
        path = text(self.project, self.path, argument(call, 0, "path"))
        name = dotted_name(argument(call, 1, "endpoint") or ast.Constant(value=None))
        found = self.project.lookup(self.path, name) if name else None
        summary = text(self.project, self.path, keyword(call, "summary"))
        if found and isinstance(found.node, FunctionNode):
            summary = summary or _summary(found.node)
        node = Node(self.path, scope, owner)
        for method in _methods(call) if path else []:
            self._file(node, method, path or "", summary or "", call.lineno)

    def _file(self, node: Node, method: str, path: str, summary: str, line: int) -> None:
        route = Route(method=method, path=path, summary=summary, file=self.path, line=line)
        self.graph.routes.setdefault(self._known(node), []).append(route)

    def _link(self, parent: Node, prefix: str | None, child: Node) -> None:
        """``child`` serves below ``prefix`` of ``parent``; None: they are the same app."""
        parent, child = self._known(parent), self._known(child)
        if parent == child:
            return
        if prefix is None:
            self.graph.same.setdefault(parent, []).append(child)
        else:
            self.graph.children.setdefault(parent, []).append((prefix, child))

    def _known(self, node: Node) -> Node:
        """The node that a name means: of this scope if it is made there, else of the module."""
        return _resolve(self.project, node, self.graph)


def _resolve(project: Project, node: Node, graph: Graph) -> Node:
    if node in graph.prefix or node.name == "return":
        return node
    base = node.name.removesuffix(".router")
    owner = project.lookup(node.path, base) if base != node.name else None
    if owner and isinstance(owner.node, ast.Call):
        # `app.router` is the app's own router.
        return _resolve(project, Node(node.path, node.scope, base), graph)
    if node.scope and is_local(project, node):
        return node
    found = project.lookup(node.path, node.name)
    if found is None or found.outside or found.node is None:
        return node if not node.scope else Node(node.path, "", node.name)
    return Node(found.path, "", found.name)


def _methods(call: ast.Call) -> list[str]:
    given = keyword(call, "methods")
    if not isinstance(given, ast.List | ast.Tuple | ast.Set):
        return ["GET"]
    values = [item.value for item in given.elts if isinstance(item, ast.Constant)]
    return [str(value).upper() for value in values]


def _summary(function: FunctionNode) -> str:
    """The docstring's first line, else the function's name made readable."""
    lines = (ast.get_docstring(function) or "").strip().splitlines()
    if lines:
        return lines[0].strip()
    return function.name.strip("_").replace("_", " ").capitalize()
