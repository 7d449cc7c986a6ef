"""A real PostgreSQL server, from Debian's binaries, on a free port with password and TLS."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real.need import missing
from tests.real.ports import free_port, wait_for

NOBODY = 65534
PASSWORD = "lamp-oil"


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """Where the server listens."""

    port: int

    def url(self, *, password: str = PASSWORD) -> str:
        """The address as a user pastes it, TLS required."""
        return f"postgresql://keeper:{password}@127.0.0.1:{self.port}/postgres?sslmode=require"


@contextmanager
def postgres(binaries: Path) -> Iterator[Postgres]:
    """The server, started from the folder ``binaries``, gone afterwards."""
    if not shutil.which("openssl"):
        missing("openssl, which makes the server's certificate, is not installed")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    _prepare(binaries, folder)
    port = free_port()
    options = ["-p", str(port), "-k", str(folder), "-h", "127.0.0.1", "-c", "ssl=on"]
    server = _as_nobody([binaries / "postgres", "-D", folder / "data", "-F", *options])
    try:
        wait_for(port, server)
        yield Postgres(port=port)
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(binaries: Path, folder: Path) -> None:
    (folder / "password").write_text(PASSWORD)
    _hand_over(folder)
    data = folder / "data"
    flags = ["-U", "keeper", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}", "-N"]
    _run([binaries / "initdb", "-D", data, *flags])
    key, certificate = data / "server.key", data / "server.crt"
    subject = ["-subj", "/CN=localhost", "-days", "2"]
    _run(
        ["openssl", "req", "-new", "-x509", "-nodes", *subject, "-keyout", key, "-out", certificate]
    )
    key.chmod(0o600)


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)


def _as_nobody(command: list[str | Path]) -> subprocess.Popen[bytes]:
    """PostgreSQL refuses to run as root, so root steps down."""
    other = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd="/", stdout=quiet, stderr=quiet, **other)  # type: ignore[call-overload]


def _run(command: list[str | Path]) -> None:
    if _as_nobody(command).wait(60) != 0:
        raise RuntimeError(f"{command[0]} failed")
