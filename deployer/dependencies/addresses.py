"""Which addresses a Space's build can install from, and which would leak a credential."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

CREDENTIALS = re.compile(r"[a-z][a-z0-9+.-]*://(?!git@)[^/\s@\"']++@", re.IGNORECASE)
# A user name alone is no secret where ssh wants one.
SSH = re.compile(r"^(?:git\+)?ssh://|^(?:git\+)?git@|git\+git@|git\+ssh://", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\$\{?\w+\}?|%\w+%")
PRIVATE = (".internal", ".local", ".lan", ".corp", ".intranet", ".home.arpa", ".localhost", ".test")
# AWS CodeArtifact answers nobody without a token.
GUARDED = (".amazonaws.com",)
# The index that pip asks unless told otherwise.
DEFAULT = frozenset({"pypi.org", "pypi.python.org"})

SSH_REFUSED = (
    "The build of a Space has no SSH key for this address.",
    "Use the `git+https://` address of a public repository, or put the package into the backend.",
)
SECRET_REFUSED = (
    "An address with a user name or password would ship with the Space.",
    "Take the credentials out; use a public index or vendor the package.",
)
PLACEHOLDER_REFUSED = (
    "This address takes its credentials from the environment, and a Space's build has none.",
    "Use a public index, or put the package's wheel into the backend and name it by its path.",
)
PRIVATE_REFUSED = (
    "This package index can't be reached from a Space's build without credentials.",
    "Use a public index, or put the package's wheel into the backend and name it by its path.",
)


def is_default(index: str) -> bool:
    """Whether pip would ask this index anyway."""
    return not index or _host(index) in DEFAULT


def objection(address: str) -> tuple[str, str] | None:
    """What speaks against a line or an address: message and hint, or None."""
    if SSH.search(address):
        return SSH_REFUSED
    held = CREDENTIALS.search(address)
    if held:
        return PLACEHOLDER_REFUSED if PLACEHOLDER.search(held[0]) else SECRET_REFUSED
    return None


def index_objection(address: str) -> tuple[str, str] | None:
    """What speaks against a package index."""
    found = objection(address)
    if found is None and (PLACEHOLDER.search(address) or _is_private(_host(address))):
        found = PLACEHOLDER_REFUSED if PLACEHOLDER.search(address) else PRIVATE_REFUSED
    return found


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_private(host: str) -> bool:
    if not host:
        return False
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((*PRIVATE, *GUARDED))
