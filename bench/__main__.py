"""``python -m bench plan --ignored 100000 --shipped 300 --seed 1``, ``python -m bench requests``:
each prints a table.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench import plan, requests


def main() -> int:
    """Measure what the arguments say; 1 when a goal is missed."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return (_requests if arguments.what == "requests" else _plan)(Path(folder), arguments)


def _requests(folder: Path, _arguments: argparse.Namespace) -> int:
    print("Requests to a local Hub whose Spaces are up at once; no frontend.\n")
    print(requests.table(requests.measure(folder)))
    return 0


def _plan(folder: Path, arguments: argparse.Namespace) -> int:
    sizes = plan.sizes_of(arguments.shipped, arguments.modules, arguments.ignored, arguments.seed)
    rows = plan.measure(folder, sizes, arguments.runs)
    ships = f"{arguments.shipped} files ship, {arguments.modules} of them modules of the app"
    print(f"{ships}; median of {arguments.runs} turns (middle half).\n")
    print(plan.table(rows))
    return 0 if all(row.met for row in rows) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measures the program.")
    commands = parser.add_subparsers(dest="what", required=True)
    commands.add_parser("requests", help="what a deploy asks of the Hub")
    planning = commands.add_parser("plan", help="planning beside git ls-files")
    planning.add_argument("--ignored", type=int, default=100_000, help="files that do not ship")
    planning.add_argument("--shipped", type=int, default=300, help="files that ship")
    planning.add_argument("--modules", type=int, default=60, help="of those, Python modules")
    planning.add_argument("--seed", type=int, default=1, help="of the files' contents and places")
    planning.add_argument("--runs", type=int, default=9, help="counted turns, two or more")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
