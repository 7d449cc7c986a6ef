"""No test reaches the network: the guard in tests/conftest.py."""

from __future__ import annotations

import socket

import pytest


def test_a_test_can_not_reach_out_of_the_machine() -> None:
    with pytest.raises(AssertionError, match="tried to connect"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_loopback_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
