"""setup.cfg and setup.py: their literal `install_requires`. Nothing is run."""

from __future__ import annotations

import ast
import configparser

from deployer.code.source import walk
from deployer.dependencies import listed
from deployer.dependencies.found import Manifest, Source
from deployer.dependencies.listed import Wish


def read_cfg(source: Source) -> Manifest | None:
    """``[options] install_requires``; None when it has none. Raises ``Refused``."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(source.text)
    except configparser.Error as error:
        raise source.broken(str(error).partition("\n")[0]) from error
    lines = parser.get("options", "install_requires", fallback="").splitlines()
    python = parser.get("options", "python_requires", fallback="")
    return _manifest(source, [line.strip() for line in lines if line.strip()], python)


def read_py(source: Source) -> Manifest | None:
    """The list that ``setup(install_requires=…)`` is given literally; None for any other."""
    try:
        tree = ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in walk(tree):
        if isinstance(node, ast.Call) and _called(node.func) == "setup":
            given = {word.arg: _named(tree, word.value) for word in node.keywords}
            python = _literal(given.get("python_requires"))
            lines = _literal(given.get("install_requires"))
            if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
                return _manifest(source, lines, python if isinstance(python, str) else "")
    return None


def _manifest(source: Source, lines: list[str], python: str) -> Manifest | None:
    wishes = [Wish(text=line, line=source.line_of(line)) for line in lines]
    kind = source.path.rpartition("/")[2]
    return listed.manifest(source, kind, wishes, python=python) if wishes else None


def _called(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _named(tree: ast.Module, node: ast.expr) -> ast.expr:
    """What a name stands for that the module gives a value once."""
    if not isinstance(node, ast.Name):
        return node
    values = [
        statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and target.id == node.id
    ]
    return values[0] if len(values) == 1 else node


def _literal(node: ast.expr | None) -> object:
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None
