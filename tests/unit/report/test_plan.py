"""A plan for a person: the summary's text."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from deployer.errors import Exit, Problem
from deployer.model import FrontendState, LeftOut, OriginSetting, Status
from deployer.report import FrontendReport, Report
from deployer.report.facts import facts
from deployer.report.intent import Effect
from deployer.report.plan import PATHS, ROWS, front_matter, render_plan
from deployer.report.summary import render_summary
from tests.unit.report.conftest import BACKEND, BUNDLE, a_file, a_name


def told(report: Report) -> dict[str, str]:
    return dict(facts(report, str))


def with_backend(report: Report, **changes: object) -> Report:
    return replace(report, bundle=replace(BUNDLE, backend=replace(BACKEND, **changes)))  # type: ignore[arg-type]


def with_intent(report: Report, **changes: object) -> Report:
    assert report.intent is not None
    return replace(report, intent=replace(report.intent, **changes))  # type: ignore[arg-type]


def test_the_facts_come_in_the_order_in_which_a_person_asks(planned: Report) -> None:
    assert told(planned) == {
        "App": "app.main:app, in backend/app/main.py:12: the only one",
        "Health path": "/api/health, in backend/app/api.py:3",
        "Python": "3.12: backend/.python-version",
        "Installs": "2 packages from backend/uv.lock, every version fixed: it fixes what "
        "pyproject.toml asks for; Debian packages: ffmpeg",
        "Needs": "DATABASE_URL, TENANT: required, and nobody gives a value (6 names read)",
        "Ships": "3 files, 2.8 KiB, from backend; 3 left out; a made Dockerfile, port 7860",
        "CORS origins": "from ORIGINS as a JSON list, in backend/app/config.py:4",
        "The Space": "would be built and started: files: 1 added, 1 changed; 1 secret and "
        "2 variables; hardware cpu-basic → t4-small",
        "Frontend": "would be rewritten to call this Space",
    }
    assert list(told(planned))[:5] == ["App", "Health path", "Python", "Installs", "Needs"]


def test_without_a_backend_there_are_no_facts(planned: Report) -> None:
    assert told(replace(planned, bundle=None)) == {}
    assert render_plan(replace(planned, bundle=None)) == ""


@pytest.mark.parametrize(
    ("changes", "fact", "said"),
    [
        (
            {"health_found": False},
            "Health path",
            "/api/health, a guess: no health route was found; set `health-path`",
        ),
        ({"health_reason": "the input says so"}, "Health path", "/api/health: the input says so"),
        ({"health_path": "/given"}, "Health path", "/given"),
        ({"environment": ()}, "Needs", "nothing from its environment"),
        (
            {"environment": (a_name("COHERE_API_KEY", required=True), a_name("B"))},
            "Needs",
            "nothing more: 2 names read, 1 given, the others not required",
        ),
        ({"environment": (a_name("B"),)}, "Needs", "nothing: 1 name read, none of them required"),
        ({"origins": None}, "CORS origins", "from no environment name"),
        (
            {"origins": OriginSetting(name="O", single=True)},
            "CORS origins",
            "from O (exactly one)",
        ),
        (
            {"dockerfile": "backend/Dockerfile"},
            "Ships",
            "3 files, 2.8 KiB, from backend; 3 left out; backend/Dockerfile is the image, "
            "port 7860",
        ),
        ({"app_file": "", "app_reason": ""}, "App", "app.main:app"),
    ],
)
def test_a_fact_says_what_was_not_found_as_well(
    planned: Report, changes: dict[str, object], fact: str, said: str
) -> None:
    assert told(with_backend(planned, **changes))[fact] == said


def test_what_a_brought_image_installs_is_its_own_affair(planned: Report) -> None:
    backend = replace(BACKEND, dockerfile="backend/Dockerfile")
    brought = replace(planned, bundle=replace(BUNDLE, backend=backend, installed=None))
    assert told(brought)["Installs"] == "what backend/Dockerfile says"
    unknown = replace(planned, bundle=replace(BUNDLE, installed=None))
    assert told(unknown)["Installs"] == "not known"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"compared": False}, "not looked at"),
        ({"creates": True}, "would be created (public, hardware t4-small)"),
        ({"effect": Effect.RESTART}, "would restart, and not be built again: "),
        ({"effect": Effect.NOTHING}, "would be left running as it is"),
    ],
)
def test_the_space_is_told_with_what_would_follow(
    planned: Report, changes: dict[str, object], said: str
) -> None:
    assert said in told(with_intent(planned, **changes))["The Space"]


def test_a_run_that_ended_before_the_space_was_read_says_nothing_of_it(planned: Report) -> None:
    early = replace(planned, intent=None)
    assert "The Space" not in told(early)
    assert "TENANT: required" in told(early)["Needs"]


def test_a_name_counts_as_given_in_any_case(planned: Report) -> None:
    report = with_backend(planned, environment=(a_name("log_level", required=True),))
    assert "nothing more" in told(report)["Needs"]


def test_the_summary_shows_problem_facts_doubts_and_details_in_this_order(planned: Report) -> None:
    problem = Problem(exit=Exit.BUNDLE, message="A key ships.")
    report = replace(planned, status=Status.FAILED, exit=Exit.BUNDLE, problems=(problem,))
    titles = re.findall(r"^###? (.+)$", render_summary(report), re.MULTILINE)
    assert titles == [
        "❌ A deploy to `owner/rag` would be refused",
        "What a deploy would refuse",
        "At a glance",
        "Worth knowing",
        "What the code reads from its environment",
        "Secrets and variables of the Space",
        "The bundle",
        "Files that would change",
        "Frontend",
        "What to do next",
    ]


PARTS = (
    "| **App** | `app.main:app`, in `backend/app/main.py:12`: the only one |",
    "⚠️ Warned. (backend/x.py:2)",
    "| `COHERE_API_KEY` | needs it (`backend/app/config.py:9`) | `secrets` | `secrets` |",
    "| `TENANT` | needs it (`backend/app/config.py:9`) | **nobody** |  |",
    "| `SPACE_ID` | needs it (`backend/app/config.py:9`) | the Hub itself |  |",
    "| `LOG_LEVEL` | variable | would be set: its value differs | `DEBUG` → `INFO` |",
    "| `ORIGINS` | variable | would be set | — → `https://a.example` |",
    "| `OLD` | variable | would be deleted | `1` → — |",
    "| `OLDER` | variable | no longer named, stays (`prune: true` deletes it) | `2` |",
    "| `BY_HAND` | secret | set by hand, left alone | never shown |",
    "| `DATABASE_URL` | secret | named, without a value | never shown |",
    "<summary>What ships: 3 files, 2.8 KiB</summary>",
    "| `backend/a.log`, `backend/b.log` | `*.log` | backend/.gitignore |",
    "```dockerfile\nFROM python:3.12-slim\n```",
    "```yaml\ntitle: Rag\nsdk: docker\n```",
    "Packages: `fastapi`, `uvicorn`.",
    "Left out, as they serve tests: `pytest`.",
    "| GET | `/api/health` | Health | `backend/app/api.py:3` |",
    "Files: 1 added, 1 changed, 0 removed.",
    "```text\nbook.pdf\n```",
    "```diff\n-old\n+new\n```",
    "Name in the input `secrets`: `DATABASE_URL`.",
    "Name in the input `variables`: `TENANT`.",
    "Run the same workflow with `mode: deploy`.",
)


@pytest.mark.parametrize("part", PARTS)
def test_the_summary_has_every_part(planned: Report, part: str) -> None:
    assert part in render_summary(planned)


def test_what_nobody_gives_leads_the_environment(planned: Report) -> None:
    names = re.findall(r"^\| `(\w+)` \| (?:needs|can|has)", render_summary(planned), re.MULTILINE)
    assert names[:3] == ["DATABASE_URL", "TENANT", "COHERE_API_KEY"]


def test_without_a_space_to_compare_with_no_file_counts_as_changed(planned: Report) -> None:
    for changes in ({"compared": False}, {"creates": True}):
        text = render_summary(with_intent(planned, **changes))
        assert "Files that would change" not in text
    nothing = replace(with_intent(planned, effect=Effect.NOTHING), files=type(planned.files)())
    assert "### Files that would change\n\nNone." in render_summary(nothing)


def test_what_is_too_much_for_a_summary_is_cut_and_counted(planned: Report) -> None:
    left_out = tuple(
        LeftOut(path=f"{number}", rule=f"rule{number}", origin="built-in")
        for number in range(ROWS + 3)
    ) + tuple(LeftOut(path=f"x{n}", rule="one rule", origin="a") for n in range(PATHS + 2))
    text = render_plan(replace(planned, bundle=replace(BUNDLE, left_out=left_out)))
    assert "4 more rules" in text
    some = render_plan(replace(planned, bundle=replace(BUNDLE, left_out=left_out[-PATHS - 2 :])))
    assert "and 2 more" in some


def test_a_brought_dockerfile_is_not_said_to_be_made(planned: Report) -> None:
    brought = with_backend(planned, dockerfile="backend/Dockerfile.hf")
    assert "The Dockerfile that is made" not in render_plan(brought)


@pytest.mark.parametrize(
    ("readme", "found"),
    [("---\na: 1\n---\nb", "a: 1"), ("# T\n---\na: 1\n---", ""), ("---\na: 1", ""), ("", "")],
)
def test_front_matter_is_what_stands_between_the_first_dashes(readme: str, found: str) -> None:
    assert front_matter(readme) == found


HOSTILE = "a|b`c\n::error::x\n</details>| `x` |\r<script>"


@pytest.mark.parametrize("render", [render_summary, render_plan])
def test_no_name_breaks_out_of_its_place(planned: Report, render: Callable[[Report], str]) -> None:
    bundle = replace(
        BUNDLE,
        files=(a_file(f"d/{HOSTILE}", 1), a_file("```\n# x", 1)),
        left_out=(LeftOut(path=HOSTILE, rule=HOSTILE, origin=HOSTILE),),
        backend=replace(BACKEND, app=HOSTILE, health_path=HOSTILE, app_reason="r"),
    )
    lines = render(replace(planned, bundle=bundle)).splitlines()
    assert not [line for line in lines if line.startswith(("::", "<script", "# "))]
    for at, line in enumerate(lines):
        if line.startswith("| Path | Rule"):
            cells = re.split(r"(?<!\\)\|", lines[at + 2])
            assert len(cells) == 5
    assert sum(line == "</details>" for line in lines) == sum("<details>" in x for x in lines)


def test_what_becomes_of_the_frontend_is_one_of_the_facts(planned: Report) -> None:
    for state in FrontendState:
        assert told(replace(planned, frontend=FrontendReport(state=state)))["Frontend"]
