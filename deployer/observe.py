"""Everything that is read before the first write, and everything wrong that it shows.

Problems are gathered, not raised one by one: a run that can't go on says all it knows at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from deployer.bundle import BundleRequest, build_bundle
from deployer.context import Context, event_problems
from deployer.credentials import hygiene, mask, origins, syntax
from deployer.credentials import plan as credentials_plan
from deployer.errors import Exit, Notice, Problem, Refused, Where
from deployer.model import (
    Answer,
    Bundle,
    BundleFile,
    Configuration,
    Entry,
    Health,
    Mode,
    Space,
    SpaceFile,
    Verdict,
)
from deployer.ports import World
from deployer.release import difference, health
from deployer.settings import Settings

Value = TypeVar("Value")


class Findings:
    """Problems and notices of all the readings of a run."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notices: list[Notice] = []

    def attempt(self, reading: Callable[[], Value]) -> Value | None:
        """The reading's value, or None when it was refused; the problems are kept."""
        try:
            return reading()
        except Refused as refused:
            self.problems.extend(refused.problems)
            return None

    def keep(self, problems: tuple[Problem, ...], notices: tuple[Notice, ...] = ()) -> None:
        """Add what a pure check found."""
        self.problems.extend(problems)
        self.notices.extend(notices)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceState:
    """The Space as it is before the first write; ``space`` None when it doesn't exist yet.

    ``serving`` is the health of the revision that serves now, None when nothing does.
    """

    space: Space | None = None
    tree: tuple[SpaceFile, ...] = ()
    brought: frozenset[str] = frozenset()
    stored: Configuration = field(default_factory=Configuration)
    serving: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Secrets and variables as the workflow gives them, frontend origins included."""

    entries: tuple[Entry, ...] = ()
    named: frozenset[str] = frozenset()


def read_credentials(
    settings: Settings, context: Context, world: World, findings: Findings
) -> syntax.Parsed:
    """The inputs ``secrets`` and ``variables``, masked before anything else happens."""
    parsed = syntax.parse_inputs(
        settings.secrets.reveal() if settings.secrets else "",
        settings.variables.reveal() if settings.variables else "",
        context.environment,
    )
    for text in mask.masks_for(parsed.entries):
        world.console.mask(text)
    findings.keep(parsed.problems, parsed.notices)
    return parsed


def read_backend(
    settings: Settings, given: syntax.Parsed, world: World, findings: Findings
) -> Bundle | None:
    """The bundle of the backend's folder."""
    request = BundleRequest(
        space=settings.space,
        folder=settings.backend or "backend",
        folder_given=settings.backend not in (None, "backend"),
        app=settings.app,
        python_version=settings.python_version,
        health_path=settings.health_path,
        ignore=settings.ignore or (),
        title=settings.title,
        emoji=settings.emoji,
        color_from=settings.color_from,
        color_to=settings.color_to,
        short_description=settings.short_description,
        secrets=tuple(entry.name for entry in given.entries if not entry.public),
        variables=tuple(entry.name for entry in given.entries if entry.public),
        frontend_urls=settings.frontend_url or (),
    )
    bundle = findings.attempt(lambda: build_bundle(request, world.files))
    if bundle is not None:
        findings.keep((), bundle.notices)
    return bundle


def read_space(
    settings: Settings, bundle: Bundle | None, world: World, findings: Findings
) -> SpaceState:
    """The Space, what may be done with it, and what serves there now."""
    if settings.hf_token is None:
        if settings.mode is not Mode.PLAN:
            findings.problems.append(_no_token())
        return SpaceState()
    space = findings.attempt(lambda: _find(settings, world))
    if space is None:
        return SpaceState()
    findings.keep(_unfit(space))
    stored = findings.attempt(lambda: world.space_config.read(space.id)) or Configuration()
    tree = findings.attempt(lambda: world.space_repo.tree(space.id, space.head)) or ()
    files = difference.with_manifest(bundle.files) if bundle else ()
    return SpaceState(
        space=space,
        tree=tree,
        brought=findings.attempt(lambda: _brought(space, files, tree, world)) or frozenset(),
        stored=stored,
        serving=_serving(settings, space, bundle, world),
    )


def _no_token() -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION,
        message="No Hub token is given.",
        hint="Make one with write access at huggingface.co/settings/tokens, store it as the "
        "repository secret `HF_TOKEN`, and pass `hf-token: ${{ secrets.HF_TOKEN }}`.",
        where=Where(input="hf-token"),
    )


def _find(settings: Settings, world: World) -> Space | None:
    """The Space, write access checked. Raises ``Refused`` when it's missing and not to be made."""
    space = world.spaces.find(settings.space)
    if space is None and not settings.create:
        problem = Problem(
            exit=Exit.HUB,
            message=f"The Space {settings.space} does not exist, and `create` is false.",
            hint="Create it (SDK: Docker), or set `create: true`.",
            where=Where(input="space"),
        )
        raise Refused([problem])
    if space is None:
        world.spaces.may_create(settings.space)
    elif settings.mode is not Mode.PLAN:
        world.spaces.may_write(settings.space)
    return space


def _unfit(space: Space) -> tuple[Problem, ...]:
    if space.sdk in ("docker", ""):
        return ()
    message = f"The Space {space.id} has the SDK `{space.sdk}`; a FastAPI backend needs `docker`."
    hint = "Name another Space, or change `sdk:` in its README to `docker` by hand first."
    return (Problem(exit=Exit.HUB, message=message, hint=hint, where=Where(input="space")),)


def _brought(
    space: Space, files: tuple[BundleFile, ...], tree: tuple[SpaceFile, ...], world: World
) -> frozenset[str]:
    """What an earlier deploy brought; only asked for when something could be removed."""
    if not difference.foreign_paths(files, tree):
        return frozenset()
    content = world.space_repo.read(space.id, difference.MANIFEST, space.head)
    return difference.read_manifest(content)


def _serving(
    settings: Settings, space: Space, bundle: Bundle | None, world: World
) -> Verdict | None:
    """How healthy the revision is that serves before the push; a rollback has to know."""
    if bundle is None or settings.mode is not Mode.DEPLOY or not space.host:
        return None
    if space.runtime.stage != "RUNNING":
        return None
    token = settings.hf_token if space.visibility == "private" else None
    answer: Answer = world.probe.get(space.host + bundle.backend.health_path, space_token=token)
    verdict = health.judge(answer)
    return verdict if answer.status or verdict.health is Health.HEALTHY else None


def judge_credentials(
    settings: Settings,
    parsed: syntax.Parsed,
    findings: Findings,
    *,
    bundle: Bundle | None,
    state: SpaceState,
    lenient: bool,
) -> Given:
    """The entries to set, with the frontend's origins; every problem with them is kept."""
    findings.keep(*syntax.judge_missing(parsed.missing, state.stored, lenient=lenient))
    entries = parsed.entries
    frontend = origins.frontend_origins(settings.frontend_url or ())
    findings.keep(frontend.problems, frontend.notices)
    if bundle is not None and frontend.origins:
        entry, notices = origins.origin_entry(
            frontend.origins, bundle.backend, entries, state.stored
        )
        findings.keep((), notices)
        entries = (*entries, entry) if entry else entries
    backend = bundle.backend if bundle else None
    findings.keep(*hygiene.check_entries(entries, backend=backend))
    findings.keep(credentials_plan.kind_conflicts(entries, state.stored))
    return Given(entries=entries, named=parsed.names)


def check_run(settings: Settings, context: Context, findings: Findings) -> None:
    """What is wrong with the run itself, whatever the repository holds."""
    findings.keep(event_problems(settings.mode, context))
    if settings.visibility == "private" and (settings.frontend or settings.frontend_url):
        problem = Problem(
            exit=Exit.CONFIGURATION,
            message="A private Space can't be reached by a browser, so no frontend can call it.",
            hint="Set `visibility: protected` (source hidden, app public), or `frontend: none`.",
            where=Where(input="visibility"),
        )
        findings.keep((problem,))
