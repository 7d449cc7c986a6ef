"""The certificates that our own HTTP clients trust."""

from __future__ import annotations

import contextlib
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl


class UnreadableCertificates(OSError):
    """What ``SSL_CERT_FILE`` or ``SSL_CERT_DIR`` names is missing, closed, or no certificates."""


def certificates() -> ssl.SSLContext:
    """Those of the machine, or of ``SSL_CERT_FILE`` in their place.

    Raises ``UnreadableCertificates``.

    Reading them takes 0.02 s: once is enough for all clients. On macOS and Windows it is truststore
    that looks at the system's, and no two handshakes at once: there each client has its own.
    """
    return _read_once() if sys.platform == "linux" else _read()


def _read() -> ssl.SSLContext:
    import httpx2

    with contextlib.suppress(OSError):
        return httpx2.create_ssl_context()
    raise UnreadableCertificates


_read_once = cache(_read)
