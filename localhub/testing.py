"""A Hub for tests: a real server in a process of its own.

with localhub.testing.running() as hub:
    api = HfApi(endpoint=hub.url, token=hub.token)
"""

# ruff: noqa: S105, S310 (tokens of this Hub alone, and addresses that it gave itself)

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STOP_SECONDS = 20.0
_HERE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningHub:
    """A Hub that is up. Accounts: ``owner`` (pro), ``stranger`` (pro), ``poor`` (free)."""

    url: str
    owner: str = "tester"
    token: str = "hf_write_token_of_tester"
    read_token: str = "hf_read_token_of_tester"
    stranger_token: str = "hf_write_token_of_stranger"
    free_token: str = "hf_write_token_of_poor"

    def environment(self) -> dict[str, str]:
        """What a client needs in its environment to use this Hub and no other."""
        return {
            "HF_ENDPOINT": self.url,
            "HF_TOKEN": self.token,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        }

    def stats(self, space: str) -> dict[str, Any]:
        """Counters of a Space: commits, builds, restarts, starts, requests; stage and sha."""
        found: dict[str, Any] = self.call("GET", f"/api/local/spaces/{space}/stats")
        return found

    def state(self, space: str) -> dict[str, Any]:
        """The counters, the logs and the address of a Space that isn't private."""
        found: dict[str, Any] = self.call("GET", f"/api/local/spaces/{space}/state")
        return found

    def requests(self) -> list[dict[str, Any]]:
        """The journal: method, path, status, seconds, space, bytes of the body, userAgent."""
        found: list[dict[str, Any]] = self.call("GET", "/api/local/requests")
        return found

    def forget_requests(self) -> None:
        """Clear the journal."""
        self.call("DELETE", "/api/local/requests")

    def fault(self, **fault: Any) -> None:
        """Let the next requests that fit go wrong; fields of ``localhub.wire.Fault``."""
        self.call("POST", "/api/local/faults", fault)

    def clear_faults(self) -> None:
        """No more faults."""
        self.call("DELETE", "/api/local/faults")

    def quirk(self, **quirks: bool) -> None:
        """Switch one of ``localhub.counts.Quirks``."""
        self.call("POST", "/api/local/quirks", quirks)

    def change_plan(self, account: str, plan: str) -> None:
        """Move an account to another plan."""
        self.call("POST", f"/api/local/accounts/{account}", {"plan": plan})

    def trust(self, space: str, repository: str) -> None:
        """Name a GitHub repository as the Trusted Publisher of a Space."""
        self.call("POST", "/api/local/publishers", {"space": space, "repository": repository})

    def sleep(self, space: str) -> None:
        """Send a Space to sleep now."""
        self.call("POST", f"/api/local/spaces/{space}/sleep")

    def wait(self, space: str, *stages: str, seconds: float = 60.0) -> dict[str, Any]:
        """Poll until the Space is in one of these stages; its counters then."""
        limit = time.monotonic() + seconds
        while (found := self.stats(space))["stage"] not in stages:
            if time.monotonic() > limit:
                raise TimeoutError(
                    f"{space} is {found['stage']}, not {stages}: {self.state(space)}"
                )
            time.sleep(0.03)
        return found

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the Hub without credentials; the JSON of its answer."""
        data = json.dumps(body or {}).encode() if method != "GET" else None
        request = urllib.request.Request(self.url + path, data, method=method)
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.load(response)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """GET an app's address: status and text, whatever the status."""
        request = urllib.request.Request(url, headers=dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, response.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode("utf-8", "replace")


@contextlib.contextmanager
def running(*options: str, environment: Mapping[str, str] | None = None) -> Iterator[RunningHub]:
    """Start a Hub with further command-line options; it and its apps end with the block."""
    hub = RunningHub(url="")
    flags = ["--port", "0", *_tokens(hub), *options]
    if "--runner" not in options:
        flags += ["--runner", "venv"]
    process = subprocess.Popen(
        [sys.executable, "-m", "localhub", *flags],
        cwd=_HERE,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield RunningHub(url=_address(process))
    finally:
        _end(process)


def _tokens(hub: RunningHub) -> list[str]:
    rows = (
        f"{hub.owner}:{hub.token}:write:pro",
        f"{hub.owner}:{hub.read_token}:read:pro",
        f"stranger:{hub.stranger_token}:write:pro",
        f"poor:{hub.free_token}:write:free",
    )
    return [flag for row in rows for flag in ("--token", row)]


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    first = process.stdout.readline()
    if not first.startswith("Local Hub at "):
        raise RuntimeError(f"the local Hub didn't start; exit code {process.wait()}")
    return first.removeprefix("Local Hub at ").strip()


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout:
        process.stdout.close()
