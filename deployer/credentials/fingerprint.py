"""The marker that says a secret or variable of the Space is ours, and which value a secret has.

The Hub never gives a secret's value back, but it gives its description. Ours reads
``set by hf-space-deploy, fingerprint 0123456789abcdef``: HMAC-SHA256 of the name, a NUL and the
value, keyed with the Hub token, the first 64 bits in hexadecimal (docs/explanation/secrets.md).
"""

from __future__ import annotations

import hmac
import re
from typing import Final

from deployer.model import Secret

MARKER: Final = "set by hf-space-deploy"
_OURS: Final = re.compile(rf"{MARKER}(?:, fingerprint ([0-9a-f]{{16}}))?")


def make(name: str, value: Secret, token: Secret) -> str:
    """The fingerprint: 16 hexadecimal digits."""
    message = f"{name}\0{value.reveal()}".encode("utf-8", "surrogatepass")
    return hmac.digest(token.reveal().encode(), message, "sha256")[:8].hex()


def describe(fingerprint: str = "") -> str:
    """The description that is stored with a secret, or with a variable (no fingerprint)."""
    return f"{MARKER}, fingerprint {fingerprint}" if fingerprint else MARKER


def is_ours(description: str) -> bool:
    """Whether an earlier deploy wrote it. A description that a person edited is theirs."""
    return _OURS.fullmatch(description.strip()) is not None


def read(description: str) -> str:
    """The fingerprint in a description of ours, else an empty string."""
    match = _OURS.fullmatch(description.strip())
    return (match[1] or "") if match else ""
