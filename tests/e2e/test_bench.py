"""``make bench`` at sizes that are too small to mean anything: every row prints, and is drawn."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.environment import CACHE, ROOT
from bench.rows import ROWS

TINY = (
    "--turns 1 --changed 1 --building 0 --long-building 1 --shipped 10 --modules 3 --ignored 20 "
    "--megabytes 2 --sources 20 --secret-sizes 1,2 --fleet-sizes 1,2 --growth-turns 1 "
    "--file-sizes 10,20"
)


@pytest.mark.slow
@pytest.mark.parametrize("row", [row.name for row in ROWS])
def test_a_row_prints_its_measures_and_is_kept(row: str) -> None:
    command = (sys.executable, "-m", "bench", row, *TINY.split())
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert " goals met" in done.stdout
    assert "could not be measured" not in done.stdout
    assert "goals met" in (CACHE / "performance.md").read_text()
    assert (CACHE / "performance.svg").read_text().lstrip().startswith("<?xml")
