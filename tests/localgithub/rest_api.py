"""The REST API: the resources that are read and written, in the words of GitHub's description."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.localgithub import conversation, deployments, pulls
from tests.localgithub.repositories import Commit, Repository
from tests.localgithub.state import Grant

Answer = tuple[int, Any]
NOT_FOUND: Answer = (404, {"message": "Not Found", "status": "404"})
RULESET = 42
BIG = 1_000_000  # bytes; above it `contents` leaves the content out


def answer(found: Repository, path: str, query: Mapping[str, str]) -> Answer:
    """Status and JSON body for a path below ``/repos/{owner}/{repo}/``."""
    for pattern, resource in RESOURCES:
        if match := re.fullmatch(pattern, path, re.DOTALL):
            return resource(found, query, *match.groups())
    return NOT_FOUND


def write(
    found: Repository, method: str, path: str, body: Mapping[str, Any], grant: Grant
) -> Answer:
    """The answer to a POST, PATCH or DELETE below ``/repos/{owner}/{repo}/``."""
    if path.startswith("issues"):
        return conversation.write(found, method, path, body, grant)
    if path.startswith("deployments"):
        return deployments.write(found, method, path, body, grant)
    return pulls.write(found, method, path, body, allowed=grant.write)


def repository(found: Repository, url: str, *, push: bool) -> Answer:
    """The repository itself."""
    return 200, {
        "full_name": found.full_name,
        "name": found.full_name.partition("/")[2],
        "private": False,
        "archived": found.archived,
        "default_branch": found.default_branch,
        "clone_url": f"{url}/{found.full_name}.git",
        "permissions": {"admin": False, "push": push, "pull": push},
    }


def _ref(found: Repository, _query: Mapping[str, str], branch: str) -> Answer:
    head = found.head(branch)
    if head is None:
        return NOT_FOUND
    return 200, {"ref": f"refs/heads/{branch}", "object": {"type": "commit", "sha": head}}


def _branch(found: Repository, _query: Mapping[str, str], branch: str) -> Answer:
    head = found.head(branch)
    protected = branch in found.protected | found.rulesets
    return (
        (200, {"name": branch, "commit": {"sha": head}, "protected": protected})
        if head
        else (NOT_FOUND)
    )


def _contents(found: Repository, query: Mapping[str, str], path: str) -> Answer:
    revision = found.resolve(query.get("ref", found.default_branch))
    entry = found.entry(revision, path) if revision else None
    if entry is None:
        return NOT_FOUND
    if entry[1] != "blob":
        return 200, []  # a folder's listing, which nobody reads here
    content = found.blob(entry[2])
    facts = {"type": "file", "path": path, "sha": entry[2], "size": len(content)}
    if len(content) > BIG:
        return 200, {**facts, "encoding": "none", "content": ""}
    return 200, {**facts, "encoding": "base64", "content": base64.encodebytes(content).decode()}


def _blob(found: Repository, _query: Mapping[str, str], identity: str) -> Answer:
    content = base64.encodebytes(found.blob(identity)).decode()
    return 200, {"sha": identity, "encoding": "base64", "content": content}


def _commits(found: Repository, query: Mapping[str, str]) -> Answer:
    start = found.resolve(query.get("sha", found.default_branch))
    limit = int(query.get("per_page", "30"))
    return (200, [_shown(found, one) for one in found.log(start, limit)]) if start else NOT_FOUND


def _commit(found: Repository, _query: Mapping[str, str], name: str) -> Answer:
    revision = found.resolve(name)
    return (200, _shown(found, found.log(revision, 1)[0])) if revision else NOT_FOUND


def _shown(found: Repository, commit: Commit) -> dict[str, Any]:
    verified = commit.sha in found.verified
    return {
        "sha": commit.sha,
        "parents": [{"sha": parent} for parent in commit.parents],
        "commit": {
            "message": commit.message,
            "tree": {"sha": commit.tree},
            "author": {"name": commit.author},
            "verification": {"verified": verified, "reason": "valid" if verified else "unsigned"},
        },
    }


def _rules(found: Repository, _query: Mapping[str, str], branch: str) -> Answer:
    rule = {"type": "pull_request", "ruleset_id": RULESET, "ruleset_source_type": "Repository"}
    return 200, [rule] if branch in found.rulesets else []


def _ruleset(_found: Repository, _query: Mapping[str, str], identity: str) -> Answer:
    return 200, {"id": int(identity), "name": "main", "current_user_can_bypass": "never"}


RESOURCES: tuple[tuple[str, Callable[..., Answer]], ...] = (
    (r"git/ref/heads/(.+)", _ref),
    (r"pulls", pulls.listed),
    (r"pulls/(\d+)", pulls.one),
    (r"issues", conversation.issues),
    (r"issues/(\d+)/comments", conversation.comments),
    (r"deployments", deployments.listed),
    (r"deployments/(\d+)/statuses", deployments.statuses),
    (r"branches/(.+)", _branch),
    (r"contents/(.+)", _contents),
    (r"git/blobs/(\w+)", _blob),
    (r"commits", _commits),
    (r"commits/(.+)", _commit),
    (r"rules/branches/(.+)", _rules),
    (r"rulesets/(\d+)", _ruleset),
)
