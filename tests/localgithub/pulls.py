"""Pull requests and the writing of refs over REST, as GitHub answers them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.localgithub.repositories import Repository

Answer = tuple[int, Any]
NOT_FOUND: Answer = (404, {"message": "Not Found", "status": "404"})
FORBIDDEN: Answer = (403, {"message": "Resource not accessible by integration"})
NOT_PERMITTED: Answer = (
    403,
    {"message": "GitHub Actions is not permitted to create or approve pull requests."},
)


def write(
    found: Repository, method: str, path: str, body: Mapping[str, Any], *, allowed: bool
) -> Answer:
    """The answer to a POST, PATCH or DELETE below ``/repos/{owner}/{repo}/``."""
    if not allowed:
        return FORBIDDEN
    for verb, pattern, resource in RESOURCES:
        match = re.fullmatch(pattern, path) if verb == method else None
        if match:
            return resource(found, body, *match.groups())
    return NOT_FOUND


def listed(found: Repository, query: Mapping[str, str]) -> Answer:
    """``GET pulls``: newest first, by state and ``head`` ("owner:branch")."""
    owner = found.full_name.partition("/")[0]
    head, state = query.get("head", ""), query.get("state", "open")
    limit = int(query.get("per_page", "30"))
    return 200, [
        _shown(found, pull)
        for pull in reversed(found.pulls)
        if state in ("all", pull["state"]) and head in ("", f"{owner}:{pull['head']}")
    ][:limit]


def one(found: Repository, _query: Mapping[str, str], number: str) -> Answer:
    """``GET pulls/{number}``."""
    pull = _pull(found, number)
    return (200, _shown(found, pull)) if pull else NOT_FOUND


def _create(found: Repository, body: Mapping[str, Any]) -> Answer:
    if not found.actions_may_open:
        return NOT_PERMITTED
    head, base = body["head"], body["base"]
    said = ""
    if found.head(head) is None or found.head(base) is None:
        said = "Validation Failed"
    elif any(each["head"] == head and each["state"] == "open" for each in found.pulls):
        said = f"A pull request already exists for {found.full_name.partition('/')[0]}:{head}."
    elif found.head(head) == found.head(base):
        said = f"No commits between {base} and {head}"
    if said:
        return 422, {"message": "Validation Failed", "errors": [{"message": said}]}
    number = found.open_pull(head, base, body["title"], body.get("body", ""))
    return 201, _shown(found, _pull(found, str(number)) or {})


def _update(found: Repository, body: Mapping[str, Any], number: str) -> Answer:
    pull = _pull(found, number)
    if pull is None:
        return NOT_FOUND
    pull.update({key: body[key] for key in ("title", "body", "state") if key in body})
    return 200, _shown(found, pull)


def _pull(found: Repository, number: str) -> dict[str, Any] | None:
    return next((each for each in found.pulls if each["number"] == int(number)), None)


def _shown(found: Repository, pull: Mapping[str, Any]) -> dict[str, Any]:
    # GitHub stores texts with the line ends of HTML forms.
    body = str(pull.get("body") or "").replace("\n", "\r\n")
    url = f"https://github.com/{found.full_name}/pull/{pull['number']}"
    facts = {key: pull[key] for key in ("number", "state", "title")}
    ends = {"head": {"ref": pull["head"]}, "base": {"ref": pull["base"]}}
    return {**facts, **ends, "body": body, "html_url": url}


def _new_ref(found: Repository, body: Mapping[str, Any]) -> Answer:
    branch = body["ref"].removeprefix("refs/heads/")
    if found.head(branch) is not None:
        return 422, {"message": "Reference already exists"}
    found.git("update-ref", f"refs/heads/{branch}", body["sha"])
    return 201, {"ref": body["ref"], "object": {"sha": body["sha"], "type": "commit"}}


def _move_ref(found: Repository, body: Mapping[str, Any], branch: str) -> Answer:
    if found.head(branch) is None:
        return 422, {"message": "Reference does not exist"}
    if not body.get("force"):
        return 422, {"message": "Update is not a fast forward"}
    found.git("update-ref", f"refs/heads/{branch}", body["sha"])
    return 200, {"ref": f"refs/heads/{branch}", "object": {"sha": body["sha"], "type": "commit"}}


def _delete_ref(found: Repository, _body: Mapping[str, Any], branch: str) -> Answer:
    if found.head(branch) is None:
        return 422, {"message": "Reference does not exist"}
    found.git("update-ref", "-d", f"refs/heads/{branch}")
    for pull in found.pulls:
        if pull["head"] == branch:
            pull["state"] = "closed"
    return 204, None


RESOURCES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("POST", r"pulls", _create),
    ("PATCH", r"pulls/(\d+)", _update),
    ("POST", r"git/refs", _new_ref),
    ("PATCH", r"git/refs/heads/(.+)", _move_ref),
    ("DELETE", r"git/refs/heads/(.+)", _delete_ref),
)
