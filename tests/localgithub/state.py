"""What a local GitHub knows, and what tests plant in it: repositories, tokens, faults."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests.localgithub.repositories import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a token may do. ``installation``: of a GitHub App, as GITHUB_TOKEN is.

    ``user_writes``: the user behind a token of fewer rights may write. ``lacks``: permissions of a
    job that are not given (``issues``, ``pull-requests``, ``deployments``).
    """

    write: bool = True
    installation: bool = False
    user_writes: bool = False
    lacks: frozenset[str] = frozenset()
    login: str = "github-actions[bot]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens, once, to a request with this method and this text in its path."""

    path: str
    method: str = "GET"
    status: int = 0  # 0: the connection is reset
    when: Literal["before", "after"] = "before"
    headers: Mapping[str, str] = field(default_factory=dict)
    content: Mapping[str, Any] = field(default_factory=lambda: {"message": "Planted fault"})


def _nothing(_repository: Repository) -> None:
    return None


@dataclass(slots=True, kw_only=True)
class LocalGitHub:
    """The server's state; tests reach into it. ``before_commit`` runs inside each push."""

    root: Path
    url: str = ""
    clone_site: str = ""  # another site in the repositories' `clone_url`
    repositories: dict[str, Repository] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # answers of ours that GitHub could not give
    longest_page: int = 100
    prefixed: bool = False  # REST and GraphQL below /api, as GitHub Enterprise Server has them
    before_commit: Callable[[Repository], None] = _nothing
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, full_name: str, files: Mapping[str, bytes], branch: str = "main") -> Repository:
        """A repository with one commit."""
        path = self.root / f"{full_name}.git"
        made = Repository(full_name=full_name, path=path, default_branch=branch)
        made.create(files)
        self.repositories[full_name.lower()] = made
        return made

    def clone_url(self, full_name: str) -> str:
        """Where git finds it."""
        return f"{self.url}/{full_name}.git"

    def variables(self) -> dict[str, str]:
        """What the runner would say of this GitHub."""
        return {
            "GITHUB_SERVER_URL": self.url,
            "GITHUB_API_URL": self.url + ("/api/v3" if self.prefixed else ""),
            "GITHUB_GRAPHQL_URL": self.url + ("/api/graphql" if self.prefixed else "/graphql"),
        }

    def take_fault(self, method: str, path: str, when: str) -> Fault | None:
        """The planted fault for a request, used up by this."""
        with self.lock:
            for fault in self.faults:
                if (fault.method, fault.when) == (method, when) and fault.path in path:
                    self.faults.remove(fault)
                    return fault
        return None
