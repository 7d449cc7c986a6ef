"""Which reads of the environment the code can't do without while it is loaded and started.

``os.getenv("X")`` gives None and no error; the error comes where the code refuses None: in a guard
that raises or exits, or in a client that is made at the top level and takes no empty key.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator

from deployer.code.project import Project
from deployer.code.source import Module, dotted_name, statements, walk

# Each raises at once when its key or address is None: openai and groq for the key that neither
# argument nor environment gives, supabase and SQLAlchemy for the address, and so on.
REFUSING = frozenset(
    [
        *("openai.OpenAI", "openai.AsyncOpenAI", "groq.Groq", "groq.AsyncGroq"),
        *("pinecone.Pinecone", "cohere.Client", "cohere.ClientV2", "cohere.AsyncClient"),
        *("supabase.create_client", "tavily.TavilyClient", "redis.from_url"),
        *("sqlalchemy.create_engine", "sqlmodel.create_engine"),
        "sqlalchemy.ext.asyncio.create_async_engine",
        *("langchain_openai.ChatOpenAI", "langchain_openai.OpenAIEmbeddings"),
        *("langchain_groq.ChatGroq", "langchain_google_genai.ChatGoogleGenerativeAI"),
    ]
)
EXITS = frozenset(["exit", "quit", "sys.exit", "os._exit"])
STARTS = frozenset(["lifespan", "startup", "startup_event", "on_startup"])

Reads = Callable[[ast.Call], bool]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def demanded(project: Project, module: Module, reads: Reads) -> frozenset[int]:
    """The identities of the reading calls (those that ``reads`` says yes to) whose value may not
    be missing when ``module`` is loaded or the app starts."""
    found: set[int] = set()
    top = _held(module.tree.body, reads, {})
    for body in (module.tree.body, *_run_at_start(module)):
        held = top if body is module.tree.body else _held(body, reads, top)
        for node in statements(body):
            for value in _refused(project, module.path, node):
                found |= held.get(dotted_name(value) or "", frozenset())
                found |= {id(call) for call in walk(value) if _is_read(call, reads)}
    return frozenset(found)


def asked_for(module: Module, mappings: Collection[str]) -> frozenset[int]:
    """The identities of all nodes that run only after the code has asked for what they read: in an
    ``if`` whose test speaks of one of ``mappings``, or in a ``try`` that survives a KeyError."""
    found: set[int] = set()
    for node in module.nodes:
        match node:
            case ast.If(test=test, body=body) if _speaks_of(test, mappings):
                pass
            case ast.IfExp(test=test, body=value) if _speaks_of(test, mappings):
                body = [ast.Expr(value=value)]
            case ast.Try(body=body, handlers=handlers) if any(map(_survives, handlers)):
                pass
            case _:
                continue
        found |= {id(part) for item in body for part in walk(item)}
    return frozenset(found)


def _speaks_of(test: ast.expr, mappings: Collection[str]) -> bool:
    parts = (part for part in walk(test) if isinstance(part, ast.Attribute | ast.Name))
    return any(dotted_name(part) in mappings for part in parts)


def _survives(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    raises = any(isinstance(part, ast.Raise) for part in walk(handler))
    return not raises and any(kind is None or dotted_name(kind) == "KeyError" for kind in caught)


def _held(
    body: Iterable[ast.stmt], reads: Reads, outer: dict[str, frozenset[int]]
) -> dict[str, frozenset[int]]:
    """The names of a scope (``self.x`` too) that hold what a call read from the environment."""
    held = dict(outer)
    for node in statements(body):
        match node:
            case ast.Assign(targets=[target], value=value):
                pass
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                pass
            case _:
                continue
        calls = frozenset(id(call) for call in _direct(value) if _is_read(call, reads))
        if (name := dotted_name(target)) and (calls or name in held):
            held[name] = calls
    return held


def _direct(value: ast.expr) -> Iterator[ast.expr]:
    """The expression, and what a method like ``.strip()`` is called on."""
    yield value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        yield from _direct(value.func.value)


def _is_read(node: ast.AST, reads: Reads) -> bool:
    return isinstance(node, ast.Call) and reads(node)


def _run_at_start(module: Module) -> Iterator[list[ast.stmt]]:
    """Bodies that run while the module is loaded or the app starts: functions the top level
    calls, the ``__init__`` of classes it makes, what the framework calls at startup."""
    called = {
        dotted_name(call.func)
        for node in statements(module.tree.body)
        if isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign) and node.value is not None
        for call in walk(node.value)
        if isinstance(call, ast.Call)
    }
    for name, node in module.definitions.items():
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if name in called | STARTS:
                yield node.body
            case ast.ClassDef(body=body):
                yield body
                if name in called:
                    yield from (
                        item.body
                        for item in body
                        if isinstance(item, Function) and item.name == "__init__"
                    )


def _refused(project: Project, path: str, node: ast.stmt) -> Iterator[ast.expr]:
    """The values that a statement refuses when they are missing."""
    match node:
        case ast.If(test=test, body=body) if any(_ends(item) for item in statements(body)):
            yield from _missing(test)
        case ast.Assert(test=test):
            yield from _wanted(test)
        case ast.Expr(value=value) | ast.Assign(value=value) | ast.AnnAssign(value=value):
            for call in walk(value) if value is not None else ():
                if isinstance(call, ast.Call) and _refuses(project, path, call):
                    yield from _keys(call)


def _refuses(project: Project, path: str, call: ast.Call) -> bool:
    found = project.lookup(path, name) if (name := dotted_name(call.func)) else None
    return found is not None and found.outside in REFUSING


def _keys(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    for item in call.keywords:
        if (item.arg or "").endswith(("key", "url")) and item.arg != "base_url":
            yield item.value


def _ends(node: ast.stmt) -> bool:
    match node:
        case ast.Raise(exc=exc):
            raised = exc.func if isinstance(exc, ast.Call) else exc
            return "HTTP" not in (dotted_name(raised) or "" if raised else "")
        case ast.Expr(value=ast.Call(func=func)):
            return dotted_name(func) in EXITS
    return False


def _missing(test: ast.expr) -> Iterator[ast.expr]:
    """What is missing when ``test`` holds, each by itself: `not a`, `a is None`, `a == ""`."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _wanted(operand)
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value)]):
            if value is None or value == "":
                yield left
        case ast.BoolOp(op=ast.Or(), values=values):
            for side in values:
                yield from _missing(side)


def _wanted(test: ast.expr) -> Iterator[ast.expr]:
    """What has to be there for ``test`` to hold."""
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _wanted(value)
        case ast.Call(func=ast.Name(id="all"), args=[ast.List(elts=items) | ast.Tuple(elts=items)]):
            yield from items
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()]):
            yield left
        case ast.Name() | ast.Attribute() | ast.Call():
            yield test
