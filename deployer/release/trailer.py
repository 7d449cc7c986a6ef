"""What stands at the end of our commits on the Space: that they are ours, and what was healthy.

    Deployed-by: hf-space-deploy
    Bundle: <digest of the bundle's files>
    Healthy: <revision that served healthy answers when this commit was made>

The last line is what a later run goes back to, should this one be cut short (decision 0072).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from deployer.model import SpaceCommit

MARK: Final = "Deployed-by: hf-space-deploy"
_HEALTHY: Final = re.compile(r"^Healthy: ([0-9a-f]{7,64})$", re.MULTILINE)


def write(*, bundle: str = "", healthy: str = "") -> str:
    """The trailer, a line a fact that is known."""
    lines = [MARK]
    lines += [f"Bundle: {bundle}"] if bundle else []
    lines += [f"Healthy: {healthy}"] if healthy else []
    return "\n".join(lines)


def is_ours(commit: SpaceCommit) -> bool:
    """Whether the commit was made by this action."""
    return MARK in commit.message.splitlines()


def last_healthy(commits: Iterable[SpaceCommit]) -> str:
    """What the newest commit of ours remembers; "" when there is none, or nothing healthy before.

    Whoever may commit to the Space may write such a line, and may just as well replace its code.
    """
    ours = next((each for each in commits if is_ours(each)), None)
    found = _HEALTHY.findall(ours.message) if ours else []
    return str(found[-1]) if found else ""
