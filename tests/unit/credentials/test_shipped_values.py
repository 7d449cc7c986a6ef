"""A value that was given as a secret and stands in a file that ships."""

from __future__ import annotations

import pytest

from deployer.credentials.hygiene import searched, shipped_values
from deployer.errors import Exit
from deployer.model import Entry, Secret

CANARY = "cn-7Qx1-canary-9Zk2"


def entry(name: str, value: str, *, public: bool = False) -> Entry:
    return Entry(name=name, value=Secret(value), public=public)


def test_a_random_value_is_a_problem_with_its_line_and_is_not_quoted() -> None:
    content = f"first\nKEY = '{CANARY}'\n".encode()
    [problem], _ = shipped_values([entry("API_KEY", CANARY)], "backend/config.py", content)
    assert (problem.exit, str(problem.where)) == (Exit.BUNDLE, "backend/config.py:2")
    assert "API_KEY" in problem.message
    assert CANARY not in str(problem)


def test_a_random_value_in_a_file_s_name_is_a_problem() -> None:
    [problem], _ = shipped_values([entry("API_KEY", CANARY)], f"backend/{CANARY}.txt", b"x")
    assert problem.exit is Exit.BUNDLE
    assert CANARY not in problem.message


def test_a_value_that_may_be_a_known_default_is_only_said() -> None:
    problems, [notice] = shipped_values([entry("PASSWORD", "admin-admin")], "a.py", b"admin-admin")
    assert (problems, notice.warning) == ((), True)


def test_a_file_without_the_value_says_nothing() -> None:
    assert shipped_values([entry("API_KEY", CANARY)], "a.py", b"nothing") == ((), ())


@pytest.mark.parametrize(
    "harmless",
    [entry("LOG_LEVEL", "INFO"), entry("MODE", "production"), entry("X", CANARY, public=True)],
)
def test_words_and_variables_are_not_looked_for(harmless: Entry) -> None:
    assert searched([harmless, entry("API_KEY", CANARY)]) == (entry("API_KEY", CANARY),)
