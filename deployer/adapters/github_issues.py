"""Issues of ours through GitHub's REST API (port ``Issues``).

Facts: "REST API endpoints for issues"; its lists hold pull requests, too.
"""

from __future__ import annotations

import contextlib

from deployer.adapters import github_answers as answers
from deployer.adapters.github_api import NoAnswer
from deployer.adapters.github_marks import key_of, marked, same, without_mark
from deployer.adapters.github_resource import GitHubResource
from deployer.model import Issue

PERMISSION = "Give the job `permissions: issues: write`, and let the repository have issues."


class GitHubIssues:
    """``ports.Issues`` of one repository."""

    def __init__(self, resource: GitHubResource) -> None:
        self._resource = resource

    def find(self, key: str) -> Issue | None:
        """The open one that carries the key and is by this token's own user."""
        # Not by label or search: labels may be dropped, and the search lags behind.
        path = "issues?state=open&sort=updated"
        for author, issue in self._resource.listed(path, answers.issues, "Reading the issues"):
            if key_of(issue.body) == key and author == self._resource.login:
                return _shown(issue)
        return None

    def create(self, *, key: str, title: str, body: str) -> Issue:
        """Open one; one that a lost answer made counts."""
        made = self._resource.make(
            "issues",
            {"title": title, "body": marked(body, key)},
            "Opening an issue",
            form=answers.issue,
            there=lambda: self.find(key),
        )
        return _shown(made)

    def update(self, issue: Issue, *, key: str, title: str, body: str) -> None:
        """Give an open one another title and text, where they differ."""
        text = marked(body, key)
        if issue.title != title or not same(issue.body, without_mark(text)):
            content = {"title": title, "body": text}
            doing = f"Updating issue #{issue.number}"
            self._resource.send("PATCH", f"issues/{issue.number}", content, doing)

    def close(self, issue: Issue, *, comment: str) -> None:
        """Say why, then close it."""
        doing = f"Closing issue #{issue.number}"
        # Sent once: a second comment is worse than none.
        with contextlib.suppress(NoAnswer):
            path = f"issues/{issue.number}/comments"
            self._resource.once("POST", path, {"body": comment}, doing)
        closed = {"state": "closed", "state_reason": "completed"}
        self._resource.send("PATCH", f"issues/{issue.number}", closed, doing)


def _shown(issue: Issue) -> Issue:
    return Issue(
        number=issue.number, url=issue.url, title=issue.title, body=without_mark(issue.body)
    )
