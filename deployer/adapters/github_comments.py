"""Comments of ours on pull requests through GitHub's REST API (port ``Comments``).

Facts: "REST API endpoints for issue comments": a pull request is an issue to them.
"""

from __future__ import annotations

from deployer.adapters import github_answers as answers
from deployer.adapters.github_answers import Comment
from deployer.adapters.github_marks import key_of, marked, same
from deployer.adapters.github_resource import GitHubResource

PERMISSION = "Give the job `permissions: pull-requests: write`; a fork's pull request has none."


class GitHubComments:
    """``ports.Comments`` of one repository."""

    def __init__(self, resource: GitHubResource) -> None:
        self._resource = resource

    def keep(self, pull: int, *, key: str, body: str) -> str:
        """Write the comment, or bring it up to date; its address. Sent again, it stays one."""
        text = marked(body, key)
        if there := self._find(pull, key):
            self._change(there, text)
            return there.url
        made = self._resource.make(
            f"issues/{pull}/comments",
            {"body": text},
            f"Commenting on pull request #{pull}",
            form=answers.comment,
            there=lambda: self._find(pull, key),
        )
        return made.url

    def amend(self, pull: int, *, key: str, body: str) -> None:
        """Bring it up to date where there is one."""
        if there := self._find(pull, key):
            self._change(there, marked(body, key))

    def _find(self, pull: int, key: str) -> Comment | None:
        """The oldest one that carries the key and is by this token's own user."""
        doing = f"Reading the comments of pull request #{pull}"
        path = f"issues/{pull}/comments"
        for each in self._resource.listed(path, answers.comments, doing):
            if key_of(each.body) == key and each.author == self._resource.login:
                return each
        return None

    def _change(self, comment: Comment, text: str) -> None:
        if not same(comment.body, text):
            path, doing = f"issues/comments/{comment.number}", f"Changing {comment.url}"
            self._resource.send("PATCH", path, {"body": text}, doing)
