"""The issue of a red check: cause, remedy, log and since when, without a word too much."""

from __future__ import annotations

from msgspec.structs import replace

from deployer.errors import Exit, Problem
from deployer.model import Cause, Health, SpaceId, Status, Unhealthy, Verdict
from deployer.report import Report, Urls
from deployer.report.issue import (
    TITLE_LENGTH,
    Red,
    first_seen,
    render_closing,
    render_issue,
)

RUN = "https://github.com/octo/rag/actions/runs/7"
FIRST = Red(today="2026-11-22", since="2026-11-22", run_url=RUN)


def red(message: str = "`qdrant` is down.", *, log: tuple[str, ...] = ("Traceback",)) -> Report:
    problem = Problem(exit=Exit.HEALTH, message=message, hint="Resume the cluster.")
    outcome = Unhealthy(
        revision="c" * 40,
        verdict=Verdict(health=Health.UNHEALTHY, reason="HTTP 503"),
        causes=(Cause(title="The cluster is suspended.", remedy="Resume it."),),
        log=log,
    )
    return Report(
        status=Status.FAILED,
        exit=Exit.HEALTH,
        space=SpaceId(owner="octo", name="rag"),
        problems=(problem,),
        outcome=outcome,
        urls=Urls(app="https://octo-rag.hf.space"),
    )


def test_it_says_what_is_wrong_why_and_what_to_do() -> None:
    title, body = render_issue(red(), FIRST)
    assert title == "octo/rag: qdrant is down."
    for part in ("Resume the cluster.", "The cluster is suspended", "Traceback", RUN):
        assert part in body, part
    assert "https://octo-rag.hf.space" in body


def test_a_remedy_is_said_once() -> None:
    report = red()
    problem = replace(report.problems[0], hint="Likely cause: The cluster is suspended. Resume it.")
    _, body = render_issue(replace(report, problems=(problem,)), FIRST)
    assert body.count("Resume it.") == 1


def test_the_day_of_the_first_red_check_stays() -> None:
    _, body = render_issue(red(), FIRST)
    assert first_seen(body.replace("\n", "\r\n")) == "2026-11-22"
    later = Red(today="2026-12-01", since=first_seen(body), run_url=RUN)
    _, again = render_issue(red(), later)
    assert "Red since 2026-11-22; seen again on 2026-12-01" in again
    assert first_seen(again) == "2026-11-22"
    assert first_seen("Somebody rewrote this.") == ""


def test_a_long_message_and_a_long_log_are_cut() -> None:
    title, body = render_issue(red("w" * 5_000, log=("x" * 9_000,) * 900), FIRST)
    assert len(title) == TITLE_LENGTH
    assert len(body) < 30_000


def test_the_log_cannot_leave_its_block() -> None:
    _, body = render_issue(red(log=("```", "</details>@octocat")), FIRST)
    fence = next(line for line in body.splitlines() if line.startswith("````"))
    assert fence.strip("`") == "text"


def test_closing_names_run_and_revision() -> None:
    said = render_closing(Report(status=Status.HEALTHY, revision="d" * 40), RUN)
    assert RUN in said
    assert "d" * 10 in said
