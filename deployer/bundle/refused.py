"""A bundle that is known and must not be deployed, so that a plan can show it all the same."""

from __future__ import annotations

from collections.abc import Iterable

from deployer.errors import Problem, Refused
from deployer.model import Bundle


class BundleRefused(Refused):
    """Everything was read and something in it stops the deploy; ``bundle`` is what was read."""

    def __init__(self, problems: Iterable[Problem], bundle: Bundle) -> None:
        super().__init__(problems)
        self.bundle = bundle
