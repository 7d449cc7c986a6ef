"""The stages of a deploy, each one step of pipeline.py: it acts, keeps the facts, and returns."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from deployer import (
    act,
    observe,
    observe_frontend,
    observe_space,
    plan,
    publisher,
    recover,
    red,
    told,
)
from deployer import follow_up as frontend_step
from deployer.act import Release
from deployer.errors import Exit, HubRefused, Notice, Refused, refuse
from deployer.findings import Findings
from deployer.frontend import plan_frontend
from deployer.intent import intent_of
from deployer.model import (
    Healthy,
    Mode,
    NotBuilt,
    Outcome,
    Secret,
    Status,
    Superseded,
    Unhealthy,
)
from deployer.observe_space import SpaceState
from deployer.plan import Plan
from deployer.release import exposed, marker, watch
from deployer.release.target import Target, app_token
from deployer.report import Report, names_of
from deployer.run import Run
from deployer.undo import decide as decide_undo

# Where GitHub hands out no secrets, these go on without.
WITHOUT_SECRETS: Final = frozenset({Mode.PLAN, Mode.REHEARSE})


def decide(run: Run) -> tuple[Plan, SpaceState]:
    """Read everything, decide everything. Raises ``Refused`` with every problem at once."""
    settings, world, findings = run.settings, run.world, Findings()
    observe.check_run(settings, run.context, findings)
    parsed = observe.read_credentials(settings, run.context, world, findings)
    bundle = observe.read_backend(settings, parsed, world, findings)
    state = observe_space.read_space(settings, bundle, world, findings)
    given = observe.judge_credentials(
        settings,
        parsed,
        findings,
        bundle=bundle,
        state=state,
        lenient=run.context.secretless and settings.mode in WITHOUT_SECRETS,
    )
    frontend = observe_frontend.read_frontend(settings, bundle, state, world.files, findings)
    if settings.mode is Mode.DEPLOY:
        findings.keep(*frontend_step.access_findings(settings, run.context, frontend, world))
    run.trail.note(*findings.notices)
    run.trail.know(bundle=bundle, names=names_of(given.all))
    # A plan that is refused is still shown, as far as it goes.
    if bundle is None or (findings.problems and settings.mode is not Mode.PLAN):
        raise Refused(findings.problems)
    decided = plan.decide(
        settings, run.context, bundle=bundle, given=given, state=state, frontend=frontend
    )
    compared = settings.hf_token is not None
    intent = intent_of(decided, state, given, compared=compared, named=parsed.names)
    told.know_plan(run, decided, state, names_of(given.all, decided.configuration), intent)
    if world.trusted_publisher:
        findings.keep(publisher.limits(settings, decided, state.space))
    refuse(findings.problems)
    return decided, state


def push(run: Run, decided: Plan, state: SpaceState) -> Release:
    """Create the Space where there is none, set its configuration, push one commit."""
    created = state.space is None
    space = state.space or act.create(decided, run.settings.space, run.world)
    if not space.host:
        raise HubRefused(f"The Hub doesn't say at which address the Space {space.id} serves.")
    told.know_space(run, decided, space)
    release = act.push(decided, space, run.world, created=created)
    ours = marker.of_bundle(decided.digest)
    release = replace(
        release,
        tells=release.pushed and state.marker != ours,
        answered=int(not release.changed and state.answered(ours)),
    )
    run.trail.know(changed=release.pushed, revision=release.previous)
    if release.pushed:
        act.hold(decided, space, run.settings.hf_token or Secret(""), run.world)
    if not created and not release.changed:
        run.world.console.line("Nothing differs from the Space: nothing is sent.")
    return release


def wait(run: Run, decided: Plan, release: Release) -> Outcome:
    """What became of the release."""
    target = replace(_target(run, decided, release), answered=release.answered)
    return prove(run, target, changed=release.changed)


def prove(run: Run, target: Target, *, changed: bool) -> Outcome:
    """Whether the target serves and is healthy; an unchanged Space that isn't is restarted once."""
    try:
        outcome = watch.wait(target, run.world)
    except HubRefused:
        run.trail.know(
            serving=red.UNPROVED.format(revision=target.revision[:10]) if changed else ""
        )
        raise
    may_restart = not run.world.trusted_publisher
    if not changed and may_restart and isinstance(outcome, NotBuilt | Unhealthy):
        run.world.console.line("Nothing changed and the Space is not healthy: restarting it once.")
        before = run.world.space_runtime.now(target.space)
        unbuilt = isinstance(outcome, NotBuilt)
        run.world.space_runtime.restart(target.space, factory=unbuilt)
        outcome = watch.wait(target.after(before), run.world)
        run.trail.know(restarted=True)
    know_outcome(run, outcome)
    return outcome


def know_outcome(run: Run, outcome: Outcome) -> None:
    """Keep an outcome and what a person should know of it."""
    run.trail.know(outcome=outcome)
    if isinstance(outcome, Healthy | Unhealthy) and outcome.exposed:
        run.trail.note(exposed.NOTICE)
    if isinstance(outcome, Healthy) and outcome.proof:
        message = f"The Hub does not say which revision runs; {outcome.proof}."
        run.trail.note(Notice(message=message, warning=False))


def _target(run: Run, decided: Plan, release: Release) -> Target:
    space, settings = release.space, run.settings
    return Target(
        space=space.id,
        revision=release.revision,
        health_url=f"{space.host}{decided.bundle.backend.health_path}",
        before=release.before,
        successes=settings.health_successes,
        timeout=float(settings.health_timeout),
        token=app_token(space, settings.hf_token),
        marker=marker.of_bundle(decided.digest),
        tells=release.tells,
        pushed=release.pushed,
        configured=release.configured,
    )


def superseded(run: Run, outcome: Superseded) -> Report:
    """A newer commit took over: theirs to prove, nothing of ours to roll back."""
    return run.trail.ended(Status.FAILED, Exit.HUB, problems=(red.overtaken(outcome),))


def put_back(
    run: Run, decided: Plan, state: SpaceState, release: Release, outcome: NotBuilt | Unhealthy
) -> Report:
    """End red, with the cause; where there was something healthy before, it serves again."""
    problem = red.cause(outcome, run.world.console.scrub)
    wanted = run.settings.rollback
    undo = decide_undo(outcome, release, state, decided.configuration, wanted=wanted)
    if isinstance(undo, str):
        run.world.console.line(undo)
        if isinstance(outcome, Unhealthy):
            run.trail.know(revision=outcome.revision)  # it serves, whatever it is worth
        return run.trail.ended(Status.FAILED, problem.exit, problems=(problem,), serving=undo)
    back = recover.put_back(undo, release, state, _target(run, decided, release), run.world)
    if isinstance(back, Target):
        run.trail.know(serving=recover.unproved(undo))
        back = recover.prove(back, undo, run.world)
    run.world.console.line(back.serving)
    status = Status.ROLLED_BACK if back.revision else Status.FAILED
    run.trail.know(revision=back.revision or run.trail.report.revision)
    return run.trail.ended(status, problem.exit, problems=(problem,), serving=back.serving)


def follow_up(run: Run, decided: Plan, release: Release, outcome: Healthy) -> Report:
    """After health: the frontend's follow-up commit. Its refusal leaves the Space healthy."""
    unchanged = not release.changed and not run.trail.report.restarted
    status = Status.UNCHANGED if unchanged else Status.HEALTHY
    run.trail.know(revision=outcome.revision, status=status)
    urls = run.trail.report.urls
    run.world.console.line(f"Healthy: {urls.app} (API docs: {urls.docs}, health: {urls.health})")
    request = observe_frontend.frontend_request(run.settings, decided.bundle, release.space.host)
    try:
        client = plan_frontend(request, run.world.files)
        frontend, notices = frontend_step.follow_up(
            run.settings, run.context, client, request, run.world
        )
    except Refused as refused:
        problems = tuple(replace(problem, exit=Exit.FRONTEND) for problem in refused.problems)
        # Not `unchanged`: that is said when nothing is left to do.
        return run.trail.ended(Status.HEALTHY, Exit.FRONTEND, problems=problems)
    run.trail.note(*notices)
    run.world.console.line(frontend_step.in_words(frontend))
    live = run.trail.report.frontend.status
    return run.trail.ended(status, frontend=replace(frontend, status=live))


def prune(run: Run, decided: Plan, release: Release, healthy: Healthy) -> tuple[Outcome, Release]:
    """Delete what nobody names any more; the restart that this causes is proved healthy, too."""
    change = decided.configuration
    if not change.prune_secrets and not change.prune_variables:
        return healthy, release
    before = run.world.space_runtime.now(release.space.id)
    act.prune(decided, release, run.world)
    outcome = watch.wait(_target(run, decided, release).after(before), run.world)
    know_outcome(run, outcome)
    return outcome, replace(release, pruned=True)
