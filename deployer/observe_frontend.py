"""The frontend before the first write: what would be rewritten, for which address."""

from __future__ import annotations

from deployer.errors import Exit, Problem, Where
from deployer.findings import Findings
from deployer.frontend import FrontendRequest, plan_frontend
from deployer.model import Bundle, FrontendPlan, FrontendState, SpaceId
from deployer.observe_space import SpaceState
from deployer.ports import Files
from deployer.settings import Settings


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
    url = address(settings, state)
    plan = findings.attempt(
        lambda: plan_frontend(frontend_request(settings, bundle, url), files)
    ) or FrontendPlan(state=FrontendState.NONE)
    findings.keep((), plan.notices)
    if plan.state is FrontendState.CHANGE:
        findings.keep(_unreachable(settings, state))
    return plan


def _unreachable(settings: Settings, state: SpaceState) -> tuple[Problem, ...]:
    """That no browser reaches the Space; ``check_run`` has said it of frontends that are named."""
    if state.space is not None:
        return (_private(settings.space),) if state.space.visibility == "private" else ()
    named = settings.frontend or settings.frontend_url
    return () if named or settings.visibility != "private" else (_made_private(),)


def address(settings: Settings, state: SpaceState) -> str:
    """Where the Space serves; a presumption for one that doesn't exist or wasn't looked at."""
    return state.space.host if state.space and state.space.host else _presumed_host(settings)


def _presumed_host(settings: Settings) -> str:
    """Where a new Space will most likely be; only shown, never written anywhere.

    The Hub documents no rule for names, only examples (Spaces overview); what it reports after the
    creation is what counts.
    """
    name = f"{settings.space.owner}-{settings.space.name}".lower()
    return f"https://{name.replace('_', '-').replace('.', '-')}.hf.space"


def _made_private() -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION,
        message="A frontend was found that calls this backend, and no browser can reach a private "
        "Space.",
        hint="Set `visibility: protected` (source hidden, app public), or `frontend: none`.",
        where=Where(input="visibility"),
    )


def _private(space: SpaceId) -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION,
        message=f"The Space {space} is private: no browser can reach it from the frontend.",
        hint="Make it public or protected in its settings, or set `frontend: none`.",
        where=Where(input="frontend"),
    )
