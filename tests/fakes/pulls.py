"""Pull requests in memory (port ``PullRequests``), held to the contract of the real ones."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from deployer.errors import RepositoryRefused
from deployer.model import PullRequest


class FakePulls(Struct, kw_only=True):
    """``open`` by branch; ``closed`` with the comment that says why. ``allowed`` False refuses.

    ``foreign`` are the numbers of open ones that people opened, ``over`` of those they closed.
    """

    allowed: bool = True
    open: dict[str, PullRequest] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)
    closed: list[tuple[PullRequest, str]] = field(default_factory=list)
    foreign: set[int] = field(default_factory=set)
    over: set[int] = field(default_factory=set)

    def find(self, branch: str) -> PullRequest | None:
        return self.open.get(branch)

    def create(self, *, branch: str, base: str, title: str, body: str) -> PullRequest:
        if not self.allowed:
            hint = "Give the job `permissions: pull-requests: write`."
            raise RepositoryRefused("No pull requests from here.", hint=hint)
        if there := self.open.get(branch):
            return there
        number = len(self.open) + len(self.closed) + 1
        url = f"https://github.com/tester/rag/pull/{number}"
        made = PullRequest(number=number, url=url, title=title, body=body)
        self.open[branch], self.bases[branch] = made, base
        return made

    def update(self, pull: PullRequest, *, title: str, body: str) -> None:
        branch = self._branch(pull)
        self.open[branch] = replace(pull, title=title, body=body)

    def close(self, pull: PullRequest, *, comment: str) -> None:
        self.closed.append((self.open.pop(self._branch(pull)), comment))

    def is_open(self, number: int) -> bool:
        opened = self.foreign | {each.number for each in self.open.values()}
        if number not in opened | self.over | {each.number for each, _ in self.closed}:
            hint = "Give the job `permissions: pull-requests: read`."
            raise RepositoryRefused(f"Pull request #{number} can't be seen.", hint=hint)
        return number in opened

    def _branch(self, pull: PullRequest) -> str:
        return next(name for name, each in self.open.items() if each.number == pull.number)
