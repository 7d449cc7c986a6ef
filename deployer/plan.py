"""Decides what a run will do, from what was observed. Pure.

The plan is complete: acting on it takes no further decision but those that answer the Hub.
"""

from __future__ import annotations

from msgspec import Struct

from deployer.context import Context
from deployer.credentials import plan as credentials_plan
from deployer.model import (
    Bundle,
    BundleFile,
    ConfigurationChange,
    Entry,
    FrontendPlan,
    Secret,
    Space,
)
from deployer.observe import Given
from deployer.observe_space import SpaceState
from deployer.release import difference, trailer
from deployer.release.difference import Difference
from deployer.settings import Settings


class Plan(Struct, frozen=True, kw_only=True):
    """Everything that is decided before the first write. ``digest`` is the bundle's, ``entries``
    are the secrets and variables as the workflow wants them."""

    bundle: Bundle
    files: tuple[BundleFile, ...]
    difference: Difference
    configuration: ConfigurationChange
    entries: tuple[Entry, ...]
    frontend: FrontendPlan
    hardware: str | None
    sleep_time: int | None
    visibility: str
    message: str
    description: str
    digest: str


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
    files = difference.with_manifest(bundle.files, health_path=bundle.backend.health_path)
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
        entries=given.entries,
        frontend=frontend,
        hardware=hardware,
        sleep_time=sleep_time,
        visibility=settings.visibility or _visibility(context),
        message=f"Deploy {context.source}" if context.source else "Deploy the backend",
        description=_description(context, digest, state.healthy),
        digest=digest,
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


def _description(context: Context, digest: str, healthy: str) -> str:
    lines = []
    if context.repository and context.sha:
        lines.append(f"Source: {context.server_url}/{context.repository}/commit/{context.sha}")
    if context.run_url:
        lines.append(f"Run: {context.run_url}")
    return "\n".join([*lines, "", trailer.write(bundle=digest, healthy=healthy)]).strip()
