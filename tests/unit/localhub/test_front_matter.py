"""What the Hub refuses in a README's front matter."""

from __future__ import annotations

import pytest

from localhub import front_matter

GOOD = {
    "title": "Bot",
    "emoji": '"\\U0001F916"',
    "colorFrom": "blue",
    "colorTo": "purple",
    "sdk": "docker",
    "app_port": "7860",
    "short_description": "x" * 60,
}


def readme(**changed: str) -> str:
    rows = {**GOOD, **changed}
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in rows.items()) + "---\n# Text\n"


def test_what_the_recipe_writes_is_fine() -> None:
    assert front_matter.problems(readme()) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("short_description", "x" * 61),
        ("colorFrom", "orange"),
        ("colorTo", "'#fff'"),
        ("sdk", "fastapi"),
        ("emoji", "robot"),
        ("app_port", "'7860'"),
        ("app_port", "0"),
        ("header", "big"),
        ("base_path", "docs"),
        ("startup_duration_timeout", "soon"),
    ],
)
def test_a_wrong_value_is_named(key: str, value: str) -> None:
    (problem,) = front_matter.problems(readme(**{key: value}))
    assert f'"{key}"' in problem


def test_broken_yaml_is_a_problem_and_no_crash() -> None:
    assert "Invalid YAML" in front_matter.problems("---\na: [\n---\n")[0]


def test_a_readme_without_front_matter_only_warns() -> None:
    assert front_matter.problems("# Hello") == []
    assert front_matter.warnings("# Hello") != []


def test_a_byte_order_mark_and_windows_lines_are_no_obstacle() -> None:
    assert front_matter.read("\ufeff---\r\nsdk: docker\r\n---\r\n") == {"sdk": "docker"}


@pytest.mark.parametrize(
    ("written", "seconds"), [("1h", 3600.0), ("30m", 1800.0), ("45s", 45.0), (None, 7.0)]
)
def test_a_duration_is_read_in_seconds(written: str | None, seconds: float) -> None:
    assert front_matter.seconds(written, 7.0) == seconds
