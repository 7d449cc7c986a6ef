"""A local GitHub with a token that may write and one that may only read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deployer.adapters.github_api import GitHubApi
from deployer.adapters.github_resource import GitHubResource
from deployer.model import Secret
from tests.localgithub.description import DescriptionMissing, description
from tests.localgithub.schema import SchemaMissing, schema
from tests.localgithub.server import serving
from tests.localgithub.state import Grant, LocalGitHub
from tests.real.checkout import READER, WRITER
from tests.real.need import missing


def resource_of(local: LocalGitHub, token: str, repository: str = "octo/site") -> GitHubResource:
    """What an adapter is given, without waiting."""
    variables = local.variables()
    api = GitHubApi(
        token=Secret(token),
        api_url=variables["GITHUB_API_URL"],
        graphql_url=variables["GITHUB_GRAPHQL_URL"],
        sleep=_at_once,
    )
    hint = "Give the job `permissions: its-name: write`."
    return GitHubResource(repository=repository, api=api, hint=hint, sleep=_at_once)


def _at_once(_seconds: float) -> None:
    return None


@contextmanager
def github_with_tokens(root: Path) -> Iterator[LocalGitHub]:
    """A running GitHub whose repositories lie below ``root``; skips where it lacks its schemas."""
    try:
        schema()
        description()
    except (SchemaMissing, DescriptionMissing) as sentence:
        missing(str(sentence))
    github = LocalGitHub(root=root)
    github.grants = {WRITER: Grant(installation=True), READER: Grant(write=False)}
    with serving(github):
        yield github
