"""``python -m tests.grids``: plays both grids, or a sample, and prints "N of N"."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.grids.faults import Grid
from tests.grids.kills import KillGrid
from tests.grids.scene import stage

GRIDS = {"faults": Grid, "kills": KillGrid}


def main() -> int:
    """0 when every cell is as it should be."""
    options = _parser().parse_args()
    failed = 0
    for name in options.grid or GRIDS:
        failed += play(name, options)
    return min(failed, 1)


def play(name: str, options: argparse.Namespace) -> int:
    """Play one grid and print what came of it; how many cells are not as they should be."""
    begun, shares = time.monotonic(), range(options.workers)
    with ProcessPoolExecutor(options.workers) as pool:
        jobs = [
            (name, options.sample, options.seed, options.only, share, options.workers)
            for share in shares
        ]
        verdicts = [verdict for part in pool.map(_share, jobs) for verdict in part]
    bad = [verdict for verdict in verdicts if verdict.wrong]
    for verdict in bad:
        print(f"\n{verdict.cell}: exit code {verdict.code}")
        for wrong in verdict.wrong:
            print(f"    {wrong}"[:1500])
    reached = sum(verdict.struck for verdict in verdicts)
    slowest = max((verdict.seconds for verdict in verdicts), default=0)
    good, took = len(verdicts) - len(bad), time.monotonic() - begun
    print(f"{name}: {good} of {len(verdicts)} cells as they should be", end=" ")
    print(f"({reached} reached, slowest run {slowest:.1f} s, {took:.0f} s in all)", flush=True)
    return len(bad)


def _share(job: tuple[str, int, int, str, int, int]) -> list[Any]:
    name, sample, seed, only, share, shares = job
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as root, stage(Path(root)) as made:
        grid = GRIDS[name](made)
        cells = chosen([cell for cell in grid.cells() if only in str(cell)], sample, seed)
        return list(_judged(grid, cells[share::shares]))


def _judged(grid: Grid | KillGrid, cells: Sequence[Any]) -> Iterator[Any]:
    for number, cell in enumerate(cells, 1):
        verdict = grid.judge(cell)
        if verdict.wrong or number % 25 == 0:
            told = f"{number}/{len(cells)} {'WRONG ' if verdict.wrong else ''}{cell}"
            print(told, *verdict.wrong, sep="\n   ", file=sys.stderr, flush=True)
        yield verdict


def chosen(cells: Sequence[Any], sample: int, seed: int) -> Sequence[Any]:
    """A sample that depends on the seed alone; all of them for 0."""
    return random.Random(seed).sample(cells, min(sample, len(cells))) if sample else cells


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.grids", description=__doc__)
    parser.add_argument("grid", nargs="*", metavar="GRID", help="faults or kills (default: both)")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="N cells of each")
    parser.add_argument("--seed", type=int, default=1, help="which sample (default: %(default)s)")
    parser.add_argument("--only", default="", metavar="TEXT", help="cells whose name holds TEXT")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
