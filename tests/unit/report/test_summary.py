from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from deployer.errors import Exit, Notice, Problem, Where
from deployer.model import (
    Backend,
    Bundle,
    BundleFile,
    Cause,
    Digest,
    EnvironmentName,
    FrontendState,
    Health,
    Healthy,
    LeftOut,
    Mode,
    NotBuilt,
    SpaceId,
    Status,
    Unhealthy,
    Verdict,
)
from deployer.report import (
    FileDiff,
    FrontendReport,
    Names,
    Report,
    Source,
    StageTime,
    Urls,
)
from deployer.report.changes import LIST_LENGTH
from deployer.report.summary import DIFF_LENGTH, LOG_LINES, render_summary

GREEN = Report(
    status=Status.HEALTHY,
    space=SpaceId(owner="owner", name="rag-chatbot"),
    urls=Urls(
        app="https://owner-rag-chatbot.hf.space",
        docs="https://owner-rag-chatbot.hf.space/docs",
        health="https://owner-rag-chatbot.hf.space/api/health",
        page="https://huggingface.co/spaces/owner/rag-chatbot",
    ),
    revision="0123456789abcdef",
    changed=True,
    files=FileDiff(added=("app/new.py",), changed=("app/main.py",), kept=("data/book.pdf",)),
    names=Names(
        secrets=("GEMINI_API_KEY", "DATABASE_URL"),
        variables=("LOG_LEVEL",),
        sent_secrets=("GEMINI_API_KEY",),
        foreign=("BY_HAND",),
        stale=("OLD_KEY",),
    ),
    outcome=Healthy(revision="0123456789abcdef", answers=2),
    timeline=(
        StageTime(name="push", seconds=2.34),
        StageTime(name="wait", seconds=151, note="built"),
    ),
)
RED = Report(
    status=Status.FAILED,
    exit=Exit.BUILD,
    space=GREEN.space,
    problems=(Problem(exit=Exit.BUILD, message="The Space did not build.", hint="See the log."),),
    outcome=NotBuilt(
        revision="a",
        stage="BUILD_ERROR",
        error="",
        causes=(Cause(title="A module is missing.", remedy="Add `httpx` to requirements.txt."),),
        log=("first", "ModuleNotFoundError: httpx"),
    ),
    serving="The revision before it, 89abcdef, still serves.",
)
BUNDLE = Bundle(
    files=tuple(
        BundleFile(path=path, digest=Digest(size=count, blob="b", sha256="s"), source=path)
        for path, count in (("Dockerfile", 700), ("app/api/chat.py", 2048), ("app/main.py", 10))
    ),
    left_out=(LeftOut(path="tests/", rule="tests/", origin="built-in"),),
    backend=Backend(
        folder="backend",
        app="app.main:app",
        python_version="3.12",
        health_path="/api/health",
        health_found=True,
        environment=(
            EnvironmentName(name="GEMINI_API_KEY", required=True, file="app/config.py", line=9),
            EnvironmentName(name="QDRANT_URL", default=""),
        ),
    ),
)


def first_line(report: Report) -> str:
    return render_summary(report).splitlines()[0]


def test_the_first_line_says_what_came_of_it() -> None:
    assert first_line(GREEN) == "## ✅ `owner/rag-chatbot` serves `0123456789` and is healthy"


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("code", [Exit.DONE, Exit.HUB, Exit.FRONTEND])
def test_every_status_has_a_first_line_even_when_nothing_else_is_known(
    status: Status, code: Exit
) -> None:
    line = first_line(Report(status=status, exit=code))
    assert re.match(r"## \W+ \w", line)
    assert "{" not in line


def test_a_healthy_backend_with_a_failed_follow_up_is_no_plain_success() -> None:
    assert first_line(replace(GREEN, exit=Exit.FRONTEND)).startswith("## ⚠️")


def test_a_rollback_on_request_is_no_failure() -> None:
    assert "failed" not in first_line(replace(GREEN, status=Status.ROLLED_BACK))
    assert "failed" in first_line(replace(RED, status=Status.ROLLED_BACK))


def test_a_green_summary_has_addresses_changes_and_durations() -> None:
    text = render_summary(GREEN)
    for part in (
        "<https://owner-rag-chatbot.hf.space/docs>",
        "<https://huggingface.co/spaces/owner/rag-chatbot>",
        "1 added, 1 changed, 0 removed",
        "app/new.py",
        "data/book.pdf",
        "Secrets sent: `GEMINI_API_KEY`",
        "`BY_HAND`",
        "| push | 2.3 s |",
        "| wait | 2 min 31 s | built |",
        "`OLD_KEY`",
        "`prune: true`",
    ):
        assert part in text


def test_a_red_summary_tells_problem_cause_log_and_what_serves_in_this_order() -> None:
    text = render_summary(RED)
    parts = [
        "**The Space did not build.** See the log.",
        "**A module is missing.** Add `httpx` to requirements.txt.",
        "ModuleNotFoundError: httpx",
        "still serves",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_an_unhealthy_outcome_shows_cause_and_log_too() -> None:
    verdict = Verdict(health=Health.UNHEALTHY, reason="qdrant", services=("qdrant",))
    outcome = Unhealthy(
        revision="a", verdict=verdict, causes=(Cause(title="T", remedy="R"),), log=("the log",)
    )
    text = render_summary(replace(RED, outcome=outcome))
    assert "**T** R" in text
    assert "the log" in text


def test_a_problem_says_where() -> None:
    where = Where(file="backend/main.py", line=3)
    problem = Problem(exit=Exit.BUNDLE, message="No app.", where=where)
    assert "(backend/main.py:3)" in render_summary(replace(RED, problems=(problem,)))


def test_warnings_come_before_notes() -> None:
    notices = (Notice(message="a note", warning=False), Notice(message="a warning"))
    text = render_summary(replace(GREEN, notices=notices))
    assert text.index("⚠️ a warning") < text.index("- a note")


def test_only_the_end_of_a_long_log_is_shown_and_keys_are_taken_out() -> None:
    log = (*(f"line {number}." for number in range(500)), "key ghp_0123456789abcdef0123")
    text = render_summary(replace(RED, outcome=NotBuilt(revision="", stage="", error="", log=log)))
    assert "line 499." in text
    assert f"line {500 - LOG_LINES}." not in text
    assert "ghp_" not in text


def test_long_lists_and_diffs_are_cut() -> None:
    files = FileDiff(added=tuple(f"file-{number}.py" for number in range(5_000)))
    frontend = FrontendReport(state=FrontendState.CHANGE, diff="+x\n" * DIFF_LENGTH)
    text = render_summary(replace(GREEN, files=files, frontend=frontend))
    assert f"and {5_000 - LIST_LENGTH} more" in text
    assert len(text) < 100_000


def test_the_frontend_part_has_commit_request_state_and_diff() -> None:
    frontend = FrontendReport(
        state=FrontendState.CHANGE,
        status="stale",
        commit="abcdef0",
        pull_request="https://github.com/o/r/pull/7",
        diff="-a\n+b",
        note="Vercel builds by itself.",
    )
    text = render_summary(replace(GREEN, frontend=frontend))
    for part in (
        "`abcdef0`",
        "<https://github.com/o/r/pull/7>",
        "```diff\n-a\n+b\n```",
        "old address",
    ):
        assert part in text
    assert "Vercel builds by itself." in text


def test_what_stands_between_the_commit_and_the_live_site_is_said() -> None:
    made = FrontendReport(state=FrontendState.CHANGE, commit="abcdef0")
    text = render_summary(replace(GREEN, frontend=made))
    assert "Vercel and Netlify build it by themselves" in text
    assert "wins over what the files say" in text
    proposed = replace(made, pull_request="https://github.com/o/r/pull/7")
    text = render_summary(replace(GREEN, frontend=proposed))
    assert "Merge https" in text
    assert "Vercel" not in text
    assert "Vercel" not in render_summary(GREEN)


def test_a_change_that_was_not_pushed_is_not_said_to_be_made() -> None:
    frontend = FrontendReport(state=FrontendState.CHANGE, diff="+b")
    assert "it was not pushed" in render_summary(replace(GREEN, frontend=frontend))
    noted = replace(frontend, note="Rewritten in the working tree, not committed.")
    text = render_summary(replace(GREEN, frontend=noted))
    assert text.count("Rewritten in the working tree") == 1
    assert "was rewritten" not in text


def test_a_deploy_says_too_where_each_name_belongs_but_shows_no_bundle() -> None:
    names = Names(secrets=("LOG_LEVEL", "QDRANT_API_KEY", "DATABASE_URL"))
    text = render_summary(replace(GREEN, bundle=BUNDLE, names=names))
    assert "| `LOG_LEVEL` | was not seen to read it | `secrets` | `variables` |" in text
    assert "| `QDRANT_API_KEY` | was not seen to read it | `secrets` | `secrets` |" in text
    assert "| `DATABASE_URL` | was not seen to read it | `secrets` | `secrets` |" in text
    assert "### The bundle" not in text


def test_a_backend_that_cannot_be_packed_is_shown_as_far_as_it_was_read() -> None:
    assert "### The bundle" in render_summary(replace(RED, exit=Exit.BUNDLE, bundle=BUNDLE))


def test_a_plan_speaks_of_what_would_be() -> None:
    frontend = FrontendReport(state=FrontendState.CHANGE, diff="+b")
    report = replace(GREEN, mode=Mode.PLAN, status=Status.PLANNED, frontend=frontend)
    text = render_summary(report)
    assert "### What changed" not in text
    assert "a deploy would rewrite" in text
    for state in (FrontendState.CURRENT, FrontendState.DOUBTFUL):
        other = replace(report, frontend=FrontendReport(state=state))
        assert "a deploy would rewrite" not in render_summary(other)
    assert "### What changed" in render_summary(replace(GREEN, frontend=frontend))


def test_a_plan_that_would_be_refused_is_red() -> None:
    report = replace(RED, mode=Mode.PLAN, status=Status.FAILED)
    assert first_line(report) == "## ❌ A deploy to `owner/rag-chatbot` would be refused"


def test_each_end_says_what_to_do_next() -> None:
    rolled_back = render_summary(replace(RED, status=Status.ROLLED_BACK))
    assert "Mend the cause" in rolled_back
    diff = FrontendReport(state=FrontendState.CHANGE, diff="+b")
    assert "by hand" in render_summary(replace(GREEN, exit=Exit.FRONTEND, frontend=diff))
    assert "next" not in render_summary(replace(GREEN, names=Names(), exit=Exit.FRONTEND))
    asked = render_summary(replace(GREEN, names=Names(), next_steps=("Look at `x`.",)))
    assert asked.rstrip().endswith("- Look at `x`.")
    for text in (asked, render_summary(RED)):
        assert "Mend the cause" not in text
        assert "by hand" not in text


def test_a_run_without_a_source_ends_without_one() -> None:
    assert "From" not in render_summary(GREEN, Source())


def test_the_source_is_named_at_the_end() -> None:
    source = Source(repository="owner/app", commit="fedcba9876543210", version="1.0.0")
    assert render_summary(GREEN, source).endswith(
        "From `owner/app` at `fedcba9876`, by hf-space-deploy 1.0.0.\n"
    )


def test_a_cause_that_a_problem_names_already_is_not_said_twice() -> None:
    remedy = "Add `httpx` to requirements.txt."
    problem = Problem(exit=Exit.BUILD, message="It did not start.", hint=f"Likely cause: {remedy}")
    assert render_summary(replace(RED, problems=(problem,))).count(remedy) == 1


def test_a_run_that_ended_before_its_push_does_not_say_that_files_changed() -> None:
    text = render_summary(replace(RED, changed=False, files=FileDiff(added=("a.py",))))
    assert "### What was to change" in text
    assert "### What changed" not in text


def test_the_problems_of_the_lowest_exit_code_come_first() -> None:
    late = Problem(exit=Exit.BUNDLE, message="No app.")
    first = Problem(exit=Exit.CONFIGURATION, message="No token.")
    text = render_summary(replace(RED, problems=(late, first)))
    assert text.index("No token.") < text.index("No app.")
