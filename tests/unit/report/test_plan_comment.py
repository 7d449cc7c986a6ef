"""The plan as a comment: what the summary says, within what GitHub takes."""

from __future__ import annotations

from msgspec.structs import replace

from deployer.errors import Exit, Notice, Problem
from deployer.report import Report
from deployer.report.plan_comment import LONGEST, render_plan_comment

RUN = "https://github.com/octo/rag/actions/runs/7"


def rendered(report: Report) -> str:
    return render_plan_comment(report, commit="b" * 40, run_url=RUN)


def test_it_holds_files_names_variables_and_the_frontends_change(planned: Report) -> None:
    comment = rendered(planned)
    for part in ("What ships", "COHERE_API_KEY", "LOG_LEVEL", "```diff", f"`{'b' * 10}`", RUN):
        assert part in comment, part


def test_what_a_deploy_would_refuse_comes_first(planned: Report) -> None:
    problem = Problem(exit=Exit.BUNDLE, message="No app was found.")
    comment = rendered(replace(planned, problems=(problem,)))
    assert comment.startswith("### ❌")
    assert comment.index("No app was found") < comment.index("At a glance")


def test_the_longest_parts_give_way_to_githubs_limit_and_it_says_where_they_are(
    planned: Report,
) -> None:
    diff = "+ a line of the client\n" * 5_000
    frontend = replace(planned.frontend, diff=diff)
    notices = tuple(Notice(message=f"{number} warned.") for number in range(1_000))
    comment = rendered(replace(planned, frontend=frontend, notices=notices))
    assert len(comment) <= LONGEST
    assert "too long for a comment" in comment
    assert "At a glance" in comment
    assert "999 warned" in comment


def test_it_mentions_nobody(planned: Report) -> None:
    problem = Problem(exit=Exit.BUNDLE, message="Ask @octocat about #1.")
    comment = rendered(replace(planned, problems=(problem,)))
    assert "@octocat" not in comment
    assert "#1" not in comment
