"""Secrets in every form, and every place that a run leaves: none may show one.

The search knows nothing of the program's own masks: its forms are made here, and a leak that is
planted on purpose is found by it.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from deployer.cli import main
from localhub.testing import RunningHub, running
from tests.e2e.conftest import ENVIRONMENTS
from tests.real.canaries import forms, found
from tests.real.program import Checkout, Run

# Assembled, so that no scanner takes this file for a leak.
PEM = "\n".join(("-----BEGIN PRIV" + "ATE KEY-----", "cnMIIEvQIBADANBg7Qx1", "cnhkiG9w0BAQ9Zk2"))
SECRETS = {
    "PLAIN_KEY": "cn-plain-7Qx1-9Zk2",
    "ODD_KEY": "cn\"7Q'%41+x1 <ü>&`9Zk2`|_*[z]\\end",
    "PEM_KEY": f"{PEM}\n-----END PRIVATE KEY-----\n",
    "DATABASE_URL": "postgresql://u:cn-Pa55-7Qx1@db.example.com/app?sslmode=require",
    "ADMIN_PASSWORD": "cnQx19Zk",
    "WORD_PASSWORD": "canarybird",
    "COMMAND_KEY": "cn-7Qx1-first\n::error::cn-pwned-9Zk2\n##[error]cn-again-9Zk2",
    "INLINE_KEY": "cn-inline-7Qx1-9Zk2",
}
INPUT = "\n".join(
    f"{name}={value}" if name == "INLINE_KEY" else name for name, value in SECRETS.items()
)
NOISE = """\
import base64, html, json, os, urllib.parse
for name, value in os.environ.items():
    for form in (value, repr(value), json.dumps(value), html.escape(value),
                 urllib.parse.quote(value, safe=""),
                 base64.b64encode(f"user:{value}".encode()).decode()):
        print("::error::" + name, form, flush=True)
        print(form, flush=True)
"""
TALKATIVE = (
    '{"status": "%s", "services": {"qdrant": {"status": "%s", "message": str(dict(os.environ))}},'
    ' "env": dict(os.environ), os.environ.get("PLAIN_KEY", "x"): "error"}'
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def quiet_hub(data: Path) -> Iterator[RunningHub]:
    """A Hub whose files can be searched."""
    with running("--environments", str(ENVIRONMENTS), "--data", str(data)) as started:
        yield started


@pytest.fixture
def checkout(quiet_hub: RunningHub, tmp_path: Path, request: pytest.FixtureRequest) -> Checkout:
    name = request.node.name.replace("_", "-")[:60].strip("-")
    made = Checkout(folder=tmp_path / "checkout", hub=quiet_hub, space=f"{quiet_hub.owner}/{name}")
    made.backend(version=1)
    environment = {name: value for name, value in SECRETS.items() if name != "INLINE_KEY"}
    # A token under all its names, among them that of a secret for the app.
    tokens = {"HF_TOKEN": quiet_hub.token, "APP_TOKEN": quiet_hub.token}
    made.environment = {**environment, **tokens, "HF_DEBUG": "1", "HF_HUB_VERBOSITY": "debug"}
    return made


def talk(checkout: Checkout, status: str = "healthy", word: str = "connected") -> None:
    """A backend that prints all its environment, in its log and in its health answer."""
    checkout.backend(version=1, health=TALKATIVE % (status, word))
    app = (checkout.folder / "backend/main.py").read_text()
    checkout.write("backend/main.py", f"{NOISE}\n{app}")


def deploy(checkout: Checkout, **inputs: str) -> tuple[Run, dict[str, str]]:
    """A run and everything it left, by place; what its children were called with, too."""
    process = checkout.start(secrets=f"{INPUT}\nAPP_TOKEN", **inputs)
    children: set[str] = set()
    while process.poll() is None:
        children |= processes(process.pid)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    run = checkout.finish(process)
    files = {
        str(path): path.read_text(errors="replace")
        for path in (checkout.folder.parent / "runner").rglob("*")
        if path.is_file()
    }
    return run, {**files, "run": run.text, "children": "\n".join(children)}


def processes(pid: int) -> set[str]:
    """The command line of a process; command lines and environments of its children."""
    told = set()
    with contextlib.suppress(OSError):
        own = Path(f"/proc/{pid}/cmdline").read_text()
        told.add(own)
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            command = Path(f"/proc/{child}/cmdline").read_text()
            if command != own:  # between fork and exec a child still is its parent
                told |= {command, Path(f"/proc/{child}/environ").read_text()}
    return told


def stored(data: Path, hub: RunningHub) -> dict[str, str]:
    """Every object of the Hub's repositories, and every request that it was sent."""
    traces = {"requests": json.dumps(hub.requests())}
    for head in data.rglob("HEAD"):
        if (head.parent / "objects").is_dir():
            listed = subprocess.run(
                ["git", "--git-dir", head.parent, "cat-file", "--batch", "--batch-all-objects"],
                capture_output=True,
                check=True,
            )
            traces[str(head.parent)] = listed.stdout.decode("utf-8", "replace")
    return traces


def assert_nothing_leaked(traces: Mapping[str, str], checkout: Checkout) -> None:
    secrets = {**SECRETS, "HF_TOKEN": checkout.hub.token}
    assert found(traces, secrets) == []
    commands = [line for line in traces["run"].splitlines() if line.startswith("::")]
    assert not [line for line in commands if "cn-" in line or "PLAIN_KEY *" in line]


def test_a_green_run_shows_no_secret_of_an_app_that_prints_them_all(
    checkout: Checkout, data: Path
) -> None:
    talk(checkout)
    app = (checkout.folder / "backend/main.py").read_text()
    health = ', os.environ.get("PLAIN_KEY", "x"): "error"'
    checkout.write("backend/main.py", app.replace(health, ""))
    run, traces = deploy(checkout)
    assert run.code == 0, run.log
    assert "PLAIN_KEY" in run.log, "the app's log was shown"
    traces |= stored(data, checkout.hub)
    assert any("Deployed-by" in text for text in traces.values()), "commits were searched"
    assert_nothing_leaked(traces, checkout)
    assert checkout.left_behind() == []


def test_an_unhealthy_run_shows_no_secret_of_its_answer_or_log(
    checkout: Checkout, data: Path
) -> None:
    talk(checkout, "degraded", "error")
    run, traces = deploy(checkout, health_timeout="15")
    assert run.code == 6, run.log
    assert "qdrant" in run.summary
    assert_nothing_leaked(traces | stored(data, checkout.hub), checkout)


def test_an_app_that_ends_with_its_secrets_shows_none(checkout: Checkout, data: Path) -> None:
    talk(checkout)
    app = (checkout.folder / "backend/main.py").read_text()
    checkout.write("backend/main.py", f"{app}\nraise RuntimeError(str(dict(os.environ)))\n")
    run, traces = deploy(checkout)
    assert run.code == 5, run.log
    assert_nothing_leaked(traces | stored(data, checkout.hub), checkout)


def test_a_failed_build_shows_no_secret(checkout: Checkout, data: Path) -> None:
    checkout.backend(version=1, requirements="no-such-package-4711==1.0\n")
    run, traces = deploy(checkout)
    assert run.code == 5, run.log
    assert_nothing_leaked(traces | stored(data, checkout.hub), checkout)


def test_refused_inputs_show_no_secret(checkout: Checkout, data: Path) -> None:
    checkout.environment |= {
        "DATABASE_URL": "postgresql://u:cn-Pa55-7Qx1@ep-x.eu.neon.tech/app",
        "PLAIN_KEY": f" {SECRETS['PLAIN_KEY']}",
    }
    run, traces = deploy(checkout, title=SECRETS["ODD_KEY"], color_to=SECRETS["INLINE_KEY"])
    assert run.code == 2, run.log
    assert_nothing_leaked(traces | stored(data, checkout.hub), checkout)


def test_a_secret_that_stands_in_the_backend_is_refused_before_it_ships(
    checkout: Checkout, data: Path
) -> None:
    checkout.write("backend/settings.py", f"KEY = {SECRETS['PLAIN_KEY']!r}\n")
    run, traces = deploy(checkout)
    assert run.code == 3, run.log
    assert "backend/settings.py" in run.log
    assert_nothing_leaked(traces | stored(data, checkout.hub), checkout)


def test_a_bug_shows_no_secret(tmp_path: Path) -> None:
    class Broken(io.StringIO):
        def write(self, text: str) -> int:
            if text.startswith("::group::"):
                raise RuntimeError("; ".join(SECRETS.values()))
            return super().write(text)

    stream, summary = Broken(), tmp_path / "summary"
    inputs = {"INPUT_SPACE": "ada/rag", "INPUT_MODE": "plan", "INPUT_SECRETS": INPUT}
    runner = {"GITHUB_WORKSPACE": str(tmp_path), "GITHUB_STEP_SUMMARY": str(summary)}
    assert main({**SECRETS, **inputs, **runner, "GITHUB_ACTIONS": "true"}, [], stream) == 70
    log = re.sub(r"^::add-mask::.*$", "", stream.getvalue(), flags=re.MULTILINE)
    assert "A bug of hf-space-deploy" in log.split("Traceback")[0]
    assert "RuntimeError" in log.split("Traceback")[1]
    assert found({"log": log, "summary": summary.read_text()}, SECRETS) == []


@pytest.mark.parametrize("name", SECRETS)
def test_a_planted_leak_is_found(name: str) -> None:
    for form in forms(SECRETS[name]):
        assert found({"summary": f"before{form}after"}, SECRETS)
