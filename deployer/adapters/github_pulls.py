"""Pull requests through GitHub's REST API (port ``PullRequests``).

Facts: "REST API endpoints for pull requests" and, for the comment, "… for issue comments".
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from deployer.adapters import github_answers as answers
from deployer.adapters.github_api import GitHubApi, NoAnswer, Reply
from deployer.adapters.repository_refusals import PULLS, refusal
from deployer.errors import RepositoryRefused
from deployer.model import PullRequest, Secret
from deployer.scrub import scrub

TRIES = 3


class GitHubPulls:
    """``ports.PullRequests`` of ``repository`` ("owner/name")."""

    def __init__(
        self,
        *,
        repository: str,
        token: Secret,
        api_url: str = "https://api.github.com",
        sleep: Callable[[float], None] = time.sleep,
        speed: float = 1.0,
    ) -> None:
        self._repository = repository
        self._token = token
        self._sleep = sleep
        self._api = GitHubApi(token=token, api_url=api_url, sleep=sleep, speed=speed)

    def find(self, branch: str) -> PullRequest | None:
        """The open pull request from ``branch`` of this repository, or None."""
        owner = self._repository.partition("/")[0]
        head = quote(f"{owner}:{branch}", safe="")
        doing = f"Looking for the pull request of `{branch}`"
        path = f"repos/{self._repository}/pulls?state=open&head={head}"
        try:
            reply = self._api.get(path, answers.pulls)
        except NoAnswer as error:
            raise refusal(doing, str(error)) from None
        self._check(reply, doing)
        # A server that knows no `head` gives all of them.
        found = answers.pulls(reply.json())
        return next((each for head, each in found if head == branch), None)

    def create(self, *, branch: str, base: str, title: str, body: str) -> PullRequest:
        """Open one. One that is there already, opened meanwhile or by a lost answer, counts."""
        doing = f"Opening a pull request from `{branch}`"
        content = {"title": title, "head": branch, "base": base, "body": body}
        for attempt in range(1, TRIES + 1):
            try:
                reply = self._api.change("POST", f"repos/{self._repository}/pulls", content)
                if not reply.makes_sense(answers.pull):
                    raise NoAnswer("an answer that makes no sense")
            except NoAnswer as error:
                if attempt == TRIES:
                    raise refusal(doing, str(error)) from None
                self._sleep(attempt)
            else:
                if reply.status != 422:
                    self._check(reply, doing)
                    return answers.pull(reply.json())
            if there := self.find(branch):
                return there
        raise self._refused(reply, doing)

    def update(self, pull: PullRequest, *, title: str, body: str) -> None:
        """Give an open one another title and text."""
        doing = f"Updating pull request #{pull.number}"
        self._send("PATCH", f"pulls/{pull.number}", {"title": title, "body": body}, doing)

    def close(self, pull: PullRequest, *, comment: str) -> None:
        """Say why, then close it."""
        doing = f"Closing pull request #{pull.number}"
        # Sent once: a second comment is worse than none.
        with contextlib.suppress(NoAnswer):
            self._once("POST", f"issues/{pull.number}/comments", {"body": comment}, doing)
        self._send("PATCH", f"pulls/{pull.number}", {"state": "closed"}, doing)

    def _send(self, verb: str, path: str, content: Any, doing: str) -> None:
        """A change that may be sent again."""
        for attempt in range(1, TRIES + 1):
            try:
                self._once(verb, path, content, doing)
            except NoAnswer as error:
                if attempt == TRIES:
                    raise refusal(doing, str(error)) from None
                self._sleep(attempt)
            else:
                return

    def _once(self, verb: str, path: str, content: Any, doing: str) -> None:
        reply = self._api.change(verb, f"repos/{self._repository}/{path}", content)
        self._check(reply, doing)

    def _check(self, reply: Reply, doing: str) -> None:
        """Raise ``RepositoryRefused`` unless it is a success."""
        if reply.status >= 300:
            raise self._refused(reply, doing)

    def _refused(self, reply: Reply, doing: str) -> RepositoryRefused:
        said = scrub(reply.said, (self._token.reveal(),))
        if reply.status in {403, 404}:
            # Without `pull-requests: write` GitHub says that it is "not accessible".
            known = refusal(doing, said).problems[0]
            return RepositoryRefused(known.message, hint=PULLS)
        return refusal(doing, said)
