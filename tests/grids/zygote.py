"""A process that has imported the whole program and forks once for each run.

It reads jobs from its standard input, one JSON a line, and answers with the child's process id
and then its wait status. The child is the real program: its own process, ``main`` and signals.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def serve() -> int:
    """0 in this process; in each child the program's exit code."""
    _import_everything()
    gc.freeze()  # what is never looked at again is never copied
    print("ready", flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            return _run(job)
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)
    return 0


def _import_everything() -> None:
    from deployer import cli
    from deployer.adapters.hub_client import HubClient

    # Settings of the library are read once, when it is imported.
    client = HubClient(endpoint=os.environ["HF_ENDPOINT"], token=None, clock=cli.REAL_TIME)
    assert client.api
    import huggingface_hub.hf_api
    import requests.adapters

    assert huggingface_hub.hf_api
    assert requests.adapters


def _run(job: dict[str, Any]) -> int:
    from deployer.adapters.clock import SystemClock
    from deployer.cli import main

    log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environ"])
    return main(os.environ, [], sys.stdout, SystemClock(speed=job["speed"]))


if __name__ == "__main__":
    raise SystemExit(serve())
