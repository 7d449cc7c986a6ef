"""What the runner says about this run: repository, branch, event, fork or not.

Facts: GitHub's "Variables reference" (default environment variables) and "Webhook events and
payloads" (the event file). Outside GitHub everything falls back to the workspace itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deployer.errors import Exit, Problem
from deployer.model import Mode

PULL_REQUEST_EVENTS = frozenset({"pull_request", "pull_request_target"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The run's surroundings. ``branch`` is None on a tag or a detached head.

    Of a pull request: ``pull`` is its number, ``head_sha`` its newest commit (``sha`` is GitHub's
    trial merge), ``head_branch`` and ``base`` its branches, ``action`` what happened to it.
    """

    workspace: str
    repository: str = ""
    repository_private: bool = False
    sha: str = ""
    branch: str | None = None
    event: str = ""
    action: str = ""
    pull: int | None = None
    head_sha: str = ""
    head_branch: str = ""
    base: str = ""
    from_fork: bool = False
    actor: str = ""
    run_url: str = ""
    server_url: str = "https://github.com"
    api_url: str = "https://api.github.com"
    graphql_url: str = "https://api.github.com/graphql"
    on_github: bool = False
    # For `secrets: NAME`; never shown, most of it is nobody's business.
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def secretless(self) -> bool:
        """GitHub hands out no secrets to a fork's or Dependabot's pull request."""
        return self.event == "pull_request" and (self.from_fork or self.actor == "dependabot[bot]")

    @property
    def source(self) -> str:
        """The repository and commit that are deployed, as a person would name them."""
        return f"{self.repository or self.workspace}@{self.sha[:12]}" if self.sha else ""


def read_context(
    environ: Mapping[str, str], event: Mapping[str, Any], *, workspace: str
) -> Context:
    """The context from the environment and the parsed event file (empty when there is none)."""
    server = environ.get("GITHUB_SERVER_URL") or "https://github.com"
    api = environ.get("GITHUB_API_URL") or "https://api.github.com"
    repository = environ.get("GITHUB_REPOSITORY", "")
    run = environ.get("GITHUB_RUN_ID", "")
    return Context(
        workspace=workspace,
        repository=repository,
        repository_private=bool(_at(event, "repository", "private")),
        sha=environ.get("GITHUB_SHA", ""),
        branch=_branch(environ),
        event=environ.get("GITHUB_EVENT_NAME", ""),
        action=_text(event, "action"),
        pull=_pull(event),
        head_sha=_text(event, "pull_request", "head", "sha"),
        head_branch=_text(event, "pull_request", "head", "ref"),
        base=_text(event, "pull_request", "base", "ref"),
        from_fork=_from_fork(event, repository),
        actor=environ.get("GITHUB_ACTOR", ""),
        run_url=f"{server}/{repository}/actions/runs/{run}" if repository and run else "",
        server_url=server,
        api_url=api,
        graphql_url=environ.get("GITHUB_GRAPHQL_URL") or f"{api}/graphql",
        on_github=environ.get("GITHUB_ACTIONS") == "true",
        environment=environ,
    )


def _branch(environ: Mapping[str, str]) -> str | None:
    ref = environ.get("GITHUB_REF", "")
    branch = ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else None
    # A merge queue's branch is GitHub's own, and gone after the run.
    return None if branch and branch.startswith("gh-readonly-queue/") else branch


def _from_fork(event: Mapping[str, Any], repository: str) -> bool:
    """Whether the code comes from another repository; one that was deleted since is another."""
    heads = []
    if _at(event, "pull_request", "head"):
        heads.append(_at(event, "pull_request", "head", "repo", "full_name"))
    run = _at(event, "workflow_run")
    if run and (_at(run, "head_repository") or _at(run, "event") in PULL_REQUEST_EVENTS):
        heads.append(_at(run, "head_repository", "full_name"))
    return any(str(head).lower() != repository.lower() for head in heads)


def _pull(event: Mapping[str, Any]) -> int | None:
    """The pull request's number; True and False are whole numbers to Python only."""
    number = _at(event, "pull_request", "number")
    return number if type(number) is int and number > 0 else None


def _text(event: Mapping[str, Any], *keys: str) -> str:
    found = _at(event, *keys)
    return found if isinstance(found, str) else ""


def _at(event: Any, *keys: str) -> Any:
    """A nested value of the event, None where the path ends early."""
    for key in keys:
        event = event.get(key) if isinstance(event, Mapping) else None
    return event


def event_problems(mode: Mode, context: Context) -> tuple[Problem, ...]:
    """Why this event may not run this mode (docs/reference/errors.md)."""
    if mode is not Mode.DEPLOY:
        return ()
    if context.event in PULL_REQUEST_EVENTS:
        message = (
            f"`mode: deploy` does not run on `{context.event}`: it would publish unmerged code."
        )
        return (Problem(exit=Exit.CONFIGURATION, message=message, hint="Use `mode: plan` there."),)
    if context.event == "workflow_run" and context.from_fork:
        message = (
            "`mode: deploy` does not run on a `workflow_run` that a fork's pull request caused."
        )
        hint = "Deploy on `push` to your main branch instead."
        return (Problem(exit=Exit.CONFIGURATION, message=message, hint=hint),)
    return ()
