"""Running git with an environment of its own: no prompt, no hooks, no signing, a time limit.

The token goes to git as configuration in environment variables (git-config, GIT_CONFIG_COUNT), so
that it stands in no argument list, no URL and no file. What git says is scrubbed of it.
"""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from msgspec import field
from msgspec.structs import replace

from deployer.model import Secret
from deployer.model.quiet import Quiet
from deployer.scrub import scrub

# What git and its transports need to find programs, keys, certificates and proxies.
KEPT = re.compile(
    r"PATH|HOME|USER|LOGNAME|TMPDIR|TMP|TEMP|XDG_CONFIG_HOME|SSH_\w+|GIT_SSH\w*"
    r"|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|USERPROFILE|HOMEDRIVE|HOMEPATH|(LOCAL)?APPDATA"
    r"|GIT_SSL_\w+|GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|SSL_CERT_\w+|CURL_CA_BUNDLE|(http|https|all|no)_proxy",
    re.IGNORECASE,
)
FIXED = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
}
SETTINGS = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.askPass", ""),
    ("commit.gpgSign", "false"),
    ("push.gpgSign", "false"),
    ("push.recurseSubmodules", "no"),
    ("submodule.recurse", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    # A stalled transfer ends by itself: fewer than 1 byte/s for half of the time there is
    # (git-config, http.lowSpeedTime).
    ("http.lowSpeedLimit", "1"),
)


class GitFailed(Exception):
    """git ended with an error, or not in time. The text is what it said, scrubbed."""


class Git(Quiet, frozen=True, kw_only=True):
    """git in a folder. ``settings`` are (key, value) pairs beyond ``SETTINGS``; seconds."""

    folder: Path
    settings: tuple[tuple[str, str], ...] = ()
    hidden: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 120
    program: str = "git"

    def with_token(self, token: Secret, urls: Sequence[str]) -> Git:
        """The same git, sending ``token`` to these http(s) addresses and to no other."""
        addresses = {plain for url in urls if (plain := _address(url))}
        if not token or not addresses:
            return self
        basic = base64.b64encode(f"x-access-token:{token.reveal()}".encode()).decode()
        # actions/checkout leaves a header of its own in the repository's configuration. The empty
        # value drops it (http.extraHeader): a second Authorization header is answered with 400.
        headers = [
            (f"http.{address}.extraHeader", value)
            for address in sorted(addresses)
            for value in ("", f"Authorization: Basic {basic}")
        ]
        return replace(
            self,
            settings=(*self.settings, ("credential.helper", ""), *headers),
            hidden=(*self.hidden, token.reveal(), basic),
        )

    def run(
        self, *arguments: str, stdin: bytes = b"", extra: Mapping[str, str] | None = None
    ) -> bytes:
        """What git wrote to its standard output; raises ``GitFailed``."""
        command = [self.program, *arguments]
        try:
            process = subprocess.Popen(  # noqa: S603 - a list, no shell, arguments of our own
                command,
                cwd=self.folder,
                env={**self._environment(), **(extra or {})},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise GitFailed(f"git can't be started: {error.strerror}") from error
        with process:
            try:
                output, said = process.communicate(stdin, timeout=self.timeout)
            except subprocess.TimeoutExpired:
                late = f"git {arguments[0]} did not end within {self.timeout:g} s"
                raise GitFailed(late) from None
            finally:
                # Too late, or the run is stopped. git's transports are children of their own; they
                # would keep the pipes open, and a stopped run waiting for them.
                if process.returncode is None:
                    _end(process)
        if process.returncode != 0:
            raise GitFailed(self._scrubbed(said + output) or f"exit code {process.returncode}")
        return output

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)}
        settings = (
            *SETTINGS,
            ("http.lowSpeedTime", str(max(1, round(self.timeout / 2)))),
            ("safe.directory", str(self.folder.resolve())),
            *self.settings,
        )
        numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
        for index, (key, value) in enumerate(settings):
            numbered |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
        ssh = {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes", **kept}
        return {**ssh, **FIXED, **numbered, **self.variables}

    def _scrubbed(self, said: bytes) -> str:
        # An address can carry credentials that the user's own configuration holds.
        text = re.sub(r"(\w+://)[^/\s@]+@", r"\1***@", said.decode("utf-8", "replace"))
        return scrub(text, self.hidden).strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill git with its children; Windows has no groups of processes to signal."""
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)


def _address(url: str) -> str:
    """An http(s) address without credentials, query and fragment; else an empty string."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return ""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
