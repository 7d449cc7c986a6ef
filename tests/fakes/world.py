"""A world of fakes, each within reach of the test."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from deployer.adapters.disk import Workspace
from deployer.ports import Repo, World
from tests.fakes.clock import FakeClock
from tests.fakes.console import FakeConsole
from tests.fakes.github import FakeComments, FakeDeployments, FakeIssues
from tests.fakes.hub import FakeHub
from tests.fakes.journal import FakeJournal
from tests.fakes.probe import FakeProbe
from tests.fakes.pulls import FakePulls
from tests.fakes.rehearsals import FakeRehearsals


class FakeWorld(Struct, frozen=True, kw_only=True):
    """The fakes behind ``world``."""

    clock: FakeClock
    hub: FakeHub
    probe: FakeProbe
    console: FakeConsole
    journal: FakeJournal
    pulls: FakePulls
    comments: FakeComments
    issues: FakeIssues
    deployments: FakeDeployments
    rehearsals: FakeRehearsals
    world: World


def make_world(root: Path, repo: Repo | None = None) -> FakeWorld:
    """A world whose workspace is ``root``."""
    clock, files = FakeClock(), Workspace(root)
    hub = FakeHub(clock, files)
    probe, console = FakeProbe(hub), FakeConsole()
    journal, pulls = FakeJournal(console.scrub), FakePulls()
    comments, issues, deployments = FakeComments(), FakeIssues(), FakeDeployments()
    rehearsals = FakeRehearsals(probe=probe)
    world = World(
        files=files,
        spaces=hub.spaces,
        space_repo=hub.space_repo,
        space_config=hub.space_config,
        space_runtime=hub.space_runtime,
        probe=probe,
        clock=clock,
        repo=repo,
        pulls=pulls,
        comments=comments,
        issues=issues,
        deployments=deployments,
        rehearsals=rehearsals,
        console=console,
        journal=journal,
    )
    return FakeWorld(
        clock=clock,
        hub=hub,
        probe=probe,
        console=console,
        journal=journal,
        pulls=pulls,
        comments=comments,
        issues=issues,
        deployments=deployments,
        rehearsals=rehearsals,
        world=world,
    )
