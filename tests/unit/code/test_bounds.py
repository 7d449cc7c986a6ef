"""How much is read and gone through: counted, never timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from deployer.code.apps import find_apps
from deployer.code.choose import choose
from deployer.code.environment import read_environment
from deployer.code.files import LONGEST, Code, Sources
from deployer.code.origins import find_origins
from deployer.code.project import Project
from deployer.code.sizes import LINE
from deployer.code.values import text
from deployer.errors import Refused
from deployer.model import Digest, WorkspaceEntry

APP = "from fastapi import FastAPI\napp = FastAPI()\n"


class Counting:
    """``Files`` in memory that counts what is read."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = files
        self.reads: Counter[str] = Counter()

    def read(self, path: str) -> bytes | None:
        self.reads[path] += 1
        content = self._files.get(path)
        return None if content is None else content.encode()

    def walk(self, folder: str, descend: Callable[[str], bool]) -> Iterator[WorkspaceEntry]:
        raise NotImplementedError

    def digest(self, path: str) -> Digest:
        raise NotImplementedError

    def write(self, path: str, content: bytes) -> None:
        self._files[path] = content.decode()


def project_of(files: dict[str, str]) -> Project:
    return Project(code=Code(Counting(files), files), roots=(".",))


def test_a_file_is_read_once_however_many_views_of_the_code_there_are() -> None:
    files = Counting({"main.py": APP, "other.py": "import main\n"})
    sources = Sources(files)
    for paths in (["main.py"], ["main.py", "other.py"], ["other.py", "main.py"]):
        assert choose(Code(sources, paths), ".", (), None).app.path == "main.py"
    assert set(files.reads.values()) == {1}


def test_a_tree_is_the_same_in_every_view() -> None:
    sources = Sources(Counting({"main.py": APP}))
    first = Code(sources, ["main.py"]).module("main.py")
    assert first is Code(sources, ["main.py"]).module("main.py")


def test_what_is_written_is_read_anew() -> None:
    sources = Sources(Counting({"main.py": APP}))
    assert sources.read("main.py") == APP.encode()
    sources.write("main.py", b"x = 1\n")
    assert sources.read("main.py") == b"x = 1\n"


def test_a_view_tells_only_of_the_broken_files_that_it_was_asked_for() -> None:
    sources = Sources(Counting({"bad.py": "def\n", "main.py": APP}))
    assert Code(sources, ["bad.py"]).module("bad.py") is None
    other = Code(sources, ["main.py", "bad.py"])
    assert not other.broken
    assert other.module("bad.py") is None
    assert set(other.broken) == {"bad.py"}


def test_a_search_path_is_worked_out_once() -> None:
    project = project_of({"main.py": APP})
    assert project.searching("a", "b") is project.searching("a", "b")
    assert project.searching("a").searching("a", "b") is project.searching("a", "b")


def test_apps_that_import_each_other_have_one_closure_each() -> None:
    names = [f"m{number}" for number in range(30)]
    imports = "".join(f"from {name} import app as {name}_app\n" for name in names)
    project = project_of({f"{name}.py": imports + APP for name in names})
    for name in names:
        assert len(project.closure(f"{name}.py")) == len(names)
        assert project.closure(f"{name}.py") is project.closure(f"{name}.py")
    assert len(find_apps(project)) == len(names)
    assert len(project.notes.loaded) == len(names)


def test_an_app_file_that_is_too_long_is_named() -> None:
    files = {"main.py": APP + "x = 1\n" * (LONGEST // 6)}
    with pytest.raises(Refused) as refused:
        choose(Code(Counting(files), files), ".", (), None)
    assert "longer than 600 kB: `main.py`" in refused.value.problems[0].message


def test_classes_that_meet_again_above_are_gone_through_once() -> None:
    pairs = "".join(
        f"class A{n}(A{n - 1}, B{n - 1}): pass\nclass B{n}(A{n - 1}, B{n - 1}): pass\n"
        for n in range(1, 60)
    )
    tops = "class A0(FastAPI): pass\nclass B0: pass\n"
    files = {"main.py": f"from fastapi import FastAPI\n{tops}{pairs}app = A4()\nother = A59()\n"}
    project = project_of(files)
    assert "app" in {app.name for app in find_apps(project)}
    module = project.code.module("main.py")
    assert module is not None
    assert ("main.py", id(module.definitions["A3"])) in project.notes.made


def test_a_text_that_doubles_at_each_step_is_not_known() -> None:
    steps = "".join(f"x{n} = f'{{x{n - 1}}}{{x{n - 1}}}'\n" for n in range(1, 60))
    project = project_of({"main.py": f"x0 = 'ab'\n{steps}"})
    module = project.code.module("main.py")
    assert module is not None
    known = [text(project, "main.py", value) for value in module.definitions.values()]
    assert known[5] == "ab" * 32
    assert known[-1] is None


def test_an_origin_that_leads_everywhere_is_not_known() -> None:
    body = "origins = origins + origins\n" * 300
    cors = "app.add_middleware(CORSMiddleware, allow_origins=origins)\n"
    project = project_of({"main.py": f"import os\n{APP}{body}{cors}# CORSMiddleware\n"})
    environment = read_environment(project, ["main.py"])
    assert find_origins(project, ["main.py"], environment) is None


@pytest.mark.parametrize("name", ["requirements.txt", ".gitignore", "Dockerfile", "pyproject.toml"])
def test_a_line_that_nobody_wrote_is_refused_with_its_place(name: str) -> None:
    sources = Sources(Counting({name: "fastapi\n" + "[" * (LINE + 1) + "\n"}))
    with pytest.raises(Refused, match=r"20,001 bytes long") as refused:
        sources.read(name)
    assert str(refused.value.problems[0].where) == f"{name}:2"


def test_more_rules_than_anybody_writes_are_refused() -> None:
    sources = Sources(Counting({".gitignore": "*a*\n" * 6000}))
    with pytest.raises(Refused, match=r"6,000 lines; up to 5,000"):
        sources.read(".gitignore")


def test_a_long_line_of_data_is_nobodys_business() -> None:
    sources = Sources(Counting({"data.json": "[" * 50_000}))
    assert sources.read("data.json") == b"[" * 50_000
