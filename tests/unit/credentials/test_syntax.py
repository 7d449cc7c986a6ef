from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.credentials import fingerprint
from deployer.credentials.syntax import Parsed, judge_missing, parse_entries, parse_inputs
from deployer.model import Configuration, StoredSetting


def parse(text: str, *, public: bool = False, **environ: str) -> Parsed:
    return parse_entries(text, public=public, environ=environ)


def values(parsed: Parsed) -> dict[str, str]:
    return {entry.name: entry.value.reveal() for entry in parsed.entries}


def test_a_name_alone_takes_the_environments_value_as_it_is() -> None:
    hostile = "a b$c${D}\"'#\\n\nsecond = line\n"
    assert values(parse("KEY", KEY=hostile)) == {"KEY": hostile}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=plain", "plain"),
        ("export A=plain", "plain"),
        ("A = spaced", "spaced"),
        ("A=pa$$word${HOME}", "pa$$word${HOME}"),
        ("A='single $x \"q\"'", 'single $x "q"'),
        ('A="say \\"hi\\"\\n"', 'say "hi"\n'),
        ('A="one\ntwo"', "one\ntwo"),
        ("A=a=b==", "a=b=="),
        ("A=https://x/#frag", "https://x/#frag"),
        ('A=["https://a","https://b"]', '["https://a","https://b"]'),
        ("A=INFO # the level", "INFO"),
    ],
)
def test_a_value_is_read_as_dotenv_reads_it_without_interpolation(line: str, value: str) -> None:
    assert values(parse(line, HOME="/root")) == {"A": value}


def test_blank_lines_and_comments_are_skipped() -> None:
    parsed = parse("\n# A=1\n\n  B=2\n")
    assert values(parsed) == {"B": "2"}
    assert (parsed.missing, parsed.problems) == ((), ())


def test_windows_line_ends_are_no_part_of_a_value() -> None:
    assert values(parse("A=1\r\nB\r\n", B="2")) == {"A": "1", "B": "2"}


def test_an_entry_knows_its_line() -> None:
    parsed = parse("# first\n\nA=1\nB='x\ny'\n\nC=3")
    assert [(entry.name, entry.line) for entry in parsed.entries] == [("A", 3), ("B", 4), ("C", 7)]


def test_a_name_without_a_value_is_kept_apart_with_its_line() -> None:
    parsed = parse("A\nB\nC=\nD=''", B="")
    assert [(each.name, each.line) for each in parsed.missing] == [
        ("A", 1),
        ("B", 2),
        ("C", 3),
        ("D", 4),
    ]


def test_an_empty_variable_can_be_meant() -> None:
    assert values(parse('A=""', public=True)) == {"A": ""}
    assert parse("A=", public=True).missing


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1A=x", "is no name that the Hub takes"),
        ("MY-KEY=x", "`MY-KEY` is no name"),
        ("_A=x", "is no name that the Hub takes"),
        ("SPACE_ID=x", "is set by the Hub itself"),
        ("OAUTH_CLIENT_SECRET", "is set by the Hub itself"),
        ("MEMORY=1", "is set by the Hub itself"),
        ("A=1\nA=2", "named twice, first on line 1"),
        ("A: 1", "neither `NAME` nor `NAME=value`"),
        ('A="open', "neither `NAME` nor `NAME=value`"),
    ],
)
def test_a_line_that_cannot_be_used_is_a_problem(text: str, said: str) -> None:
    (problem,) = parse(text).problems
    assert said in problem.message
    assert problem.hint
    assert problem.where
    assert problem.where.input == "secrets"
    assert problem.where.line == text.count("\n") + 1


def test_all_problems_are_told_at_once() -> None:
    assert len(parse("1A=x\nMEMORY=2\nA=1\nA=2\nB: 3").problems) == 4


def test_a_name_in_both_inputs_is_a_problem() -> None:
    parsed = parse_inputs("A=1\nB=2", "B=3\nC=4", {})
    (problem,) = parsed.problems
    assert "`B` stands in both" in problem.message
    assert str(problem.where) == "input `variables`, line 1"


def test_a_value_pasted_without_quotes_is_not_repeated_in_a_message() -> None:
    key = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
    parsed = parse(
        f"PRIVATE=-----BEGIN PRIVATE KEY-----\n{key}\n{key[:40]}+/{key[:9]}=\nhf_{'a1' * 9}"
    )
    said = [str(problem) for problem in parsed.problems]
    problems, _ = judge_missing(parsed.missing, Configuration())
    text = " ".join(said + [str(problem) for problem in problems])
    assert text
    assert "MIIEvQ" not in text
    assert "hf_a1" not in text


def test_a_value_cut_by_a_comment_is_said() -> None:
    (notice,) = parse("PASSWORD=abc #def").notices
    assert "is a comment" in notice.message
    assert not parse("PASSWORD='abc #def'\nB=abc#def").notices


def stored(name: str, description: str) -> Configuration:
    return Configuration(secrets={name: StoredSetting(name=name, description=description)})


def test_a_missing_value_is_an_error() -> None:
    ((problem,), notices) = judge_missing(parse("KEY").missing, Configuration())
    assert "`KEY` has no value" in problem.message
    assert "secrets.KEY" in problem.hint
    assert not notices


def test_a_missing_value_is_a_warning_where_no_secrets_are_handed_out() -> None:
    problems, (notice,) = judge_missing(parse("KEY").missing, Configuration(), lenient=True)
    assert not problems
    assert notice.warning


def test_a_name_set_by_hand_on_the_space_counts_as_provided() -> None:
    problems, (notice,) = judge_missing(parse("KEY").missing, stored("KEY", "my own"))
    assert not problems
    assert not notice.warning


def test_a_name_that_we_set_and_that_lost_its_value_is_an_error() -> None:
    ours = fingerprint.describe("0123456789abcdef")
    problems, _ = judge_missing(parse("KEY").missing, stored("KEY", ours))
    assert problems


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    parsed = parse(text)
    assert all(entry.value for entry in parsed.entries)


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=100))
def test_a_single_quoted_value_survives(value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    assert values(parse(f"A='{quoted}'\nB=1")) == {"A": value, "B": "1"}
