"""TCP ports of this machine: whether one is free, and where an app on one is asked.

A Space's app must listen on every interface. On Linux all of 127/8 is this machine, so an address
other than 127.0.0.1 does not reach an app that listens on 127.0.0.1 alone, as on the Hub.
"""

from __future__ import annotations

import socket
import sys
from typing import Final

from deployer.errors import Exit, Problem

LOOPBACK: Final = "127.0.0.2" if sys.platform == "linux" else "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether nobody listens on the port, on any address."""
    with socket.socket() as probe:
        # A port that was used a moment ago is free all the same.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 - bound, never listened on
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def taken(port: int) -> Problem:
    """The problem of an app whose port another program of this machine has."""
    return Problem(
        exit=Exit.BUILD,
        message=f"Port {port} of this machine is taken by another program, and the app needs it to "
        "be rehearsed.",
        hint="Stop that program, or rehearse on a machine where Docker can give the app a network "
        "of its own.",
    )
