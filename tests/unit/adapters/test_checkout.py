"""What a checkout says about itself, for a run outside GitHub."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from deployer.adapters.checkout import Checkout, find_checkout, own_checkout


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout on the branch `trunk`, without anybody's settings."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    root = tmp_path / "checkout"
    root.mkdir()
    run(root, "init", "-q", "-b", "trunk")
    return root


def run(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_a_checkout_without_commits_has_a_branch_and_no_commit(git: Path) -> None:
    assert find_checkout(git) == Checkout(
        root=git.resolve(), ref="refs/heads/trunk", sha="", remote=""
    )


def test_a_folder_inside_belongs_to_the_checkout(git: Path) -> None:
    run(git, "commit", "-q", "--allow-empty", "-m", "first")
    run(git, "remote", "add", "origin", "https://example.com/x.git")
    (git / "deep").mkdir()
    found = find_checkout(git / "deep")
    assert found is not None
    assert (found.root, found.remote) == (git.resolve(), "https://example.com/x.git")
    assert found.sha == run(git, "rev-parse", "HEAD")


def test_a_detached_head_is_no_branch(git: Path) -> None:
    run(git, "commit", "-q", "--allow-empty", "-m", "first")
    run(git, "checkout", "-q", "--detach")
    found = find_checkout(git)
    assert found is not None
    assert found.ref == ""


def test_outside_a_checkout_there_is_none(git: Path) -> None:
    assert find_checkout(git.parent) is None
    assert find_checkout(git.parent / "missing") is None


def placed(workspace: Path, path: str, remote: str) -> None:
    """A repository where ``actions/checkout`` with this ``path`` puts it."""
    (workspace / path).mkdir(parents=True)
    run(workspace / path, "init", "-q")
    run(workspace / path, "remote", "add", "origin", remote)


@pytest.mark.parametrize("path", ["app", "repositories/app"])
@pytest.mark.parametrize("remote", ["https://ghe.example/Octo/Rag", "git@github.com:octo/rag.git"])
def test_the_repository_s_own_checkout_is_found_below_the_workspace(
    tmp_path: Path, path: str, remote: str
) -> None:
    placed(tmp_path, "aaa", "https://github.com/octo/other")
    placed(tmp_path, path, remote)
    assert own_checkout(tmp_path, "octo/rag") == tmp_path / path


def test_a_workspace_that_is_a_checkout_is_taken_as_it_is(git: Path) -> None:
    placed(git, "app", "https://github.com/octo/rag")
    assert own_checkout(git, "octo/rag") is None


def test_no_other_repository_is_taken_for_it(tmp_path: Path) -> None:
    placed(tmp_path, "app", "https://github.com/octo/rag-chatbot")
    (tmp_path / "broken" / ".git" / "config").mkdir(parents=True)
    assert own_checkout(tmp_path, "octo/rag") is None
    assert own_checkout(tmp_path, "") is None
    assert own_checkout(tmp_path / "missing", "octo/rag") is None
