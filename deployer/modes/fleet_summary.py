"""A fleet's job summary: its plan, or what became of each Space and what to repeat."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from msgspec import Struct

from deployer.context import Context
from deployer.errors import Exit, Notice, Problem
from deployer.fleet.receipts import Result
from deployer.fleet.waves import Waves
from deployer.model import Bundle, Status
from deployer.report import Report
from deployer.report.markdown import code, fenced, folded, link, prose, table
from deployer.report.tree import amount
from deployer.report.tree import size as in_units

VERSION: Final = 1
SHOWN: Final = 100  # findings, and names of one list


class Backend(Struct, frozen=True, kw_only=True):
    """One backend of the fleet, and how many Spaces get it."""

    bundle: Bundle
    spaces: int


class Fleetwide(Struct, frozen=True, kw_only=True):
    """What a run over the file at ``path`` saw."""

    path: str
    waves: Waves = Waves(entries=(), canary=(), rest=())
    backends: tuple[Backend, ...] = ()
    results: tuple[Result, ...] = ()


def render(report: Report, seen: Fleetwide, context: Context) -> str:
    """Markdown, ending with a line break."""
    parts = _results(seen, context) if seen.results else _plan(report, seen)
    return "\n\n".join(part for part in parts if part) + "\n"


# --- the plan ------------------------------------------------------------------------------------


def _plan(report: Report, seen: Fleetwide) -> Iterator[str]:
    count = amount(len(seen.waves.entries), "Space")
    if report.problems:
        yield f"## ❌ The fleet of {code(seen.path)} would be refused"
        yield _findings(report.problems)
    else:
        yield f"## 📋 The plan for {count} of {code(seen.path)}: nothing was written"
    yield _waves(seen.waves)
    yield _backends(seen.backends)
    if report.notices:
        yield "### Worth knowing"
        yield _findings(report.notices)


def _findings(found: Sequence[Problem | Notice]) -> str:
    lines = [f"- {prose(str(each))}" for each in found[:SHOWN]]
    more = len(found) - SHOWN
    return "\n".join([*lines, f"- … and {more} more in the log"] if more > 0 else lines)


def _waves(waves: Waves) -> str:
    if not waves.entries:
        return ""
    named = (("canary", waves.canary), *((str(n), w) for n, w in enumerate(waves.rest, 1)))
    rows = ((name, str(len(wave)), _names(e.space for e in wave)) for name, wave in named if wave)
    shown = table(("wave", "Spaces", ""), rows)
    none = "No Space is marked `canary: true`: all go at once, without a trial."
    return f"{shown}\n\n{none}" if not waves.canary and len(waves.entries) > 1 else shown


def _backends(backends: Sequence[Backend]) -> str:
    rows = (
        (
            code(each.bundle.backend.folder),
            code(each.bundle.backend.app),
            code(each.bundle.backend.health_path),
            f"{amount(len(each.bundle.files), 'file')}, {in_units(each.bundle.size)}",
            str(each.spaces),
        )
        for each in backends[:SHOWN]
    )
    return table(("backend", "app", "health path", "bundle", "Spaces"), rows)


def _names(spaces: Iterable[str]) -> str:
    names = list(spaces)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(code(name) for name in names[:SHOWN]) + more


# --- the results ---------------------------------------------------------------------------------


def in_short(failed: Sequence[Result], *, total: int, left: int, code: Exit) -> Problem:
    """What is left to do, as one problem."""
    if not failed:
        message = f"{left} of {total} Spaces left no receipt: their jobs never came to an end."
        return Problem(exit=code, message=message, hint="Run the failed jobs again.")
    names = ", ".join(each.space for each in failed[:10]) + (", …" if len(failed) > 10 else "")
    message = f"{len(failed)} of {total} Spaces failed: {names}."
    waiting = left - len(failed)
    hint = f"{waiting} more were not started. " if waiting else ""
    return Problem(
        exit=code, message=message, hint=hint + "The job summary has the causes, and what to do."
    )


def _results(seen: Fleetwide, context: Context) -> Iterator[str]:
    left = [each for each in seen.results if not each.done]
    total = len(seen.results)
    if left:
        yield f"## ❌ {len(left)} of {total} Spaces of {code(seen.path)} are left to do"
    else:
        yield f"## ✅ All {amount(total, 'Space')} of {code(seen.path)} are as they should be"
    yield _counts(seen.results)
    failed = [each for each in left if each.started]
    if failed:
        yield "### What failed"
        yield _causes(failed)
    waiting = [each.space for each in left if not each.started]
    if waiting:
        yield f"### Not started\n\n{_unstarted(seen, failed)} {_names(waiting)}"
    if left:
        yield _repeat([each.space for each in left], context)
    done = [each for each in seen.results if each.done]
    rows = ((code(each.space), each.status, link(each.url) if each.url else "") for each in done)
    if done:
        yield folded(amount(len(done), "Space") + " done", table(("Space", "", ""), rows))


def _counts(results: Sequence[Result]) -> str:
    rows: dict[str, int] = {}
    for each in results:
        status = each.status if each.done else f"{each.status or 'not started'}"
        shown = "failed, put back" if not each.done and status == Status.ROLLED_BACK else status
        rows[shown] = rows.get(shown, 0) + 1
    return table(("", "Spaces"), ((prose(name), str(count)) for name, count in rows.items()))


def _causes(failed: Sequence[Result]) -> str:
    """One point for each cause, with all the Spaces that it met."""
    by_cause: dict[tuple[Exit | None, str, str], list[str]] = {}
    for each in failed:
        by_cause.setdefault((each.exit, each.cause, each.hint), []).append(each.space)
    return "\n".join(
        f"- {_names(spaces)}: **{prose(cause or 'The run was cut short.')}** {prose(hint)}".rstrip()
        + (f" (exit code {int(exit_code)})" if exit_code else "")
        for (exit_code, cause, hint), spaces in by_cause.items()
    )


def _unstarted(seen: Fleetwide, failed: Sequence[Result]) -> str:
    canaries = {entry.space for entry in seen.waves.canary}
    if canaries & {each.space for each in failed}:
        return "A canary failed, so nothing else was touched:"
    return "Their jobs left no receipt:"


def _repeat(left: Sequence[str], context: Context) -> str:
    """How to do the rest: in the same run, or in a new one with what was mended."""
    run = f"[this run]({context.run_url})" if context.run_url else "the run"
    reference = context.environment.get("GITHUB_WORKFLOW_REF", "").partition("@")[0]
    workflow = PurePosixPath(reference).name or "fleet.yml"
    command = fenced(f'gh workflow run {workflow} -f only="{" ".join(left)}"', "sh")
    return (
        "### What to repeat\n\n"
        f"- When the cause was outside (a secret, a quota, the Hub): **Re-run failed jobs** on "
        f"{run}. What is healthy already is not run again.\n"
        "- When something was mended in the repository: a new run. One over all Spaces leaves "
        f"healthy ones unchanged; this does only what is left:\n\n{command}"
    )


def render_receipt(seen: Fleetwide) -> str:
    """The results as JSON, for other programs."""
    spaces = [
        {
            "space": each.space,
            "status": each.status or None,
            "exitCode": each.exit,
            "cause": each.cause or None,
            "url": each.url or None,
        }
        for each in seen.results
    ]
    repeat = [each.space for each in seen.results if not each.done]
    content = {"version": VERSION, "fleet": seen.path, "spaces": spaces, "repeat": repeat}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
