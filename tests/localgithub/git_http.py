"""Git's smart HTTP protocol, spoken by git itself: git-http-backend(1) as a CGI program."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

Answer = tuple[int, dict[str, str], bytes]


def answer(root: Path, request: Mapping[str, str], body: bytes) -> Answer:
    """Status, headers and body for a CGI ``request`` on the bare repositories below ``root``."""
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "REMOTE_USER": "x-access-token",  # git-http-backend lets only a named user push
        "CONTENT_LENGTH": str(len(body)),
        **request,
    }
    done = subprocess.run(
        ["git", "http-backend"], input=body, env=environment, capture_output=True, check=False
    )
    head, _, content = done.stdout.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().splitlines() if line)
    status = int(headers.pop("Status", "200").split()[0])
    return status, headers, content
