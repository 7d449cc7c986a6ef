"""Four clients of the Hub that nobody here wrote, behind one set of verbs.

``huggingface_hub`` runs in the test's own process; ``hf``, npm's ``@huggingface/hub`` and git run
as a user runs them, in processes of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationDelete,
    HfApi,
    constants,
    hf_hub_download,
)
from huggingface_hub.errors import HfHubHTTPError

from localhub.testing import RunningHub
from tests.real.need import missing
from tests.real.npm import lacks, program

NPM_PACKAGE = "@huggingface/hub@2.17.5"
ROOT = Path(__file__).resolve().parents[3]
NPM_FOLDER = ROOT / ".cache" / "npm-hub"


class Refused(Exception):
    """The Hub said no; the text is what the client told its user."""


class Client(Protocol):
    """What a user does with a Space's repository."""

    def create(self, space: str, token: str) -> None:
        """Make a Docker Space."""

    def publish(
        self, space: str, files: Mapping[str, bytes], token: str, *, delete: Iterable[str] = ()
    ) -> str:
        """Put and delete files in one go; the new revision."""

    def read(self, space: str, path: str, token: str) -> bytes:
        """A file's content on ``main``."""

    def paths(self, space: str, token: str) -> set[str]:
        """The files on ``main``."""


@dataclass(frozen=True, slots=True)
class PythonClient:
    """``huggingface_hub``."""

    hub: RunningHub
    folder: Path

    def api(self, token: str) -> HfApi:
        return HfApi(endpoint=self.hub.url, token=token)

    def create(self, space: str, token: str) -> None:
        _or_refused(
            lambda: self.api(token).create_repo(space, repo_type="space", space_sdk="docker")
        )

    def publish(
        self, space: str, files: Mapping[str, bytes], token: str, *, delete: Iterable[str] = ()
    ) -> str:
        operations: list[Any] = [CommitOperationAdd(path, data) for path, data in files.items()]
        operations += [CommitOperationDelete(path) for path in delete]
        info = _or_refused(
            lambda: self.api(token).create_commit(
                space, operations, commit_message="publish", repo_type="space"
            )
        )
        return str(info.oid)

    def read(self, space: str, path: str, token: str) -> bytes:
        found = _or_refused(
            lambda: hf_hub_download(
                space,
                path,
                repo_type="space",
                token=token,
                endpoint=self.hub.url,
                local_dir=self.folder / "python",
                force_download=True,
            )
        )
        return Path(found).read_bytes()

    def paths(self, space: str, token: str) -> set[str]:
        return set(_or_refused(lambda: self.api(token).list_repo_files(space, repo_type="space")))


def _or_refused(action: Callable[[], Any]) -> Any:
    try:
        return action()
    except (HfHubHTTPError, ValueError) as error:
        raise Refused(str(error)) from error


@dataclass(frozen=True, slots=True)
class HfClient:
    """The ``hf`` command."""

    hub: RunningHub
    folder: Path

    def _hf(self, token: str, *arguments: str) -> str:
        environment = {
            **os.environ,
            **self.hub.environment(),
            "HF_TOKEN": token,
            "HF_HOME": str(self.folder / "hf-home"),
            "NO_COLOR": "1",
        }
        command = [str(Path(sys.executable).with_name("hf")), *arguments]
        return _run(command, environment=environment)

    def create(self, space: str, token: str) -> None:
        self._hf(token, "repos", "create", space, "--type", "space", "--sdk", "docker")

    def publish(
        self, space: str, files: Mapping[str, bytes], token: str, *, delete: Iterable[str] = ()
    ) -> str:
        source = _fresh(self.folder / "hf-upload")
        _write(source, files)
        flags = [flag for path in delete for flag in ("--delete", path)]
        output = self._hf(token, "upload", space, str(source), ".", "--repo-type=space", *flags)
        return output.strip().splitlines()[-1].rpartition("/commit/")[2]

    def read(self, space: str, path: str, token: str) -> bytes:
        target = _fresh(self.folder / "hf-download")
        flags = ("--repo-type=space", "--local-dir", str(target))
        self._hf(token, "download", space, path, *flags)
        return (target / path).read_bytes()

    def paths(self, space: str, token: str) -> set[str]:
        listing = self._hf(token, "spaces", "ls", space, "--recursive")
        return {line.split(None, 3)[3] for line in listing.splitlines() if line.strip()}


@dataclass(frozen=True, slots=True)
class NpmClient:
    """npm's ``@huggingface/hub``, under Node."""

    hub: RunningHub
    folder: Path

    def _call(self, token: str, action: str, **arguments: Any) -> Any:
        request = {"hubUrl": self.hub.url, "accessToken": token, "action": action, **arguments}
        script = npm_folder() / "client.mjs"
        output = _run([program("node"), str(script)], feed=json.dumps(request))
        return json.loads(output)

    def create(self, space: str, token: str) -> None:
        self._call(token, "create", repo=f"spaces/{space}")

    def publish(
        self, space: str, files: Mapping[str, bytes], token: str, *, delete: Iterable[str] = ()
    ) -> str:
        source = _fresh(self.folder / "npm-upload")
        _write(source, files)
        put = {path: str(source / path) for path in files}
        return str(
            self._call(token, "commit", repo=f"spaces/{space}", put=put, delete=list(delete))
        )

    def read(self, space: str, path: str, token: str) -> bytes:
        target = self.folder / "npm-download"
        self._call(token, "read", repo=f"spaces/{space}", path=path, target=str(target))
        return target.read_bytes()

    def paths(self, space: str, token: str) -> set[str]:
        return set(self._call(token, "paths", repo=f"spaces/{space}"))


@dataclass(frozen=True, slots=True)
class GitClient:
    """Plain git over HTTP, with the token as password."""

    hub: RunningHub
    folder: Path

    def run(self, *arguments: str, folder: Path | None = None) -> str:
        """Git with these arguments; what it printed."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        who = ("-c", "user.name=someone", "-c", "user.email=someone@example.org")
        return _run(["git", *who, *arguments], environment=environment, folder=folder)

    def clone(self, space: str, token: str) -> Path:
        """A working copy."""
        target = _fresh(self.folder / "clone")
        url = self.hub.url.replace("://", f"://anyone:{token}@")
        self.run("clone", "--quiet", f"{url}/spaces/{space}", str(target))
        return target

    def create(self, space: str, token: str) -> None:
        """Git can't; the Space is made by the API."""
        PythonClient(self.hub, self.folder).create(space, token)

    def publish(
        self, space: str, files: Mapping[str, bytes], token: str, *, delete: Iterable[str] = ()
    ) -> str:
        copy = self.clone(space, token)
        _write(copy, files)
        for path in delete:
            (copy / path).unlink()
        self.run("add", "--all", folder=copy)
        self.run("commit", "--quiet", "--message", "publish", folder=copy)
        self.run("push", "--quiet", folder=copy)
        return self.run("rev-parse", "HEAD", folder=copy).strip()

    def push_from(self, copy: Path) -> None:
        """Commit what lies in a working copy, and push it."""
        self.run("add", "--all", folder=copy)
        self.run("commit", "--quiet", "--message", "publish", folder=copy)
        self.run("push", "--quiet", folder=copy)

    def read(self, space: str, path: str, token: str) -> bytes:
        return (self.clone(space, token) / path).read_bytes()

    def paths(self, space: str, token: str) -> set[str]:
        copy = self.clone(space, token)
        return set(self.run("ls-files", folder=copy).splitlines())


CLIENTS: dict[str, Callable[[RunningHub, Path], Client]] = {
    "huggingface_hub": PythonClient,
    "hf": HfClient,
    "npm": NpmClient,
    "git": GitClient,
}


def settle_huggingface_hub() -> None:
    """Switch off what the library would otherwise ask huggingface.co or an xet store for."""
    constants.HF_HUB_DISABLE_XET = True
    constants.HF_HUB_DISABLE_TELEMETRY = True
    constants.HF_HUB_DISABLE_PROGRESS_BARS = True


def npm_folder() -> Path:
    """Where npm's client is installed, with our script beside it. Skips where it can't be."""
    if reason := lacks(NPM_PACKAGE, NPM_FOLDER):
        missing(reason)
    shutil.copy(Path(__file__).with_name("npm_client.mjs"), NPM_FOLDER / "client.mjs")
    return NPM_FOLDER


def _run(
    command: list[str],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    feed: str | None = None,
) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=None if environment is None else dict(environment),
        input=feed,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode:
        raise Refused(done.stderr + done.stdout)
    return done.stdout


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
