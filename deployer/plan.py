"""Decides what a run will do, from what was observed. Pure but for reading the frontend's files.

The plan is complete: acting on it takes no further decision but those that answer the Hub.
"""

from __future__ import annotations

from dataclasses import dataclass

from deployer.context import Context
from deployer.credentials import plan as credentials_plan
from deployer.errors import Exit, Problem, Where
from deployer.findings import Findings
from deployer.frontend import FrontendRequest, plan_frontend
from deployer.model import (
    Bundle,
    BundleFile,
    ConfigurationChange,
    FrontendPlan,
    FrontendState,
    Secret,
    Space,
    SpaceId,
)
from deployer.observe import Given
from deployer.observe_space import SpaceState
from deployer.ports import Files
from deployer.release import difference
from deployer.release.difference import Difference
from deployer.settings import Settings

MARK = "Deployed-by: hf-space-deploy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that is decided before the first write."""

    bundle: Bundle
    files: tuple[BundleFile, ...]
    difference: Difference
    configuration: ConfigurationChange
    frontend: FrontendPlan
    space: Space | None
    hardware: str | None
    sleep_time: int | None
    visibility: str
    message: str
    description: str

    @property
    def digest(self) -> str:
        """The bundle's digest, as in the manifest."""
        return difference.bundle_digest(self.files)


def decide(
    settings: Settings,
    context: Context,
    *,
    bundle: Bundle,
    given: Given,
    state: SpaceState,
    frontend: FrontendPlan,
) -> Plan:
    """The plan of a deploy."""
    files = difference.with_manifest(bundle.files)
    hardware, sleep_time = _resize(settings, state.space)
    digest = difference.bundle_digest(files)
    return Plan(
        bundle=bundle,
        files=files,
        difference=difference.compare(files, state.tree, state.brought),
        configuration=credentials_plan.plan_configuration(
            given.entries,
            state.stored,
            token=settings.hf_token or Secret(""),
            prune=settings.prune,
            named=frozenset(each.name for each in given.all),
        ),
        frontend=frontend,
        space=state.space,
        hardware=hardware,
        sleep_time=sleep_time,
        visibility=settings.visibility or _visibility(context),
        message=f"Deploy {context.source}" if context.source else "Deploy the backend",
        description=_description(context, digest),
    )


def _visibility(context: Context) -> str:
    return "protected" if context.repository_private else "public"


def _resize(settings: Settings, space: Space | None) -> tuple[str | None, int | None]:
    """Hardware and sleep time to ask for: as given for a new Space, else only what differs."""
    if space is None:
        return settings.hardware, settings.sleep_time
    runtime = space.runtime
    has = runtime.requested_hardware or runtime.hardware
    hardware = settings.hardware if settings.hardware != has else None
    # -1 asks for "never", which the Hub may report as no time at all.
    there = -1 if runtime.sleep_time is None else runtime.sleep_time
    sleep_time = settings.sleep_time if settings.sleep_time != there else None
    return hardware, sleep_time


def _description(context: Context, digest: str) -> str:
    lines = []
    if context.repository and context.sha:
        lines.append(f"Source: {context.server_url}/{context.repository}/commit/{context.sha}")
    if context.run_url:
        lines.append(f"Run: {context.run_url}")
    return "\n".join([*lines, "", MARK, f"Bundle: {digest}"]).strip()


def frontend_request(settings: Settings, bundle: Bundle, backend_url: str) -> FrontendRequest:
    """What the frontend step is asked for a backend at ``backend_url``."""
    return FrontendRequest(
        paths=settings.frontend,
        backend_folder=bundle.backend.folder,
        backend_url=backend_url,
        local_url=settings.local_url,
        routes=bundle.backend.routes,
        backend_ports=tuple(dict.fromkeys((8000, 7860, bundle.backend.app_port))),
    )


def read_frontend(
    settings: Settings, bundle: Bundle | None, state: SpaceState, files: Files, findings: Findings
) -> FrontendPlan:
    """What would be rewritten. For a Space that doesn't exist yet its address is a presumption."""
    if bundle is None:
        return FrontendPlan(state=FrontendState.NONE)
    url = state.space.host if state.space and state.space.host else presumed_host(settings)
    plan = findings.attempt(
        lambda: plan_frontend(frontend_request(settings, bundle, url), files)
    ) or FrontendPlan(state=FrontendState.NONE)
    findings.keep((), plan.notices)
    visibility = state.space.visibility if state.space else settings.visibility
    if plan.state is FrontendState.CHANGE and visibility == "private":
        findings.keep((_private(settings.space),))
    return plan


def presumed_host(settings: Settings) -> str:
    """Where a new Space will most likely be; only shown, never written anywhere.

    The Hub documents no rule for names, only examples (Spaces overview); what it reports after the
    creation is what counts.
    """
    name = f"{settings.space.owner}-{settings.space.name}".lower()
    return f"https://{name.replace('_', '-').replace('.', '-')}.hf.space"


def _private(space: SpaceId) -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION,
        message=f"The Space {space} is private: no browser can reach it from the frontend.",
        hint="Make it public or protected in its settings, or set `frontend: none`.",
        where=Where(input="frontend"),
    )
