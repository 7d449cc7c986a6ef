"""What a token may do with a repository, as far as GitHub tells it without a write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from deployer.adapters import github_answers as answers
from deployer.adapters.github_api import GitHubApi, NoAnswer, Reply

# Rules that a direct commit can't satisfy ("Available rules for rulesets").
BLOCKING = frozenset(
    {"pull_request", "update", "required_status_checks", "required_deployments", "merge_queue"}
)


class Rights:
    """Questions about one token and ``repository`` ("owner/name")."""

    def __init__(self, repository: str, api: GitHubApi) -> None:
        self._repository = repository
        self._api = api

    def pushes(self, facts: dict[str, Any]) -> bool:
        """Whether the token may push, as far as it can be told.

        ``permissions.push`` speaks of the user behind a token, not of the token, and is false for
        every installation token, GITHUB_TOKEN among them. So git's own door is asked first.
        """
        answer = self._api.may_push(str(facts.get("clone_url", "")))
        if answer is not None:
            return answer
        rights = facts.get("permissions")
        pushes = rights.get("push") if isinstance(rights, dict) else None
        return pushes is not False or self._installation()

    def _installation(self) -> bool:
        return self._ask("installation/repositories?per_page=1").status == 200

    def blocking_rules(self, branch: str) -> str:
        """Rules of rulesets that block a direct commit and that this token can't bypass.

        Classic branch protection can't be read with the token of a workflow; its refusal is
        explained when it comes.
        """
        path = f"repos/{self._repository}/rules/branches/{quote(branch, safe='')}"
        reply = self._ask(path, answers.rules)
        rules = reply.json() if reply.status == 200 else []
        blocking = [rule for rule in rules if rule.get("type") in BLOCKING]
        sure = {i for i in {r.get("ruleset_id") for r in blocking} if self._never_bypassed(i)}
        names = sorted({f"`{r['type']}`" for r in blocking if r.get("ruleset_id") in sure})
        return ", ".join(names)

    def _never_bypassed(self, ruleset: object) -> bool:
        reply = self._ask(f"repos/{self._repository}/rulesets/{ruleset}", answers.facts)
        return reply.status == 200 and reply.json().get("current_user_can_bypass") == "never"

    def _ask(self, path: str, form: Callable[[Any], object] = len) -> Reply:
        """A reply that may also be no answer (status 0): then there is doubt, and doubt passes."""
        try:
            return self._api.get(path, form)
        except NoAnswer:
            return Reply(status=0)
