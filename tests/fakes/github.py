"""Comments, issues and deployments in memory, held to the contract of GitHub's."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from deployer.errors import RepositoryRefused
from deployer.model import Issue

SITE = "https://github.com/tester/rag"


class FakeComments(Struct, kw_only=True):
    """``texts`` by pull request and key; ``writes`` in their order. ``allowed`` False refuses."""

    allowed: bool = True
    texts: dict[tuple[int, str], str] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)

    def keep(self, pull: int, *, key: str, body: str) -> str:
        self._write("changed" if (pull, key) in self.texts else "written", pull, key, body)
        return f"{SITE}/pull/{pull}#{key.replace(' ', '-')}"

    def amend(self, pull: int, *, key: str, body: str) -> None:
        if (pull, key) in self.texts:
            self._write("changed", pull, key, body)

    def _write(self, done: str, pull: int, key: str, body: str) -> None:
        _check(self.allowed, "pull-requests: write")
        if self.texts.get((pull, key)) != body:
            self.writes.append(done)
        self.texts[pull, key] = body


class FakeIssues(Struct, kw_only=True):
    """``open`` by key, ``closed`` with the comment; ``writes`` counts what was sent."""

    allowed: bool = True
    open: dict[str, Issue] = field(default_factory=dict)
    closed: list[tuple[Issue, str]] = field(default_factory=list)
    writes: int = 0

    def find(self, key: str) -> Issue | None:
        return self.open.get(key)

    def create(self, *, key: str, title: str, body: str) -> Issue:
        self._count()
        number = len(self.open) + len(self.closed) + 1
        made = Issue(number=number, url=f"{SITE}/issues/{number}", title=title, body=body)
        self.open[key] = made
        return made

    def update(self, issue: Issue, *, key: str, title: str, body: str) -> None:
        if (issue.title, issue.body) != (title, body):
            self._count()
            self.open[key] = replace(issue, title=title, body=body)

    def close(self, issue: Issue, *, comment: str) -> None:
        self._count()
        key = next(key for key, each in self.open.items() if each.number == issue.number)
        self.closed.append((self.open.pop(key), comment))

    def _count(self) -> None:
        _check(self.allowed, "issues: write")
        self.writes += 1


class FakeDeployment(Struct, kw_only=True):
    """One record: ``states`` in their order, ``url`` where it serves."""

    revision: str
    environment: str
    transient: bool
    key: str = ""
    states: list[str] = field(default_factory=list)
    url: str = ""
    description: str = ""


class FakeDeployments(Struct, kw_only=True):
    """``made`` in their order; an id is a place in it."""

    allowed: bool = True
    made: list[FakeDeployment] = field(default_factory=list)

    def start(self, *, revision: str, environment: str, transient: bool, key: str = "") -> str:
        _check(self.allowed, "deployments: write")
        new = FakeDeployment(
            revision=revision, environment=environment, transient=transient, key=key
        )
        new.states.append("in_progress")
        self.made.append(new)
        return str(len(self.made) - 1)

    def tell(self, deployment: str, *, state: str, url: str = "", description: str = "") -> None:
        _check(self.allowed, "deployments: write")
        told = self.made[int(deployment)]
        told.states.append(state)
        told.url, told.description = url or told.url, description

    def end(self, environment: str, *, key: str = "") -> None:
        _check(self.allowed, "deployments: write")
        for each in self.made:
            wanted = each.environment == environment and key in ("", each.key)
            if wanted and each.states[-1] != "inactive":
                each.states.append("inactive")


def _check(allowed: bool, permission: str) -> None:
    if not allowed:
        raise RepositoryRefused("No.", hint=f"Give the job `permissions: {permission}`.")
