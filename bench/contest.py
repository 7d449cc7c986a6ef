"""Lets contenders deploy to one local Hub, each to Spaces of its own, and sees what it costs.

The Hub counts: its journal of requests, and each Space's commits, builds, restarts, starts, seconds
of building and visits. Whatever asks how far the Space is counts as polling, apart from the rest.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bench.opponents import Contender, Job
from localhub.testing import RunningHub, running

# Long enough to be seen by who looks twice a second, as a real start is.
STARTING: Final = 1.2
POLLING: Final = ("/runtime", "/events", "/logs/build", "/logs/run")
SETTLED: Final = ("RUNNING", "BUILD_ERROR", "RUNTIME_ERROR", "CONFIG_ERROR")
DOCKERFILE: Final = """\
FROM python:3.11-slim
RUN useradd -m -u 1000 user
USER user
WORKDIR /home/user/app
COPY --chown=user requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=user . .
CMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"]
"""
CARD: Final = "---\ntitle: Bench\nsdk: docker\napp_port: 7860\n---\n\nA backend.\n"
APP: Final = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/api/health")
def health():
    return {"status": "healthy"}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What is deployed: ``files`` in all, and a build that takes ``building`` seconds."""

    files: int
    secrets: int
    variables: int
    building: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one run cost, in seconds.

    ``seconds``: the whole process. ``until_up``: until what it deployed serves. The Space's own
    builds and starts are subtracted from both. ``delay``: from
    then to the first visit to the app, None when nobody came. ``spacing``: the least
    between two visits from then on, None for fewer than two.
    """

    requests: int
    polling: int
    commits: int
    builds: int
    restarts: int
    starts: int
    seconds: float
    until_up: float
    delay: float | None
    spacing: float | None


@contextlib.contextmanager
def hub() -> Iterator[RunningHub]:
    """A Hub whose Spaces only answer, once their build has taken the time that it is told."""
    with running("--runner", "stub") as found:
        yield found


def make_job(folder: Path, hub: RunningHub, name: str, size: Size) -> Job:
    """A backend below ``folder`` of its own, for a Space that doesn't exist yet."""
    chance = random.Random(size.seed)  # noqa: S311 - no secret
    backend = folder / "checkout" / "backend"
    backend.mkdir(parents=True)
    texts = {
        "Dockerfile": DOCKERFILE,
        "README.md": CARD,
        "main.py": APP,
        "requirements.txt": "fastapi\nuvicorn\n",
        "stub.json": json.dumps({"seconds": size.building, "starting": STARTING}),
    }
    rest = max(0, size.files - len(texts))
    texts |= {f"notes_{number}.txt": f"{chance.random()}\n" * 60 for number in range(rest)}
    for path, text in texts.items():
        (backend / path).write_text(text)
    return Job(
        hub=hub,
        space=f"{hub.owner}/{name}",
        folder=folder,
        backend=backend,
        secrets={f"SECRET_{n}": f"nobody guesses {chance.random()}" for n in range(size.secrets)},
        variables={f"SETTING_{n}": f"value {n}" for n in range(size.variables)},
    )


def change_file(job: Job, turn: object) -> None:
    """One file is another than before."""
    (job.backend / "requirements.txt").write_text(f"fastapi\nuvicorn\n# {turn}\n")


def with_other_secrets(job: Job, count: int, turn: int) -> Job:
    """The first ``count`` secrets have other values."""
    changed = {name: f"nobody guesses {turn} of {name}" for name in [*job.secrets][:count]}
    return replace(job, secrets={**job.secrets, **changed})


def deploy(contender: Contender, job: Job) -> Seen:
    """One whole process, and the Space's way until it serves. Raises ``RuntimeError``."""
    if not contender.creates and not _stats(job):
        _make_by_hand(job)
    before = _stats(job)
    job.hub.forget_requests()
    command = contender.command(job)
    started = time.time()
    done = subprocess.run(
        command.words,
        cwd=command.folder,
        env=dict(command.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    ended = time.time()
    if done.returncode:
        said = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
        raise RuntimeError(f"{contender.name} ended with {done.returncode}: {said}")
    asked = requests(job.hub)
    after = job.hub.wait(job.space, *SETTLED)
    return _seen(started, ended, asked, before, after)


def requests(hub: RunningHub) -> list[dict[str, Any]]:
    """What was asked of the Hub since its journal was cleared."""
    return [each for each in hub.requests() if not each["path"].startswith("/api/local/")]


def is_polling(request: Mapping[str, Any]) -> bool:
    """Whether a request only asks how far the Space is."""
    return request["method"] == "GET" and str(request["path"]).endswith(POLLING)


def _seen(
    started: float,
    ended: float,
    asked: list[dict[str, Any]],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> Seen:
    def more(name: str) -> Any:
        return after[name] - before.get(name, 0)

    polling = sum(map(is_polling, asked))
    visits = [each for each in after["visits"] if each >= started]
    seen_up = [each for each in visits if each >= after["since"]]
    gaps = [later - earlier for earlier, later in itertools.pairwise(seen_up)]
    own = more("building") + more("starting")
    moved = after["since"] >= started
    return Seen(
        requests=len(asked) - polling,
        polling=polling,
        commits=more("commits"),
        builds=more("builds"),
        restarts=more("restarts"),
        starts=more("starts"),
        seconds=ended - started - own if ended >= after["since"] else ended - started,
        until_up=after["since"] - started - own if moved else 0.0,
        delay=seen_up[0] - after["since"] if seen_up and moved else None,
        spacing=min(gaps, default=None),
    )


def _stats(job: Job) -> dict[str, Any]:
    """The Space's counters; none before it is made."""
    return job.hub.stats(job.space) if _exists(job) else {}


def _exists(job: Job) -> bool:
    address = f"{job.hub.url}/api/spaces/{job.space}"
    headers = {"Authorization": f"Bearer {job.hub.token}"}
    return job.hub.get(address, headers)[0] == 200


def _make_by_hand(job: Job) -> None:
    """As somebody does on the web site; costs nothing here."""
    owner, name = job.space.split("/")
    body = {"type": "space", "name": name, "organization": owner, "sdk": "docker"}
    address = f"{job.hub.url}/api/repos/create"
    headers = {"Authorization": f"Bearer {job.hub.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=20):
        pass
