"""Why a folder has no FastAPI app: it lies elsewhere, or something else makes the backend."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec.structs import replace

from deployer.code.files import Code
from deployer.code.source import Module, dotted_name
from deployer.errors import Exit, Problem, Where

# Classes whose instance is the app, by the package they come from.
OTHERS = {
    "flask": ("Flask",),
    "quart": ("Quart",),
    "sanic": ("Sanic",),
    "bottle": ("Bottle",),
    "tornado": ("Application",),
    "aiohttp": ("Application",),
    "gradio": ("Blocks", "Interface", "ChatInterface"),
}
DJANGO = "DJANGO_SETTINGS_MODULE"
NAMES = {"aiohttp": "an aiohttp", "tornado": "a Tornado", "django": "a Django"}


def explained(problem: Problem, code: Code, instead: str) -> Problem:
    """``problem`` with what is known beyond it; ``instead`` says where another app was found."""
    if problem.exit is not Exit.BUNDLE:
        return problem
    if instead:
        return replace(problem, hint=instead)
    for framework, path, line in _made(code):
        name = NAMES.get(framework, f"a {framework.capitalize()}")
        return replace(
            problem,
            message=f"Here {name} app is made; this action deploys FastAPI apps, and found none.",
            hint="Set the inputs `backend` and `app` if there is a FastAPI app, too.",
            where=Where(file=path, line=line),
        )
    return problem


def _made(code: Code) -> Iterator[tuple[str, str, int]]:
    for path in code.paths:
        marks = tuple(name.encode() for name in (*OTHERS, DJANGO))
        module = code.module(path) if code.mentions(path, marks) else None
        for node in module.nodes if module else ():
            if module is not None and isinstance(node, ast.Call):
                framework = _framework(module, node)
                if framework:
                    yield framework, path, node.lineno


def _framework(module: Module, node: ast.Call) -> str:
    if any(isinstance(a, ast.Constant) and a.value == DJANGO for a in node.args):
        return "django"
    called = (dotted_name(node.func) or "").split(".")
    found = module.bound.get(called[0])
    if found is None:
        return ""
    whole = [*found.module.split("."), *([found.name] if found.name else []), *called[1:]]
    return whole[0] if whole[-1] in OTHERS.get(whole[0], ()) else ""
