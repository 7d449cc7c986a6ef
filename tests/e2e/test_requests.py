"""What a deploy costs the Hub: the figures of docs/explanation/performance.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.requests import Row, measure, table

DOCUMENT = Path(__file__).parents[2] / "docs" / "explanation" / "performance.md"


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Row]:
    return {row.name: row for row in measure(tmp_path_factory.mktemp("requests"))}


def test_a_first_deploy_sets_seven_secrets_with_the_request_that_makes_the_space(
    rows: Mapping[str, Row],
) -> None:
    row = rows["first deploy"]
    assert (row.secrets, row.commits, row.builds, row.restarts) == (0, 1, 1, 0)


def test_one_changed_secret_and_one_changed_file_are_one_request_one_commit_and_one_build(
    rows: Mapping[str, Row],
) -> None:
    row = rows["update: one of seven secrets, one file"]
    assert (row.secrets, row.commits, row.builds) == (1, 1, 1)
    assert row.restarts <= 1
    assert row.writes == 3, "the secret, what the commit needs to know of its files, the commit"


def test_a_run_with_nothing_to_do_only_reads(rows: Mapping[str, Row]) -> None:
    row = rows["nothing to do"]
    assert (row.writes, row.commits, row.builds, row.restarts) == (0, 0, 0, 0)


def test_the_documented_figures_are_the_measured_ones(rows: Mapping[str, Row]) -> None:
    """But for the looks of a wait, which depend on how busy the machine is."""
    written = DOCUMENT.read_text().splitlines()
    for line in table(list(rows.values())).splitlines()[2:]:
        cells = line.split("|")
        assert any(
            row.split("|")[:5] + row.split("|")[6:] == cells[:5] + cells[6:] for row in written
        ), line
