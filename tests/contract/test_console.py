"""One suite for every ``Console``: the runner's (on GitHub and off it) and the fake."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from deployer.adapters.runner import RunnerConsole
from deployer.errors import Exit, Notice, Problem, Where
from deployer.ports import Console
from tests.fakes.console import FakeConsole

SECRET = "Zq7-very%secret\tvalue"


@dataclass
class Subject:
    console: Console
    read: Callable[[], str]

    @property
    def shown(self) -> str:
        """What a reader of the log gets to see: mask commands never get there on GitHub."""
        lines = self.read().splitlines()
        return "\n".join(line for line in lines if not line.startswith("::add-mask::"))


@pytest.fixture(params=["github", "plain", "fake"])
def subject(request: pytest.FixtureRequest) -> Subject:
    if request.param == "fake":
        fake = FakeConsole()
        return Subject(fake, lambda: fake.text)
    stream = io.StringIO()
    return Subject(RunnerConsole(stream, on_github=request.param == "github"), stream.getvalue)


def test_a_line_is_shown(subject: Subject) -> None:
    subject.console.line("pushed 3 files")
    assert "pushed 3 files" in subject.shown


def test_lines_keep_their_order(subject: Subject) -> None:
    subject.console.line("first\nsecond")
    subject.console.line("third")
    assert [word for word in subject.shown.split() if word] == ["first", "second", "third"]


def test_a_masked_value_is_shown_nowhere(subject: Subject) -> None:
    subject.console.mask(SECRET)
    with subject.console.group(f"group {SECRET}"):
        subject.console.line(f"a {SECRET} b")
    subject.console.notice(Notice(message=f"notice {SECRET}"))
    subject.console.notice(Notice(message=f"note {SECRET}", warning=False))
    subject.console.problem(Problem(exit=Exit.HUB, message=f"problem {SECRET}", hint=SECRET))
    assert "Zq7" not in subject.shown
    for word in ("group", "notice", "note", "problem"):
        assert word in subject.shown


def test_each_line_of_a_masked_value_is_hidden(subject: Subject) -> None:
    subject.console.mask("first-line-secret\nsecond-line-secret\n")
    subject.console.line("got second-line-secret")
    assert "second-line-secret" not in subject.shown


def test_an_empty_mask_hides_nothing(subject: Subject) -> None:
    subject.console.mask("")
    subject.console.mask("\n")
    subject.console.line("everything is shown")
    assert "everything is shown" in subject.shown


def test_what_looks_like_a_key_is_hidden_without_a_mask(subject: Subject) -> None:
    subject.console.line("token hf_abcdefghij0123456789klmn")
    assert "hf_abc" not in subject.shown


def test_a_problem_names_its_place_and_remedy(subject: Subject) -> None:
    where = Where(file="backend/main.py", line=7)
    subject.console.problem(Problem(exit=Exit.BUNDLE, message="no app", hint="set it", where=where))
    for part in ("backend/main.py", "7", "no app", "set it"):
        assert part in subject.shown


def test_a_problem_with_an_input_names_the_input(subject: Subject) -> None:
    where = Where(input="secrets", line=2)
    subject.console.problem(Problem(exit=Exit.CONFIGURATION, message="no value", where=where))
    assert "input `secrets`, line 2" in subject.shown


def test_a_group_lets_an_error_through(subject: Subject) -> None:
    with pytest.raises(KeyError), subject.console.group("stage"):
        raise KeyError
    subject.console.line("after")
    assert "after" in subject.shown
