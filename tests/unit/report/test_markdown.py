from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.report.markdown import code, fenced, link, muted, prose, table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("set `app` to `main:app`", "set `app` to `main:app`"),
        ("<img src=x>", r"\<img src=x\>"),
        ("[a](javascript:b)", r"\[a\](javascript:b)"),
        ("`a`<b>`c`", r"`a`\<b\>`c`"),
        ("a ` b <c>", r"a \` b \<c\>"),
        ("two\nlines", "two lines"),
        ("# no heading", r"\# no heading"),
        ("1. no list", r"\1. no list"),
        ("snake_case stays", "snake_case stays"),
        ("*no* ~~no~~", r"\*no\* \~\~no\~\~"),
    ],
)
def test_a_message_keeps_its_code_and_nothing_else(text: str, shown: str) -> None:
    assert prose(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("`a`", "`` `a` ``"),
        ("a`", "`` a` ``"),
        ("`a", "`` `a ``"),
        ("a\nb", "`a b`"),
        ("", "` `"),
    ],
)
def test_code_cannot_be_broken_out_of(text: str, shown: str) -> None:
    assert code(text) == shown


def test_only_a_web_address_becomes_a_link() -> None:
    assert link("https://a.example.com/x?y=1") == "<https://a.example.com/x?y=1>"
    assert link("javascript:alert(1)") == "`javascript:alert(1)`"
    assert link("https://a> <b>") == "`https://a> <b>`"


@given(st.text(alphabet="`~a\n ", max_size=60))
def test_a_fence_is_longer_than_any_run_inside(text: str) -> None:
    block = fenced(text)
    fence = re.match(r"`+", block)
    assert fence
    assert block.endswith(f"\n{fence[0]}")
    assert fence[0] not in block[len(fence[0]) : -len(fence[0])]


def test_a_cell_cannot_open_another_column() -> None:
    assert table(("a",), [("`x|y`",)]).splitlines()[-1] == r"| `x\|y` |"
    assert table(("a",), [(prose("x|y"),)]).splitlines()[-1] == r"| x\|y |"


def test_a_table_without_rows_is_nothing() -> None:
    assert table(("a", "b"), []) == ""


def test_a_comment_mentions_nobody_outside_of_code() -> None:
    text = (
        "@octocat, \\` @hubot `@kept` #12 <https://x.example/a#frag>\n```text\n@kept #1\n```\n@me"
    )
    quiet = muted(text)
    assert quiet.replace("\u200b", "") == text
    assert not re.search(r"@(octocat|hubot|me)|#12", quiet)
    assert quiet.count("@kept") == 2
    assert "a#frag" in quiet


@given(st.text(alphabet="`@a#\n ~", max_size=40))
def test_whatever_foreign_text_holds_a_comment_mentions_nobody(text: str) -> None:
    shown = muted(f"{prose(text)} and {code('a')}")
    outside = re.sub(r"`[^`\n]+`", " ", shown.replace("\\`", " "))
    assert not re.search(r"[@#]a", outside)


def test_a_backtick_that_opens_nothing_hides_no_mention() -> None:
    assert "@hubot" not in muted(f"{prose('``c` @hubot')} {code('d')}")
