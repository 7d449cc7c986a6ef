"""A workspace as actions/checkout leaves it: one commit deep, detached, credentials in place."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

WRITER = "ghs_writer0000000000000000000000000000000"
READER = "ghs_reader0000000000000000000000000000000"
UNKNOWN = "ghs_unknown000000000000000000000000000000"


def checkout(
    url: str, folder: Path, *, token: str = WRITER, persist: bool = False, depth: int = 1
) -> Path:
    """Fetch ``main``'s newest commit and detach there; ``persist`` leaves the token behind."""
    folder.mkdir()
    site = "/".join(url.split("/")[:3])
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    key, value = f"http.{site}/.extraheader", f"AUTHORIZATION: basic {basic}"
    deep = [f"--depth={depth}"] if depth else []
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", url)
    git(folder, "config", key, value)
    git(
        folder,
        "fetch",
        "--quiet",
        "--no-tags",
        *deep,
        "origin",
        "+refs/heads/main:refs/remotes/origin/main",
    )
    git(folder, "checkout", "--quiet", "--detach", "refs/remotes/origin/main")
    if not persist:
        git(folder, "config", "--unset-all", key)
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Run git in a workspace; its output."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape").strip()
