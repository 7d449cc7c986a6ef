"""The runs that something goes wrong with: a deploy, an update, follow-ups, a preview."""

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
    """

    name: str
    prepare: Callable[[Stage], Job]
    service: str = ""


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
)
