"""One suite for every ``Journal``: the runner's and the fake."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deployer.adapters.runner import RunnerJournal
from deployer.ports import Journal
from tests.fakes.journal import FakeJournal


@dataclass
class Subject:
    journal: Journal
    outputs: Callable[[], dict[str, str]]
    summary: Callable[[], str]
    open: Callable[[str], str]


@pytest.fixture(params=["runner", "fake"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    if request.param == "fake":
        fake = FakeJournal()
        return Subject(
            fake, lambda: fake.outputs, lambda: fake.summary_text, lambda path: fake.documents[path]
        )
    outputs, summary = tmp_path / "outputs", tmp_path / "summary"
    environ = {
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_STEP_SUMMARY": str(summary),
        "RUNNER_TEMP": str(tmp_path),
    }
    return Subject(
        RunnerJournal(environ, say=print),
        lambda: read_outputs(outputs.read_text("utf-8")),
        lambda: summary.read_text("utf-8"),
        lambda path: Path(path).read_text("utf-8"),
    )


def read_outputs(text: str) -> dict[str, str]:
    """As the runner reads the file: `name<<DELIMITER`, lines, `DELIMITER`."""
    found: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        match = re.fullmatch(r"([\w-]+)<<(\S+)", line)
        assert match, f"the runner would refuse {line!r}"
        value: list[str] = []
        for inner in lines:
            if inner == match[2]:
                break
            value.append(inner)
        else:
            raise AssertionError("the delimiter never came")
        found[match[1]] = "\n".join(value)
    return found


def test_an_output_is_there_at_once(subject: Subject) -> None:
    subject.journal.output("status", "healthy")
    assert subject.outputs() == {"status": "healthy"}


def test_the_last_value_of_an_output_counts(subject: Subject) -> None:
    subject.journal.output("status", "failed")
    subject.journal.output("status", "healthy")
    assert subject.outputs() == {"status": "healthy"}


@pytest.mark.parametrize(
    "value",
    ["", "a=b", "two\nlines", "x\nEOF\nstatus<<EOF\nhealthy\nEOF", "name<<x", "ü — ✅", "%0A"],
)
def test_a_value_comes_back_as_it_was(subject: Subject, value: str) -> None:
    subject.journal.output("revision", value)
    subject.journal.output("after", "still read")
    assert subject.outputs() == {"revision": value, "after": "still read"}


def test_summaries_are_appended(subject: Subject) -> None:
    subject.journal.summary("## first\n")
    subject.journal.summary("second\n")
    assert subject.summary() == "## first\nsecond\n"


def test_a_key_never_reaches_the_summary_or_a_document(subject: Subject) -> None:
    subject.journal.summary("log: ghp_0123456789abcdef0123\n")
    path = subject.journal.document("receipt", '{"message": "ghp_0123456789abcdef0123"}')
    assert "ghp_" not in subject.summary() + subject.open(path)


def test_a_document_lies_where_the_path_says(subject: Subject) -> None:
    path = subject.journal.document("plan", '{"version": 1}\n')
    assert "plan" in path
    assert subject.open(path) == '{"version": 1}\n'


def test_documents_lie_apart_even_of_one_name(subject: Subject) -> None:
    write = subject.journal.document
    paths = [write("plan", "1"), write("plan", "2"), write("receipt", "3")]
    assert [subject.open(path) for path in paths] == ["1", "2", "3"]


def test_finishing_changes_nothing_that_was_written(subject: Subject) -> None:
    subject.journal.output("status", "healthy")
    subject.journal.finish()
    assert subject.outputs() == {"status": "healthy"}
