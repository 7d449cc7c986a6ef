"""What the stages ask of the outside world, in the domain's words.

Adapters (deployer/adapters/) implement these; tests pass fakes that are held to the same contract
suite (tests/contract/). Every method may raise ``HubRefused`` or ``RepositoryRefused`` as its
port says, and nothing else.
"""

from deployer.ports.github import Comments, Deployments, Issues, PullRequests, Repo
from deployer.ports.hub import LogTail, SpaceConfig, SpaceDirectory, SpaceRepo, SpaceRuntime
from deployer.ports.machine import Clock, Console, Files, Journal, Probe
from deployer.ports.rehearsal import Rehearsal, Rehearsals, RunningApp
from deployer.ports.world import World

__all__ = [
    "Clock",
    "Comments",
    "Console",
    "Deployments",
    "Files",
    "Issues",
    "Journal",
    "LogTail",
    "Probe",
    "PullRequests",
    "Rehearsal",
    "Rehearsals",
    "Repo",
    "RunningApp",
    "SpaceConfig",
    "SpaceDirectory",
    "SpaceRepo",
    "SpaceRuntime",
    "World",
]
