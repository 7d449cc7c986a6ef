"""What frameworks need without the code importing it: form data, drivers of database addresses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from deployer.code.project import Project
from deployer.code.source import Module, dotted_name, walk

DRIVERS = {
    "asyncpg": ("asyncpg",),
    "psycopg": ("psycopg",),
    "psycopg2": ("psycopg2-binary", "psycopg2"),
    "pg8000": ("pg8000",),
    "aiosqlite": ("aiosqlite",),
    "pymysql": ("pymysql",),
    "aiomysql": ("aiomysql",),
    "asyncmy": ("asyncmy",),
    "mysqldb": ("mysqlclient",),
    "mysqlconnector": ("mysql-connector-python",),
    "pyodbc": ("pyodbc",),
    "aioodbc": ("aioodbc",),
}
ADDRESS = re.compile(r"(?:postgresql|mysql|mariadb|sqlite|mssql)\+(\w+)://")
PLAIN = re.compile(r"(?:postgresql|postgres)://\S*[\w.-]+")
POSTGRES = ("psycopg2-binary", "psycopg2", "psycopg", "asyncpg", "pg8000", "psycopg-binary")
MULTIPART = ("python-multipart",)
WEBSOCKETS = ("websockets", "wsproto")
# What the app can't be started without, by the name that the code uses.
BY_NAME = {
    "EmailStr": (("email-validator",), "checks e-mail addresses"),
    "NameEmail": (("email-validator",), "checks e-mail addresses"),
    "Jinja2Templates": (("jinja2",), "renders templates"),
    "SessionMiddleware": (("itsdangerous",), "signs sessions"),
    "TestClient": (("httpx",), "sends requests"),
    "ORJSONResponse": (("orjson",), "answers with orjson"),
    "UJSONResponse": (("ujson",), "answers with ujson"),
    "Form": (MULTIPART, "takes form data"),
    "File": (MULTIPART, "takes files"),
    "UploadFile": (MULTIPART, "takes files"),
    "OAuth2PasswordRequestForm": (MULTIPART, "takes form data"),
    "OAuth2PasswordRequestFormStrict": (MULTIPART, "takes form data"),
}
FRAMEWORKS = ("fastapi", "starlette", "pydantic")


class Need(Struct, frozen=True, kw_only=True):
    """Any one of ``distributions`` (the usual one first) is needed by a line, and ``why``.

    ``hint`` where something else than a requirement mends it.
    """

    distributions: tuple[str, ...]
    why: str
    path: str
    line: int
    hint: str = ""


def needs(project: Project, closure: Iterable[str]) -> Iterator[Need]:
    """Every silent need, the first place of each first."""
    paths = tuple(closure)
    for path in paths:
        module = project.code.module(path)
        if module is not None:
            yield from _framework(project, module)
            yield from _schemes(module)
            yield from _passwords(module)
    yield from _addresses(project, paths)


def _framework(project: Project, module: Module) -> Iterator[Need]:
    called = {found.bound: found.name for found in module.imports if found.name in BY_NAME}
    for node in module.nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
                if (called.get(name) or name) in BY_NAME:
                    yield from _by_name(project, module.path, node)
            case ast.Await(value=ast.Call(func=ast.Attribute(attr="form", value=ast.Name(id=of)))):
                if "request" in of.lower():
                    yield _need(MULTIPART, "`request.form()` takes form data", module.path, node)
            case ast.Call(func=ast.Attribute(attr="websocket")):
                yield _need(WEBSOCKETS, "a WebSocket route answers only", module.path, node)


def _by_name(project: Project, path: str, node: ast.Name | ast.Attribute) -> Iterator[Need]:
    """The need behind a framework's own name; the user's ``Form`` is another."""
    name = dotted_name(node)
    found = project.lookup(path, name) if name else None
    package, _, last = (found.outside if found else "").rpartition(".")
    if package.partition(".")[0] in FRAMEWORKS and last in BY_NAME:
        wanted, does = BY_NAME[last]
        yield _need(wanted, f"`{last}` {does}", path, node)


def _need(wanted: tuple[str, ...], what: str, path: str, node: ast.expr) -> Need:
    why = f"{what[0].upper()}{what[1:]} with `{wanted[0]}`, which no requirement brings."
    return Need(distributions=wanted, why=why, path=path, line=node.lineno)


def _schemes(module: Module) -> Iterator[Need]:
    """``postgresql+asyncpg://`` names its driver."""
    for node in _texts(module):
        found = ADDRESS.match(str(node.value))
        if found and found[1] in DRIVERS:
            yield _need(DRIVERS[found[1]], "this address is opened", module.path, node)


def _compared(module: Module) -> Iterator[int]:
    """Texts that are only looked for: ``url.startswith(…)``, the first half of a replacement."""
    for node in module.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="replace" | "removeprefix"), args=[first, *_]):
                yield id(first)
            case ast.Call(func=ast.Attribute(attr="startswith"), args=arguments):
                yield from (id(inner) for value in arguments for inner in walk(value))
            case ast.Compare():
                yield from (id(inner) for inner in walk(node))


def _addresses(project: Project, paths: tuple[str, ...]) -> Iterator[Need]:
    """A bare ``postgresql://`` of SQLAlchemy wants psycopg2; any driver may stand in for it."""
    if not any(
        project.code.mentions(path, (b"create_engine", b"create_async_engine")) for path in paths
    ):
        return
    for path in paths:
        module = project.code.module(path)
        for node in _texts(module) if module else ():
            if PLAIN.fullmatch(str(node.value)):
                yield _need(POSTGRES, "this address is opened", path, node)


def _texts(module: Module) -> Iterator[ast.Constant]:
    """The texts of a file, less those that are only compared with."""
    compared = set(_compared(module))
    for node in module.nodes:
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in compared:
            assert isinstance(node, ast.Constant)
            yield node


def _passwords(module: Module) -> Iterator[Need]:
    """passlib's ``CryptContext(schemes=["bcrypt"])`` needs the scheme's own package."""
    packages = {"bcrypt": ("bcrypt",), "argon2": ("argon2-cffi",)}
    for node in module.nodes:
        if isinstance(node, ast.Call) and (dotted_name(node.func) or "").endswith("CryptContext"):
            for inner in walk(node):
                scheme = inner.value if isinstance(inner, ast.Constant) else None
                if isinstance(scheme, str) and scheme in packages and isinstance(inner, ast.expr):
                    yield _need(packages[scheme], f"`{scheme}` works", module.path, inner)
