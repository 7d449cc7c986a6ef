"""Pull requests through GitHub's REST API (port ``PullRequests``).

Facts: "REST API endpoints for pull requests" and, for the comment, "… for issue comments".
"""

from __future__ import annotations

import contextlib
from typing import Final
from urllib.parse import quote

from msgspec.structs import replace

from deployer.adapters import github_answers as answers
from deployer.adapters.github_api import NoAnswer
from deployer.adapters.github_resource import GitHubResource
from deployer.model import PullRequest

TO_LOOK: Final = "Give the job `permissions: pull-requests: read`."


class GitHubPulls:
    """``ports.PullRequests`` of one repository."""

    def __init__(self, resource: GitHubResource) -> None:
        self._resource = resource

    def find(self, branch: str) -> PullRequest | None:
        """The open pull request from ``branch`` of this repository, or None."""
        owner = self._resource.repository.partition("/")[0]
        head = quote(f"{owner}:{branch}", safe="")
        doing = f"Looking for the pull request of `{branch}`"
        # A server that knows no `head` gives all of them.
        found = self._resource.listed(f"pulls?state=open&head={head}", answers.pulls, doing)
        return next((each for head, each in found if head == branch), None)

    def create(self, *, branch: str, base: str, title: str, body: str) -> PullRequest:
        """Open one. One that is there already, opened meanwhile or by a lost answer, counts."""
        return self._resource.make(
            "pulls",
            {"title": title, "head": branch, "base": base, "body": body},
            f"Opening a pull request from `{branch}`",
            form=answers.pull,
            there=lambda: self.find(branch),
        )

    def update(self, pull: PullRequest, *, title: str, body: str) -> None:
        """Give an open one another title and text."""
        doing = f"Updating pull request #{pull.number}"
        content = {"title": title, "body": body}
        self._resource.send("PATCH", f"pulls/{pull.number}", content, doing)

    def close(self, pull: PullRequest, *, comment: str) -> None:
        """Say why, then close it."""
        doing = f"Closing pull request #{pull.number}"
        # Sent once: a second comment is worse than none.
        with contextlib.suppress(NoAnswer):
            path = f"issues/{pull.number}/comments"
            self._resource.once("POST", path, {"body": comment}, doing)
        self._resource.send("PATCH", f"pulls/{pull.number}", {"state": "closed"}, doing)

    def is_open(self, number: int) -> bool:
        """Whether that pull request is open. Raises for one that the token may not see.

        Nobody can delete a pull request, so a 404 says that it is hidden, not that it is over.
        """
        doing = f"Looking at pull request #{number}"
        resource = replace(self._resource, hint=TO_LOOK)
        reply = resource.read(f"pulls/{number}", answers.is_open, doing)
        if reply.status == 404:
            raise resource.refused(reply, doing)
        return answers.is_open(reply.json())
