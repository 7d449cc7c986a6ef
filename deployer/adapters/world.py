"""The world of a run: every port, on the Hub, GitHub, the runner and the machine itself."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from deployer.adapters import github_comments, github_deployments, github_issues
from deployer.adapters.checkout import find_checkout
from deployer.adapters.clock import SystemClock
from deployer.adapters.disk import Workspace
from deployer.adapters.git import GIT_SECONDS, GitRepo
from deployer.adapters.github import GitHubRepo
from deployer.adapters.github_api import GitHubApi
from deployer.adapters.github_comments import GitHubComments
from deployer.adapters.github_deployments import GitHubDeployments
from deployer.adapters.github_issues import GitHubIssues
from deployer.adapters.github_pulls import GitHubPulls
from deployer.adapters.github_resource import GitHubResource
from deployer.adapters.hub import HubRuntime
from deployer.adapters.hub_client import PUBLIC_HUB, HubClient
from deployer.adapters.hub_config import HubConfig
from deployer.adapters.hub_directory import HubDirectory
from deployer.adapters.rehearsals import MachineRehearsals
from deployer.adapters.repository_refusals import PULLS
from deployer.adapters.runner import RunnerConsole, RunnerJournal
from deployer.adapters.space_repo import HubSpaceRepo
from deployer.adapters.web_probe import WebProbe
from deployer.context import Context
from deployer.errors import Exit, Problem, Refused
from deployer.input_types import Invalid, url
from deployer.model import Mode, Secret
from deployer.ports import Repo, World
from deployer.settings import NO_SPACE, Settings

BEGIN_WITH_THE_SPACE: Final = frozenset({Mode.DEPLOY, Mode.PLAN})


def make_world(
    settings: Settings,
    context: Context,
    environ: Mapping[str, str],
    console: RunnerConsole,
    clock: SystemClock,
    *,
    trusted_publisher: bool = False,
) -> World:
    """Every port. Raises ``Refused`` (exit 2) for an address of the Hub that is none."""
    files = Workspace(Path(context.workspace))
    temp = Path(environ.get("RUNNER_TEMP") or tempfile.gettempdir())
    client = HubClient(
        endpoint=endpoint_of(environ),
        token=settings.hf_token,
        clock=clock,
        scrub=console.scrub,
        speed=clock.speed,
    )
    return World(
        files=files,
        spaces=_spaces(client, settings),
        space_repo=HubSpaceRepo(client, files, workspace=Path(context.workspace), temp=temp),
        space_config=HubConfig(client),
        space_runtime=HubRuntime(client),
        probe=WebProbe(),
        clock=clock,
        repo=_repo(settings, context, clock),
        rehearsals=MachineRehearsals(workspace=Path(context.workspace), temp=temp),
        console=console,
        journal=RunnerJournal(environ, say=console.line, scrub=console.scrub),
        trusted_publisher=trusted_publisher,
        **_on_github(settings, context, clock),
    )


def _spaces(client: HubClient, settings: Settings) -> HubDirectory:
    """The register; where a run is sure to begin with its Space, that is asked for by now."""
    spaces = HubDirectory(client)
    if settings.mode in BEGIN_WITH_THE_SPACE and settings.hf_token and settings.space != NO_SPACE:
        spaces.ask_ahead(settings.space)
    return spaces


def endpoint_of(environ: Mapping[str, str]) -> str:
    """The Hub's address. Raises ``Refused`` (exit 2) for what is none."""
    given = environ.get("HF_ENDPOINT") or PUBLIC_HUB
    try:
        return url(given)
    except Invalid as invalid:
        problem = Problem(exit=Exit.CONFIGURATION, message=f"`HF_ENDPOINT` {invalid}.")
        raise Refused([problem]) from None


def _repo(settings: Settings, context: Context, clock: SystemClock) -> Repo | None:
    """Where the follow-up commit goes: GitHub's API there, else the checkout's own remote."""
    method = settings.commit_method or ("api" if context.on_github else "git")
    if method == "api" and settings.github_token is not None and context.repository:
        return GitHubRepo(
            repository=context.repository,
            token=settings.github_token,
            api_url=context.api_url,
            graphql_url=context.graphql_url,
            sleep=clock.sleep,
            speed=clock.speed,
        )
    checkout = find_checkout(Path(context.workspace))
    if checkout is None or not checkout.remote:
        return None
    # On a runner the token comes by itself, and belongs to that server alone.
    foreign = context.on_actions and not checkout.remote.startswith(f"{context.server_url}/")
    token = None if foreign else settings.github_token
    return GitRepo(
        workspace=checkout.root,
        token=token or Secret(""),
        timeout=GIT_SECONDS / clock.speed,
        sleep=clock.sleep,
    )


def _on_github(settings: Settings, context: Context, clock: SystemClock) -> dict[str, Any]:
    """What only GitHub has, where its API is and there is a token; ``World``'s names for it."""
    if not context.on_github or settings.github_token is None or not context.repository:
        return {"pulls": None}
    api = GitHubApi(
        token=settings.github_token,
        api_url=context.api_url,
        graphql_url=context.graphql_url,
        sleep=clock.sleep,
        speed=clock.speed,
    )

    def resource(hint: str) -> GitHubResource:
        return GitHubResource(repository=context.repository, api=api, hint=hint, sleep=clock.sleep)

    return {
        "pulls": GitHubPulls(resource(PULLS)),
        "comments": GitHubComments(resource(github_comments.PERMISSION)),
        "issues": GitHubIssues(resource(github_issues.PERMISSION)),
        "deployments": GitHubDeployments(
            resource(github_deployments.PERMISSION), run_url=context.run_url
        ),
    }
