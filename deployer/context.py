"""What the runner says about this run: repository, branch, event, fork or not.

Facts: GitHub's "Variables reference" (default environment variables) and "Webhook events and
payloads" (the event file). Outside GitHub everything falls back to the workspace itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import field

from deployer.errors import Exit, Problem
from deployer.model import Mode
from deployer.model.quiet import Quiet

PULL_REQUEST_EVENTS = frozenset({"pull_request", "pull_request_target"})


class Context(Quiet, frozen=True, kw_only=True):
    """The run's surroundings. ``branch`` is None on a tag (``tag``) or a detached head.

    Of a pull request: ``pull`` is its number, ``head_sha`` its newest commit (``sha`` is GitHub's
    trial merge), ``head_branch`` and ``base`` its branches, ``action`` what happened to it, and
    ``closed`` whether it was then.
    ``below``: the workspace's place in the runner's own, where the checkout has a ``path``.
    """

    workspace: str
    below: str = ""
    repository: str = ""
    repository_private: bool = False
    sha: str = ""
    branch: str | None = None
    tag: str = ""
    default_branch: str = ""
    event: str = ""
    action: str = ""
    pull: int | None = None
    closed: bool = False
    head_sha: str = ""
    head_branch: str = ""
    base: str = ""
    from_fork: bool = False
    actor: str = ""
    run_url: str = ""
    server_url: str = "https://github.com"
    api_url: str = "https://api.github.com"
    graphql_url: str = "https://api.github.com/graphql"
    # A runner of GitHub's kind; ``on_github``: and GitHub itself behind it, with its API.
    on_actions: bool = False
    on_github: bool = False
    # For `secrets: NAME`; never shown, most of it is nobody's business.
    environment: Mapping[str, str] = field(default_factory=dict)

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
        tag=_tag(environ),
        default_branch=_text(event, "repository", "default_branch"),
        event=environ.get("GITHUB_EVENT_NAME", ""),
        action=_text(event, "action"),
        pull=_pull(event),
        closed=_text(event, "pull_request", "state") == "closed",
        head_sha=_text(event, "pull_request", "head", "sha"),
        head_branch=_text(event, "pull_request", "head", "ref"),
        base=_text(event, "pull_request", "base", "ref"),
        from_fork=_from_fork(event, repository),
        actor=environ.get("GITHUB_ACTOR", ""),
        run_url=f"{server}/{repository}/actions/runs/{run}" if repository and run else "",
        server_url=server,
        api_url=api,
        # On GitHub Enterprise Server REST is below /api/v3.
        graphql_url=environ.get("GITHUB_GRAPHQL_URL") or f"{api.removesuffix('/v3')}/graphql",
        on_actions=environ.get("GITHUB_ACTIONS") == "true",
        on_github=environ.get("GITHUB_ACTIONS") == "true" and not _on_forgejo(environ),
        environment=environ,
    )


def _on_forgejo(environ: Mapping[str, str]) -> bool:
    """Forgejo's and Gitea's runners set GITHUB_ACTIONS, too, and a variable of their own."""
    return any(environ.get(name) for name in ("FORGEJO_ACTIONS", "GITEA_ACTIONS"))


def _branch(environ: Mapping[str, str]) -> str | None:
    ref = environ.get("GITHUB_REF", "")
    branch = ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else None
    # A merge queue's branch is GitHub's own, and gone after the run.
    return None if branch and branch.startswith("gh-readonly-queue/") else branch


def _tag(environ: Mapping[str, str]) -> str:
    ref = environ.get("GITHUB_REF", "")
    return ref.removeprefix("refs/tags/") if ref.startswith("refs/tags/") else ""


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
    judges = {Mode.DEPLOY: _no_deploy, Mode.PREVIEW: _no_preview, Mode.CLEANUP: _no_cleanup}
    judges[Mode.REHEARSE] = _no_rehearsal
    why = judges[mode](context) if mode in judges else None
    if why is None:
        return ()
    message, hint = why
    return (Problem(exit=Exit.CONFIGURATION, message=message, hint=hint),)


def _no_deploy(context: Context) -> tuple[str, str] | None:
    if context.event in PULL_REQUEST_EVENTS:
        return (
            f"`mode: deploy` does not run on `{context.event}`: it would publish unmerged code.",
            "Use `mode: plan` there.",
        )
    if context.event == "workflow_run" and context.from_fork:
        return (
            "`mode: deploy` does not run on a `workflow_run` that a fork's pull request caused.",
            "Deploy on `push` to your main branch instead.",
        )
    return None


def _no_preview(context: Context) -> tuple[str, str] | None:
    if context.event == "pull_request_target":
        return (
            "`mode: preview` does not run on `pull_request_target`: such a run has the "
            "repository's secrets, and a fork's code must not meet them.",
            "Run it on `pull_request`. A fork's pull request gets `mode: rehearse` there, which "
            "needs no secret.",
        )
    known = context.pull is not None and context.repository
    if context.event != "pull_request" or not known:
        started = f"was started by `{context.event}`" if context.event else "knows of none"
        return (
            f"`mode: preview` makes a Space for a pull request, and this run {started}.",
            "Put it into a workflow with `on: pull_request`, as examples/workflows/preview.yml "
            "does. Elsewhere, give `mode: deploy` a `space` of its own.",
        )
    if context.secretless:
        whose = "from a fork" if context.from_fork else "of Dependabot"
        return (
            f"A pull request {whose} gets no preview: GitHub hands its runs no secrets.",
            "Run `mode: rehearse` for it, which needs none: it builds and starts the backend on "
            "the runner and proves it healthy.",
        )
    if context.closed or context.action == "closed":
        return (
            f"Pull request {context.pull} is closed: there is nothing to preview.",
            "`mode: cleanup` deletes its Space. Leave `closed` out of this job's `types`.",
        )
    return None


def _no_rehearsal(context: Context) -> tuple[str, str] | None:
    if context.event in ("pull_request_target", "workflow_run") and context.from_fork:
        return (
            f"`mode: rehearse` runs no fork's code on `{context.event}`: such a run has the "
            "repository's secrets.",
            "Run it on `pull_request`, where a fork's code meets none.",
        )
    return None


def _no_cleanup(context: Context) -> tuple[str, str] | None:
    if context.event not in PULL_REQUEST_EVENTS or context.action == "closed":
        return None
    return (
        f"`mode: cleanup` deletes the preview of a pull request that is closed, and this run was "
        f"started by `{context.action or context.event}`.",
        "Write `types: [closed]` below `pull_request:`.",
    )
