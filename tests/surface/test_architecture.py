"""The invariants of the house, read from the source."""

from __future__ import annotations

import ast
import graphlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from msgspec import Struct

from deployer import errors, model, ports
from deployer.errors import Exit, HubRefused, Refused, RepositoryRefused

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "deployer"
OUTSIDE_WORLD = {
    *("huggingface_hub", "httpx2", "requests", "subprocess", "socket", "os", "sys", "time"),
}
MODULES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(), str(path)) for path in MODULES}


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def touches_the_world(path: Path) -> bool:
    return place(path) == "cli.py" or place(path).startswith("adapters/")


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {dotted(path): path for path in MODULES}


def imported(path: Path, tree: ast.AST) -> Iterator[str]:
    """Dotted names of everything a module imports, relative imports resolved."""
    package = dotted(path) if path.name == "__init__.py" else dotted(path).rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, node.module or ""]).strip(".") if node.level else node.module
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in NAMES else str(base)


def top_level(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path, TREES[path])}


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_only_adapters_and_cli_touch_the_outside_world(path: Path) -> None:
    if not touches_the_world(path):
        assert not top_level(path) & OUTSIDE_WORLD


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_the_local_hub_and_the_tests_are_never_imported(path: Path) -> None:
    assert not top_level(path) & {"localhub", "tests", "tools"}


def test_there_is_no_import_cycle() -> None:
    graph = {
        name: {other for other in imported(path, TREES[path]) if other in NAMES and other != name}
        for name, path in NAMES.items()
    }
    list(graphlib.TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("leaf", ["bundle", "frontend", "fleet"])
def test_only_the_street_knows_a_leaf_package(leaf: str) -> None:
    knowing = {
        place(path)
        for path in MODULES
        if any(f"{name}.".startswith(f"deployer.{leaf}.") for name in imported(path, TREES[path]))
    }
    others = {name for name in knowing if not name.startswith((f"{leaf}/", "modes/"))}
    assert not {name for name in others if "/" in name}


STAGES = ("bundle", "credentials", "release", "frontend", "live", "fleet")


# These serve the bundle and know none of the stages (docs/decisions/0037, 0038).
@pytest.mark.parametrize("stage", ["code", "dependencies", "image", *STAGES])
def test_a_stage_knows_neither_another_stage_nor_what_runs_it(stage: str) -> None:
    others = {*STAGES, "report", "adapters", "modes", "github", "pipeline", "cli"} - {stage}
    for name, path in NAMES.items():
        if f"{name}.".startswith(f"deployer.{stage}."):
            packages = {each.split(".")[1] for each in imported(path, TREES[path]) if each in NAMES}
            assert not packages & others, name


def broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(t, ast.Name) and t.id in {"Exception", "BaseException"} for t in types)


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_a_broad_except_stands_only_in_cli(path: Path) -> None:
    lines = [
        node.lineno
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.ExceptHandler) and broad(node)
    ]
    assert not lines or place(path) == "cli.py"


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_every_module_says_what_it_owns(path: Path) -> None:
    if TREES[path].body:
        assert ast.get_docstring(TREES[path])


# --- values --------------------------------------------------------------------------------------


def records_of(module: ModuleType) -> list[type]:
    return [
        each
        for each in vars(module).values()
        if isinstance(each, type)
        and issubclass(each, Struct)
        and each.__struct_fields__
        and f"{each.__module__}.".startswith(f"{module.__name__}.")
    ]


VALUES = [each for module in (model, errors, ports) for each in records_of(module)]


@pytest.mark.parametrize("value", VALUES, ids=lambda each: each.__name__)
def test_values_between_stages_are_frozen(value: type[Struct]) -> None:
    assert value.__struct_config__.frozen


def records(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each record's name, and how it is declared."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            declared = ast.unparse(ast.Call(ast.Name(node.name), node.bases, node.keywords))
            if re.search(r"\b(Struct|Quiet)\b", declared):
                yield node.name, declared


# What a package only works with may change as it works; what the street passes on is frozen.
STREET = (PACKAGE, PACKAGE / "modes", PACKAGE / "github")
PASSED_ON = [path for path in MODULES if path.parent in STREET or path.stem == "__init__"]


@pytest.mark.parametrize("path", PASSED_ON, ids=place)
def test_what_the_street_passes_on_is_frozen_and_keyword_only(path: Path) -> None:
    for name, declared in records(TREES[path]):
        assert {"frozen=True", "kw_only=True"} <= set(re.findall(r"\w+=\w+", declared)), name


def test_a_secret_never_shows_its_value() -> None:
    secret = model.Secret("s3cr3t-value")
    shown = (repr(secret), str(secret), f"{secret}", f"{secret!r}", repr({"k": secret}))
    assert "s3cr3t" not in " ".join(shown)
    assert secret.reveal() == "s3cr3t-value"


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [(HubRefused("no"), Exit.HUB), (RepositoryRefused("no"), Exit.FRONTEND)],
    ids=["HubRefused", "RepositoryRefused"],
)
def test_an_error_class_has_its_exit_code(error: Refused, code: Exit) -> None:
    assert error.exit is code


def test_no_error_class_is_missing_from_the_list_above() -> None:
    defined = {
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, Exception)
    }
    assert defined == {Refused, HubRefused, RepositoryRefused}


def test_every_exit_code_is_explained_in_the_documents() -> None:
    document = (ROOT / "docs" / "reference" / "exit-codes.md").read_text()
    for code in Exit:
        assert f"| {int(code)} | {code.meaning} |" in document
