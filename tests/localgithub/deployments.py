"""Deployments and their statuses, as GitHub answers about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.localgithub.repositories import Repository
from tests.localgithub.state import Grant

Answer = tuple[int, Any]
NOT_FOUND: Answer = (404, {"message": "Not Found", "status": "404"})
FORBIDDEN: Answer = (403, {"message": "Resource not accessible by integration"})


def write(
    found: Repository, method: str, path: str, body: Mapping[str, Any], grant: Grant
) -> Answer:
    """The answer to a POST below ``deployments``."""
    if not grant.write or "deployments" in grant.lacks:
        return FORBIDDEN
    if (method, path) == ("POST", "deployments"):
        return _create(found, body, grant)
    if method == "POST" and (match := re.fullmatch(r"deployments/(\d+)/statuses", path)):
        return _tell(found, body, match[1])
    return NOT_FOUND


def listed(found: Repository, query: Mapping[str, str]) -> Answer:
    """``GET deployments``: the newest first."""
    limit, page = min(int(query.get("per_page", "30")), 100), int(query.get("page", "1"))
    asked = [
        _shown(each)
        for each in reversed(found.deployments)
        if query.get("environment", each["environment"]) == each["environment"]
        and query.get("sha", each["sha"]) == each["sha"]
    ]
    return 200, asked[(page - 1) * limit : page * limit]


def statuses(found: Repository, _query: Mapping[str, str], number: str) -> Answer:
    """``GET deployments/{id}/statuses``: the newest first."""
    deployment = _numbered(found, number)
    if deployment is None:
        return NOT_FOUND
    return 200, [{"id": 1, "state": each["state"]} for each in reversed(deployment["statuses"])]


def _create(found: Repository, body: Mapping[str, Any], grant: Grant) -> Answer:
    revision = found.resolve(body["ref"])
    if revision is None:
        return 422, {"message": f"No ref found for: {body['ref']}"}
    if body.get("required_contexts") != []:
        # What GitHub does while the checks of the commit, this job among them, are under way.
        return 409, {"message": "Conflict: Commit status checks failed for this commit."}
    new = {"id": len(found.deployments) + 70, "sha": revision, "statuses": [], "by": grant.login}
    found.deployments.append(
        {"environment": "production", "transient_environment": False, "payload": {}, **body, **new}
    )
    return 201, _shown(found.deployments[-1])


def _tell(found: Repository, body: Mapping[str, Any], number: str) -> Answer:
    deployment = _numbered(found, number)
    if deployment is None:
        return NOT_FOUND
    if len(body.get("description", "")) > 140:
        return 422, {"message": "Validation Failed"}
    deployment["statuses"].append(dict(body))
    if body["state"] == "success" and body.get("auto_inactive", True):
        _supersede(found, deployment)
    return 201, {"id": 1, "state": body["state"], "description": body.get("description", "")}


def _supersede(found: Repository, newest: Mapping[str, Any]) -> None:
    """Earlier ones of an environment become inactive, but for transient ones."""
    for each in found.deployments:
        earlier = each["environment"] == newest["environment"] and each["id"] != newest["id"]
        if earlier and each["statuses"] and not each["transient_environment"]:
            each["statuses"].append({"state": "inactive"})


def _numbered(found: Repository, number: str) -> dict[str, Any] | None:
    return next((each for each in found.deployments if each["id"] == int(number)), None)


def _shown(deployment: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "sha", "environment", "transient_environment", "payload")
    return {name: deployment[name] for name in names}
