"""The rows of the table, in its order. A module ``bench/<row>.py`` defines each as ``ROW``."""

from __future__ import annotations

from typing import Final

from bench.result import Row

ROWS: Final[tuple[Row, ...]] = ()
