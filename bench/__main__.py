"""``python -m bench``: every row of the table; ``python -m bench update no-op --turns 9``: some.

Exit code 0 even where a goal is missed: figures of a busy machine are no failure. ``--strict`` ends
with 1 then.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bench import document
from bench.result import Line, Measure, Option, Result, Row, Spread
from bench.rows import ROWS
from bench.table import table, verdict

# Of a row: a process that fails, or figures that are missing or make no sense.
_FAILURES: Final = (RuntimeError, OSError, ValueError, LookupError, ArithmeticError)

TURNS: Final = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the arguments say, print the table, keep it and the plot."""
    options = _parser().parse_args(arguments)
    # Stopped as by Ctrl-C: the Hubs that it started end with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    chosen = [row for row in ROWS if not options.rows or row.name in options.rows]
    result = _measured(chosen, options)
    said = f"rows {', '.join(row.name for row in chosen)}; {_sizes(chosen, options)}"
    print(f"\n{table(result.measures)}\n\n{verdict(result.measures)}")
    kept = document.keep(result, said, document=options.write)
    print(f"Kept in {kept} and {document.PLOT} beside it.")
    return 1 if options.strict and any(each.met is False for each in result.measures) else 0


def _measured(rows: Sequence[Row], options: argparse.Namespace) -> Result:
    measures: list[Measure] = []
    lines: list[Line] = []
    for row in rows:
        print(f"{row.name}: {row.about} …", flush=True)
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            found = _attempted(row, Path(folder), options)
        print(f"  {time.monotonic() - started:.0f} s", flush=True)
        measures += found.measures
        lines += found.lines
    return Result(measures=measures, lines=lines)


def _attempted(row: Row, folder: Path, options: argparse.Namespace) -> Result:
    """The row's result; one that fails costs its own line alone, and says so there."""
    try:
        return row.measure(folder, options)
    except (*_FAILURES, subprocess.SubprocessError) as failure:
        print(f"  failed: {failure!r}", flush=True)
        nothing = Spread.of([0.0])
        failed = Measure(
            name=f"{row.name}: could not be measured",
            goal=row.about,
            judged=nothing,
            ours=nothing,
            kept=False,
        )
        return Result(measures=[failed])


def _sizes(rows: Sequence[Row], options: argparse.Namespace) -> str:
    used = ["turns", "seed", *dict.fromkeys(each.name for row in rows for each in row.options)]
    return ", ".join(f"{name} {_shown(getattr(options, _field(name)))}" for name in used)


def _shown(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _field(name: str) -> str:
    return name.replace("-", "_")


def _parser() -> argparse.ArgumentParser:
    rows = "\n".join(f"  {row.name:12} {row.about}" for row in ROWS)
    parser = argparse.ArgumentParser(
        prog="bench",
        description=f"Measures the program beside what a user would pick instead.\n\nrows:\n{rows}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "rows",
        nargs="*",
        metavar="row",
        help="what to measure (default: all)",
        type=_known,
    )
    parser.add_argument("--turns", type=int, default=TURNS, help="counted turns (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of all contents (%(default)s)")
    parser.add_argument(
        "--write", action="store_true", help="into docs/explanation, not .cache/bench"
    )
    parser.add_argument("--strict", action="store_true", help="exit code 1 when a goal is missed")
    for option in _all_options():
        kind = _several if isinstance(option.default, tuple) else int
        parser.add_argument(
            f"--{option.name}",
            type=kind,
            default=option.default,
            help=f"{option.help} ({_shown(option.default)})",
        )
    return parser


def _all_options() -> Iterator[Option]:
    """Each option once; rows may share one of the same name."""
    yield from {each.name: each for row in ROWS for each in row.options}.values()


def _known(name: str) -> str:
    names = [row.name for row in ROWS]
    if name not in names:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(names)}")
    return name


def _several(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
