"""What stays behind, and by which rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from deployer.adapters.disk import Workspace
from deployer.bundle.ignore import built_in_rules
from deployer.bundle.listing import folder_rules, list_backend
from deployer.errors import Exit, Problem
from deployer.model import WorkspaceEntry
from tests.unit.bundle.conftest import APP, MINIMAL, Planner, write

Refusal = Callable[..., tuple[Problem, ...]]


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        "__pycache__/main.cpython-311.pyc",
        "main.pyc",
        "node_modules/x/index.js",
        ".venv/bin/python",
        "venv/x.py",
        "tests/test_api.py",
        "app/tests/data.json",
        "test_api.py",
        "conftest.py",
        ".vscode/settings.json",
        ".env",
        ".env.production",
        "app/.env.local",
        "server.log",
        "x.egg-info/PKG-INFO",
    ],
)
def test_some_things_never_ship(plan: Planner, path: str) -> None:
    assert path not in plan({**MINIMAL, f"backend/{path}": "x"}).paths


@pytest.mark.parametrize(
    "path", [".env.example", "data/chunks.csv", "요약.csv", "prompts/a b.txt", "data/.gitkeep"]
)
def test_everything_else_ships(plan: Planner, path: str) -> None:
    assert path in plan({**MINIMAL, f"backend/{path}": "x"}).paths


def test_an_environment_is_known_by_its_mark_whatever_its_name(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/py/pyvenv.cfg": "", "backend/py/lib/x.py": ""})
    assert found.left_out["backend/py/"][1] == "built-in"


def test_an_ignored_folder_is_listed_once(plan: Planner) -> None:
    files = {f"backend/node_modules/{n}/index.js": "" for n in range(5)}
    found = plan({**MINIMAL, **files})
    assert found.left_out == {"backend/node_modules/": ("node_modules/", "built-in")}


def test_each_rule_is_told_with_its_origin(plan: Planner) -> None:
    found = plan(
        {
            **MINIMAL,
            ".gitignore": "*.tmp\n/backend/drafts/\n",
            "backend/.gitignore": "/notes.txt\n",
            "backend/app/.gitignore": "local.json\n",
            "backend/.dockerignore": "docs\n",
            "backend/a.tmp": "",
            "backend/drafts/x": "",
            "backend/notes.txt": "",
            "backend/app/notes.txt": "",
            "backend/app/local.json": "",
            "backend/docs/x.md": "",
            "backend/app/docs/y.md": "",
            "backend/big.bin": "",
        },
        ignore=("*.bin",),
    )
    told = found.left_out
    assert told["backend/a.tmp"] == ("*.tmp", ".gitignore")
    assert told["backend/drafts/"] == ("/backend/drafts/", ".gitignore")
    assert told["backend/notes.txt"] == ("/notes.txt", "backend/.gitignore")
    assert told["backend/app/local.json"] == ("local.json", "backend/app/.gitignore")
    assert told["backend/docs/"] == ("docs", "backend/.dockerignore")
    assert told["backend/big.bin"] == ("*.bin", "input ignore")
    assert {"app/notes.txt", "app/docs/y.md"} <= found.paths


def test_dockerignore_never_takes_what_docker_itself_needs(plan: Planner) -> None:
    found = plan(
        {
            **MINIMAL,
            "backend/.dockerignore": "*\n!*.py\n",
            "backend/README.md": "# Hi\n",
            "backend/x.txt": "",
        }
    )
    assert {"Dockerfile", "README.md", "requirements.txt", "main.py"} == found.paths


def test_the_dockerignore_of_a_folder_above_is_not_the_backend_s(plan: Planner) -> None:
    found = plan(
        {
            **MINIMAL,
            "backend/prompts/system.md": "Be kind.",
            ".dockerignore": "*\n!deployer\n",
        }
    )
    assert {"main.py", "prompts/system.md"} <= set(found.paths)


def test_dockerignore_may_open_a_folder_again(plan: Planner) -> None:
    found = plan(
        {
            **MINIMAL,
            "backend/.dockerignore": "*\n!main.py\n!app/data\n",
            "backend/app/data/x.csv": "",
            "backend/app/other.csv": "",
        }
    )
    assert "app/data/x.csv" in found.paths
    assert "app/other.csv" not in found.paths


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("!tests/", "tests/data.json"),
        ("!tests/data.json", "tests/data.json"),
        ("!/tests/**/*.json", "tests/deep/data.json"),
        ("!data.json", "tests/data.json"),
        ("!backend/tests/data.json", "tests/data.json"),
        ("!.env", ".env"),
    ],
)
def test_the_input_brings_back_what_it_names(plan: Planner, pattern: str, path: str) -> None:
    found = plan(
        {**MINIMAL, f"backend/{path}": "x", "backend/tests/other.txt": ""}, ignore=(pattern,)
    )
    assert path in found.paths


def test_a_folder_brought_back_keeps_its_junk_behind(plan: Planner) -> None:
    found = plan(
        {**MINIMAL, "backend/tests/a.txt": "", "backend/tests/a.pyc": "", "backend/tests/.env": ""},
        ignore=("!tests/",),
    )
    assert "tests/a.txt" in found.paths
    assert not {"tests/a.pyc", "tests/.env"} & found.paths


def test_an_import_beats_the_rule_about_tests(plan: Planner) -> None:
    found = plan(
        {
            **MINIMAL,
            "backend/main.py": f"from tests.factories import make\n{APP}",
            "backend/tests/factories.py": "from app.test_data import x\ndef make(): ...\n",
            "backend/app/test_data.py": "x = 1\n",
            "backend/app/test_api.py": "",
        }
    )
    assert {"tests/factories.py", "app/test_data.py"} <= found.paths
    assert "app/test_api.py" not in found.paths


def test_an_import_beats_gitignore_but_not_the_input(plan: Planner, refused: Refusal) -> None:
    files = {
        **MINIMAL,
        "backend/main.py": f"from lib.db import x\n{APP}",
        "backend/lib/db.py": "x = 1\n",
        ".gitignore": "lib/\n",
    }
    assert "lib/db.py" in plan(files).paths
    (problem,) = refused(files, ignore=("lib/",))
    assert problem.exit is Exit.CONFIGURATION
    assert str(problem.where) == "backend/main.py:1"


def test_a_file_that_the_dockerfile_copies_by_name_ships(plan: Planner) -> None:
    docker = (
        "FROM python:3.11-slim\nCOPY tests/seed.json main.py /x/\n"
        'CMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"]\n'
    )
    found = plan(
        {
            **MINIMAL,
            "backend/Dockerfile": docker,
            "backend/tests/seed.json": "",
            "backend/tests/t.py": "",
        }
    )
    assert "tests/seed.json" in found.paths
    assert "tests/t.py" not in found.paths


def test_a_database_ships_only_when_the_code_names_it(plan: Planner) -> None:
    found = plan(
        {
            **MINIMAL,
            "backend/main.py": f"PATH = './store/app.db'\n{APP}",
            "backend/store/app.db": b"SQLite",
            "backend/test.db": b"SQLite",
        }
    )
    assert "store/app.db" in found.paths
    assert "test.db" not in found.paths
    assert "backend/test.db" in found.notices


class Counting(Workspace):
    """A workspace that remembers which folders were looked into."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.entered: list[str] = []

    def walk(self, folder, descend):  # type: ignore[no-untyped-def]
        def asked(path: str) -> bool:
            wanted = descend(path)
            if wanted:
                self.entered.append(path)
            return wanted

        yield from super().walk(folder, asked)


def test_an_ignored_folder_is_never_entered(tmp_path: Path) -> None:
    write(
        tmp_path, {"backend/node_modules/a/b.js": "", "backend/out/x/y": "", "backend/app/a.py": ""}
    )
    write(tmp_path, {".gitignore": "out/\n!.env.example\n"})
    files = Counting(tmp_path)
    list_backend(files, "backend", folder_rules(files, "backend", built_in_rules()))
    assert files.entered == ["backend/app"]


# --- the same as pathspec -------------------------------------------------------------------------

PART = st.sampled_from(["a", "b", "c.txt", "d.md"])
PATHS = st.lists(
    st.lists(PART, min_size=1, max_size=3).map("/".join), min_size=1, max_size=12, unique=True
)
GLOB = st.sampled_from(["a", "b", "*", "**", "c.txt", "*.md", "?", "[ab]"])


@st.composite
def pattern(draw: st.DrawFn) -> str:
    """A gitignore pattern. One that opens an ignored folder again says where: git's own rule."""
    parts = draw(st.lists(GLOB, min_size=1, max_size=3))
    bang = draw(st.sampled_from(["", "", "!"]))
    lead = "/" if bang else draw(st.sampled_from(["", "/"]))
    return bang + lead + "/".join(parts) + draw(st.sampled_from(["", "/"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    paths=PATHS,
    lines=st.lists(pattern(), max_size=5),
    where=st.sampled_from(["", "x", "x/backend"]),
)
def test_files_ship_as_pathspec_itself_would_have_it(
    tmp_path_factory: pytest.TempPathFactory, paths: list[str], lines: list[str], where: str
) -> None:
    root = tmp_path_factory.mktemp("workspace")
    plain = [path for path in paths if not any(other.startswith(f"{path}/") for other in paths)]
    base = f"{where}/" if where else ""
    write(root, {f"{base}{path}": "" for path in plain} | {f"{base}.gitignore": "\n".join(lines)})
    files = Workspace(root)
    folder = where or "."
    shipped: dict[str, WorkspaceEntry] = list_backend(
        files, folder, folder_rules(files, folder, built_in_rules())
    ).files
    spec = GitIgnoreSpec.from_lines(lines)
    expected = {f"{base}{path}" for path in plain if not spec.match_file(path)}
    shipped.pop(f"{base}.gitignore", None)
    assert set(shipped) == expected


def test_a_file_that_the_code_names_and_an_ignore_file_takes_is_said(plan: Planner) -> None:
    code = f"open('data/faq.json')\n{APP}"
    files = {"backend/data/faq.json": "{}", "backend/other.json": "{}", ".gitignore": "*.json\n"}
    notices = plan({**MINIMAL, "backend/main.py": code, **files}).notices
    assert "`backend/data/faq.json` is left out by .gitignore" in notices
    assert "other.json" not in notices


def test_nobody_is_advised_to_ship_an_ignored_dotenv_that_the_code_names(plan: Planner) -> None:
    code = "from dotenv import load_dotenv\nload_dotenv('.env')\n"
    found = plan(
        {
            **MINIMAL,
            "backend/main.py": code + APP,
            "backend/.gitignore": ".env\n",
            "backend/.env": "KEY=x\n",
        }
    )
    assert "it may hold secrets" in found.notices
    assert "!.env" not in found.notices


def test_an_environment_file_may_end_in_env_as_well(plan: Planner) -> None:
    found = plan(
        {**MINIMAL, "backend/prod.env": "KEY=1\n", "backend/example.env": "KEY=\n"},
    )
    assert "prod.env" not in found.paths
    assert "example.env" in found.paths
    assert "`backend/prod.env` is left out: it may hold secrets." in found.notices


def test_an_ignored_folder_from_which_the_code_reads_is_told(plan: Planner) -> None:
    code = "import json\nTEXTS = json.load(open('data/texts.json'))\n" + APP
    files = {**MINIMAL, "backend/main.py": code, "backend/data/texts.json": "{}"}
    found = plan({**files, ".gitignore": "data/\n"})
    assert "`backend/data/` is left out by .gitignore, and the app's code names it" in found.notices
    assert "`!data/`" in found.notices
    assert "data/texts.json" in plan({**files, ".gitignore": "data/\n"}, ignore=("!data/",)).paths
