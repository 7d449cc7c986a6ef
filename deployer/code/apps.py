"""Which ASGI app the backend is: every candidate in the code, and the one that is meant."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from deployer.code.abstract import is_app
from deployer.code.execute import Interpreter
from deployer.code.files import Code
from deployer.code.project import FOLLOW, Project
from deployer.code.source import Definition, assigned, dotted_name, first_values, statements

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
ENTRY_NAMES = ("main", "app", "asgi")
ENTRIES = (*ENTRY_NAMES, "server", "api", "run", "index", "wsgi", "application")
VARIABLES = ("app", "application", "api", "asgi_app", "server")
SIDE_FOLDERS = frozenset(
    (
        *("tests", "test", "examples", "example", "scripts", "script", "tools", "docs", "demo"),
        *("demos", "templates", "evals", "benchmarks", "migrations", "alembic", "notebooks"),
        *("samples", "experiments", "archive", "old", "backup"),
    )
)
WRAPPERS = ("Middleware", "ASGIApp", "mount_gradio_app", "OpenTelemetryMiddleware", "CORS")


NEAR = 2  # how deep below the backend folder an app's own search path may begin


class App(Struct, frozen=True, kw_only=True):
    """A module-level app, or with ``factory`` a function that makes one."""

    path: str
    name: str
    line: int
    factory: bool = False


def find_apps(project: Project) -> tuple[App, ...]:
    """Every app that uvicorn could be pointed at, sorted by file and name."""
    code = project.code
    interpreter = Interpreter(project)
    entries = {path for path in code.paths if PurePosixPath(path).stem in ENTRIES}
    found: list[App] = []
    for path in code.paths:
        if path in entries or code.mentions(path, (b"FastAPI", b"fastapi")):
            plain = list(_defined(project, path))
            found += plain
            if all(app.factory for app in plain):
                found += _worked_out(interpreter, path)
    homes = {app.path for app in found if not app.factory}
    for path in sorted(entries):
        # One that starts a server itself is a script: importing it may start it, too.
        if path not in homes and not code.mentions(path, (b"uvicorn.run",)):
            found += _reexported(project, path, found)
    return tuple(sorted(found, key=lambda app: (app.path, app.name)))


def app_named(project: Project, path: str, name: str) -> App | None:
    """The app called ``name`` in ``path``, defined there or imported."""
    module = project.code.module(path)
    if module is None:
        return None
    made = (*_defined(project, path), *_worked_out(Interpreter(project), path))
    own = [app for app in made if app.name == name]
    if own:
        return own[0]
    node = module.definitions.get(name)
    if node is not None:
        factory = isinstance(node, FunctionNode)
        return App(path=path, name=name, line=node.lineno, factory=factory)
    bound = module.bound.get(name)
    if bound is None:
        return None
    target = project.lookup(path, name)
    factory = target is not None and isinstance(target.node, FunctionNode)
    return App(path=path, name=name, line=bound.line, factory=factory)


def makes_app(project: Project, path: str, node: Definition | None, depth: int = FOLLOW) -> bool:
    """Whether evaluating ``node`` in ``path`` gives a FastAPI app or one wrapped."""
    if depth == 0 or node is None:
        return False
    key = (path, id(node))
    made = project.notes.made
    if key not in made:
        made[key] = False  # what leads back to itself is no app
        made[key] = _makes_app(project, path, node, depth)
    return made[key]


def _makes_app(project: Project, path: str, node: Definition, depth: int) -> bool:
    match node:
        case ast.Name() | ast.Attribute():
            name = dotted_name(node)
            found = project.lookup(path, name) if name else None
            whole = found is not None and "." not in found.name and found.node is not node
            return (
                whole
                and found is not None
                and makes_app(project, found.path, found.node, depth - 1)
            )
        case ast.Call(func=func):
            return _is_maker(project, path, func, depth) or _wraps(project, path, node, depth)
    return False


def _worked_out(interpreter: Interpreter, path: str) -> Iterator[App]:
    """Apps that only show when the module is gone through: set by a function, or by an object."""
    scope = interpreter.module(path)
    for name, line in scope.lines.items():
        if is_app(scope.names.get(name)):
            yield App(path=path, name=name, line=line)


def _defined(project: Project, path: str) -> Iterator[App]:
    module = project.code.module(path)
    if module is None:
        return
    seen: set[str] = set()
    for statement in statements(module.tree.body):
        if isinstance(statement, FunctionNode):
            if _is_factory(project, path, statement):
                yield App(path=path, name=statement.name, line=statement.lineno, factory=True)
            continue
        for name, value in assigned(statement):
            if name not in seen and makes_app(project, path, value):
                seen.add(name)
                yield App(path=path, name=name, line=statement.lineno)


def _reexported(project: Project, path: str, known: Iterable[App]) -> Iterator[App]:
    homes = {(app.path, app.name) for app in known if not app.factory}
    module = project.code.module(path)
    for found in module.imports if module else ():
        target = project.lookup(path, found.bound) if found.name and not found.guarded else None
        if target and (target.path, target.name) in homes:
            yield App(path=path, name=found.bound, line=found.line)


def _is_maker(project: Project, path: str, func: ast.expr, depth: int) -> bool:
    name = dotted_name(func)
    if name is None:
        return False
    found = project.lookup(path, name)
    if found is None or found.outside:
        # A star import leaves no trace of where the name came from.
        return (found.outside if found else name).rpartition(".")[2] == "FastAPI"
    match found.node:
        case ast.ClassDef() as node:
            return _is_app_class(project, found.path, node, depth)
        case ast.FunctionDef() | ast.AsyncFunctionDef() as function:
            return returns_app(project, found.path, function, depth - 1)
    return False


def _is_app_class(project: Project, path: str, node: ast.ClassDef, depth: int) -> bool:
    made, key = project.notes.made, (path, id(node))
    if key not in made:
        made[key] = False  # a class above itself is none
        made[key] = depth > 0 and any(
            _is_maker(project, path, base, depth - 1) for base in node.bases
        )
    return made[key]


def _wraps(project: Project, path: str, call: ast.Call, depth: int) -> bool:
    """``CORSMiddleware(app, …)`` and its like are ASGI apps; ``Mangum(app)`` is not."""
    name = dotted_name(call.func) or ""
    if not name.endswith(WRAPPERS) and not _is_asgi_class(project, path, name):
        return False
    values = [*call.args, *(item.value for item in call.keywords)]
    module = project.code.module(path)
    first = module.first if module else {}
    return any(
        makes_app(project, path, first.get(value.id, value), depth - 1)
        for value in values
        if isinstance(value, ast.Name)
    )


def _is_asgi_class(project: Project, path: str, name: str) -> bool:
    """Whether a name of the project's own is a class called with scope, receive and send."""
    found = project.lookup(path, name) if name else None
    node = found.node if found else None
    return isinstance(node, ast.ClassDef) and any(
        isinstance(item, ast.AsyncFunctionDef)
        and item.name == "__call__"
        and len(item.args.args) == 4
        for item in node.body
    )


def returns_app(project: Project, path: str, function: FunctionNode, depth: int = FOLLOW) -> bool:
    """Whether a function makes an app and returns it."""
    if depth <= 0:
        return False
    local = first_values(function.body)
    for statement in statements(function.body):
        match statement:
            case ast.Return(value=ast.Name(id=name)) if name in local:
                if makes_app(project, path, local[name], depth - 1):
                    return True
            case ast.Return(value=ast.Call() as call):
                if makes_app(project, path, call, depth - 1):
                    return True
    return False


def _is_factory(project: Project, path: str, function: FunctionNode) -> bool:
    """Whether uvicorn can call it: neither a coroutine nor in want of arguments."""
    plain = isinstance(function, ast.FunctionDef) and not _needs_arguments(function)
    return plain and returns_app(project, path, function)


def _needs_arguments(function: FunctionNode) -> bool:
    arguments = function.args
    positional = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return positional > 0 or any(default is None for default in arguments.kw_defaults)


def is_side(folder: str, path: str) -> bool:
    """Whether a file lies among tests, scripts or samples of the backend."""
    inside = path if folder == "." else path[len(folder) + 1 :]
    *folders, name = inside.split("/")
    return bool(SIDE_FOLDERS & set(folders)) or name.startswith(("test_", "conftest"))


def provisional(code: Code, folder: str) -> Project:
    """A generous search path, good enough to see which modules define or re-export an app."""
    depth = len(PurePosixPath(folder).parts) + NEAR
    folders = {str(PurePosixPath(path).parent) for path in code.paths if path.count("/") <= depth}
    above = [str(parent) for parent in PurePosixPath(folder).parents]
    return Project(code=code, roots=(folder, *sorted(folders - {folder}), *above))
