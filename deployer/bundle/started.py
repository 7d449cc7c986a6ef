"""The script that an own Dockerfile starts: whether its server can be reached from outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from deployer.bundle.parts import Parts
from deployer.code.launch import commands
from deployer.code.project import Project
from deployer.code.source import dotted_name
from deployer.code.values import keyword, text
from deployer.errors import Notice, Where

LOCAL = ("127.0.0.1", "localhost")
_ELSEWHERE = ("uds", "fd", None)  # None: `**options`, which may say anything


def script_notices(parts: Parts) -> Iterator[Notice]:
    """A warning for each ``uvicorn.run`` there that listens inside its container only."""
    image, project = parts.reading.image, parts.reading.target.project
    command = image.command if image else None
    for found in commands(command.value, "", 0) if command else ():
        end = f"/{found.module.replace('.', '/')}.py"
        for path in project.code.paths if not found.variable else ():
            if f"/{path}".endswith(end):
                yield from _unreachable(project, path)


def _unreachable(project: Project, path: str) -> Iterator[Notice]:
    module = project.code.module(path)
    for node in module.nodes if module else ():
        if not isinstance(node, ast.Call) or dotted_name(node.func) != "uvicorn.run":
            continue
        given = keyword(node, "host")
        silent = given is None and not any(item.arg in _ELSEWHERE for item in node.keywords)
        if silent or text(project, path, given) in LOCAL:
            yield Notice(
                message="The app only listens inside its own container (127.0.0.1).",
                hint='Start it with `host="0.0.0.0"`.',
                where=Where(file=path, line=node.lineno),
            )
