"""The receipt: what other programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace

from deployer.errors import Exit, Notice, Problem, Where
from deployer.model import (
    ConfigurationChange,
    Entry,
    FrontendState,
    Mode,
    Secret,
    SettingWrite,
    SpaceId,
    Status,
)
from deployer.report import FrontendReport, Names, Report, Source, StageTime, Urls, names_of
from deployer.report.receipt import render_receipt

SCHEMA = Path(__file__).parents[3] / "docs/reference/receipt.schema.json"
FULL = Report(
    status=Status.HEALTHY,
    exit=Exit.FRONTEND,
    space=SpaceId(owner="o", name="n"),
    urls=Urls(app="https://a", docs="https://a/docs", health="https://a/h", page="https://p"),
    revision="new",
    previous_revision="old",
    changed=True,
    problems=(Problem(exit=Exit.FRONTEND, message="m", hint="h", where=Where(file="f", line=1)),),
    notices=(Notice(message="warned"), Notice(message="noted", warning=False)),
    names=Names(secrets=("B", "A"), variables=("C",), sent_secrets=("B",)),
    frontend=FrontendReport(
        state=FrontendState.CHANGE, status="stale", commit="c", pull_request="u"
    ),
    timeline=(StageTime(name="push", seconds=1.23456),),
)


def receipt(report: Report, source: Source | None = None) -> Any:
    content = json.loads(render_receipt(report, source or Source()))
    jsonschema.validate(content, json.loads(SCHEMA.read_text("utf-8")))
    return content


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("mode", Mode)
def test_a_run_that_knows_nothing_yet_has_a_valid_receipt(status: Status, mode: Mode) -> None:
    assert receipt(Report(status=status, mode=mode))["space"] is None


def test_a_receipt_holds_what_happened() -> None:
    content = receipt(FULL, Source(repository="o/r", commit="sha", run_url="https://run"))
    assert content["exitCode"] == 7
    assert content["secrets"] == ["A", "B"]
    assert content["sent"] == ["B"]
    assert content["source"]["runUrl"] == "https://run"
    assert content["problems"] == [{"exitCode": 7, "message": "m", "hint": "h", "where": "f:1"}]
    assert content["warnings"] == ["warned"]
    assert content["stages"] == [{"name": "push", "seconds": 1.235}]


def test_the_schema_allows_no_field_that_it_does_not_name() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(receipt(FULL))


def test_names_are_taken_from_entries_and_change_without_their_values() -> None:
    entries = [
        Entry(name="KEY", value=Secret("canary-1"), public=False),
        Entry(name="LEVEL", value=Secret("canary-2"), public=True),
    ]
    write = SettingWrite(name="KEY", value=Secret("canary-1"), description="")
    change = ConfigurationChange(
        secrets=(write,), prune_secrets=("OLD",), stale=("OLD", "OLDER"), foreign=("HAND",)
    )
    names = names_of(entries, change)
    assert names == Names(
        secrets=("KEY",),
        variables=("LEVEL",),
        sent_secrets=("KEY",),
        pruned=("OLD",),
        stale=("OLDER",),
        foreign=("HAND",),
    )
    assert "canary" not in render_receipt(replace(FULL, names=names), Source())


def test_a_run_that_was_cut_short_has_no_exit_code() -> None:
    assert json.loads(render_receipt(Report(status=Status.FAILED), Source()))["exitCode"] is None
