"""How-tos that can be followed on this machine, word for word but for what is the reader's own."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from localhub.testing import RunningHub
from tests.real.action import ROOT, consumer_repository, copy_of_this_repository
from tests.real.program import Checkout

HOW_TOS = ROOT / "docs" / "how-to"
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
KEY = "AIzaSyB7qN4vX2mK9pL5tR8wY3cF6hJ1dG0sZxQ"


def section(document: str, heading: str) -> str:
    """The text below a heading, up to the next one."""
    text = (HOW_TOS / document).read_text()
    return text.partition(f"## {heading}\n")[2].partition("\n## ")[0]


@pytest.fixture
def reader(tmp_path: Path, hub: RunningHub) -> dict[str, str]:
    """A person's environment, where GitHub's copy of this repository is a folder here."""
    published = copy_of_this_repository(tmp_path / "published")
    person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    for command in (("init", "--quiet"), ("add", "--all"), (*person, "commit", "--quiet", "-m.")):
        subprocess.run(["git", *command], cwd=published, check=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "HF_ENDPOINT": hub.url,
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"url.{published}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/org/hf-space-deploy",
        "GIT_CONFIG_KEY_1": "safe.directory",
        "GIT_CONFIG_VALUE_1": "*",
    }


def follow(commands: str, folder: Path, reader: dict[str, str]) -> str:
    """What a shell said to these commands, none of which may fail."""
    done = subprocess.run(
        ["bash", "-e"],
        input=commands,
        cwd=folder,
        env=reader,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_without_github_from_a_shell(
    reader: dict[str, str], hub: RunningHub, tmp_path: Path
) -> None:
    prepare, deploy = SHELL.findall(section("without-github.md", "From a shell"))
    follow(prepare, tmp_path, reader)
    mine = {
        "hf_...  ": hub.token,
        "=...  ": f"={KEY}",
        "owner/rag-chatbot": f"{hub.owner}/from-a-shell",
    }
    for shown, own in mine.items():
        assert shown in deploy
        deploy = deploy.replace(shown, f"{own}  " if shown.endswith("  ") else own)
    # The example's own key would have it ask the real Gemini.
    deploy = deploy.replace("GEMINI_API_KEY", "SESSION_KEY")
    repository = consumer_repository(tmp_path / "repository")
    said = follow(deploy, repository, reader)
    assert "status=healthy" in said
    assert KEY not in said
    changed = subprocess.run(
        ["git", "diff", "--name-only"], cwd=repository, capture_output=True, text=True, check=True
    )
    assert changed.stdout.startswith("frontend/")


def test_the_old_space_is_emptied_before_the_first_deploy(
    reader: dict[str, str], hub: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = f"{hub.owner}/rag-chatbot"
    for name, value in hub.environment().items():
        monkeypatch.setenv(name, value)
    api = HfApi(endpoint=hub.url, token=hub.token)
    api.create_repo(space, repo_type="space", space_sdk="docker")
    pushed = {"secrets-of-mine.py": b"x", "frontend/package.json": b"{}"}
    for path, content in pushed.items():
        api.upload_file(
            path_or_fileobj=content, path_in_repo=path, repo_id=space, repo_type="space"
        )
    (commands,) = SHELL.findall(
        section("migrate-from-git-push.md", "The first run on the old Space")
    )
    account = hub.url.replace("://", f"://{hub.owner}:{hub.token}@")
    reader |= {
        "GIT_CONFIG_KEY_0": f"url.{account}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://huggingface.co/",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.com",
    }
    follow(commands.replace("owner/rag-chatbot", space), tmp_path, reader)
    folder = tmp_path / "repository"
    job = Checkout(folder=folder, hub=hub, space=space)
    job.backend(version=1)
    done = job.run(frontend="none")
    assert (done.code, done.outputs["status"]) == (0, "healthy"), done.log
    assert not pushed.keys() & set(api.list_repo_files(space, repo_type="space"))
