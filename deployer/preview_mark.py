"""What makes a Space a preview of ours: its name, and the variable that marks it from its creation.

A name alone proves nothing: `rag-pr-7` may be anybody's. Only a Space that carries the mark of the
same repository is ever written to or deleted. Pure.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Final

from msgspec import Struct

from deployer.model import Configuration, SpaceId

NAME: Final = "HF_SPACE_DEPLOY_PREVIEW"
# The Hub's own limit, as huggingface_hub's validate_repo_id has it.
LONGEST_NAME: Final = 96


class Mark(Struct, frozen=True, kw_only=True):
    """Whose preview a Space is. After the day ``expires`` it is over, whatever the pull request."""

    repository: str
    pull_request: int
    expires: date

    def belongs_to(self, repository: str, pull_request: int) -> bool:
        """Whether it is that pull request's; GitHub takes a repository's name in any case."""
        same = self.repository.lower() == repository.lower()
        return same and self.pull_request == pull_request

    def expired(self, today: date) -> bool:
        """Whether its days are over."""
        return self.expires < today

    def wanes(self, today: date, days: int) -> bool:
        """Whether less than half of its days are left."""
        return (self.expires - today).days * 2 < days


def write(mark: Mark) -> str:
    """The variable's value: compact JSON."""
    facts = {
        "repository": mark.repository,
        "pull_request": mark.pull_request,
        "expires": mark.expires.isoformat(),
    }
    return json.dumps(facts, separators=(",", ":"))


def read(stored: Configuration) -> Mark | None:
    """The mark of a Space, None for a Space that isn't a preview of ours."""
    variable = stored.variables.get(NAME)
    try:
        facts = json.loads((variable.value if variable else None) or "null")
    except (ValueError, RecursionError):
        return None
    return _mark(facts) if isinstance(facts, dict) else None


def _mark(facts: dict[str, object]) -> Mark | None:
    repository, pull = facts.get("repository"), facts.get("pull_request")
    try:
        expires = date.fromisoformat(str(facts.get("expires")))
    except ValueError:
        return None
    if not isinstance(repository, str) or not repository or type(pull) is not int:
        return None
    return Mark(repository=repository, pull_request=pull, expires=expires)


def prefix_of(space: SpaceId) -> str:
    """How the names of this Space's previews begin."""
    return f"{space.name}-pr-"


def preview_of(space: SpaceId, pull_request: int) -> SpaceId:
    """The Space of one pull request."""
    return SpaceId(owner=space.owner, name=f"{prefix_of(space)}{pull_request}")


def number_of(space: SpaceId, preview: SpaceId) -> int | None:
    """The pull request in the name of a preview of ``space``; None for any other name."""
    wanted = re.escape(prefix_of(space)) + r"([1-9][0-9]{0,9})"
    found = re.fullmatch(wanted, preview.name, re.IGNORECASE)
    return int(found[1]) if found else None
