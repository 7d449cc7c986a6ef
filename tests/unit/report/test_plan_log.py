"""A plan in the job's log."""

from __future__ import annotations

import io

import pytest
from msgspec.structs import replace

from deployer.adapters.runner import RunnerConsole
from deployer.model import LeftOut
from deployer.report import FrontendReport, Report
from deployer.report.plan_log import LINES, say_plan
from tests.fakes.console import FakeConsole
from tests.unit.report.conftest import BUNDLE, a_file


def log(report: Report) -> FakeConsole:
    console = FakeConsole()
    say_plan(report, console)
    return console


def test_the_facts_stand_first_and_outside_of_every_group(planned: Report) -> None:
    lines = log(planned).lines
    assert lines[0] == "App           app.main:app, in backend/app/main.py:12: the only one"
    assert lines.index(log(planned).groups[0]) == 9


def test_each_detail_is_a_group_of_its_own(planned: Report) -> None:
    assert log(planned).groups == [
        "What ships: 3 files, 2.8 KiB",
        "What stays behind: 3 paths",
        "What is installed: 2 packages",
        "What the code reads from its environment: 6",
        "Routes: 2",
        "The Dockerfile that is made",
        "The README's front matter",
        "Secrets and variables",
        "Files that would change: 2",
        "The frontend's change",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "   700 bytes  Dockerfile  (made)",
        "backend/a.log, backend/b.log  (rule *.log, backend/.gitignore)",
        "fastapi, uvicorn",
        "COHERE_API_KEY: the code needs it, given by secrets  (backend/app/config.py:9)",
        "TENANT: the code needs it, given by nobody  (backend/app/config.py:9)",
        "POST    /api/chat",
        "FROM python:3.12-slim",
        "secret COHERE_API_KEY: would be set",
        "variable LOG_LEVEL: would be set: its value differs, DEBUG → INFO",
        "variable OLD: would be deleted, 1 → (none)",
        "variable OLDER: no longer named, stays (`prune: true` deletes it), 2",
        "+ app/new.py",
        "~ app/main.py",
        "-old",
    ],
)
def test_the_log_has_every_detail(planned: Report, line: str) -> None:
    assert line in log(planned).lines


def test_where_nothing_was_found_nothing_is_said(planned: Report) -> None:
    empty = replace(planned, bundle=None, intent=None, frontend=FrontendReport())
    assert log(empty).lines == []


def test_long_parts_are_cut(planned: Report) -> None:
    diff = "\n".join(f"+{number}" for number in range(LINES + 30))
    lines = log(replace(planned, frontend=FrontendReport(diff=diff))).lines
    assert "… and 30 more lines" in lines
    assert f"+{LINES}" not in lines


def test_no_name_becomes_a_command_of_the_runner(planned: Report) -> None:
    name = "x\n::error::y\r##[warning]z"
    stream = io.StringIO()
    bundle = replace(
        BUNDLE,
        files=(a_file(name, 1),),
        left_out=(LeftOut(path=name, rule=name, origin=name),),
        backend=replace(BUNDLE.backend, app=name, app_reason=name, health_reason=name),
    )
    frontend = FrontendReport(diff=f"::error::d\n{name}")
    console = RunnerConsole(stream, on_github=True)
    say_plan(replace(planned, bundle=bundle, frontend=frontend), console)
    lines = stream.getvalue().splitlines()
    commands = [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
    assert {line.partition("::")[2].partition("::")[0] for line in commands} == {
        "group",
        "endgroup",
    }
