"""What the run, its credentials and the backend's folder show before the first write."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from deployer.bundle import BundleRefused, BundleRequest, build_bundle
from deployer.context import Context, event_problems
from deployer.credentials import hygiene, mask, needed, origins, syntax
from deployer.credentials import plan as credentials_plan
from deployer.errors import Exit, Notice, Problem, Where
from deployer.findings import Findings
from deployer.model import Bundle, Entry
from deployer.observe_space import SpaceState
from deployer.ports import World
from deployer.settings import Settings

SCANNED: Final = 2 * 1024 * 1024  # larger files are data, not code or configuration


class Given(Struct, frozen=True, kw_only=True):
    """Secrets and variables as the workflow gives them, frontend origins included."""

    entries: tuple[Entry, ...] = ()
    missing: tuple[syntax.Missing, ...] = ()

    @property
    def all(self) -> tuple[Entry | syntax.Missing, ...]:
        """Every name that is given, with a value or without."""
        return (*self.entries, *self.missing)


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
    """The bundle of the backend's folder; also one that is refused, when all of it was read."""
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
        secrets=given.of_kind(public=False),
        variables=given.of_kind(public=True),
        frontend_urls=settings.frontend_url or (),
    )
    bundle = findings.attempt(lambda: _built(request, world, findings))
    if bundle is not None:
        findings.keep((), bundle.notices)
        _check_files(bundle, given, world, findings)
    return bundle


def _built(request: BundleRequest, world: World, findings: Findings) -> Bundle:
    try:
        return build_bundle(request, world.files)
    except BundleRefused as refused:
        findings.keep(refused.problems)
        return refused.bundle


def _check_files(bundle: Bundle, given: syntax.Parsed, world: World, findings: Findings) -> None:
    """Whether a file that ships holds a value that was given as a secret."""
    entries = hygiene.searched(given.entries)
    for file in bundle.files if entries else ():
        if file.digest.size <= SCANNED:
            content = world.files.read(file.source) if file.source else file.content
            path = file.source or file.path
            findings.keep(*hygiene.shipped_values(entries, path, content or b""))


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
    return judge_given(settings, parsed, findings, bundle=bundle, state=state)


def judge_given(
    settings: Settings,
    parsed: syntax.Parsed,
    findings: Findings,
    *,
    bundle: Bundle | None,
    state: SpaceState,
) -> Given:
    """The same, where names without a value are somebody else's to judge."""
    entries = parsed.entries
    frontend = origins.frontend_origins(settings.frontend_url or ())
    findings.keep(frontend.problems, frontend.notices)
    if bundle is not None and frontend.origins and not state.sealed:
        entry, notices = origins.origin_entry(
            frontend.origins, bundle.backend, entries, state.stored
        )
        findings.keep((), notices)
        entries = (*entries, entry) if entry else entries
    elif frontend.origins and state.sealed:
        findings.keep((), (_origins_by_hand(frontend.origins),))
    backend = bundle.backend if bundle else None
    if backend is not None and not state.sealed:
        named = parsed.names | {entry.name for entry in entries}
        findings.keep((), needed.lacking(backend, named, state.stored))
    findings.keep(*hygiene.check_entries(entries, backend=backend))
    findings.keep(credentials_plan.kind_conflicts(entries, state.stored))
    return Given(entries=entries, missing=parsed.missing)


def _origins_by_hand(allowed: tuple[str, ...]) -> Notice:
    message = "This run's token may not set the variable with the origins that the app lets in."
    hint = f"Set it by hand in the Space's settings, with {', '.join(allowed)}, or give `hf-token`."
    return Notice(message=message, hint=hint, where=Where(input="frontend-url"))


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
