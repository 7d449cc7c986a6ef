"""What is taken out of a report before anything renders it."""

from __future__ import annotations

from msgspec.structs import replace

from deployer.model import Route
from deployer.report import FrontendReport, Report, Source
from deployer.report.intent import Change, Setting
from deployer.report.plan_document import render_plan_document
from deployer.report.summary import render_summary
from deployer.report.trail import cleaned
from deployer.scrub import scrub

SECRET = 'cn-"7Qx1"\\9Zk2|end'


def test_a_secret_that_somebody_put_into_a_variable_is_gone_before_json_escapes_it(
    planned: Report,
) -> None:
    assert planned.intent is not None
    settings = (
        Setting(name="A", public=True, change=Change.CHANGED, before=f"old {SECRET}", after=SECRET),
    )
    report = replace(
        planned,
        intent=replace(planned.intent, settings=settings),
        frontend=FrontendReport(diff=f"+const key = {SECRET}"),
    )
    clean = cleaned(report, lambda text: scrub(text, (SECRET,)))
    for text in (render_plan_document(clean, Source()), render_summary(clean), repr(clean)):
        assert "9Zk2" not in text
    assert clean.intent is not None
    assert (clean.intent.settings[0].before, clean.intent.settings[0].after) == ("old ***", "***")


def test_a_secret_is_found_in_the_json_wherever_it_stands(planned: Report) -> None:
    assert planned.bundle is not None
    routes = (Route(method="GET", path=f"/{SECRET}", summary=f"{SECRET}\nmore"),)
    backend = replace(planned.bundle.backend, routes=routes)
    report = replace(planned, bundle=replace(planned.bundle, backend=backend))
    text = render_plan_document(report, Source(), lambda text: scrub(text, (SECRET,)))
    assert "9Zk2" not in text
    assert '"/***"' in text


def test_a_value_that_is_not_there_stays_away(planned: Report) -> None:
    clean = cleaned(planned, lambda text: "***")
    assert clean.intent is not None
    secrets = [each for each in clean.intent.settings if not each.public]
    assert {each.after for each in secrets} == {None}
