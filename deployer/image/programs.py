"""Programs that the app starts: ``subprocess.run(["ffmpeg", …])``, ``shutil.which("git")``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from deployer.code.paths import Reader
from deployer.code.project import Project

STARTERS = frozenset(
    (
        *("subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_call"),
        *("subprocess.check_output", "subprocess.getoutput", "os.system", "os.popen"),
        *("shutil.which", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"),
        *("asyncio.subprocess.create_subprocess_exec", "anyio.run_process", "os.execvp"),
    )
)


def find_programs(project: Project, closure: Iterable[str]) -> frozenset[str]:
    """The names of the programs that ``closure`` starts, as far as they are spelt out."""
    return frozenset(name for path in closure for name in _started(project, path))


def _started(project: Project, path: str) -> Iterator[str]:
    module = project.code.module(path)
    reader = Reader(project=project, path=path)
    for node in module.nodes if module else ():
        if isinstance(node, ast.Call) and node.args and reader.dotted(node.func) in STARTERS:
            word = _first_word(reader, node.args[0])
            if word:
                yield word.rpartition("/")[2]


def _first_word(reader: Reader, node: ast.expr) -> str:
    """The program of a command: a list's first item, or a text's first word."""
    if isinstance(node, ast.Name):
        found = reader.project.lookup(reader.path, node.id)
        node = found.node if found and isinstance(found.node, ast.expr) else node
    if isinstance(node, ast.List | ast.Tuple):
        return (reader.read(node.elts[0]) or "").strip() if node.elts else ""
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
    match = re.match(r"\s*([\w./+-]+)", reader.read(node) or "")
    return match[1] if match else ""
