"""Issues, and comments on them and on pull requests, as GitHub answers about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.localgithub.repositories import Repository
from tests.localgithub.state import Grant

Answer = tuple[int, Any]
NOT_FOUND: Answer = (404, {"message": "Not Found", "status": "404"})
GONE: Answer = (410, {"message": "Issues has been disabled in this repository."})
FORBIDDEN: Answer = (403, {"message": "Resource not accessible by integration"})
LONGEST = 65_536  # characters


def write(
    found: Repository, method: str, path: str, body: Mapping[str, Any], grant: Grant
) -> Answer:
    """The answer to a POST or PATCH below ``issues``."""
    if len(body.get("body", "")) > LONGEST:
        errors = [{"message": f"body is too long (maximum is {LONGEST} characters)"}]
        return 422, {"message": "Validation Failed", "errors": errors}
    for verb, pattern, resource in RESOURCES:
        match = re.fullmatch(pattern, path) if verb == method else None
        if match:
            return resource(found, body, grant, *match.groups())
    return NOT_FOUND


def issues(found: Repository, query: Mapping[str, str]) -> Answer:
    """``GET issues``: pull requests are issues, too."""
    if not found.has_issues:
        return GONE
    every = [*found.issues, *found.pulls]
    state = query.get("state", "open")
    asked = [each for each in every if state in ("all", each["state"])]
    newest = sorted(asked, key=lambda each: each.get("updated", each["number"]), reverse=True)
    return 200, [_issue(found, each) for each in _page(newest, query)]


def comments(found: Repository, query: Mapping[str, str], number: str) -> Answer:
    """``GET issues/{number}/comments``, the oldest first."""
    if _numbered(found, number) is None:
        return NOT_FOUND
    asked = [each for each in found.comments if each["number"] == int(number)]
    return 200, [_comment(found, each) for each in _page(asked, query)]


def _page(found: list[dict[str, Any]], query: Mapping[str, str]) -> list[dict[str, Any]]:
    limit, page = min(int(query.get("per_page", "30")), 100), int(query.get("page", "1"))
    return found[(page - 1) * limit : page * limit]


def _create(found: Repository, body: Mapping[str, Any], grant: Grant) -> Answer:
    if not _may(grant, "issues"):
        return FORBIDDEN
    if not found.has_issues:
        return GONE
    facts = {"number": found.next_number(), "state": "open", "by": grant.login}
    found.issues.append({**facts, "title": body["title"], "body": body.get("body", "")})
    return 201, _issue(found, found.issues[-1])


def _update(found: Repository, body: Mapping[str, Any], grant: Grant, number: str) -> Answer:
    issue = next((each for each in found.issues if each["number"] == int(number)), None)
    if not _may(grant, "issues"):
        return FORBIDDEN
    if issue is None:
        return NOT_FOUND
    issue.update({key: body[key] for key in ("title", "body", "state") if key in body})
    return 200, _issue(found, issue)


def _say(found: Repository, body: Mapping[str, Any], grant: Grant, number: str) -> Answer:
    about = _numbered(found, number)
    if about is None:
        return NOT_FOUND
    if not _may(grant, "issues") and not ("head" in about and _may(grant, "pull-requests")):
        return FORBIDDEN
    new = {"id": len(found.comments) + 1000, "number": int(number), "by": grant.login}
    found.comments.append({**new, "body": body["body"]})
    return 201, _comment(found, found.comments[-1])


def _edit(found: Repository, body: Mapping[str, Any], grant: Grant, identity: str) -> Answer:
    comment = next((each for each in found.comments if each["id"] == int(identity)), None)
    if comment is None:
        return NOT_FOUND
    about = _numbered(found, comment["number"]) or {}
    if not _may(grant, "issues") and not ("head" in about and _may(grant, "pull-requests")):
        return FORBIDDEN
    comment["body"] = body["body"]
    comment["edits"] = comment.get("edits", 0) + 1
    return 200, _comment(found, comment)


def _may(grant: Grant, permission: str) -> bool:
    return grant.write and permission not in grant.lacks


def _numbered(found: Repository, number: str | int) -> dict[str, Any] | None:
    every = (*found.issues, *found.pulls)
    return next((each for each in every if each["number"] == int(number)), None)


def _comment(found: Repository, comment: Mapping[str, Any]) -> dict[str, Any]:
    where = f"https://github.com/{found.full_name}/issues/{comment['number']}"
    return {
        "id": comment["id"],
        "html_url": f"{where}#issuecomment-{comment['id']}",
        "user": {"login": comment["by"], "type": "User"},
        # GitHub stores texts with the line ends of HTML forms.
        "body": comment["body"].replace("\n", "\r\n"),
    }


def _issue(found: Repository, issue: Mapping[str, Any]) -> dict[str, Any]:
    kind = "pull" if "head" in issue else "issues"
    shown = {
        "id": issue["number"] + 5000,
        "number": issue["number"],
        "state": issue["state"],
        "title": issue["title"],
        "body": issue["body"].replace("\n", "\r\n"),
        "html_url": f"https://github.com/{found.full_name}/{kind}/{issue['number']}",
        "user": {"login": issue.get("by", "octocat"), "type": "User"},
    }
    return {**shown, "pull_request": {}} if kind == "pull" else shown


RESOURCES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("POST", r"issues", _create),
    ("PATCH", r"issues/(\d+)", _update),
    ("POST", r"issues/(\d+)/comments", _say),
    ("PATCH", r"issues/comments/(\d+)", _edit),
)
