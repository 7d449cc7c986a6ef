"""The report while it comes into being: what is known is kept, and outputs are written at once.

A run that ends early, for whatever reason, is reported with everything that was known by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, Unpack

from msgspec.structs import replace

from deployer.errors import Exit, Notice, Problem, Refused
from deployer.model import Mode, NotBuilt, Status, Unhealthy
from deployer.ports import World
from deployer.report import Report, Source, StageTime
from deployer.report.annotations import choose
from deployer.report.intent import Intent
from deployer.report.known import Ending, Facts
from deployer.report.outputs import outputs_of
from deployer.report.plan_document import render_plan_document
from deployer.report.plan_log import say_plan
from deployer.report.receipt import render_receipt
from deployer.report.summary import render_summary

Finding = TypeVar("Finding", Problem, Notice)


class Trail:
    """Collects the facts of one run. ``report`` is always complete enough to be rendered."""

    def __init__(self, world: World, report: Report, source: Source) -> None:
        self.world = world
        self.report = report
        self.source = source
        self._written: dict[str, str] = {}
        self.know()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A stage of the run: a group in the log, a row in the timeline however it ends."""
        began = self.world.clock.now()
        try:
            with self.world.console.group(name):
                yield
        finally:
            took = StageTime(name=name, seconds=self.world.clock.now() - began)
            self.report = replace(self.report, timeline=(*self.report.timeline, took))

    def know(self, **facts: Unpack[Ending]) -> None:
        """Keep facts of the report and write every output that they make known."""
        self.report = replace(self.report, **facts)
        for name, value in outputs_of(self.report).items():
            if self._written.get(name) != value:
                self._written[name] = value
                self.world.journal.output(name, value)

    def note(self, *notices: Notice) -> None:
        """Keep notices, each once, and say them in the log."""
        kept = dict.fromkeys(self.report.notices)
        new = [each for each in dict.fromkeys(notices) if each not in kept]
        self.report = replace(self.report, notices=(*kept, *new))
        for notice in new:
            self.world.console.line(f"{'Warning' if notice.warning else 'Note'}: {notice}")

    def refused(self, refused: Refused) -> Report:
        """End red with every problem that ``refused`` carries."""
        self.know(status=Status.FAILED, exit=refused.exit, problems=refused.problems)
        return self.report

    def ended(self, status: Status, exit_code: Exit = Exit.DONE, **facts: Unpack[Facts]) -> Report:
        """End with a status."""
        self.know(status=status, exit=exit_code, **facts)
        return self.report

    def publish(self) -> None:
        """Annotations, job summary and documents; once, at the very end."""
        self.report = cleaned(self.report, self.world.console.scrub)
        if self.report.mode is Mode.PLAN:
            say_plan(self.report, self.world.console)
            self._document(
                "plan", render_plan_document(self.report, self.source, self.world.console.scrub)
            )
        problems, warnings = choose(self.report.problems, self.report.notices)
        for problem in problems:
            self.world.console.problem(problem)
        for warning in warnings:
            self.world.console.notice(warning)
        self.world.journal.summary(render_summary(self.report, self.source))
        self._document("receipt", render_receipt(self.report, self.source))
        self.world.journal.finish()
        if self.report.exit_code is None:
            self.world.console.line(what_stands(self.report))

    def _document(self, name: str, content: str) -> None:
        """Write a document; its path is the output of the same name."""
        path = self.world.journal.document(name, content)
        if path:
            self.world.journal.output(name, path)


def what_stands(report: Report) -> str:
    """What a run that was cut short leaves behind, as far as it knew."""
    if report.mode is Mode.REHEARSE:
        return "A rehearsal writes nothing: the Space is as it was."
    if isinstance(report.outcome, NotBuilt | Unhealthy):
        return report.serving or "The newest revision is not healthy; nothing was put back yet."
    if report.changed:
        return "The new commit is on the Space, which goes on with it; it was not proved healthy."
    return "No new commit of this run was seen on the Space; one that was under way may arrive."


def cleaned(report: Report, scrub: Callable[[str], str]) -> Report:
    """The report with secrets taken out of what a stranger wrote: the Hub, the app, its log.

    Before it is rendered: Markdown's escapes would hide a secret from a search for it.
    """
    outcome = report.outcome
    if isinstance(outcome, NotBuilt | Unhealthy) and outcome.log:
        outcome = replace(outcome, log=tuple(scrub("\n".join(outcome.log)).split("\n")))
    if isinstance(outcome, NotBuilt):
        outcome = replace(outcome, error=scrub(outcome.error))
    return replace(
        report,
        outcome=outcome,
        problems=tuple(_cleaned(problem, scrub) for problem in report.problems),
        notices=tuple(_cleaned(notice, scrub) for notice in report.notices),
        serving=scrub(report.serving),
        frontend=replace(report.frontend, diff=scrub(report.frontend.diff)),
        intent=_public(report.intent, scrub) if report.intent else None,
    )


def _public(intent: Intent, scrub: Callable[[str], str]) -> Intent:
    """The same, where somebody put a key into a variable."""

    def shown(value: str | None) -> str | None:
        return value if value is None else scrub(value)

    settings = (
        replace(each, before=shown(each.before), after=shown(each.after))
        for each in intent.settings
    )
    return replace(intent, settings=tuple(settings))


def _cleaned(found: Finding, scrub: Callable[[str], str]) -> Finding:
    return replace(found, message=scrub(found.message), hint=scrub(found.hint))
