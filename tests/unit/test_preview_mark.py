from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer import preview_mark
from deployer.model import Configuration, SpaceId, StoredSetting
from deployer.preview_mark import Mark

SPACE = SpaceId(owner="me", name="rag.v1")
MARK = Mark(repository="me/site", pull_request=7, expires=date(2026, 12, 1))


def stored(value: str | None) -> Configuration:
    return Configuration(
        variables={preview_mark.NAME: StoredSetting(name=preview_mark.NAME, value=value)}
    )


@given(
    st.from_regex(r"[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}", fullmatch=True),
    st.integers(min_value=1, max_value=10**9),
    st.dates(),
)
def test_a_mark_is_read_as_it_was_written(repository: str, pull: int, expires: date) -> None:
    mark = Mark(repository=repository, pull_request=pull, expires=expires)
    text = preview_mark.write(mark)
    assert preview_mark.read(stored(text)) == mark
    assert " " not in text


@given(st.none() | st.text() | st.text().map(lambda text: f'{{"repository":"{text}"}}'))
def test_anything_else_is_no_mark(text: str | None) -> None:
    assert preview_mark.read(stored(text)) is None


def test_without_the_variable_there_is_no_mark() -> None:
    assert preview_mark.read(Configuration()) is None


def test_a_value_that_is_nested_without_end_is_no_mark() -> None:
    assert preview_mark.read(stored("[" * 100_000)) is None


def test_the_day_that_is_named_still_belongs_to_it() -> None:
    assert not MARK.expired(MARK.expires)
    assert MARK.expired(MARK.expires + timedelta(days=1))


def test_it_wanes_once_less_than_half_of_its_days_are_left() -> None:
    assert not MARK.wanes(MARK.expires - timedelta(days=7), 14)
    assert MARK.wanes(MARK.expires - timedelta(days=6), 14)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("rag.v1-pr-7", 7),
        ("RAG.v1-PR-12", 12),
        ("rag.v1-pr-0", None),
        ("rag.v1-pr-07", None),
        ("rag.v1-pr-7x", None),
        ("rag.v1-pr-7\n", None),
        ("rag.v1-pr-", None),
        ("rag.v1", None),
        ("ragxv1-pr-7", None),
        ("rag.v1-pr-٧", None),
    ],
)
def test_only_a_number_makes_a_preview_s_name(name: str, number: int | None) -> None:
    assert preview_mark.number_of(SPACE, SpaceId(owner="me", name=name)) == number


def test_a_preview_s_name_gives_its_number_back() -> None:
    assert preview_mark.number_of(SPACE, preview_mark.preview_of(SPACE, 31)) == 31
