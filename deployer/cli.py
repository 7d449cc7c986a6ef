"""Composition root: the environment and the command line in, an exit code out.

The only place that knows both the program and the world it runs in, and the only broad ``except``:
a bug of ours ends with exit code 70, versions and where to report it.
"""

from __future__ import annotations

import json
import platform
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from msgspec.structs import replace

from deployer import __version__
from deployer.adapters.checkout import find_checkout, own_checkout
from deployer.adapters.clock import SystemClock
from deployer.adapters.disk import Workspace
from deployer.adapters.oidc import publisher_token
from deployer.adapters.runner import RunnerConsole, RunnerJournal
from deployer.adapters.world import endpoint_of, make_world
from deployer.checked_out import in_repository
from deployer.context import Context, event_problems, read_context
from deployer.credentials.mask import masks_for, masks_for_token
from deployer.credentials.syntax import parse_entries
from deployer.early import value_problems
from deployer.errors import Exit, HubRefused, Problem, Refused
from deployer.flags import Help, overlay
from deployer.fleet.values import VARIABLE, values_of
from deployer.fleet_entry import apply_entry
from deployer.given import read_settings
from deployer.model import Entry, Mode, Secret, Status
from deployer.modes import street_of
from deployer.report import Report
from deployer.report.annotations import choose
from deployer.report.outputs import outputs_of
from deployer.report.summary import render_summary
from deployer.settings import NO_SPACE, Settings

ISSUES = "https://github.com/org/hf-space-deploy/issues"
INTERRUPTED = 130
REAL_TIME = SystemClock()
# A cancelled job gets SIGINT, 7.5 s later SIGTERM, 2.5 s later SIGKILL (actions/runner,
# ProcessInvoker.cs).
STOPS = (signal.SIGINT, signal.SIGTERM)
LOOKING = frozenset({Mode.PLAN, Mode.CHECK})
# A Trusted Publisher writes the files of one Space; these make and delete others, or write nothing.
STORED_TOKEN_ONLY = frozenset({Mode.PREVIEW, Mode.CLEANUP, Mode.REHEARSE})
# Ours, and those that a job or its other steps may have; whoever prints one, it stays hidden.
TOKENS = frozenset(
    {
        *("INPUT_HF_TOKEN", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN"),
        *("INPUT_GITHUB_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"),
        *("ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
    }
)
# Frames of a bug's traceback: an endless recursion has thousands.
FRAMES = 25


class Interrupted(BaseException):
    """The runner asked the process to stop."""


def main(
    environ: Mapping[str, str],
    argv: Sequence[str],
    stream: TextIO = sys.stdout,
    clock: SystemClock = REAL_TIME,
) -> int:
    """Run the program; its exit code (errors.Exit, or 130 when the runner stopped it)."""
    console = RunnerConsole(stream, on_github=environ.get("GITHUB_ACTIONS") == "true")
    earlier = {number: signal.signal(number, _interrupt) for number in STOPS}
    try:
        return int(_run(overlay(environ, argv), console, clock))
    except Help as wanted:
        stream.write(f"{wanted}\n")
        return int(Exit.DONE)
    except Refused as refused:
        return _end_early(refused.problems, environ, console)
    except (KeyboardInterrupt, Interrupted):
        console.line("Stopped before the end. Run the job again: it goes on from what is there.")
        return INTERRUPTED
    except Exception as bug:  # noqa: BLE001 - the one boundary
        return _report_bug(bug, environ, console)
    finally:
        for number, handler in earlier.items():
            if signal.getsignal(number) is _interrupt:
                signal.signal(number, handler)


def _end_early(
    problems: Sequence[Problem], environ: Mapping[str, str], console: RunnerConsole
) -> int:
    """End red before there is a street: annotations, status and summary all the same."""
    report = Report(
        status=Status.FAILED, exit=min(each.exit for each in problems), problems=tuple(problems)
    )
    journal = RunnerJournal(environ, say=console.line, scrub=console.scrub)
    for problem in choose(problems, ())[0]:
        console.problem(problem)
    for name, value in outputs_of(report).items():
        journal.output(name, value)
    journal.summary(render_summary(report))
    journal.finish()
    return int(report.exit)


def _interrupt(*_: object) -> None:
    """End the run, once: a second signal must not cut the outputs and the last line short."""
    for number in STOPS:
        signal.signal(number, _ignore)
    raise Interrupted


def _ignore(*_: object) -> None:
    pass


def _run(environ: Mapping[str, str], console: RunnerConsole, clock: SystemClock) -> Exit:
    _mask(environ, console)
    context = _context(environ)
    files = Workspace(Path(context.workspace))
    environ, context = apply_entry(_with_token(environ), context, files)
    _mask(environ, console, context.environment)
    settings = in_repository(_settings(environ, context), context.below)
    token, fleetwide = None, settings.space == NO_SPACE
    asks = not fleetwide and settings.mode not in STORED_TOKEN_ONLY
    publishes = settings.hf_token is None and asks
    if publishes and not event_problems(settings.mode, context):
        token = _published(settings, environ, console, clock)
    settings = replace(settings, hf_token=settings.hf_token or token)
    if context.below:
        console.line(f"The repository is in `{context.below}`: paths are relative to it.")
    world = make_world(
        settings, context, environ, console, clock, trusted_publisher=token is not None
    )
    return street_of(settings)(settings, context, world).exit


def _settings(environ: Mapping[str, str], context: Context) -> Settings:
    """The inputs; with one that can't be read, what is wrong with values is told as well."""
    try:
        return read_settings(environ)
    except Refused as refused:
        found = value_problems(environ, context.environment)
        raise Refused([*refused.problems, *found]) from None


def _published(
    settings: Settings, environ: Mapping[str, str], console: RunnerConsole, clock: SystemClock
) -> Secret | None:
    """A Trusted Publisher's token, where the job may ask for one; who only looks does without."""
    try:
        return publisher_token(
            environ, settings.space, endpoint=endpoint_of(environ), console=console, clock=clock
        )
    except HubRefused as refused:
        if settings.mode not in LOOKING:
            raise
        console.line(f"`mode: {settings.mode}` goes on without a token: {refused}")
        return None


def _mask(
    environ: Mapping[str, str], console: RunnerConsole, values: Mapping[str, str] | None = None
) -> None:
    """Before anything is read or said: the tokens, under whatever name they came, and secrets.

    ``values``: what names stand for, where that isn't the environment itself.
    """
    for name, value in environ.items():
        plain = name.upper().replace("-", "_")
        texts: Sequence[str] = ()
        if plain in TOKENS:
            texts = masks_for_token(value.strip())
        elif plain == "INPUT_SECRETS":
            parsed = parse_entries(value, public=False, environ=values or environ)
            texts = masks_for(parsed.entries)
        elif plain == VARIABLE:
            texts = _fleet_masks(value)
        for text in texts:
            console.mask(text)


def _fleet_masks(text: str) -> Sequence[str]:
    """For the fleet's secrets; for all of the text when it can't be taken apart."""
    try:
        values = values_of({VARIABLE: text})
    except Refused:
        return masks_for_token(text)
    entries = (Entry(name=n, value=Secret(v), public=False, line=0) for n, v in values.items())
    return masks_for(entries)


def _with_token(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment with ``HF_TOKEN`` as the input's default."""
    given = environ.get("INPUT_HF-TOKEN") or environ.get("INPUT_HF_TOKEN")
    if given or not environ.get("HF_TOKEN"):
        return environ
    return {**environ, "INPUT_HF_TOKEN": environ["HF_TOKEN"]}


def _context(environ: Mapping[str, str]) -> Context:
    """The run's surroundings; outside GitHub the checkout of the current folder speaks."""
    checkout = None if environ.get("GITHUB_WORKSPACE") else find_checkout(Path.cwd())
    workspace = environ.get("GITHUB_WORKSPACE") or str(checkout.root if checkout else Path.cwd())
    if checkout is not None:
        environ = {"GITHUB_REF": checkout.ref, "GITHUB_SHA": checkout.sha, **environ}
    own = own_checkout(Path(workspace), environ.get("GITHUB_REPOSITORY", ""))
    context = read_context(environ, _event(environ), workspace=str(own or workspace))
    return replace(context, below=own.relative_to(workspace).as_posix() if own else "")


def _event(environ: Mapping[str, str]) -> Mapping[str, Any]:
    path = environ.get("GITHUB_EVENT_PATH")
    try:
        event = json.loads(Path(path).read_bytes()) if path else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def _report_bug(bug: Exception, environ: Mapping[str, str], console: RunnerConsole) -> int:
    """Say that it is our fault, where to report it, and only then what happened."""
    problem = Problem(
        exit=Exit.BUG,
        message=f"A bug of hf-space-deploy {__version__}: {type(bug).__name__}.",
        hint=f"Please report it at {ISSUES} with the lines at the end of the log.",
    )
    code = _end_early([problem], environ, console)
    console.line(f"Python {platform.python_version()}, {platform.platform()}")
    console.line("".join(traceback.format_exception(bug, limit=-FRAMES)))
    return code
