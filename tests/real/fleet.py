"""A fleet's workflow without GitHub: its jobs as runs of the program, in the order of fleet.yml."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localhub.testing import RunningHub
from tests.grids.program import Programs, programs
from tests.real.program import read_outputs

SECONDS = 150.0  # of real time for a job, on a machine that is busy with others


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that has ended."""

    name: str
    code: int | None
    log: str
    outputs: Mapping[str, str]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRun:
    """A whole run: its plan, the jobs of its matrices by Space, its summary."""

    plan: Job
    jobs: Mapping[str, Job]
    summary: Job

    @property
    def failed(self) -> list[str]:
        return sorted(space for space, job in self.jobs.items() if job.code)


@dataclass(slots=True, kw_only=True)
class Workflow:
    """Plays fleet.yml in a checkout; ``artifacts`` holds the receipts of a run."""

    folder: Path
    hub: RunningHub
    workers: Sequence[Programs]
    secrets: Mapping[str, str] = field(default_factory=dict)

    def run(self, only: str = "") -> WorkflowRun:
        """Plan, canaries, the rest when they are healthy, summary."""
        shutil.rmtree(self._artifacts, ignore_errors=True)
        plan = self._job("plan", only=only, mode="plan")
        assert plan.code == 0, plan.log
        jobs = self._matrix(plan.outputs["canary"])
        if not any(job.code for job in jobs.values()):
            for wave in json.loads(plan.outputs["waves"]):
                jobs |= self._matrix(json.dumps(wave))
        return WorkflowRun(plan=plan, jobs=jobs, summary=self._summary(only))

    def run_failed_jobs(self, earlier: WorkflowRun, only: str = "") -> WorkflowRun:
        """GitHub's button of that name: the artifacts of the others are still there."""
        rows = [{"space": name, "key": name.replace("/", "--")} for name in earlier.failed]
        jobs = self._matrix(json.dumps({"include": rows}))
        return WorkflowRun(plan=earlier.plan, jobs=jobs, summary=self._summary(only))

    @property
    def _artifacts(self) -> Path:
        return self.folder / ".fleet-receipts"

    def _summary(self, only: str) -> Job:
        return self._job("summary", only=only, mode="plan", receipts=self._artifacts.name)

    def _matrix(self, text: str) -> dict[str, Job]:
        """Every job of a matrix, as many at a time as there are workers."""
        rows: list[dict[str, Any]] = json.loads(text)["include"] if text else []
        with ThreadPoolExecutor(len(self.workers)) as pool:
            done = list(pool.map(self._space, rows))
        return {row["space"]: job for row, job in zip(rows, done, strict=True)}

    def _space(self, row: Mapping[str, Any]) -> Job:
        job = self._job(row["key"], space=row["space"], mode="deploy")
        receipt = job.outputs.get("receipt")
        if receipt:  # actions/upload-artifact, overwrite: true
            kept = self._artifacts / f"fleet-{row['key']}"
            shutil.rmtree(kept, ignore_errors=True)
            kept.mkdir(parents=True)
            shutil.copy(receipt, kept)
        if job.code == 0:
            self.hub.sleep(
                row["space"]
            )  # hundreds of apps that stay up are more than a machine has
        return job

    def _job(self, name: str, **inputs: str) -> Job:
        runner = self.folder.parent / "runners" / name
        shutil.rmtree(runner, ignore_errors=True)
        (runner / "temp").mkdir(parents=True)
        with self._worker() as worker:
            ended = worker.run(self._environ(runner, inputs), self.folder, runner / "log")
        summary = runner / "summary"
        return Job(
            name=name,
            code=ended.code,
            log=ended.log,
            outputs=read_outputs(runner / "output"),
            summary=summary.read_text() if summary.exists() else "",
        )

    @contextlib.contextmanager
    def _worker(self) -> Iterator[Programs]:
        worker = self._idle.get()
        try:
            yield worker
        finally:
            self._idle.put(worker)

    _idle: queue.Queue[Programs] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._idle = queue.Queue()
        for worker in self.workers:
            self._idle.put(worker)

    def _environ(self, runner: Path, inputs: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(runner),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.folder),
            "GITHUB_OUTPUT": str(runner / "output"),
            "GITHUB_STEP_SUMMARY": str(runner / "summary"),
            "GITHUB_REPOSITORY": "octo/fleet",
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_SHA": "5ca1ab1e" * 5,
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_RUN_ID": "7",
            "GITHUB_WORKFLOW_REF": "octo/fleet/.github/workflows/all-spaces.yml@refs/heads/main",
            "RUNNER_TEMP": str(runner / "temp"),
            "HF_ENDPOINT": self.hub.url,
            "INPUT_HF_TOKEN": self.hub.token,
            "INPUT_FLEET": "spaces.yml",
            "FLEET_SECRETS": json.dumps(self.secrets),
            **{f"INPUT_{name.upper()}": value for name, value in inputs.items()},
        }


@contextlib.contextmanager
def workers(hub: RunningHub, parallel: int) -> Iterator[list[Programs]]:
    """What runs ``parallel`` jobs at a time."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(programs(hub.url, SECONDS)) for _ in range(parallel)]
