"""Files of a backend that were made to end the program, hang it, or say more than they are."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from deployer.bundle.rules import git_rule, linear
from deployer.errors import Exit, Problem, Refused
from deployer.findings import Findings
from tests.unit.bundle.conftest import APP, MINIMAL, Planner, write

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
FRONT_MATTER = (
    f"{BOMB}title: *a9\nshort_description: *a9\nemoji: *a9\n",
    "a: 2020-13-45",
    "a: !!int x",
    'a: !!float ""',
    "a: !!bool x",
    "a: !!timestamp x",
    "a: &a [*a]\nshort_description: *a",
    f"short_description: {'1' * 5000}",
    f"a: {'[' * 5000}{']' * 5000}",
    "short_description: {a: b}\ntitle: [1]\napp_port: .nan",
)
REQUIREMENTS = (
    "".join(f"p{n}==1\n" for n in range(20_000)),
    f"http://{':' * 50_000}\n",
    f"fastapi; {'(' * 5000}python_version > '3'{')' * 5000}\n",
    f"fastapi; python_version > '1{'1' * 5000}'\n",
    "fastapi; sys_platform ~= 'linux'\n",
)
DOCKERFILES = (
    "FROM\n",
    f"FROM a\nCMD uvicorn main:app --port {'1' * 5000}\n",
    f"FROM a\nEXPOSE {'9' * 5000}\n",
    f"FROM a\nENV P={'1' * 5000}\nCMD uvicorn main:app --port $P\n",
    "FROM a\nENV A=$B\nENV B=$A\nCMD uvicorn main:app --port $A\n",
    f"FROM python:3.{'1' * 5000}\n",
    f"FROM a\nCMD {'[' * 100_000}\n",
    f"FROM a\nCOPY {'[' * 100_000}\n",
)
PYPROJECTS = (
    "project = 3\ntool = []\n",
    f"x = {'1' * 5000}\n",
    f"x = {'[' * 5000}{']' * 5000}\n",
    '[project]\ndependencies = ["fastapi ???"]\n',
)
PYTHON = (
    f"{APP}x = {'-' * 50_000}1\n",
    f"{APP}x = {'lambda: ' * 3000}1\n",
    f"{APP}x = {'+'.join(['1'] * 2500)}\n",
    f"{APP}x = a{'.b' * 50_000}\n",
    f"{APP}\0",
    f"# -*- coding: hex -*-\n{APP}",
    f"# -*- coding: undefined -*-\n{APP}",
    f"{APP}if 1: pass\n{'elif 1: pass' + chr(10)}" * 1500,
)
HOSTILE = [
    *(("backend/README.md", f"---\n{text}\n---\nbody\n") for text in FRONT_MATTER),
    *(("backend/requirements.txt", text) for text in REQUIREMENTS),
    *(("backend/Dockerfile", text) for text in DOCKERFILES),
    *(("backend/pyproject.toml", text) for text in PYPROJECTS),
    *(("backend/main.py", text) for text in PYTHON),
    ("backend/.python-version", f"3.{'1' * 5000}\n"),
]


@pytest.mark.parametrize(("path", "text"), HOSTILE, ids=lambda value: str(value)[:40])
def test_a_hostile_file_is_read_or_refused(plan: Planner, path: str, text: str) -> None:
    files = {**MINIMAL, path: text}
    if path.endswith("pyproject.toml"):
        del files["backend/requirements.txt"]
    with contextlib.suppress(Refused):
        plan(files)


def test_a_title_with_half_a_character_becomes_a_readme(plan: Planner) -> None:
    app = APP.replace("FastAPI()", 'FastAPI(title="half \\ud800")')
    assert "half" in plan({**MINIMAL, "backend/main.py": app}).text("README.md")


def test_a_description_that_is_no_text_is_replaced(plan: Planner) -> None:
    readme = "---\nshort_description: [one, two]\n---\nbody\n"
    assert "one, two" not in plan({**MINIMAL, "backend/README.md": readme}).text("README.md")


@pytest.mark.parametrize("error", [RecursionError, MemoryError])
def test_what_is_nested_too_deeply_is_a_problem_and_no_bug(error: type[Exception]) -> None:
    findings = Findings()

    def read() -> None:
        raise error

    assert findings.attempt(read) is None
    assert [problem.exit for problem in findings.problems] == [Exit.BUNDLE]


@pytest.mark.parametrize(
    "line",
    ["*a" * 30 + "b", "?" * 200 + "*" * 50 + "b", "[a-z]*" * 25 + "Z", "**/a*/" * 30 + "b"],
)
def test_a_pattern_of_many_stars_is_matched_at_once(line: str) -> None:
    rule = git_rule(line, "", ".gitignore")
    assert rule is not None
    assert not rule.matches("a" * 250)
    assert not rule.matches("/".join(["a" * 60] * 20))


def test_a_pattern_that_is_no_expression_matches_nothing() -> None:
    assert git_rule("[z-a]", "", ".gitignore") is None


def test_a_negated_class_does_not_match_between_folders() -> None:
    rule = git_rule("a[!b]c", "", ".gitignore")
    assert rule is not None
    assert rule.matches("axc")
    assert not rule.matches("a/c")


PIECES = ("*", "**", "a", "b", "/", "?", "[ab]", "/**/", "**/", ".", "!", "\\*")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join),
    st.from_regex(r"\A(?:[ab.*]{1,4}/){0,4}[ab.*]{1,4}/?\Z"),
)
def test_the_quick_expression_matches_what_pathspecs_own_does(line: str, path: str) -> None:
    with contextlib.suppress(ValueError):
        expression = GitIgnoreSpecPattern(line).regex
        if expression is None:
            return
        theirs, ours = (re.search(each, path) for each in (expression, linear(expression.pattern)))
        assert (theirs is None) == (ours is None)
        if theirs and ours:
            assert theirs.groupdict().get("ps_d") == ours.groupdict().get("ps_d")


def test_a_name_that_is_no_text_is_a_problem_and_no_crash(
    refused: Callable[..., tuple[Problem, ...]], tmp_path: Path
) -> None:
    write(tmp_path, MINIMAL)
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/backend/\xff.txt"))).write_bytes(b"x")
    (problem,) = refused({})
    assert "characters that a Space can't have" in problem.message
