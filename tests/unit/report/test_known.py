"""The facts that a stage may fill in are those of the report."""

from __future__ import annotations

from typing import get_type_hints

from deployer.report import Report
from deployer.report.known import Ending


def test_each_fact_has_the_type_of_the_reports_field() -> None:
    declared, facts = get_type_hints(Report), get_type_hints(Ending)
    assert {name: declared[name] for name in facts} == facts


def test_only_what_the_trail_keeps_by_itself_is_no_fact() -> None:
    others = set(Report.__struct_fields__) - set(get_type_hints(Ending))
    assert others == {"mode", "notices", "space", "timeline"}
