"""What GitHub's answers say. Each raises what reading raises when an answer has another form.

``LookupError``, ``TypeError``, ``AttributeError`` or ``ValueError``; such an answer counts as none.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from deployer.model import Issue, PullRequest


def facts(content: Any) -> Mapping[str, Any]:
    """An object."""
    content.get("")
    return dict(content)


def revision(content: Any) -> str | None:
    """The commit of a branch; None for a list.

    For a name that is only the start of others GitHub answered with a list of them.
    """
    if isinstance(content, list) and all("ref" in each for each in content):
        return None
    return str(content["object"]["sha"])


def is_file(content: Any) -> bool:
    """Whether it is a file and not a folder's list, a link or a submodule."""
    if isinstance(content, list) and all("path" in each for each in content):
        return False
    if content["type"] != "file":
        return False
    if content["encoding"] == "base64":
        content_of(content)
    return bool(content["sha"])


def content_of(content: Any) -> bytes:
    """A file's content."""
    return base64.b64decode(content["content"])


def made(content: Any) -> str:
    """The commit that ``createCommitOnBranch`` made."""
    return str(content["data"]["createCommitOnBranch"]["commit"]["oid"])


def commits(content: Any) -> Sequence[tuple[str, list[str], str]]:
    """Name, parents and message of each commit."""
    return [
        (str(each["sha"]), [str(one["sha"]) for one in each["parents"]], each["commit"]["message"])
        for each in content
    ]


def rules(content: Any) -> Sequence[Any]:
    """Rules of a branch."""
    return [hash((each["type"], each.get("ruleset_id"))) for each in content]


def pull(content: Any) -> PullRequest:
    """A pull request."""
    return PullRequest(
        number=int(content["number"]),
        url=str(content["html_url"]),
        title=str(content.get("title") or ""),
        body=str(content.get("body") or ""),
    )


def pulls(content: Any) -> list[tuple[str, PullRequest]]:
    """Pull requests, each with the branch it comes from."""
    return [(str(each["head"]["ref"]), pull(each)) for each in content]


def is_open(content: Any) -> bool:
    """Whether a pull request is open."""
    return str(content["state"]) == "open"


def viewer(content: Any) -> str:
    """The login of the token's user or app."""
    return str(content["data"]["viewer"]["login"])


class Comment(Struct, frozen=True, kw_only=True):
    """A comment on an issue or a pull request. ``author`` is "" when the account is gone."""

    number: int
    url: str
    author: str
    body: str


def comment(content: Any) -> Comment:
    """A comment."""
    return Comment(
        number=int(content["id"]),
        url=str(content["html_url"]),
        author=_author(content),
        body=str(content.get("body") or ""),
    )


def comments(content: Any) -> list[Comment]:
    """Comments."""
    return [comment(each) for each in content]


def issue(content: Any) -> Issue:
    """An issue."""
    return Issue(
        number=int(content["number"]),
        url=str(content["html_url"]),
        title=str(content.get("title") or ""),
        body=str(content.get("body") or ""),
    )


def issues(content: Any) -> list[tuple[str, Issue]]:
    """Issues with their authors; a pull request, which is listed among them, with none."""
    return [("" if "pull_request" in each else _author(each), issue(each)) for each in content]


def _author(content: Any) -> str:
    user = content.get("user") or {}
    return str(user.get("login") or "")


def deployment(content: Any) -> str:
    """A deployment's id."""
    return str(int(content["id"]))


def deployments(content: Any) -> list[tuple[str, Mapping[str, object]]]:
    """Deployments: the id of each, and what was sent along."""
    return [(deployment(each), _payload(each.get("payload"))) for each in content]


def _payload(content: Any) -> Mapping[str, object]:
    return content if isinstance(content, dict) else {}


def newest_state(content: Any) -> str:
    """The state of the first of a deployment's statuses, "" without any."""
    return str(content[0]["state"]) if content else ""
