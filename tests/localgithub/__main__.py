"""``python -m tests.localgithub ROOT --repository OWNER/NAME=FOLDER --token TOKEN``.

Serves until it is ended (SIGINT, SIGTERM). The first line on standard output is a JSON object
with the variables to set (``GITHUB_API_URL`` and its kin). ROOT/OWNER/NAME.git are the bare
repositories, filled from FOLDER at the start; their commits can be read there with git.
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
from pathlib import Path

from tests.localgithub.server import serving
from tests.localgithub.state import Grant, LocalGitHub


def main() -> None:
    """Parse, fill, serve."""
    options = _options()
    github = LocalGitHub(root=options.root.resolve())
    for full_name, _, folder in (given.partition("=") for given in options.repository):
        repository = github.add(full_name, _files(Path(folder)) if folder else {}, options.branch)
        for branch in options.protect:
            repository.protect(branch)
    github.grants |= {token: Grant(installation=True) for token in options.token}
    github.grants |= {token: Grant(write=False) for token in options.read_only_token}
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with serving(github, options.port):
        print(json.dumps(github.variables()), flush=True)
        ended.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.localgithub", description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--repository", action="append", default=[], metavar="OWNER/NAME[=FOLDER]")
    parser.add_argument("--token", action="append", default=[], help="may write")
    parser.add_argument("--read-only-token", action="append", default=[])
    parser.add_argument("--protect", action="append", default=[], metavar="BRANCH")
    parser.add_argument("--branch", default="main", help="the repositories' default branch")
    parser.add_argument("--port", type=int, default=0)
    return parser.parse_args()


def _files(folder: Path) -> dict[str, bytes]:
    found = sorted(
        path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


if __name__ == "__main__":
    main()
