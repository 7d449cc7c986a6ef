"""The rows of the table, in its order. A module ``bench/<row>.py`` defines each as ``ROW``."""

from __future__ import annotations

from typing import Final

from bench import deploys, frontend, growth, large, noop, plan, start, wall
from bench.result import Row

# One line a row, so that lines can come and go by themselves.
ROWS: Final[tuple[Row, ...]] = (
    start.ROW,
    deploys.ROW,
    wall.ROW,
    noop.ROW,
    plan.ROW,
    large.ROW,
    frontend.ROW,
    growth.ROW,
    plan.FILES,
)
