"""Requests below one repository of GitHub: pages, what may be sent again, and what a refusal asks.

A creation whose answer is lost is looked for before it is sent again, so that there is one only.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct, field

from deployer.adapters import github_answers as answers
from deployer.adapters.github_api import GitHubApi, NoAnswer, Reply
from deployer.adapters.repository_refusals import refusal
from deployer.errors import RepositoryRefused
from deployer.scrub import scrub

Made = TypeVar("Made")
TRIES = 3
# No answer; a success that makes no sense; and what GitHub says of a pull request that exists.
AMBIGUOUS = frozenset({0, 200, 201, 202, 422})
MADE = frozenset({200, 201})
PAGE = 100
PAGES = 50  # 5,000 issues or comments; more are never read
# The login of the token that every job has.
BOT = "github-actions[bot]"
VIEWER = "query { viewer { login } }"
# No answer to whose token it is. GraphQL says most of its errors with 200.
PASSING = "something went wrong|rate limit|^HTTP 200$"


class GitHubResource(Struct, frozen=True, kw_only=True, dict=True):
    """What ``token`` sees of ``repository`` ("owner/name"). ``hint`` names the permission."""

    repository: str
    api: GitHubApi
    hint: str
    sleep: Callable[[float], None] = field(default=time.sleep)

    @cached_property
    def login(self) -> str:
        """Who writes with this token. REST tells users only, GraphQL an app's token as well.

        A token that may not ask is taken for the job's own. Raises ``RepositoryRefused`` while
        GitHub can't tell: looked for under another's name, what is ours would be made again.
        """
        for attempt in range(1, TRIES + 1):
            try:
                reply = self.api.graphql(VIEWER, {})
            except NoAnswer as error:
                said = str(error)
            else:
                if reply.status == 200 and reply.makes_sense(answers.viewer):
                    return answers.viewer(reply.json())
                said = reply.said
                if not re.search(PASSING, said, re.IGNORECASE):
                    return BOT
            if attempt < TRIES:
                self.sleep(attempt)
        raise refusal("Asking whose token this is", scrub(said, (self.api.token.reveal(),)))

    def read(self, path: str, form: Callable[[Any], object], doing: str) -> Reply:
        """A reply of 200 or 404. Raises ``RepositoryRefused``."""
        try:
            reply = self.api.get(f"repos/{self.repository}/{path}", form)
        except NoAnswer as error:
            raise refusal(doing, str(error)) from None
        if reply.status not in {200, 404}:
            raise self.refused(reply, doing)
        return reply

    def listed(self, path: str, form: Callable[[Any], list[Made]], doing: str) -> Iterator[Made]:
        """Every entry of a list, page by page, as far as they are asked for."""
        joint = "&" if "?" in path else "?"
        for page in range(1, PAGES + 1):
            reply = self.read(f"{path}{joint}per_page={PAGE}&page={page}", form, doing)
            if reply.status == 404:
                raise self.refused(reply, doing)
            found = form(reply.json())
            yield from found
            # A server behind GitHub's API may give shorter pages than it was asked for.
            if len(found) < PAGE and 'rel="next"' not in reply.headers.get("link", ""):
                return

    def make(
        self,
        path: str,
        content: Any,
        doing: str,
        *,
        form: Callable[[Any], Made],
        there: Callable[[], Made | None],
    ) -> Made:
        """POST; what is there already, or after a lost answer, counts (``there`` finds it).

        Raises ``RepositoryRefused``.
        """
        for attempt in range(1, TRIES + 1):
            try:
                reply = self.api.change("POST", f"repos/{self.repository}/{path}", content)
                if reply.status in MADE and reply.makes_sense(form):
                    return form(reply.json())
                refused = self.refused(reply, doing)
                final = reply.status >= 300
            except NoAnswer as error:
                refused, final = refusal(doing, str(error)), False
                reply = Reply(status=0)
            if reply.status in AMBIGUOUS and (found := there()) is not None:
                return found
            if final or attempt == TRIES:
                raise refused
            self.sleep(attempt)
        raise AssertionError("unreachable: the last try returns or raises")

    def send(self, verb: str, path: str, content: Any, doing: str) -> None:
        """A change that may be sent again. Raises ``RepositoryRefused``."""
        for attempt in range(1, TRIES + 1):
            try:
                self.once(verb, path, content, doing)
            except NoAnswer as error:
                if attempt == TRIES:
                    raise refusal(doing, str(error)) from None
                self.sleep(attempt)
            else:
                return

    def once(self, verb: str, path: str, content: Any, doing: str) -> Reply:
        """A change, sent once. Raises ``NoAnswer`` when its effect is unknown."""
        reply = self.api.change(verb, f"repos/{self.repository}/{path}", content)
        if reply.status >= 300:
            raise self.refused(reply, doing)
        return reply

    def refused(self, reply: Reply, doing: str) -> RepositoryRefused:
        """What a reply means. Without the permission GitHub says "not accessible", or 404.

        410: the repository has no issues at all.
        """
        said = scrub(reply.said, (self.api.token.reveal(),))
        known = refusal(doing, said)
        if reply.status in {403, 404, 410} and not reply.limited:
            return RepositoryRefused(known.problems[0].message, hint=self.hint)
        return known
