"""Which Spaces go when: canaries first, the others in waves that GitHub's matrix takes.

Facts: GitHub's "Usage limits" (256 jobs a matrix) and "Passing information between jobs" (1 MB of
outputs a job, measured as UTF-16).
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from deployer.errors import Exit, Problem, Where
from deployer.fleet import Entry, Fleet

JOBS: Final = 256
OUTPUTS: Final = 1024 * 1024

# How many Spaces at once (`max-parallel` of .github/workflows/fleet.yml). The Hub counts requests
# in windows of five minutes; this is the quota of PRO, the smallest plan that has Docker Spaces.
QUOTA: Final = 2500
# A deploy asks at most so often in its first window (release/pace.py), all else included, and
# leaves a fifth to whoever else uses the account.
REQUESTS: Final = 240
PARALLEL: Final = int(QUOTA * 0.8 / REQUESTS)


class Waves(Struct, frozen=True, kw_only=True):
    """``entries`` are all that this run is about."""

    entries: tuple[Entry, ...]
    canary: tuple[Entry, ...]
    rest: tuple[tuple[Entry, ...], ...]

    def outputs(self) -> dict[str, str]:
        """The matrices as JSON: of all, of the canaries ("" for none), the list of waves."""
        waves = [_matrix(wave) for wave in self.rest]
        return {
            "matrix": _json(_matrix(self.entries)) if self.entries else "",
            "canary": _json(_matrix(self.canary)) if self.canary else "",
            "waves": _json(waves),
        }


def waves_of(entries: Sequence[Entry]) -> Waves:
    """The order of these entries."""
    rest = [entry for entry in entries if not entry.canary]
    return Waves(
        entries=tuple(entries),
        canary=tuple(entry for entry in entries if entry.canary),
        rest=tuple(tuple(rest[at : at + JOBS]) for at in range(0, len(rest), JOBS)),
    )


def problems_of(waves: Waves, path: str) -> tuple[Problem, ...]:
    """What GitHub would not take."""
    if len(waves.canary) > JOBS:
        message = f"{len(waves.canary)} Spaces are canaries; GitHub runs {JOBS} jobs a matrix."
        hint = "A few canaries are enough: remove `canary: true` from the others."
        line = waves.canary[JOBS].line
        return (_problem(message, hint, Where(file=path, line=line)),)
    size = sum(len(text.encode("utf-16-le")) for text in waves.outputs().values())
    if size > OUTPUTS:
        message = f"The matrices of {len(waves.entries)} Spaces are larger than a job's outputs."
        return (_problem(message, "Split the file, or name some in `only`.", Where(file=path)),)
    return ()


def chosen(fleet: Fleet, only: Sequence[str]) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The entries that ``only`` names (all, when it names none), and what names nothing."""
    if not only:
        return fleet.entries, ()
    unmet = (each for each in only if not any(_fits(entry, each) for entry in fleet.entries))
    where = Where(input="only")
    hint = f"Write `owner/name` as in `{fleet.path}`, or a part of it with `*`."
    problems = (_problem(f"`{each}` fits no Space of the fleet.", hint, where) for each in unmet)
    entries = (e for e in fleet.entries if any(_fits(e, pattern) for pattern in only))
    return tuple(entries), tuple(problems)


def _fits(entry: Entry, pattern: str) -> bool:
    return fnmatch.fnmatchcase(entry.space.lower(), pattern.lower())


def _matrix(entries: Sequence[Entry]) -> dict[str, object]:
    """A matrix; ``key`` is a name that a file or an artifact can have (a Space's holds no `--`)."""
    rows = [
        {
            "space": entry.space,
            "backend": entry.backend,
            "key": entry.space.replace("/", "--"),
        }
        for entry in entries
    ]
    return {"include": rows}


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _problem(message: str, hint: str, where: Where) -> Problem:
    return Problem(exit=Exit.CONFIGURATION, message=message, hint=hint, where=where)
