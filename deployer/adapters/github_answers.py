"""What GitHub's answers say. Each raises what reading raises when an answer has another form.

``LookupError``, ``TypeError``, ``AttributeError`` or ``ValueError``; such an answer counts as none.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from deployer.model import PullRequest


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


def pulls(content: Any) -> Sequence[tuple[str, PullRequest]]:
    """Pull requests, each with the branch it comes from."""
    return [(str(each["head"]["ref"]), pull(each)) for each in content]
