"""All ports in one value."""

from __future__ import annotations

from msgspec import Struct

from deployer.ports.github import Comments, Deployments, Issues, PullRequests, Repo
from deployer.ports.hub import SpaceConfig, SpaceDirectory, SpaceRepo, SpaceRuntime
from deployer.ports.machine import Clock, Console, Files, Journal, Probe
from deployer.ports.rehearsal import Rehearsals


class World(Struct, frozen=True, kw_only=True):
    """Everything outside, in one value.

    ``trusted_publisher``: the Hub token is one that GitHub's identity token was exchanged for. It
    writes the files of one Space that exists, and neither creates, configures nor restarts.
    """

    files: Files
    spaces: SpaceDirectory
    space_repo: SpaceRepo
    space_config: SpaceConfig
    space_runtime: SpaceRuntime
    probe: Probe
    clock: Clock
    repo: Repo | None
    pulls: PullRequests | None
    comments: Comments | None = None
    issues: Issues | None = None
    deployments: Deployments | None = None
    rehearsals: Rehearsals
    console: Console
    journal: Journal
    trusted_publisher: bool = False
