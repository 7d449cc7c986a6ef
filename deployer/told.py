"""What a run tells of its plan before it carries it out."""

from __future__ import annotations

from msgspec.structs import replace

from deployer.credentials import plan as credentials_plan
from deployer.frontend import unified_diff
from deployer.model import Mode, Space
from deployer.observe_space import SpaceState
from deployer.plan import Plan
from deployer.report import FileDiff, FrontendReport, Names, Urls
from deployer.report.intent import Intent
from deployer.run import Run


def know_plan(run: Run, decided: Plan, state: SpaceState, names: Names, intent: Intent) -> None:
    """Keep what a plan decides, for outputs, summary and receipt, and say it in the log."""
    changes = decided.difference
    run.trail.know(
        bundle=replace(decided.bundle, files=decided.files),
        intent=intent,
        bundle_digest=decided.digest,
        names=names,
        files=FileDiff(
            added=tuple(file.path for file in changes.added),
            changed=tuple(file.path for file in changes.changed),
            removed=changes.deleted,
            kept=changes.kept,
        ),
        frontend=FrontendReport(state=decided.frontend.state, diff=unified_diff(decided.frontend)),
    )
    run.trail.note(*credentials_plan.unmarked(decided.configuration, state.stored))
    if state.space is not None:
        know_space(run, decided, state.space)
        run.trail.know(previous_revision=state.space.serving)
    if run.settings.mode is not Mode.PLAN:
        _say_plan(run, decided)


def _say_plan(run: Run, decided: Plan) -> None:
    say, changes, backend = run.world.console.line, decided.difference, decided.bundle.backend
    say(f"App {backend.app}, health path {backend.health_path}.")
    said = f"{len(decided.files)} files, {decided.bundle.size} bytes"
    if run.settings.mode is not Mode.REHEARSE:
        said += f"; {len(changes.added)} to add, {len(changes.changed)} to change, "
        said += f"{len(changes.deleted)} to remove"
    say(f"{said}.")


def know_space(run: Run, decided: Plan, space: Space) -> None:
    """Keep where the Space is to be found."""
    run.trail.know(urls=Urls.of(space, decided.bundle.backend.health_path))
