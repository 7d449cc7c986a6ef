"""Inputs: both spellings, defaults, every refusal, all at once, and no secret quoted."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.errors import Exit, Refused
from deployer.given import read_settings, variable_names
from deployer.model import Mode, Secret, SpaceId
from deployer.settings import INPUTS, Settings

GIVEN = {"INPUT_SPACE": "owner/name"}
PLANTED = "hf planted-value"  # white space: no token has any


def read(**inputs: str) -> Settings:
    return read_settings({**GIVEN, **{f"INPUT_{name}": value for name, value in inputs.items()}})


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(Refused) as caught:
        read_settings(environ)
    assert caught.value.exit is Exit.CONFIGURATION
    return [str(problem) for problem in caught.value.problems]


def test_defaults_are_those_of_the_interface() -> None:
    settings = read()
    assert settings.space == SpaceId(owner="owner", name="name")
    shown = {row.attribute: getattr(settings, row.attribute) for row in INPUTS}
    assert {name: value for name, value in shown.items() if value is not None} == {
        "mode": Mode.DEPLOY,
        "space": settings.space,
        "backend": "backend",
        "prune": False,
        "create": True,
        "health_timeout": 1800,
        "health_successes": 2,
        "rollback": True,
        "rehearse": False,
        "preview_days": 14,
        "frontend_commit": "push",
        "report": "none",
    }


@pytest.mark.parametrize("row", INPUTS, ids=lambda row: row.name)
def test_both_spellings_are_read_and_an_empty_one_is_not_given(row: Any) -> None:
    good = {
        "mode": "plan",
        "space": "a/b",
        "app": "m:a",
        "python-version": "3.12",
        "visibility": "private",
        "sleep-time": "-1",
        "color-from": "red",
        "color-to": "red",
        "health-path": "/",
        "health-timeout": "5",
        "health-successes": "5",
        "local-url": "http://localhost:1",
        "frontend-commit": "none",
        "commit-method": "git",
        "revision": "0123abc",
        "preview-days": "3",
        "report": "issue",
    }.get(row.name, "true")
    kept, underscored = variable_names(row.name)
    one = read_settings({**GIVEN, underscored: "", kept: good})
    other = read_settings({**GIVEN, kept: " ", underscored: good})
    assert one == other
    assert getattr(one, row.attribute) is not None


def test_two_spellings_that_agree_are_fine_and_two_that_differ_are_refused() -> None:
    both = {"INPUT_HF-TOKEN": "aaa", "INPUT_HF_TOKEN": "aaa"}
    assert read_settings({**GIVEN, **both}).hf_token == Secret("aaa")
    [problem] = problems({**GIVEN, **both, "INPUT_HF_TOKEN": "bbb"})
    assert "INPUT_HF-TOKEN and INPUT_HF_TOKEN" in problem
    assert "aaa" not in problem
    assert "bbb" not in problem


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("SPACE", "  a.b/c-d_e \n", SpaceId(owner="a.b", name="c-d_e")),
        ("MODE", "plan\n", Mode.PLAN),
        ("PRUNE", "TRUE", True),
        ("BACKEND", "./services\\api/", "services/api"),
        ("BACKEND", ".", "."),
        ("PYTHON_VERSION", "3.12.4", "3.12.4"),
        ("SLEEP_TIME", "-1", -1),
        ("HEALTH_PATH", "/api/health?deep=1", "/api/health?deep=1"),
        ("LOCAL_URL", "http://localhost:8000/", "http://localhost:8000"),
        ("FRONTEND", "none", ()),
        ("FRONTEND", "web\n\n docs/src \n", ("web", "docs/src")),
        ("FRONTEND_URL", "https://a.b, https://c.d\nhttps://e.f", (
            "https://a.b", "https://c.d", "https://e.f")),
        ("IGNORE", "*.md\r\n\n!keep.md\n", ("*.md", "!keep.md")),
        ("APP", "src.main:create_app()", "src.main:create_app()"),
        ("HF_TOKEN", " hf_x\n", Secret("hf_x")),
        ("SECRETS", "A= x \nB", Secret("A= x \nB")),
        ("COMMIT_MESSAGE", "one\n\ntwo", "one\n\ntwo"),
    ],
)  # fmt: skip
def test_a_text_becomes_its_value(name: str, text: str, expected: object) -> None:
    assert getattr(read(**{name: text}), name.lower()) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("SPACE", text) for text in (
            "name", "a/b/c", "/name", "owner/", "a--b/c", "a/b..c", "-a/b", "a/b.git",
            "https://huggingface.co/spaces/a/b", "a/" + "x" * 97, "a/b c", "ä/b")),
        *(("MODE", text) for text in ("Deploy", "deploy!", "destroy")),
        *(("PRUNE", text) for text in ("yes", "1", "on")),
        *(("BACKEND", text) for text in ("../x", "/etc", "a/../../b", "C:\\x")),
        *(("HEALTH_TIMEOUT", text) for text in ("0", "-1", "1.5", "10m", "99999999", "٣")),
        *(("HEALTH_SUCCESSES", text) for text in ("0", "1000", "two")),
        *(("SLEEP_TIME", text) for text in ("0", "-2")),
        *(("PYTHON_VERSION", text) for text in ("3.1", "3", "python3.11", "2.7", "3.11-slim")),
        *(("APP", text) for text in ("main", "main:", "a/b:app", "a:b c", "a:b(1)")),
        *(("HEALTH_PATH", text) for text in ("health", "//evil.example", "/a b", "/ä", "http://x")),
        *(("LOCAL_URL", text) for text in ("localhost:80", "ftp://x", "http://a'b", "http://a b")),
        *(("VISIBILITY", text) for text in ("secret", "Public")),
        ("COLOR_FROM", "orange"),
        ("COLOR_TO", "#fff"),
        ("SHORT_DESCRIPTION", "x" * 61),
        ("TITLE", "two\nlines"),
        ("FRONTEND", "web\n../other"),
        ("FRONTEND_COMMIT", "merge"),
        ("COMMIT_METHOD", "svn"),
    ],
)  # fmt: skip
def test_a_text_that_makes_no_sense_is_refused_with_its_name_and_value(
    name: str, text: str
) -> None:
    [problem] = problems({**GIVEN, f"INPUT_{name}": text})
    assert f"`{name.lower().replace('_', '-')}`" in problem
    assert " ".join(text.split())[:60] in problem
    assert len(problem) < 500


@pytest.mark.parametrize("name", ["HF_TOKEN", "GITHUB_TOKEN"])
@pytest.mark.parametrize("value", [PLANTED, "a\nb", "tökén", "\x00"])
def test_a_token_that_can_not_be_one_is_refused_and_not_quoted(name: str, value: str) -> None:
    [problem] = problems({**GIVEN, f"INPUT_{name}": value})
    assert value not in problem


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("MODE", "deplyo", "Did you mean `deploy`?"),
        ("MODE", "Preview", "Did you mean `preview`?"),
        ("REPORT", "issues", "Did you mean `issue`?"),
        ("SPACE", "https://huggingface.co/spaces/ada/bot", "Write `ada/bot`."),
        ("SPACE", "https://huggingface.co/spaces/ada/my.bot/tree/main", "Write `ada/my.bot`."),
        ("SPACE", "git@hf.co:spaces/ada/bot.git", "Write `ada/bot`."),
        ("SPACE", "https://user@huggingface.co/spaces/ada/bot.git", "Write `ada/bot`."),
    ],
)
def test_what_was_probably_meant_is_told(name: str, text: str, hint: str) -> None:
    [problem] = problems({**GIVEN, f"INPUT_{name}": text})
    assert problem.endswith(f". {hint}")


def test_nothing_is_guessed_for_a_word_that_is_like_none() -> None:
    [problem] = problems({**GIVEN, "INPUT_MODE": "qqq"})
    assert "Did you mean" not in problem


def test_every_problem_is_reported_at_once() -> None:
    found = problems({"INPUT_MODE": "x", "INPUT_PRUNE": "y", "INPUT_HEALTH_TIMEOUT": "z"})
    assert len(found) == 4
    assert any("`space` is not given" in each for each in found)


def test_a_space_that_a_variable_should_have_given_is_told_where_to_make_it() -> None:
    [problem] = problems({"INPUT_SPACE": ""})
    assert "make that variable in the repository's settings" in problem


def test_settings_show_no_secret() -> None:
    settings = read(HF_TOKEN="hf_planted", SECRETS="A=planted", VARIABLES="B=planted")
    assert "planted" not in repr(settings)
