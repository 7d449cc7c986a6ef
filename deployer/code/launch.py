"""What a repository itself runs: the commands in its Dockerfile, Procfile and start scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deployer.code.source import Code, join
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
        *("render.yaml", "railway.json", "railway.toml", "nixpacks.toml", "fly.toml"),
        *("Makefile", "package.json", "pyproject.toml"),
    ),
)
SERVER = re.compile(r"\b(?:uvicorn|gunicorn|hypercorn|granian|daphne|entrypoint)\b")
TARGET = re.compile(r"(?<![\w/.:])((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*):([A-Za-z_]\w*)(?![\w:/])")
SCRIPT = re.compile(
    r"\b(?:fastapi[\"', ]+(?:run|dev)|python3?|uv[\"', ]+run)[\"', ]+([\w./-]+\.py)\b"
)
RUN = re.compile(r"\buvicorn\.run\(\s*(?:app\s*=\s*)?(?:[\"']([\w.]+):(\w+)|(\w+)\s*[,)])")
LAST = 100
MODULE = re.compile(r"\bpython3?[\"', ]+-m[\"', ]+([A-Za-z_][\w.]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
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
                found += commands(content, path, rank + position * len(PLACES))
    return tuple(found)


def self_started(code: Code) -> Iterator[Launch]:
    """Files that start an app themselves: ``uvicorn.run("main:app")`` or ``uvicorn.run(app)``."""
    for path in code.paths:
        content = code.text(path) if code.mentions(path, (b"uvicorn.run",)) else ""
        for match in RUN.finditer(content):
            line = content.count("\n", 0, match.start()) + 1
            module = match[1] or path.removesuffix(".py").replace("/", ".")
            variable = match[2] or match[3] or ""
            yield Launch(module=module, variable=variable, rank=LAST, file=path, line=line)


def commands(content: str, file: str, rank: int) -> Iterator[Launch]:
    """The apps and scripts that the commands in a text file start."""
    for number, line in _logical_lines(content.splitlines()):
        if line.lstrip().startswith(("#", "//")):
            continue
        for module, variable in _targets(line):
            yield Launch(module=module, variable=variable, rank=rank, file=file, line=number)


def _targets(line: str) -> Iterator[tuple[str, str]]:
    if SERVER.search(line):
        yield from TARGET.findall(line)
    for script in SCRIPT.findall(line):
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
