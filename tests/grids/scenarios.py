"""The runs that something goes wrong with: a first deploy, an update, follow-ups of each kind, a
preview, updates that are red by themselves, so that what was healthy has to come back, and a
rollback.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.grids.scene import CHANGED, CLIENT, FILES, Job, Stage

NO_FRONTEND: Final = {"frontend": "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """``prepare`` brings a job to where the run of interest begins.

    ``service``: of which server's requests there are cells; the others are another scenario's.
    ``kinds``: of which faults (all of them when empty). ``code``: how it ends when nothing goes
    wrong; with another one than 0 it is red, and rolled back. ``settled``: the status of a run
    that finds nothing to do.
    """

    name: str
    prepare: Callable[[Stage], Job]
    service: str = ""
    kinds: frozenset[str] = frozenset()
    code: int = 0
    settled: str = "unchanged"


def _first(stage: Stage) -> Job:
    """Nothing is there. The run makes the Space, one commit, and the follow-up commit."""
    return stage.job()


def _update(stage: Stage) -> Job:
    """The run changes files, removes one, changes a secret and a variable, and prunes a secret."""
    job = stage.job()
    _succeeds(job)
    job.write(CLIENT, job.repository.git("cat-file", "blob", f"main:{CLIENT}") + "\n")
    job.write("backend/main.py", FILES["backend/main.py"].replace('"Grid"', '"Second"'))
    (job.folder / "backend/old.py").unlink()
    job.secrets = {name: value for name, value in CHANGED.items() if name != "LEAVING"}
    job.inputs = {"variables": "GREETING=hello again", "prune": "true"}
    return job


def _preview(stage: Stage) -> Job:
    """A pull request is opened. The run makes its Space, a comment and a deployment."""
    job = stage.job()
    job.preview()
    job.inputs = {"title": "Grid"}
    return job


def _follow_up(inputs: dict[str, str]) -> Callable[[Stage], Job]:
    """The Space is as it should be; the run only changes the repository."""

    def prepare(stage: Stage) -> Job:
        job = stage.job()
        job.inputs = dict(NO_FRONTEND)
        _succeeds(job)
        job.inputs = dict(inputs)
        return job

    return prepare


def _red(played: str, **inputs: str) -> Callable[[Stage], Job]:
    """The run pushes a revision that is no good, with another variable, a new one and a secret."""

    def prepare(stage: Stage) -> Job:
        job = stage.job()
        job.inputs = dict(NO_FRONTEND)
        _succeeds(job)
        job.write("backend/stub.json", played)
        job.write("backend/main.py", FILES["backend/main.py"].replace('"Grid"', '"Red"'))
        (job.folder / "backend/old.py").unlink()
        job.secrets = CHANGED
        job.inputs = {**NO_FRONTEND, "variables": "GREETING=hello again\nADDED=new", **inputs}
        return job

    return prepare


def _rollback(stage: Stage) -> Job:
    """Two healthy revisions; the run puts the first one back."""
    job = stage.job()
    job.inputs = dict(NO_FRONTEND)
    _succeeds(job)
    job.write("backend/main.py", FILES["backend/main.py"].replace('"Grid"', '"Second"'))
    (job.folder / "backend/old.py").unlink()
    _succeeds(job)
    job.inputs = {"mode": "rollback"}
    return job


def _succeeds(job: Job) -> None:
    job.stage.tape.clear()
    run = job.run()
    assert (run.code, run.status) == (0, "healthy"), run.ended.log


SCENARIOS: Final = (
    Scenario(name="first deploy", prepare=_first),
    Scenario(name="update", prepare=_update),
    Scenario(
        name="pull request",
        prepare=_follow_up({"frontend_commit": "pull-request"}),
        service="github",
    ),
    Scenario(name="preview", prepare=_preview),
    Scenario(name="git push", prepare=_follow_up({"commit_method": "git"}), service="github"),
    Scenario(name="failed build", prepare=_red('{"build": "exit code 1"}'), code=5),
    Scenario(
        name="unhealthy update",
        prepare=_red('{"health": {"status": "degraded"}}', health_timeout="60"),
        # It takes its time, and asks for nothing that a failed build doesn't.
        kinds=frozenset({"503", "reset-after", "stall"}),
        code=6,
    ),
    Scenario(name="rollback", prepare=_rollback, settled="rolled-back"),
)
