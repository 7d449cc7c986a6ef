"""The local GitHub understands what GitHub's own description of its API has, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.localgithub import description
from tests.localgithub.description import Wrong, completed, operation
from tests.localgithub.state import LocalGitHub
from tests.real.checkout import WRITER


def said(local: LocalGitHub, method: str, path: str, body: Any = None) -> requests.Response:
    local.add("octo/site", {"index.html": b"1"})
    headers = {"Authorization": f"Bearer {WRITER}"}
    url = f"{local.url}/repos/octo/site/{path}"
    return requests.request(method, url, json=body, headers=headers, timeout=10)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "issues", {"titel": "x"}),
        ("POST", "issues", {"title": ["x"]}),
        ("POST", "issues", {"body": "no title"}),
        ("GET", "issues?creater=me", None),
        ("GET", "issues", {"state": "open"}),
        ("POST", "deployments", {"ref": "main", "autoMerge": False}),
        ("POST", "deployments/1/statuses", {"state": "successful"}),
    ],
)
def test_a_request_that_github_would_not_understand_is_refused(
    local_github: LocalGitHub, method: str, path: str, body: Any
) -> None:
    assert said(local_github, method, path, body).status_code == 422


def test_an_answer_has_every_field_that_github_promises(local_github: LocalGitHub) -> None:
    made = said(local_github, "POST", "issues", {"title": "x"}).json()
    assert made["title"] == "x"
    assert {"node_id", "labels_url", "comments", "created_at", "user"} <= made.keys()


@pytest.mark.parametrize(
    ("status", "facts"),
    [
        (200, {"number": 1}),
        (201, {"nummer": 1}),
        (201, {"number": "one"}),
    ],
)
def test_an_answer_that_github_could_not_give_is_an_error_of_ours(
    local_github: LocalGitHub, status: int, facts: Any
) -> None:
    asked = operation("POST", "/repos/octo/site/issues")
    assert asked is not None
    with pytest.raises(Wrong):
        completed(asked, status, facts)


def test_a_path_with_slashes_in_a_branch_is_the_branchs(local_github: LocalGitHub) -> None:
    asked = description.operation("GET", "/repos/octo/site/git/ref/heads/a/b")
    assert asked is not None
    assert asked.name == "GET /repos/{owner}/{repo}/git/ref/{ref}"
