"""The plan as JSON: what other programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace

from deployer.errors import Exit, Problem, Where
from deployer.model import LeftOut, Mode, SpaceId, Status
from deployer.report import Report, Source, StageTime
from deployer.report.plan_document import render_plan_document
from tests.unit.report.conftest import BACKEND, BUNDLE, a_file

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/reference/plan.schema.json").read_text())


def document(report: Report, source: Source | None = None) -> Any:
    content = json.loads(render_plan_document(report, source or Source()))
    jsonschema.validate(content, SCHEMA)
    return content


def test_a_plan_that_knows_nothing_yet_is_valid() -> None:
    empty = document(Report(status=Status.FAILED, exit=Exit.CONFIGURATION, mode=Mode.PLAN))
    assert (empty["backend"], empty["bundle"], empty["target"]) == (None, None, None)


def test_a_plan_that_was_stopped_has_no_exit_code() -> None:
    assert document(Report(status=Status.FAILED))["exitCode"] is None


def test_the_schema_names_every_field_at_every_depth(planned: Report) -> None:
    closed = [SCHEMA]
    while closed:
        schema = closed.pop()
        if "properties" in schema:
            assert schema["additionalProperties"] is False
            assert set(schema["required"]) == set(schema["properties"])
            closed += schema["properties"].values()
        closed += [schema["items"]] if "items" in schema else []
    assert set(document(planned)) == set(SCHEMA["properties"])


def test_a_plan_holds_what_was_found(planned: Report) -> None:
    content = document(planned, Source(repository="o/r", commit="sha", version="1.2"))
    assert content["source"] == {"repository": "o/r", "commit": "sha"}
    backend = content["backend"]
    assert (backend["app"], backend["file"], backend["line"]) == (
        "app.main:app",
        "backend/app/main.py",
        12,
    )
    assert backend["origins"]["form"] == "json"
    given = {each["name"]: each["givenBy"] for each in backend["environment"]}
    assert given == {
        "COHERE_API_KEY": "secrets",
        "DATABASE_URL": None,
        "LOG_LEVEL": "variables",
        "REDIS_TOKEN": None,
        "SPACE_ID": "hub",
        "TENANT": None,
    }
    files = {each["path"]: each["source"] for each in content["bundle"]["files"]}
    assert files == {"Dockerfile": None, "README.md": None, "app/main.py": "backend/app/main.py"}
    assert content["bundle"]["leftOut"][0] == {
        "path": "backend/a.log",
        "rule": "*.log",
        "from": "backend/.gitignore",
    }
    assert content["bundle"]["dockerfile"] == "FROM python:3.12-slim"
    assert content["bundle"]["frontMatter"] == "title: Rag\nsdk: docker"
    assert content["dependencies"]["locked"] is True
    assert content["files"]["kept"] == ["book.pdf"]
    assert content["target"]["hardware"] == {"before": "cpu-basic", "after": "t4-small"}
    assert content["frontend"] == {"state": "change", "diff": "-old\n+new"}


def test_a_variable_has_values_and_a_secret_none(planned: Report) -> None:
    settings = {each["name"]: each for each in document(planned)["settings"]}
    log_level = settings["LOG_LEVEL"]
    assert (log_level["change"], log_level["before"], log_level["after"]) == (
        "changed",
        "DEBUG",
        "INFO",
    )
    secrets = [each for each in settings.values() if each["kind"] == "secret"]
    assert {each["change"] for each in secrets} == {"foreign", "missing", "new"}
    assert {each["before"] or each["after"] for each in secrets} == {None}


def test_a_default_that_may_be_a_credential_is_hidden(planned: Report) -> None:
    text = render_plan_document(planned, Source())
    names = {each["name"]: each["default"] for each in document(planned)["backend"]["environment"]}
    assert (names["REDIS_TOKEN"], names["LOG_LEVEL"], names["TENANT"]) == ("***", "INFO", None)
    assert "cn-not-for-others" not in text


def test_problems_and_notices_say_where(planned: Report) -> None:
    problem = Problem(exit=Exit.CONFIGURATION, message="m", where=Where(input="app", line=2))
    content = document(replace(planned, problems=(problem,), exit=Exit.CONFIGURATION))
    assert content["problems"] == [
        {"exitCode": 2, "message": "m", "hint": None, "file": None, "line": 2, "input": "app"}
    ]
    assert [each["severity"] for each in content["notices"]] == ["note", "warning"]


def test_time_and_order_of_reading_leave_no_trace(planned: Report) -> None:
    other = replace(
        planned,
        notices=planned.notices[::-1],
        timeline=(StageTime(name="read", seconds=1.5),),
    )
    once = render_plan_document(planned, Source(run_url="https://run/1"))
    assert render_plan_document(other, Source(run_url="https://run/2")) == once


@pytest.mark.parametrize("name", ['a"b\\c', "x\n::error::y", "\u2028 `|`", "token: 0a1b2c3d4e"])
def test_every_name_comes_back_as_it_was(planned: Report, name: str) -> None:
    bundle = replace(
        BUNDLE,
        files=(a_file(name, 1),),
        left_out=(LeftOut(path=name, rule=name, origin=name),),
        backend=replace(BACKEND, app=name),
    )
    content = document(replace(planned, bundle=bundle, space=SpaceId(owner="o", name=name)))
    assert content["bundle"]["files"][0]["path"] == name
    assert content["bundle"]["leftOut"][0]["rule"] == name
    assert content["backend"]["app"] == name
