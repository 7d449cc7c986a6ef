"""The user's repository through GitHub's API (port ``Repo``).

``createCommitOnBranch`` makes one commit that GitHub signs, only if the branch still is at
``expectedHeadOid``: a concurrent push is never lost, and no checkout is needed.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from deployer.adapters import github_answers as answers
from deployer.adapters.github_api import GitHubApi, NoAnswer, Reply
from deployer.adapters.github_rights import Rights
from deployer.adapters.repository_refusals import PROTECTED, WRITE, refusal
from deployer.errors import RepositoryRefused
from deployer.model import FileChange, Secret
from deployer.scrub import scrub

WAITS = (1.0, 2.0, 4.0)
MUTATION = """
mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}
"""


class GitHubRepo:
    """``ports.Repo`` for ``repository`` ("owner/name")."""

    def __init__(
        self,
        *,
        repository: str,
        token: Secret,
        api_url: str = "https://api.github.com",
        graphql_url: str = "https://api.github.com/graphql",
        sleep: Callable[[float], None] = time.sleep,
        speed: float = 1.0,
    ) -> None:
        self._repository = repository
        self._token = token
        self._sleep = sleep
        self._api = GitHubApi(
            token=token, api_url=api_url, graphql_url=graphql_url, sleep=sleep, speed=speed
        )

    def may_write(self, branch: str) -> None:
        """Raise when the token surely may not push to ``branch``; doubt passes."""
        doing = f"Writing to `{self._repository}`"
        facts = self._get("", doing, answers.facts).json()
        rights = Rights(self._repository, self._api)
        if facts.get("archived"):
            raise refusal(doing, "archived")
        if not rights.pushes(facts):
            message = f"{doing} is not allowed: the token may not write its contents."
            raise RepositoryRefused(message, hint=WRITE)
        if rules := rights.blocking_rules(branch):
            message = f"Branch `{branch}` takes no direct commit: it has the rule {rules}."
            raise RepositoryRefused(message, hint=PROTECTED, protected=True)

    def head(self, branch: str) -> str:
        """The newest commit of ``branch``; raises when there is no such branch."""
        found = self.find(branch)
        if found is None:
            where = f"`{self._repository}` has no branch `{branch}`"
            raise RepositoryRefused(f"{where}, or the token may not see it.", hint=WRITE)
        return found

    def find(self, branch: str) -> str | None:
        """The newest commit of ``branch``, or None when there is no such branch."""
        doing = f"Reading branch `{branch}`"
        reply = self._get(f"git/ref/heads/{quote(branch)}", doing, answers.revision, missing=True)
        return answers.revision(reply.json()) if reply.status == 200 else None

    def place(self, branch: str, revision: str) -> None:
        """Create ``branch`` at ``revision``, or move it there, whatever it held."""
        there = self.find(branch)
        if there is None:
            new = {"ref": f"refs/heads/{branch}", "sha": revision}
            doing = f"Creating branch `{branch}`"
            self._until(branch, revision, lambda: self._change("POST", "git/refs", new, doing))
        elif there != revision:
            moved = {"sha": revision, "force": True}
            path, doing = f"git/refs/heads/{quote(branch)}", f"Moving branch `{branch}`"
            self._until(branch, revision, lambda: self._change("PATCH", path, moved, doing))

    def remove(self, branch: str) -> None:
        """Delete ``branch``; a missing one is no error."""
        path, doing = f"git/refs/heads/{quote(branch)}", f"Deleting branch `{branch}`"
        if self.find(branch) is not None:
            self._until(branch, None, lambda: self._change("DELETE", path, None, doing))

    def read(self, path: str, revision: str) -> bytes | None:
        """A regular file's bytes at a revision; None for anything else."""
        doing = f"Reading `{path}`"
        where = f"contents/{quote(path)}?ref={quote(revision)}"
        reply = self._get(where, doing, answers.is_file, missing=True)
        if reply.status == 404 or not answers.is_file(reply.json()):
            return None
        found = answers.facts(reply.json())
        if found.get("encoding") != "base64":  # over 1 MB: only the blob itself has the bytes
            found = self._get(f"git/blobs/{found['sha']}", doing, answers.content_of).json()
        return answers.content_of(found)

    def commit(
        self, changes: Sequence[FileChange], *, branch: str, parent: str, message: str
    ) -> str:
        """One verified commit; ``parent`` itself when the changes change nothing."""
        changes = [change for change in changes if change.before != change.after]
        if not changes:
            return parent
        send = self._input(changes, branch, parent, message)
        doing = f"Committing to `{branch}`"
        unclear = False
        for wait in (*WAITS, None):
            try:
                return self._send(send, doing)
            except NoAnswer as error:
                # The answer is lost, the commit may be there. Sending again is safe: the branch
                # has moved then, and `expectedHeadOid` refuses a second one.
                unclear, refused = True, refusal(doing, str(error))
            except RepositoryRefused as error:
                if not (error.race and unclear):
                    raise
                refused = error
            if landed := self._landed(changes, branch, parent, message):
                return landed
            if wait is None or refused.race:
                raise refused
            self._sleep(wait)
        raise AssertionError("the last round returns or raises")

    # --- committing ------------------------------------------------------------------------------

    def _input(
        self, changes: Sequence[FileChange], branch: str, parent: str, message: str
    ) -> dict[str, Any]:
        """The mutation's ``CreateCommitOnBranchInput``."""
        headline, _, body = message.partition("\n")
        additions = [
            {"path": change.path, "contents": base64.b64encode(change.after).decode()}
            for change in changes
        ]
        return {
            "branch": {"repositoryNameWithOwner": self._repository, "branchName": branch},
            "expectedHeadOid": parent,
            "message": {"headline": headline, "body": body.strip()},
            "fileChanges": {"additions": additions},
        }

    def _send(self, send: dict[str, Any], doing: str) -> str:
        """The new commit; raises ``NoAnswer`` or ``RepositoryRefused``."""
        reply = self._api.graphql(MUTATION, {"input": send})
        content = reply.json()
        if reply.status != 200:
            raise self._refusal(doing, reply.said)
        errors = content.get("errors") if isinstance(content, dict) else None
        if isinstance(errors, list) and errors:
            texts = [e for e in errors if isinstance(e, dict)]
            said = "; ".join(f"{e.get('type', '')} {e.get('message', '')}".strip() for e in texts)
            if "something went wrong" in said.lower():  # GraphQL's words for a 500 or a timeout
                raise NoAnswer(scrub(said))
            raise self._refusal(doing, said)
        if not reply.makes_sense(answers.made):
            raise NoAnswer("an answer that makes no sense")
        return answers.made(content)

    def _landed(
        self, changes: Sequence[FileChange], branch: str, parent: str, message: str
    ) -> str | None:
        """The commit that an attempt without an answer made, were it under newer ones."""
        doing = f"Looking at branch `{branch}`"
        path = f"commits?sha={quote(branch)}&per_page=20"
        listed = self._get(path, doing, answers.commits).json()
        for revision, parents, words in answers.commits(listed):
            if (parents, words.split()) == ([parent], message.split()) and all(
                self.read(each.path, revision) == each.after for each in changes
            ):
                return revision
        return None

    # --- asking ---------------------------------------------------------------------------------

    def _get(
        self, path: str, doing: str, form: Callable[[Any], object], *, missing: bool = False
    ) -> Reply:
        """A reply of 200 (or 404 when ``missing``); raises ``RepositoryRefused`` otherwise."""
        try:
            reply = self._api.get(f"repos/{self._repository}/{path}".rstrip("/"), form)
        except NoAnswer as error:
            raise refusal(doing, str(error)) from None
        if missing and reply.status == 404:
            return reply
        if reply.status != 200:
            raise self._refusal(doing, "rate limit" if reply.limited else reply.said)
        return reply

    def _until(self, branch: str, wanted: str | None, change: Callable[[], None]) -> None:
        """Make a change whose answer may be lost, until ``branch`` is where it shall be."""
        for wait in (*WAITS, None):
            try:
                return change()
            except NoAnswer as error:
                if self.find(branch) == wanted:
                    return None
                if wait is None:
                    raise refusal(f"Changing branch `{branch}`", str(error)) from None
                self._sleep(wait)
        raise AssertionError("unreachable: the last round returns or raises")

    def _change(self, verb: str, path: str, content: Any, doing: str) -> None:
        """One write; raises ``NoAnswer`` or ``RepositoryRefused``."""
        reply = self._api.change(verb, f"repos/{self._repository}/{path}", content)
        if reply.status >= 300:
            raise self._refusal(doing, reply.said)

    def _refusal(self, doing: str, said: str) -> RepositoryRefused:
        return refusal(doing, scrub(said, (self._token.reveal(),)))
