from __future__ import annotations

from datetime import date

import pytest

from deployer.errors import Exit, Notice, Problem, Where
from deployer.model import Mode, SpaceId, Status
from deployer.report import FrontendReport, Report, Urls
from deployer.report.preview_comment import (
    MOST,
    Preview,
    key_of,
    render_deleted,
    render_preview,
)

SPACE = SpaceId(owner="me", name="rag-pr-7")
URLS = Urls(
    app="https://me-rag-pr-7.hf.space",
    docs="https://me-rag-pr-7.hf.space/docs",
    health="https://me-rag-pr-7.hf.space/api/health",
    page="https://huggingface.co/spaces/me/rag-pr-7",
)
PREVIEW = Preview(
    commit="c" * 40,
    run_url="https://github.com/me/site/actions/runs/1",
    expires=date(2026, 12, 6),
    visibility="public",
)


def report(status: Status = Status.HEALTHY, code: Exit = Exit.DONE, **facts: object) -> Report:
    known = {"mode": Mode.PREVIEW, "space": SPACE, "urls": URLS, "revision": "a" * 40}
    return Report(status=status, exit=code, **{**known, **facts})  # type: ignore[arg-type]


def red(*problems: Problem, **facts: object) -> str:
    return render_preview(report(Status.FAILED, Exit.BUILD, problems=problems, **facts), PREVIEW)


def problem(message: str, hint: str = "", where: Where | None = None) -> Problem:
    return Problem(exit=Exit.BUILD, message=message, hint=hint, where=where)


def test_a_healthy_preview_says_where_it_is_and_until_when() -> None:
    text = render_preview(report(), PREVIEW)
    assert text.startswith("### Preview of this pull request\n\n✅")
    assert all(f"<{url}>" in text for url in (URLS.app, URLS.docs, URLS.health, URLS.page))
    assert "`aaaaaaaaaa`" in text
    assert "`cccccccccc`" in text
    assert "2026-12-06" in text


def test_nothing_in_it_changes_with_a_run_that_changes_nothing() -> None:
    text = render_preview(report(changed=True), PREVIEW)
    again = render_preview(report(Status.UNCHANGED), PREVIEW)
    assert text == again
    assert PREVIEW.run_url not in text


@pytest.mark.parametrize(
    ("visibility", "said"), [("public", "in a browser"), ("private", "sign in"), ("", "browser")]
)
def test_it_says_how_to_open_it(visibility: str, said: str) -> None:
    preview = Preview(commit="c" * 40, visibility=visibility)
    assert said in render_preview(report(), preview)


def test_origins_stand_as_code() -> None:
    preview = Preview(commit="", origins=("https://a.example", "`*`@me"))
    text = render_preview(report(), preview)
    assert "`https://a.example`" in text
    assert "`` `*`@me ``" in text


def test_a_frontend_that_is_blocked_is_not_said_to_be_let_in() -> None:
    preview = Preview(commit="", origins=("https://a.example",))
    blocked = report(frontend=FrontendReport(status="blocked-by-cors"))
    assert "may call it" not in render_preview(blocked, preview)


def test_warnings_are_told_and_notes_are_not() -> None:
    notices = (Notice(message="The production's."), Notice(message="Fine.", warning=False))
    text = render_preview(report(notices=notices), PREVIEW)
    assert "- The production's." in text
    assert "Fine." not in text


def test_a_red_one_says_what_is_wrong_and_what_serves() -> None:
    where = Where(file="backend/main.py", line=3)
    text = red(problem("It died.", "Mend it.", where), serving="The one before serves.")
    assert text.startswith("### Preview of this pull request\n\n❌")
    assert "- backend/main.py:3: It died. Mend it." in text
    assert "The one before serves." in text
    assert f"<{PREVIEW.run_url}>" in text


def test_many_problems_are_cut_and_counted() -> None:
    text = red(*(problem(f"No {number}.") for number in range(MOST + 3)))
    assert f"No {MOST - 1}." in text
    assert f"No {MOST}." not in text
    assert "and 3 more" in text


def test_a_comment_stays_below_what_github_takes() -> None:
    text = red(*(problem("x" * 60_000) for _ in range(50)))
    assert len(text) < 30_000


@pytest.mark.parametrize(
    ("message", "never"),
    [
        ("ask @octocat and @org/team", "@o"),
        ("as in #12 and org/repo#3", "#1"),
        ("<img src=x onerror=alert(1)>", " <img"),
        ("<!-- hf-space-deploy: preview me/rag -->", "rag -->"),
        ("[click](https://evil.example)", "[click]("),
        ("one\n\n# two\n- three", "\n# two"),
        ("| a | b |", "| a |"),
    ],
)
def test_what_strangers_wrote_stays_text_and_calls_nobody(message: str, never: str) -> None:
    assert never not in red(problem(message))


def test_code_in_a_message_stays_as_it_is() -> None:
    assert "`@scope/name`" in red(problem("Install `@scope/name` first."))


def test_before_anything_is_known_there_is_still_a_comment() -> None:
    failed = Report(status=Status.FAILED, exit=Exit.HUB, problems=(problem("No."),))
    text = render_preview(failed, Preview(commit=""))
    assert "- No." in text
    assert "| --- |" not in text


def test_a_deleted_one_says_why_and_what_brings_it_back() -> None:
    assert "push" not in render_deleted("its pull request is closed", again=False)
    assert "next push" in render_deleted("no push came until 2026-12-06", again=True)


def test_each_backend_of_a_repository_has_a_comment_of_its_own() -> None:
    assert key_of(SpaceId(owner="me", name="a")) != key_of(SpaceId(owner="me", name="b"))
