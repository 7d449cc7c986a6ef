"""Gives a Space's app its own port where several run on one machine.

A container has port 7860 to itself; a process hasn't. This module is loaded by every Python of a
Space's environment and binds the port that the Hub gave instead of the one that the app asks for.
It reads the pair from a file in HOME, so that the app's environment holds nothing of ours.
"""

import os
import socket


def _install() -> None:
    try:
        path = os.path.join(os.environ.get("HOME", ""), ".localhub-port")  # noqa: PTH118
        with open(path) as file:  # noqa: PTH123 (pathlib would slow every start)
            asked, given = map(int, file.read().split())
    except (OSError, ValueError):
        return
    plain = socket.socket.bind

    def bind(self, address, /):  # type: ignore[no-untyped-def]
        if isinstance(address, tuple) and len(address) > 1 and address[1] == asked:
            address = (address[0], given, *address[2:])
        return plain(self, address)

    socket.socket.bind = bind  # type: ignore[method-assign]


_install()
