"""What a repository itself runs: the commands in its Dockerfile, Procfile and start scripts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct

from deployer.code.files import Code
from deployer.code.source import Module, dotted_name, join
from deployer.code.values import argument
from deployer.ports import Files

# A Dockerfile made for the Hub before the general one.
OWN_IMAGES = ("Dockerfile.hf", "Dockerfile.spaces", "Dockerfile.huggingface", "Dockerfile")
# Best evidence first; each is looked for in the backend folder, then at the workspace's root.
PLACES = (
    OWN_IMAGES,
    ("Procfile",),
    ("start.sh", "run.sh", "entrypoint.sh", "startup.sh", "scripts/start.sh", "scripts/startup.sh"),
    (
        *("docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"),
        *("docker-compose.prod.yml", "docker-compose.production.yml", "docker-compose.prod.yaml"),
        *("render.yaml", "railway.json", "railway.toml", "nixpacks.toml", "fly.toml"),
        *("app.yaml", "apprunner.yaml", "heroku.yml", "koyeb.yaml", "zeabur.json", "vercel.json"),
        *("Makefile", "package.json", "pyproject.toml", "gunicorn.conf.py", "supervisord.conf"),
    ),
    (
        *("dev.sh", "scripts/dev.sh", "scripts/run.sh", "start.bat", "run.bat", "dev.bat"),
        *("justfile", "Justfile", "Taskfile.yml", ".vscode/launch.json"),
        *("docker-compose.dev.yml", "docker-compose.override.yml", "run.py", "start.py"),
    ),
)
SERVER = re.compile(r"\b(?:uvicorn|gunicorn|hypercorn|granian|daphne|entrypoint|wsgi_app)\b")
TARGET = re.compile(r"(?<![\w/.:])((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*):([A-Za-z_]\w*)(?![\w:/])")
SCRIPT = re.compile(
    r"\b(?:fastapi[\"', ]+(?:run|dev)|python3?|uv[\"', ]+run)[\"', ]+([\w./-]+\.py)\b"
)
STARTERS = ("run", "Config")  # of uvicorn
SOURCE = re.compile(r"\"src\"\s*:\s*\"([\w./-]+\.py)\"")  # of vercel.json
LAST = 100
LONGEST_LINE = 5_000  # a command is shorter
COMMANDS = 200  # of one file: more is no start script
MODULE = re.compile(r"\bpython3?[\"', ]+-m[\"', ]+([A-Za-z_][\w.]*)")


class Launch(Struct, frozen=True, kw_only=True):
    """A command that starts the app. ``rank`` 0 is the best evidence; no ``variable``: a script."""

    module: str
    variable: str = ""
    rank: int
    file: str
    line: int


def launches(files: Files, folder: str) -> tuple[Launch, ...]:
    """Every command found, best evidence first."""
    folders = [folder] if folder == "." else [folder, "."]
    found: list[Launch] = []
    for position, place in enumerate(folders):
        for rank, names in enumerate(PLACES):
            for name in names:
                path = join(place, name)
                content = (files.read(path) or b"").decode("utf-8", "replace")
                named = commands(content, path, rank + position * len(PLACES))
                found += islice(named, COMMANDS)
    return tuple(found)


def self_started(code: Code) -> Iterator[Launch]:
    """Files that start an app themselves: ``uvicorn.run("main:app")`` or ``uvicorn.run(app)``."""
    for path in code.paths:
        module = code.module(path) if code.mentions(path, (b"uvicorn",)) else None
        for node in module.nodes if module else ():
            if module is not None and isinstance(node, ast.Call | ast.List):
                for name, variable in _started(module, node):
                    yield Launch(
                        module=name, variable=variable, rank=LAST, file=path, line=node.lineno
                    )


def _started(module: Module, node: ast.Call | ast.List) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.List):
        texts = [e.value for e in node.elts if isinstance(e, ast.Constant)]
        words = [text for text in texts if isinstance(text, str)]
        yield from _targets(" ".join(words)) if "uvicorn" in words else ()
        return
    function = dotted_name(node.func) or ""
    imported = module.bound.get(function)
    whole = f"{imported.module}.{imported.name}" if imported and imported.name else function
    if whole not in {f"uvicorn.{starter}" for starter in STARTERS}:
        return
    match argument(node, 0, "app"):
        case ast.Constant(value=str() as text) if found := TARGET.match(text):
            yield found[1], found[2]
        case ast.Name(id=name):
            source = module.bound.get(name)
            own = module.path.removesuffix(".py").replace("/", ".")
            brought = source is not None and source.name is not None and source.module
            yield (source.module, source.name or "") if source and brought else (own, name)


def commands(content: str, file: str, rank: int) -> Iterator[Launch]:
    """The apps and scripts that the commands in a text file start."""
    for number, line in _logical_lines(content.splitlines()):
        if len(line) > LONGEST_LINE or line.lstrip().startswith(("#", "//")):
            continue
        for module, variable in _targets(line):
            yield Launch(module=module, variable=variable, rank=rank, file=file, line=number)


def _targets(line: str) -> Iterator[tuple[str, str]]:
    if SERVER.search(line):
        yield from TARGET.findall(line)
    for script in (*SCRIPT.findall(line), *SOURCE.findall(line)):
        yield script.removesuffix(".py").removeprefix("./").replace("/", "."), ""
    for module in MODULE.findall(line):
        if module not in {"uvicorn", "gunicorn", "hypercorn", "pip", "venv"}:
            yield module, ""


def _logical_lines(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Lines with their backslash continuations joined, numbered by where they start."""
    start, held = 0, ""
    for number, line in enumerate(lines, 1):
        start = start or number
        if line.rstrip().endswith("\\"):
            held += line.rstrip()[:-1] + " "
            continue
        yield start, held + line
        start, held = 0, ""
    if held:
        yield start, held
